from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from pydantic import ValidationError

from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from erp.core.quantity import NotWholeUnits
from erp.services import platform
from erp.services.catalog import UnknownProduct, UnknownUnit
from erp.services.inventory import WrongPlace
from erp.services.party import InactiveParty, UnknownParty
from erp.services.purchasing import (
    BelowReceived,
    NotASupplier,
    OrderChanged,
    OrderEnded,
    TwiceOnOrder,
    UnknownOrder,
)
from tests.factories import broken_promises
from tests.services.branches import add_branch, registration
from tests.services.purchasing.ordering import (
    amend,
    detail,
    finish,
    known_supplier,
    line,
    place,
    receive,
    supplier,
)
from tests.services.unchanged import refused


def test_ordering_moves_neither_goods_nor_books(shop):
    before = shop.count("journal_entry")
    place(shop, line(shop, 10))
    assert (shop.count("stock_move"), shop.count("journal_entry")) == (0, before)


def test_an_amendment_is_a_new_version_and_the_old_one_stays_readable(shop):
    order = place(shop, line(shop, 10), line(shop, 5, at=1))
    amended = amend(shop, order, line(shop, 12), line(shop, 4, at=2))

    assert (amended.version, amended.status) == (2, "placed")
    now, before = detail(shop, order), detail(shop, order, version=1)
    assert [(x.line_no, x.quantity) for x in before.lines] == [(1, 10), (2, 5)]
    assert [(x.line_no, x.variant_id, x.quantity) for x in now.lines] == [
        (1, shop.variant_ids[0], 12),
        (3, shop.variant_ids[2], 4),
    ]
    assert [v.reason for v in now.versions] == ["They have more", ""]
    assert broken_promises() == []


def test_a_product_that_comes_back_keeps_its_line_number(shop):
    order = place(shop, line(shop, 10), line(shop, 5, at=1))
    second = amend(shop, order, line(shop, 10))
    third = amend(shop, second, line(shop, 10), line(shop, 6, at=1))
    assert [x.line_no for x in detail(shop, third).lines] == [1, 2]


def test_who_saw_an_older_version_looks_again(shop):
    order = place(shop, line(shop, 10))
    amend(shop, order, line(shop, 12))
    with refused(shop, OrderChanged):
        amend(shop, order, line(shop, 14))
    with refused(shop, OrderChanged):
        finish(shop, order)


def test_a_version_asks_for_no_less_than_has_come(shop):
    order = place(shop, line(shop, 10, free_quantity=2), line(shop, 5, at=1))
    receive(shop, order, {1: (6, 1)})
    with refused(shop, BelowReceived) as refusal:
        amend(shop, order, line(shop, 5), line(shop, 5, at=1))
    assert set(refusal.value.fields) == {"lines.0.quantity", "lines.0.free_quantity"}
    with refused(shop, BelowReceived) as refusal:
        amend(shop, order, line(shop, 5, at=1))
    assert list(refusal.value.fields) == ["lines"]
    amended = amend(shop, order, line(shop, 6, free_quantity=1))
    assert [x.outstanding for x in detail(shop, amended).lines] == [0]


def test_an_order_nothing_came_of_is_cancelled_and_another_closed(shop):
    never, partly = place(shop, line(shop, 10)), place(shop, line(shop, 10))
    receive(shop, partly, {1: 4})
    assert finish(shop, never).status == "cancelled"
    assert finish(shop, partly).status == "closed"
    assert detail(shop, partly).end_reason == "Not available"
    for order in (never, partly):
        with refused(shop, OrderEnded):
            receive(shop, order, {1: 1})
    assert broken_promises() == []


@pytest.mark.parametrize("role", ["cashier", "accountant", "auditor"])
def test_who_may_not_order_is_refused(shop, role):
    with refused(shop, PermissionDenied):
        place(shop, line(shop, 10), by=shop.acting_as(role))


def test_only_a_supplier_is_ordered_from(shop):
    retailer = shop.run(
        "party.create_party", {"name": "Kiran Stores", "kind": "retailer", "state_code": "27"}
    ).id
    with refused(shop, NotASupplier) as refusal:
        place(shop, line(shop, 10), supplier_id=retailer)
    assert list(refusal.value.fields) == ["supplier_id"]
    with refused(shop, UnknownParty) as refusal:
        place(shop, line(shop, 10), supplier_id=uuid4())
    assert list(refusal.value.fields) == ["supplier_id"]


def test_a_closed_supplier_gets_no_order(shop):
    closed = supplier(shop)
    shop.run("party.set_party_status", {"party_id": closed, "is_active": False})
    with refused(shop, InactiveParty):
        place(shop, line(shop, 10), supplier_id=closed)


def test_goods_are_expected_today_or_later(shop):
    with refused(shop, InvalidInput) as refusal:
        place(shop, line(shop, 10), expected_on=shop.ctx.today - timedelta(days=1))
    assert list(refusal.value.fields) == ["expected_on"]


def test_a_product_stands_on_one_line(shop):
    with refused(shop, TwiceOnOrder) as refusal:
        place(shop, line(shop, 10), line(shop, 5))
    assert list(refusal.value.fields) == ["lines.1.variant_id"]


def test_a_trade_unit_counts_as_its_base_units(shop):
    shop.run(
        "catalog.define_unit",
        {"variant_id": shop.variant_ids[0], "code": "BOX", "numerator": 12},
    )
    order = place(shop, line(shop, "2.5", unit="BOX", unit_cost="600"))
    (ordered,) = detail(shop, order).lines
    assert (ordered.base_quantity, ordered.unit) == (30, "BOX")
    assert ordered.value == Decimal("1500.00")
    with refused(shop, NotWholeUnits) as refusal:
        place(shop, line(shop, "0.3", unit="BOX"))
    assert list(refusal.value.fields) == ["lines.0.quantity"]
    with refused(shop, UnknownUnit) as refusal:
        place(shop, line(shop, 1, unit="CRATE"))
    assert list(refusal.value.fields) == ["lines.0.unit"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "-1"}, "quantity"),
        ({"unit_cost": "-0.01"}, "unit_cost"),
        ({"free_quantity": "-1"}, "free_quantity"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_senseless_line_is_refused_at_its_field(shop, facts, field):
    with pytest.raises(ValidationError) as refusal:
        place(shop, line(shop, 1) | facts)
    assert refusal.value.errors()[0]["loc"][-1] == field


def test_goods_are_ordered_to_a_place_of_ours(shop):
    with db.unit_of_work(shop.ctx) as session:
        row = db.fetch_one(session, "select id from location where kind = 'supplier'")
    assert row is not None
    with refused(shop, WrongPlace):
        place(shop, line(shop, 1), location_id=row["id"])


def test_an_unknown_product_is_named(shop):
    with refused(shop, UnknownProduct) as refusal:
        place(shop, line(shop, 1) | {"variant_id": uuid4()})
    assert list(refusal.value.fields) == ["lines.0.variant_id"]


def test_branches_number_apart_and_see_only_their_own(shop):
    here = place(shop, line(shop, 10))
    second = add_branch(shop, gstin=registration(shop))
    order = place(shop, line(shop, 10), by=second.ctx)

    assert here.number.startswith("PO/")
    assert order.number.startswith("PO2/")
    assert [row.id for row in shop.run("purchasing.list_orders").rows] == [here.id]
    with pytest.raises(UnknownOrder):
        detail(shop, order)
    with refused(shop, UnknownOrder):
        finish(shop, order)


def test_the_list_tells_waiting_late_and_live_orders(shop, storekeeper):
    today = shop.ctx.today
    waiting = place(shop, line(shop, 1000), by=storekeeper)
    late = place(shop, line(shop, 10), expected_on=today)
    done = place(shop, line(shop, 10))
    receive(shop, done, {1: 10})

    def listed(at=None, **wanted):
        rows = shop.run("purchasing.list_orders", wanted, at=at).rows
        return [row.id for row in rows]

    tomorrow = shop.ctx.now + timedelta(days=1)
    assert listed() == [done.id, late.id, waiting.id]
    assert listed(standing="waiting") == [waiting.id]
    assert listed(standing="live") == [late.id, waiting.id]
    assert listed(standing="late") == []
    assert listed(at=tomorrow, standing="late") == [late.id]
    assert listed(status="closed") == [done.id]
    assert listed(search=late.number) == [late.id]
    assert listed(search="nobody") == []
    first = shop.run("purchasing.list_orders", {"limit": 2})
    rest = shop.run("purchasing.list_orders", {"limit": 2, "cursor": first.next_cursor})
    assert [row.id for row in (*first.rows, *rest.rows)] == [done.id, late.id, waiting.id]
    assert [row.arrived for row in first.rows] == [100, 0]


def test_a_repeated_request_makes_one_order(shop):
    given = {
        "idempotency_key": "order-once-1",
        "supplier_id": known_supplier(shop),
        "lines": [line(shop, 10)],
    }
    first = shop.run("purchasing.place_order", given)
    assert shop.run("purchasing.place_order", given).id == first.id
    assert shop.count("purchase_order") == 1


def test_a_dry_run_leaves_no_order(shop):
    given = {"supplier_id": known_supplier(shop), "lines": [line(shop, 10)]}
    platform.preview("purchasing.place_order", shop.ctx, given)
    assert shop.count("purchase_order") == 0


@pytest.mark.parametrize(
    "table",
    [
        "purchase_order_version",
        "purchase_order_decision",
        "purchase_order_line",
        "purchase_order_receipt",
    ],
)
def test_what_was_asked_decided_and_came_is_never_changed(shop, table):
    order = place(shop, line(shop, 10))
    receive(shop, order, {1: 4})
    with pytest.raises(Exception, match="permission denied"), db.unit_of_work(shop.ctx) as session:
        db.execute(session, f"delete from {table}")  # noqa: S608  a literal
