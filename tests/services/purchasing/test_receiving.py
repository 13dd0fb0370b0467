from datetime import timedelta
from decimal import Decimal

import pytest

from erp.core.errors import PermissionDenied
from erp.core.quantity import NotWholeUnits
from erp.services.inventory import ExpiredLot, LotRequired, ShortShelfLife
from erp.services.purchasing import (
    CostDiffers,
    NothingInForce,
    NotOnOrder,
    OrderEnded,
    OverDelivery,
)
from tests.factories import UNIT_COST, broken_promises
from tests.services.books import balance
from tests.services.purchasing.ordering import (
    arrived,
    deliver,
    detail,
    known_supplier,
    line,
    place,
    receive,
)
from tests.services.unchanged import refused


@pytest.fixture
def order(shop):
    return place(shop, line(shop, 10, free_quantity=1), line(shop, 5, at=1))


def test_a_delivery_is_stock_at_the_ordered_price(shop, order):
    receipt = receive(shop, order, {1: (10, 1)}, reference="CH-77")

    assert (receipt.status, receipt.value) == ("placed", 10 * UNIT_COST)
    assert shop.on_hand(shop.variant_ids[0]) == 11
    assert balance(shop, "grni") == -10 * UNIT_COST
    (row,) = shop.run("inventory.list_receipts").rows
    assert (row.reference, row.supplier) == ("CH-77", "SBL Agencies")
    lot = shop.run("inventory.get_lot", {"lot_id": receipt.lines[0].lot_id})
    assert lot.supplier_id == known_supplier(shop)
    assert broken_promises() == []


def test_what_is_still_to_come_is_told_in_the_orders_own_unit(shop):
    shop.run(
        "catalog.define_unit", {"variant_id": shop.variant_ids[0], "code": "BOX", "numerator": 12}
    )
    order = place(shop, line(shop, 10, unit="BOX", unit_cost="600", free_quantity=1))
    receive(shop, order, {1: "2.5"})

    (now,) = detail(shop, order).lines
    assert (now.received, now.outstanding) == (30, 90)
    assert (now.outstanding_quantity, now.outstanding_free) == (Decimal("7.5"), Decimal(1))
    with refused(shop, NotWholeUnits) as refusal:
        receive(shop, order, {1: "0.3"})
    assert list(refusal.value.fields) == ["lines.0.quantity"]


def test_a_short_delivery_leaves_the_rest_to_come_and_the_last_one_closes(shop, order):
    receive(shop, order, {1: (6, 0)})
    assert [x.outstanding for x in detail(shop, order).lines] == [4, 5]
    assert receive(shop, order, {2: 5}).status == "placed"
    assert receive(shop, order, {1: (4, 0)}).status == "placed"
    only_free = arrived(shop, 1, 1, free_quantity=0)
    with refused(shop, OverDelivery):
        deliver(shop, order, only_free)
    now = detail(shop, order)
    assert [(x.received, x.free_received) for x in now.lines] == [(10, 0), (5, 0)]
    assert len(now.receipts) == 3
    assert broken_promises() == []


def test_the_order_closes_when_everything_came(shop, order):
    receipt = receive(shop, order, {1: (10, 1), 2: 5})
    assert receipt.status == "closed"
    assert detail(shop, order).end_reason == "Everything came."
    with refused(shop, OrderEnded):
        receive(shop, order, {1: 1})


def test_a_line_comes_in_several_lots(shop, order):
    lots = [arrived(shop, 1, 4), arrived(shop, 1, 6, free_quantity=1)]
    receipt = deliver(shop, order, *lots)

    assert [x.quantity for x in receipt.lines] == [4, 7]
    assert len({x.lot_id for x in receipt.lines}) == 2
    assert detail(shop, order).lines[0].received == 10
    assert broken_promises() == []


def test_lots_of_one_line_are_added_up_before_they_are_too_many(shop, order):
    with refused(shop, OverDelivery) as refusal:
        deliver(shop, order, arrived(shop, 1, 6), arrived(shop, 1, 5))
    assert list(refusal.value.fields) == ["lines.1.quantity"]


def test_more_than_ordered_is_asked_about(shop, order):
    with refused(shop, OverDelivery) as refusal:
        receive(shop, order, {1: (12, 2)})
    assert set(refusal.value.fields) == {"lines.0.quantity", "lines.0.free_quantity"}
    receive(shop, order, {1: (12, 2)}, confirm=["over_delivery"])
    now = detail(shop, order).lines[0]
    assert (now.received, now.free_received, now.outstanding) == (12, 2, 0)
    assert broken_promises() == []


def test_another_price_is_asked_about_and_taken_into_stock(shop, order):
    dearer = arrived(shop, 1, 10, unit_cost="66.00")
    with refused(shop, CostDiffers) as refusal:
        deliver(shop, order, dearer)
    assert list(refusal.value.fields) == ["lines.0.unit_cost"]
    receipt = deliver(shop, order, dearer, confirm=["cost_differs"])
    assert receipt.value == Decimal("660.00")
    same = arrived(shop, 2, 5, unit_cost="60.0000")
    assert deliver(shop, order, same).value == Decimal("300.00")


def test_goods_that_were_not_ordered_are_named(shop, order):
    with refused(shop, NotOnOrder) as refusal:
        receive(shop, order, {1: 1, 3: 1})
    assert list(refusal.value.fields) == ["lines.1.line_no"]


def test_nothing_comes_before_the_approval(shop):
    order = place(shop, line(shop, 1000), by=shop.acting_as("storekeeper"))
    with refused(shop, NothingInForce):
        receive(shop, order, {1: 1})


def test_a_line_that_was_amended_away_takes_no_goods(shop, order):
    given = {
        "order_id": order.id,
        "version": 1,
        "reason": "Not wanted",
        "lines": [line(shop, 10)],
    }
    shop.run("purchasing.amend_order", given)
    with refused(shop, NotOnOrder):
        receive(shop, order, {2: 1})


def test_the_rules_of_a_receipt_hold_at_the_same_fields(shop, order):
    expired = arrived(shop, 2, 1, expires_on=shop.ctx.today - timedelta(days=1))
    with refused(shop, ExpiredLot) as refusal:
        deliver(shop, order, arrived(shop, 1, 1), expired)
    assert list(refusal.value.fields) == ["lines.1.expires_on"]
    with refused(shop, LotRequired) as refusal:
        deliver(shop, order, arrived(shop, 1, 1, lot_number=""))
    assert list(refusal.value.fields) == ["lines.0.lot_number"]
    short = arrived(shop, 1, 1, expires_on=shop.ctx.today + timedelta(days=30))
    with refused(shop, ShortShelfLife):
        deliver(shop, order, short)
    assert deliver(shop, order, short, confirm=["short_shelf_life"]).status == "placed"


def test_a_storekeeper_takes_in_what_the_manager_ordered(shop, order):
    assert receive(shop, order, {1: 1}, by=shop.acting_as("storekeeper")).status == "placed"
    with refused(shop, PermissionDenied):
        receive(shop, order, {1: 1}, by=shop.acting_as("cashier"))


def test_a_repeated_delivery_is_taken_in_once(shop, order):
    given = {
        "idempotency_key": "delivery-once-1",
        "order_id": order.id,
        "lines": [arrived(shop, 1, 4)],
    }
    first = shop.run("purchasing.receive_order", given)
    assert shop.run("purchasing.receive_order", given).receipt_id == first.receipt_id
    assert detail(shop, order).lines[0].received == 4


def test_a_complete_order_stays_open_while_an_amendment_waits(shop):
    storekeeper = shop.acting_as("storekeeper")
    order = place(shop, line(shop, 10), by=storekeeper)
    more = {"order_id": order.id, "version": 1, "reason": "More", "lines": [line(shop, 900)]}
    waiting = shop.run("purchasing.amend_order", more, by=storekeeper)
    assert receive(shop, order, {1: 10}).status == "placed"
    given = {"order_id": order.id, "version": waiting.waiting_version, "outcome": "approved"}
    assert shop.run("purchasing.decide_order", given).version == 2
    assert broken_promises() == []
