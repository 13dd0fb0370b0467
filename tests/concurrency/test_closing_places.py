"""A place is closed while goods come in, and moved in its tree from two sides: one of them gives way."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from erp.core import db
from erp.core.errors import DomainError, InvalidInput
from erp.services.inventory.errors import PlaceClosed, PlaceInUse
from erp.services.inventory.receiving import ReceiveGoods, receive_goods
from tests.concurrency.crowd import at_once, refusals, wait_for_a_waiter
from tests.factories import Shop, broken_promises, receipt_line


@pytest.fixture
def shelves(trader: Shop):
    (house,) = trader.run("inventory.list_warehouses").rows
    about = {"warehouse_id": house.id, "name": "Shelf"}
    return [trader.run("inventory.create_location", about | {"code": code}).id for code in "AB"]


def close(trader: Shop, place):
    return trader.run("inventory.close_location", {"location_id": place})


def receive(trader: Shop, place):
    lines = [receipt_line(trader.ctx, trader.variant_ids[0], 5)]
    return trader.run("inventory.receive_goods", {"location_id": place, "lines": lines})


def test_closing_waits_for_goods_on_their_way_in_and_is_refused(trader, shelves, owner):
    place = shelves[0]
    with ThreadPoolExecutor(1) as pool:
        with db.unit_of_work(trader.ctx) as session:
            lines = [receipt_line(trader.ctx, trader.variant_ids[0], 5)]
            _receive_within(session, trader, place, lines)
            closing = pool.submit(close, trader, place)
            wait_for_a_waiter(owner)
        with pytest.raises(PlaceInUse, match="5 units of 1 lot are in Shelf"):
            closing.result(timeout=30)
    assert broken_promises() == []


def _receive_within(session, trader, place, lines):
    receive_goods(session, trader.ctx, ReceiveGoods(location_id=place, lines=lines))


def test_goods_or_closing_come_first_and_the_other_gives_way(trader, shelves):
    for place in shelves:
        outcomes = at_once([partial(receive, trader, place), partial(close, trader, place)])
        assert refusals(outcomes, (PlaceClosed, PlaceInUse)) == 1
    assert broken_promises() == []


def test_two_places_are_never_made_part_of_each_other(trader, shelves):
    one, other = shelves

    def within(place, parent, code):
        given = {"location_id": place, "parent_id": parent, "code": code, "name": "Shelf"}
        return partial(trader.run, "inventory.change_location", given)

    outcomes = at_once([within(one, other, "A"), within(other, one, "B")])
    assert refusals(outcomes, InvalidInput) == 1
    assert sum(not isinstance(outcome, DomainError) for outcome in outcomes) == 1
    assert broken_promises() == []
