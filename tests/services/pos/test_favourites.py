"""The first screen: what sells most until a manager chooses, in the manager's order after."""

from functools import partial

import pytest

from erp.core.errors import InvalidInput, NotFound, PermissionDenied
from tests.concurrency.crowd import at_once
from tests.factories import Shop
from tests.services.trading import add_service, refused


def goods(*variant_ids):
    return {"goods": [{"variant_id": each} for each in variant_ids]}


def shown(shop: Shop, **more):
    screen = shop.run("pos.list_favourites", **more)
    return screen.is_chosen, [row.variant_id for row in screen.rows]


def test_sales_decide_until_a_manager_chooses(trader: Shop, stranger: Shop):
    first, second, third = trader.variant_ids
    trader.sell({second: 3, first: 1})
    assert shown(trader) == (False, [second, first])
    manager = trader.acting_as("manager")
    trader.run("pos.set_favourites", goods(third, first), by=manager)
    assert shown(trader, by=trader.acting_as("cashier")) == (True, [third, first])
    tile = trader.run("pos.list_favourites").rows[0]
    assert (tile.price, tile.sellable, tile.picture_url) == (105, 200, None)
    assert shown(stranger) == (False, [])
    trader.run("pos.set_favourites", goods(first, third, second))
    assert shown(trader) == (True, [first, third, second])
    trader.run("pos.set_favourites", goods())
    assert shown(trader) == (False, [second, first])


def test_what_cannot_stand_there_is_refused_whole(trader: Shop, stranger: Shop):
    first = trader.variant_ids[0]
    trader.run("pos.set_favourites", goods(first))
    name = "pos.set_favourites"
    refused(trader, InvalidInput, name, goods(first, first))
    refused(trader, NotFound, name, goods(first, stranger.variant_ids[0]))
    refused(trader, InvalidInput, name, goods(add_service(trader)))
    with pytest.raises(PermissionDenied):
        trader.run(name, goods(), by=trader.acting_as("cashier"))
    assert shown(trader) == (True, [first])


def test_of_two_managers_the_later_wins_whole(trader: Shop):
    first, second, third = trader.variant_ids
    orders = [[first, second], [third, second, first], [second]] * 2
    name = "pos.set_favourites"
    at_once([partial(trader.run, name, goods(*order)) for order in orders])
    assert shown(trader)[1] in orders
