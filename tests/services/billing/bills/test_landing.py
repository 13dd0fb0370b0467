"""A carrier's bill is borne by the goods it brought, whoever sold those."""

from decimal import Decimal

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.core import db
from erp.core.errors import PermissionDenied
from erp.core.ids import new_id
from erp.services.accounting import PeriodClosed
from erp.services.billing import (
    BeyondExpense,
    BillNotPosted,
    NothingKept,
    TakenOffBefore,
    UnknownBill,
    UnknownDelivery,
    UnknownLandedCost,
)
from tests.factories import broken_promises
from tests.services.billing.bills.billing import bill, billed, came, decide, detail, goods, settle
from tests.services.billing.bills.landing import carrier, freight, spread, take_off
from tests.services.billing.returns.returning import leaving, send_back
from tests.services.books import balance
from tests.services.branches import add_branch, registration
from tests.services.unchanged import refused


def books(shop):
    """Return stock, cost of what is gone, the expense, and what is not billed."""
    keys = ("inventory", "cogs", "freight_inward", "grni")
    return tuple(balance(shop, key) for key in keys)


@pytest.fixture
def receipt(shop):
    return came(shop, goods(shop, 10))


@pytest.fixture
def carried(shop):
    """A carrier's bill of a hundred rupees and eighteen of tax."""
    return freight(shop, carrier(shop), "100.00", "118.00")


def test_goods_on_hand_and_gone_bear_a_carriers_bill(shop, receipt, carried):
    shop.sell({shop.variant_ids[0]: 4})
    before = books(shop)
    assert before[2] == 100
    made = spread(shop, carried, receipt)

    assert (made.amount, made.to_stock, made.to_gone) == (100, 60, 40)
    assert made.number.startswith("LC/")
    after = books(shop)
    assert [b - a for a, b in zip(before, after, strict=True)] == [60, 40, -100, 0]
    assert (balance(shop, "input_cgst"), balance(shop, "input_sgst")) == (9, 9)
    assert balance(shop, "creditors") == -118
    found = detail(shop, carried)
    assert found.unspread == 0
    assert [(one.number, one.amount, one.to_stock, one.note) for one in found.spread] == [
        (made.number, 100, 60, "LR 4711")
    ]
    assert sum(entry.total for entry in found.entries) == 318
    assert broken_promises() == []


def test_a_cost_is_shared_by_value_over_deliveries_of_many_suppliers(shop, carried):
    ours = came(shop, goods(shop, 10), goods(shop, 20, at=1))
    theirs = came(shop, goods(shop, 10, at=2), supplier_id=carrier(shop, name="Reckeweg"))
    before = books(shop)
    spread(shop, carried, ours, theirs)
    lots = [line.lot_id for each in (ours, theirs) for line in each.lines]
    found = [shop.run("inventory.get_lot", {"lot_id": lot_id}).places for lot_id in lots]
    assert [sum(place.value for place in places) for places in found] == [625, 1250, 625]
    assert books(shop)[0] - before[0] == 100
    assert broken_promises() == []


def test_a_cost_that_is_taken_off_is_an_expense_as_before(shop, receipt, carried):
    before = books(shop)
    made = spread(shop, carried, receipt)
    shop.sell({shop.variant_ids[0]: 4})
    gone = take_off(shop, made)

    assert (gone.to_stock, gone.to_gone) == (-60, -40)
    stock, cogs, expense, unbilled = books(shop)
    assert (stock, expense, unbilled) == (before[0] - 240, 100, before[3])
    assert cogs == before[1] + 240
    found = detail(shop, carried)
    assert (found.unspread, found.spread[0].reason) == (100, "Of another delivery")
    with refused(shop, TakenOffBefore):
        take_off(shop, made)
    assert spread(shop, carried, receipt).amount == 100
    assert broken_promises() == []


def test_goods_that_went_back_took_their_part_along(shop, receipt, carried):
    """Five of ten leave with ten rupees each of the freight: stock gives up what it still has."""
    made = spread(shop, carried, receipt)
    send_back(shop, leaving(shop, receipt, 5))
    assert balance(shop, "inventory") == 350
    assert take_off(shop, made).to_stock == -50
    assert balance(shop, "inventory") == 300
    assert broken_promises() == []


def test_goods_that_went_back_before_bear_nothing(shop, receipt, carried):
    other = came(shop, goods(shop, 10, at=1))
    send_back(shop, leaving(shop, receipt, 10))
    with refused(shop, NothingKept, "receipt_ids"):
        spread(shop, carried, receipt)
    assert spread(shop, carried, receipt, other).to_stock == 100
    assert balance(shop, "inventory") == 700
    assert broken_promises() == []


def test_no_more_is_spread_than_the_bill_has_as_an_expense(shop, receipt, carried):
    with refused(shop, BeyondExpense, "amount"):
        spread(shop, carried, receipt, amount="100.01")
    spread(shop, carried, receipt, amount="40.00")
    with refused(shop, BeyondExpense, "amount"):
        spread(shop, carried, receipt, amount="60.01")
    assert spread(shop, carried, receipt).amount == 60
    with refused(shop, BeyondExpense, "amount"):
        spread(shop, carried, receipt)
    assert broken_promises() == []


def test_what_a_claim_did_not_bring_may_be_spread_too(shop, receipt):
    line = billed(receipt, 10, "60")
    packing = {"label": "Freight", "amount": "60.00", "gst_rate": 5, "is_cost_of_goods": False}
    made = bill(shop, "693.00", line, charges=[packing])
    claim = decide(shop, made, "claimed")
    with refused(shop, BeyondExpense, "amount"):
        spread(shop, made, receipt)
    settle(shop, claim.claim_id, "35.00", "1.75")
    assert spread(shop, made, receipt).amount == 25
    assert balance(shop, "inventory") == 625
    assert broken_promises() == []


def test_only_a_bill_in_the_books_is_spread(shop, receipt):
    charge = {"label": "Freight", "amount": "100.00", "gst_rate": 18, "is_cost_of_goods": False}
    facts = {"supplier_id": carrier(shop), "bill_number": "VRL/10", "charges": [charge]}
    held = bill(shop, "118.00", **facts)
    with refused(shop, BillNotPosted):
        spread(shop, held, receipt)


def test_branches_spread_their_own_bills_over_their_own_goods(
    shop, receipt, carried, stranger, manager
):
    other = add_branch(shop, gstin=registration(shop))
    with refused(shop, UnknownBill):
        spread(shop, carried, receipt, by=other.ctx)
    far = shop.run("inventory.receive_goods", {"lines": [goods(shop, 5)]}, by=other.ctx)
    with refused(shop, UnknownDelivery, "receipt_ids.1"):
        spread(shop, carried, receipt, far)
    made = spread(shop, carried, receipt, by=manager)
    with refused(shop, UnknownLandedCost, "landed_cost_id"):
        take_off(shop, made, by=other.ctx)
    with refused(stranger, UnknownLandedCost, "landed_cost_id"):
        take_off(stranger, made)
    with refused(shop, PermissionDenied):
        take_off(shop, made, by=shop.acting_as("storekeeper"))
    rows = shop.run("billing.list_spreadable", {"search": "sbl"}).rows
    assert [(row.id, row.value, row.landed) for row in rows] == [(receipt.receipt_id, 600, 100)]
    assert shop.run("billing.list_spreadable", {"search": "nobody"}).rows == []


def test_a_closed_month_takes_no_cost(shop, receipt, carried):
    today = shop.ctx.today
    period = next(
        row
        for row in shop.run("accounting.list_periods").rows
        if row.starts_on <= today <= row.ends_on
    )
    closing = {"period_id": period.id, "status": "closed", "reason": "Filed"}
    shop.run("accounting.set_period_status", closing)
    with refused(shop, PeriodClosed):
        spread(shop, carried, receipt)


@pytest.mark.parametrize("table", ["landed_cost", "landed_cost_line", "landed_cost_reversal"])
def test_what_was_spread_is_never_changed(shop, receipt, carried, table):
    take_off(shop, spread(shop, carried, receipt))
    with (
        db.unit_of_work(shop.ctx) as session,
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)),
    ):
        db.raw(session).execute(f"update {table} set tenant_id = tenant_id".encode())  # noqa: S608


def test_the_database_takes_a_cost_off_once(shop, receipt, carried):
    made = spread(shop, carried, receipt)
    take_off(shop, made)
    row = (
        "insert into landed_cost_reversal (tenant_id, id, landed_cost_id, reason, reversed_by,"
        " reversed_at) values (%s, %s, %s, 'Again', %s, now())"
    )
    with pytest.raises(psycopg.errors.UniqueViolation), db.unit_of_work(shop.ctx) as session:
        db.raw(session).execute(row, (shop.tenant_id, new_id(), made.id, shop.ctx.user_id))


@given(
    amount=st.integers(1, 99_999),
    sold=st.lists(st.integers(0, 2), min_size=3, max_size=3),
    back=st.booleans(),
)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_happens_between_stock_and_books_agree(shop, amount, sold, back):
    """Sell, spread, sell, send back, take off, sell: every referee holds at each step."""
    receipt = came(shop, goods(shop, 7), goods(shop, 5, at=1), goods(shop, 3, at=2))
    value = Decimal(amount) / 100
    total = f"{value + 2 * round(value * 9 / 100, 2):.2f}"
    facts = {"bill_number": f"V{new_id().hex[-12:]}"}
    made = freight(shop, carrier(shop, name=f"C{new_id().hex[-9:]}"), f"{value}", total, **facts)
    _sell(shop, sold[0])
    landed = spread(shop, made, receipt)
    assert landed.to_stock + landed.to_gone == value
    _sell(shop, sold[1])
    if back:
        send_back(shop, leaving(shop, receipt, 1))
    gone = take_off(shop, landed)
    assert gone.to_stock + gone.to_gone == -value
    _sell(shop, sold[2])
    assert broken_promises() == []


def _sell(shop, units):
    if units:
        shop.sell({shop.variant_ids[0]: units})
