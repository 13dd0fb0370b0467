"""Goods put apart are sold by nobody until somebody else decides about them."""

from dataclasses import replace
from decimal import Decimal

import pytest
from psycopg.errors import CheckViolation

from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from erp.core.ids import new_id
from erp.services import inventory
from erp.services.inventory import (
    ExpiredLot,
    InsufficientStock,
    LotOnHold,
    WrongPlace,
)
from erp.services.inventory.errors import (
    InQuarantine,
    MoreThanWaits,
    NoSupplier,
    OwnQuarantine,
    UnknownQuarantine,
)
from tests.factories import LICENSED, broken_promises, make_shop, receipt_line
from tests.services.books import balance
from tests.services.inventory.past_goods import second_branch
from tests.services.unchanged import refused


@pytest.fixture
def shop(environment):
    assert environment
    return make_shop("apart", products=1, lots=0)


@pytest.fixture
def lot(shop):
    given = {"name": "SBL", "kind": "manufacturer", "state_code": "27", "roles": ["manufacturer"]}
    supplier = shop.run("party.create_party", given | LICENSED).id
    line = receipt_line(shop.ctx, shop.variant_ids[0], 10, unit_cost="33.3333", days=100)
    goods = {"supplier_id": supplier, "lines": [line]}
    return shop.run("inventory.receive_goods", goods).lines[0].lot_id


def put(shop, lot, quantity, reason="suspected", **more):
    given = {"reason_code": reason, "lines": [{"lot_id": lot, "quantity": quantity}]}
    made = shop.run("inventory.quarantine_goods", given, **more)
    return made.quarantine_ids[0]


def decide(shop, quarantine_id, outcome, quantity, **more):
    given = {"quarantine_id": quarantine_id, "outcome": outcome, "quantity": quantity}
    return shop.run("inventory.decide_quarantine", given | {"reason": "looked"}, **more)


def queue(shop, **wanted):
    return shop.run("inventory.list_quarantine", wanted).rows


def quarantine_place(shop):
    rows = shop.run("inventory.list_locations", {"kind": "quarantine"}).rows
    return next(row.id for row in rows if row.branch_id == shop.ctx.branch_id)


def test_goods_apart_are_not_sold_and_stay_stock(shop, lot):
    put(shop, lot, 7)

    (row,) = queue(shop)
    assert (row.waiting, row.value, row.reason_code) == (7, Decimal("233.33"), "suspected")
    assert row.note == ""
    with refused(shop, InsufficientStock):
        shop.sell({shop.variant_ids[0]: 4})
    shop.sell({shop.variant_ids[0]: 3})
    assert balance(shop, "inventory") == Decimal("233.33")
    assert broken_promises() == []


def test_the_database_sells_nothing_out_of_quarantine(shop, lot):
    put(shop, lot, 7)
    customer = "select id from location where kind = 'customer'"
    with db.unit_of_work(shop.ctx) as session:
        outside = (db.fetch_one(session, customer) or {})["id"]
    move = inventory.Movement(
        shop.variant_ids[0], lot, quarantine_place(shop), outside, 1, Decimal(0)
    )
    with (
        pytest.raises(CheckViolation, match="may not be sold"),
        db.unit_of_work(shop.ctx) as session,
    ):
        inventory.write_moves(session, shop.ctx, inventory.Origin("test", new_id()), [move])


def test_a_decision_releases_sends_back_or_writes_off(shop, lot):
    entry = put(shop, lot, 9, "recall_notice")

    assert decide(shop, entry, "released", 4).waiting == 5
    assert shop.on_hand(shop.variant_ids[0]) == 5
    assert decide(shop, entry, "returned", 3).value == Decimal("100.00")
    assert balance(shop, "creditors") == Decimal("100.00")
    assert decide(shop, entry, "written_off", 2).waiting == 0
    assert balance(shop, "loss_expired") == Decimal("66.67")
    assert balance(shop, "inventory") == Decimal("166.66")
    assert queue(shop) == []
    (row,) = queue(shop, decided=True)
    assert (row.released, row.returned, row.written_off) == (4, 3, 2)
    with refused(shop, MoreThanWaits, "quantity"):
        decide(shop, entry, "released", 1)
    assert broken_promises() == []


def test_goods_of_a_lot_that_may_not_be_sold_are_not_released(shop, lot):
    entry = put(shop, lot, 5)
    shop.run("inventory.hold_lot", {"lot_id": lot, "reason": "smell"})
    with refused(shop, LotOnHold, "outcome"):
        decide(shop, entry, "released", 1)
    shop.run("inventory.release_lot", {"lot_id": lot, "reason": "fine"})
    later = shop.ctx.now.replace(year=shop.ctx.now.year + 1)
    with refused(shop, ExpiredLot, "outcome"):
        decide(shop, entry, "released", 1, at=later)
    decide(shop, entry, "released", 1)


def test_nobody_is_sent_goods_that_no_known_supplier_brought(shop):
    entry = put(shop, shop.receive(shop.variant_ids[0], 5), 2)
    with refused(shop, NoSupplier, "outcome"):
        decide(shop, entry, "returned", 1)


def test_who_put_goods_apart_decides_about_little_of_them(shop, lot):
    manager = shop.acting_as("manager")
    manager = replace(manager, limits=manager.limits | {"own_quarantine": Decimal(100)})
    own = put(shop, lot, 8, by=manager)
    with refused(shop, OwnQuarantine):
        decide(shop, own, "written_off", 4, by=manager)
    decide(shop, own, "written_off", 3, by=manager)
    others = put(shop, lot, 1, by=shop.acting_as("storekeeper"))
    decide(shop, others, "released", 1, by=manager)
    decide(shop, own, "written_off", 5)  # an owner
    with refused(shop, PermissionDenied):
        decide(shop, others, "released", 1, by=shop.acting_as("storekeeper"))
    with refused(shop, PermissionDenied):
        put(shop, lot, 1, by=shop.acting_as("cashier"))
    assert broken_promises() == []


def test_goods_leave_quarantine_by_a_decision_only(shop, lot):
    entry = put(shop, lot, 5)
    place = quarantine_place(shop)
    line = {"lot_id": lot, "quantity": 1}
    for ends in ((place, shop.storage_id), (shop.storage_id, place)):
        way = dict(zip(("from_location_id", "to_location_id"), ends, strict=True))
        with refused(shop, InQuarantine):
            shop.run("inventory.transfer_stock", way | {"lines": [line]})
    with refused(shop, InQuarantine):
        given = {"location_id": place, "reason_code": "broken", "lines": [line]}
        shop.run("inventory.write_off_stock", given)
    with refused(shop, WrongPlace, "location_id"):
        given = {"location_id": shop.expired_store_id, "reason_code": "damaged", "lines": [line]}
        shop.run("inventory.quarantine_goods", given)
    with refused(shop, InsufficientStock, "lines.0.quantity"):
        put(shop, lot, 6)
    far = second_branch(shop)
    with refused(shop, UnknownQuarantine):
        decide(shop, entry, "released", 1, by=far.ctx)


def give_back(shop, sale, quantity=1):
    given = {
        "sale_id": sale.sale_id,
        "shift_id": shop.shift_id,
        "lines": [{"line_no": 1, "quantity": quantity}],
        "reason": "opened by mistake",
        "tenders": [{"method": "cash", "amount": Decimal("105.00") * quantity}],
    }
    shop.run("pos.post_return", given)


@pytest.mark.usefixtures("lot")
def test_what_customers_bring_back_is_kept_apart_where_the_warehouse_says_so(shop):
    sale = shop.sell({shop.variant_ids[0]: 4})
    give_back(shop, sale)
    assert (shop.on_hand(shop.variant_ids[0]), queue(shop)) == (7, [])
    rules(shop, quarantines_returns=True)

    give_back(shop, sale, 2)

    assert shop.on_hand(shop.variant_ids[0]) == 7
    (row,) = queue(shop)
    assert (row.waiting, row.reason_code, row.note) == (2, "customer_return", "opened by mistake")
    decide(shop, row.id, "released", 2)
    assert shop.on_hand(shop.variant_ids[0]) == 9
    assert broken_promises() == []


def rules(shop, removal="fefo", *, quarantines_returns=False, by=None):
    (warehouse, *_) = shop.run("inventory.list_warehouses").rows
    given = {"warehouse_id": warehouse.id, "removal": removal}
    given |= {"quarantines_returns": quarantines_returns}
    return shop.run("inventory.set_warehouse_rules", given, by=by)


LOTS = {"OLD": 300, "SOON": 100, "NEW": 200}
"""Days until they expire, in the order in which they came."""


@pytest.mark.parametrize(
    ("removal", "taken"),
    [
        ("fefo", ["SOON", "NEW", "OLD"]),
        ("fifo", ["OLD", "SOON", "NEW"]),
        ("lifo", ["NEW", "SOON", "OLD"]),
    ],
)
def test_a_warehouse_is_emptied_as_it_says_at_the_till_and_in_transfers(shop, removal, taken):
    for number, days in LOTS.items():
        shop.receive(shop.variant_ids[0], 2, lot_number=number, days=days)
    shop.receive(shop.variant_ids[0], 2, lot_number="GONE", days=95)
    shop.run("inventory.recall_lot", {"lot_id": named(shop, "GONE"), "reason": "dust"})
    assert rules(shop, removal).removal == removal

    sold = shop.sell({shop.variant_ids[0]: 3})
    assert [(x.lot_number, x.quantity) for x in sold.lines] == [(taken[0], 2), (taken[1], 1)]
    far = second_branch(shop)
    ends = {"from_location_id": shop.storage_id, "to_location_id": far.storage_id}
    line = {"variant_id": shop.variant_ids[0], "quantity": 2}
    sent = shop.run("inventory.dispatch_transfer", ends | {"lines": [line]})
    found = shop.run("inventory.get_transfer", {"transfer_id": sent.transfer_id})
    assert [x.lot_number for x in found.lines] == taken[1:]
    with refused(shop, InsufficientStock):
        shop.sell({shop.variant_ids[0]: 2})
    assert broken_promises() == []


def named(shop, number):
    return next(x.lot_id for x in shop.run("inventory.stock_by_lot").rows if x.lot_number == number)


@pytest.mark.parametrize("removal", ["fefo", "fifo", "lifo", "explicit"])
def test_what_has_expired_is_never_sold_whatever_the_warehouse_says(shop, removal):
    lot_id = shop.receive(shop.variant_ids[0], 5, days=95)
    rules(shop, removal)
    wanted = inventory.Wanted(1, shop.variant_ids[0], 1, lot_id, "asked for")
    later = replace(shop.ctx, now=shop.ctx.now.replace(year=shop.ctx.now.year + 1))
    with pytest.raises(ExpiredLot), db.unit_of_work(later) as session:
        inventory.allocate(session, later, shop.storage_id, [wanted])


def test_where_lots_are_named_an_unnamed_one_is_asked_for_and_any_may_be_named(shop):
    for number, days in LOTS.items():
        shop.receive(shop.variant_ids[0], 2, lot_number=number, days=days)
    rules(shop, "explicit")
    with refused(shop, InvalidInput, "lines.0.lot_id"):
        shop.sell({shop.variant_ids[0]: 1})
    line = {"variant_id": shop.variant_ids[0], "quantity": 1, "lot_id": named(shop, "NEW")}
    sold = shop.run("pos.post_sale", shop.cart({}) | {"lines": [line]})
    assert sold.lines[0].lot_number == "NEW"


def test_the_rules_of_a_warehouse_are_set_by_planners_for_their_company(shop, stranger):
    with refused(shop, PermissionDenied):
        rules(shop, "fifo", by=shop.acting_as("storekeeper"))
    foreign = stranger.run("inventory.list_warehouses").rows[0].id
    given = {"warehouse_id": foreign, "removal": "fifo", "quarantines_returns": True}
    with pytest.raises(Exception, match="not known here"):
        shop.run("inventory.set_warehouse_rules", given)
    assert stranger.run("inventory.list_warehouses").rows[0].removal == "fefo"
