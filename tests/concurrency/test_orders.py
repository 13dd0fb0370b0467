"""An order is changed by one person at a time."""

from functools import partial

from erp.core.errors import Conflict
from erp.services.purchasing import OrderEnded, OverDelivery
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop, broken_promises
from tests.services.purchasing.ordering import arrived, deliver, detail, line, place, supplier


def test_two_stores_cannot_take_the_last_units_twice(trader: Shop):
    supplier(trader)
    order = place(trader, line(trader, 10))
    before = trader.on_hand(trader.variant_ids[0])
    lots = [arrived(trader, 1, 4) for _ in range(6)]
    outcomes = at_once([partial(deliver, trader, order, lot) for lot in lots])

    assert refusals(outcomes, OverDelivery) == 4
    assert detail(trader, order).lines[0].received == 8
    assert trader.on_hand(trader.variant_ids[0]) == before + 8
    assert broken_promises() == []


def test_of_many_deliveries_of_everything_one_closes_the_order(trader: Shop):
    supplier(trader)
    order = place(trader, line(trader, 10))
    lots = [arrived(trader, 1, 10) for _ in range(4)]
    outcomes = at_once([partial(deliver, trader, order, lot) for lot in lots])

    assert refusals(outcomes, OrderEnded) == 3
    assert detail(trader, order).status == "closed"
    assert broken_promises() == []


def test_of_many_amendments_of_one_version_one_is_kept(trader: Shop):
    supplier(trader)
    order = place(trader, line(trader, 10))
    given = {"order_id": order.id, "version": 1, "reason": "more"}
    wanted = [given | {"lines": [line(trader, 11 + at)]} for at in range(5)]
    outcomes = at_once([partial(trader.run, "purchasing.amend_order", one) for one in wanted])
    assert refusals(outcomes, Conflict) == 4
    assert len(detail(trader, order).versions) == 2
    assert broken_promises() == []
