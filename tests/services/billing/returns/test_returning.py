"""Goods go back: what leaves, what is asked back, what is booked, and what is refused."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.services import platform
from erp.services.billing import (
    BeyondDelivered,
    BillWaits,
    NotFromSupplier,
    OutsideClaimWindow,
    WrongReason,
)
from erp.services.billing.supplier_return_sharing import (
    BilledUnits,
    Came,
    Worth,
    share_units,
    without,
)
from erp.services.inventory import InsufficientStock, UnknownPlace, WrongPlace
from tests.factories import broken_promises
from tests.services.billing.bills.billing import (
    bill,
    billed,
    came,
    decide,
    goods,
    registered,
    settle,
    unbilled,
    usual,
)
from tests.services.billing.returns.returning import came_before, leaving, send_back
from tests.services.books import balance
from tests.services.branches import add_branch, registration
from tests.services.unchanged import refused


@pytest.fixture
def receipt(shop):
    """Ten bottles at 60, billed at that."""
    came_in = came(shop, goods(shop, 10))
    bill(shop, "630.00", billed(came_in, 10, "60"))
    return came_in


def test_billed_goods_leave_for_what_was_billed_for_them(shop, receipt):
    made = send_back(shop, leaving(shop, receipt, 4))
    assert made.number.startswith("PR/")
    assert (made.total, made.released, made.cost) == (Decimal("252.00"), ZERO, Decimal("240.00"))
    assert shop.on_hand(shop.variant_ids[0]) == 6
    assert balance(shop, "supplier_claims") == Decimal("252.00")
    assert balance(shop, "inventory") == Decimal("360.00")
    assert balance(shop, "input_cgst") == balance(shop, "input_sgst") == Decimal("9.00")
    assert balance(shop, "creditors") == Decimal("-630.00")
    assert broken_promises() == []


def test_goods_on_no_bill_lower_what_may_be_billed(shop):
    came_in = came(shop, goods(shop, 10))
    made = send_back(shop, leaving(shop, came_in, 4))
    assert (made.total, made.released, made.claim_id) == (ZERO, Decimal("240.00"), None)
    assert balance(shop, "grni") == Decimal("-360.00")
    assert balance(shop, "supplier_claims") == balance(shop, "input_cgst") == ZERO
    (row,) = unbilled(shop).rows
    assert (row.units, row.value) == (6, Decimal("360.00"))

    too_many = bill(shop, "630.00", billed(came_in, 10, "60"))
    assert too_many.findings == {1: ["quantity"]}
    assert too_many.excess == Decimal("240.00")
    decide(shop, too_many, "refused")
    assert bill(shop, "378.00", billed(came_in, 6, "60")).status == "posted"
    assert balance(shop, "grni") == ZERO
    assert broken_promises() == []


def test_what_all_went_back_leaves_nothing_to_bill(shop):
    came_in = came(shop, goods(shop, 10))
    send_back(shop, leaving(shop, came_in, 10))
    assert unbilled(shop).rows == []
    assert balance(shop, "grni") == ZERO
    late = bill(shop, "630.00", billed(came_in, 10, "60"))
    assert late.excess == Decimal("600.00")
    assert broken_promises() == []


def test_units_of_a_scheme_cost_the_same_each(shop):
    """Ten paid and one free at 701.00 (J20): each of eleven is worth 63.73."""
    came_in = came(shop, goods(shop, 10, free_quantity=1, unit_cost="70.10"))
    bill(shop, "736.06", billed(came_in, 10, "70.10"))
    one = send_back(shop, leaving(shop, came_in, 1))
    assert one.total == Decimal("66.91")
    rest = send_back(shop, leaving(shop, came_in, 10))
    assert one.total + rest.total == Decimal("736.06")
    assert balance(shop, "input_cgst") == balance(shop, "inventory") == ZERO
    assert broken_promises() == []


def test_a_free_unit_goes_back_before_the_bill_and_the_rest_is_billed(shop):
    came_in = came(shop, goods(shop, 10, free_quantity=1, unit_cost="70.10"))
    send_back(shop, leaving(shop, came_in, 1))
    assert unbilled(shop).rows[0].units == 10
    assert bill(shop, "736.05", billed(came_in, 10, "70.10")).status == "posted"
    assert balance(shop, "grni") == ZERO
    rest = send_back(shop, leaving(shop, came_in, 10))
    assert rest.total == Decimal("736.06")
    assert broken_promises() == []


def test_what_is_claimed_on_the_bill_is_not_asked_back_again(shop):
    came_in = came(shop, goods(shop, 10))
    made = bill(shop, "735.00", billed(came_in, 10, "70"))
    claim = decide(shop, made, "claimed").claim_id
    first = send_back(shop, leaving(shop, came_in, 5))
    assert first.total == Decimal("315.00")
    settle(shop, claim, "0.00", "0.00", reason="The new list is in force")
    second = send_back(shop, leaving(shop, came_in, 5))
    assert first.total + second.total == Decimal("735.00")
    assert broken_promises() == []


def test_freight_on_the_goods_is_not_asked_back_and_lost(shop):
    came_in = came(shop, goods(shop, 10))
    charge = {"label": "Freight", "amount": "30.00", "gst_rate": 5}
    bill(shop, "661.50", billed(came_in, 10, "60"), charges=[charge])
    made = send_back(shop, leaving(shop, came_in, 4, "damaged"))
    assert (made.total, made.cost) == (Decimal("252.00"), Decimal("252.00"))
    assert balance(shop, "loss_expired") == Decimal("12.00")
    send_back(shop, leaving(shop, came_in, 6, "excess"))
    assert balance(shop, "stock_adjustment") == Decimal("18.00")
    assert balance(shop, "inventory") == ZERO
    assert broken_promises() == []


def test_tax_that_is_cost_is_asked_back_and_no_credit_is_lowered(shop):
    branch = add_branch(shop, gstin=None)
    came_in = shop.run(
        "inventory.receive_goods",
        {"supplier_id": usual(shop), "lines": [goods(shop, 10)]},
        by=branch.ctx,
    )
    bill(shop, "630.00", billed(came_in, 10, "60"), by=branch.ctx)
    line = leaving(shop, came_in, 4, location_id=branch.storage_id)
    with refused(shop, NotFromSupplier):
        send_back(shop, line)
    made = send_back(shop, line, by=branch.ctx)
    assert (made.total, made.cost) == (Decimal("252.00"), Decimal("252.00"))
    settle(shop, made.claim_id, "252.00", "0.00", by=branch.ctx)
    assert balance(shop, "creditors") == Decimal("-378.00")
    assert balance(shop, "input_cgst") == balance(shop, "supplier_claims") == ZERO
    assert broken_promises() == []


def test_lots_of_the_expired_store_and_on_hold_may_go(shop, receipt):
    lot_id = receipt.lines[0].lot_id
    move = {"from_location_id": shop.storage_id, "to_location_id": shop.expired_store_id}
    shop.run("inventory.transfer_stock", move | {"lines": [{"lot_id": lot_id, "quantity": 4}]})
    shop.run("inventory.recall_lot", {"lot_id": lot_id, "reason": "Dust"})
    made = send_back(
        shop,
        leaving(shop, receipt, 4, "recalled", location_id=shop.expired_store_id),
        leaving(shop, receipt, 6, "recalled"),
    )
    assert made.total == Decimal("630.00")
    assert balance(shop, "inventory") == balance(shop, "inventory_expired") == ZERO
    assert broken_promises() == []


def test_no_more_goes_back_than_came_and_is_here(shop, receipt):
    other = registered(shop, name="Bakson", state="09")
    twin = {"lot_number": "TWIN", "expires_on": shop.ctx.today + timedelta(days=500)}
    ours = came(shop, goods(shop, 3, **twin))
    came(shop, goods(shop, 5, **twin), supplier_id=other)
    with refused(shop, BeyondDelivered, "lines.0.quantity"):
        send_back(shop, leaving(shop, ours, 4))
    shop.sell({shop.variant_ids[0]: 3})
    with refused(shop, InsufficientStock, "lines.0.quantity"):
        send_back(shop, leaving(shop, receipt, 10))
    send_back(shop, leaving(shop, receipt, 7))
    with refused(shop, BeyondDelivered, "lines.0.quantity"):
        send_back(shop, leaving(shop, receipt, 4))
    with refused(shop, NotFromSupplier, "lines.0.lot_id"):
        send_back(shop, leaving(shop, receipt, 1), supplier_id=other)


def test_a_line_stands_once_and_names_a_place_of_the_branch(shop, receipt):
    line = leaving(shop, receipt, 1)
    with refused(shop, InvalidInput, "lines.1.lot_id"):
        send_back(shop, line, line)
    with refused(shop, UnknownPlace, "lines.0.location_id"):
        send_back(shop, line | {"location_id": new_id()})
    elsewhere = add_branch(shop, gstin=registration(shop))
    with refused(shop, WrongPlace, "lines.0.location_id"):
        send_back(shop, line | {"location_id": elsewhere.storage_id})


def test_goods_of_a_bill_that_waits_stay(shop):
    came_in = came(shop, goods(shop, 10))
    made = bill(shop, "735.00", billed(came_in, 10, "70"))
    with refused(shop, BillWaits):
        send_back(shop, leaving(shop, came_in, 1))
    decide(shop, made, "refused")
    assert send_back(shop, leaving(shop, came_in, 1)).released == Decimal("60.00")


@pytest.mark.parametrize(
    ("days", "reason", "fits"),
    [
        (100, "expired", False),
        (100, "near_expiry", True),
        (-1, "near_expiry", False),
        (-1, "expired", True),
        (None, "near_expiry", False),
        (None, "expired", False),
    ],
)
def test_a_reason_fits_the_expiry(shop, days, reason, fits):
    label = {"expires_on": None} if days is None else {"days": days}
    with db.unit_of_work(shop.ctx) as session:
        db.execute(session, "update product set is_expiry_required = false")
    receipt = came_before(shop, goods(shop, 10, **label))
    if fits:
        assert send_back(shop, leaving(shop, receipt, 1, reason)).released
    else:
        with refused(shop, WrongReason, "lines.0.reason"):
            send_back(shop, leaving(shop, receipt, 1, reason))


def test_outside_the_claim_window_somebody_takes_responsibility(shop, receipt):
    line = leaving(shop, receipt, 1, "near_expiry")
    with refused(shop, OutsideClaimWindow):
        send_back(shop, line, confirm=())
    assert send_back(shop, line).total
    shop.run("inventory.set_claim_terms", {"opens_days": 400, "closes_days": 30})
    assert send_back(shop, line, confirm=()).total


def test_trying_shows_stock_and_books_and_leaves_both(shop, receipt):
    line = leaving(shop, receipt, 4)
    given = {"supplier_id": usual(shop), "lines": [line]}
    tried = platform.preview("billing.return_goods", shop.ctx, given)
    assert {effect["kind"] for effect in tried.effects} == {"stock", "ledger"}
    assert shop.count("supplier_return") == 0
    assert shop.on_hand(shop.variant_ids[0]) == 10


def test_who_may_not_return_is_refused(shop, receipt, accountant):
    with refused(shop, PermissionDenied):
        send_back(shop, leaving(shop, receipt, 1), by=accountant)
    assert send_back(shop, leaving(shop, receipt, 1), by=shop.acting_as("storekeeper")).total


def test_a_change_of_cost_after_a_return_belongs_to_what_stayed(shop):
    """Eight of ten stay and are billed at 61 each: all of the rupees go to them."""
    came_in = came(shop, goods(shop, 10))
    send_back(shop, leaving(shop, came_in, 2))
    bill(shop, "512.40", billed(came_in, 8, "61"))
    assert balance(shop, "inventory") == Decimal("488.00")
    assert balance(shop, "cogs") == ZERO
    assert broken_promises() == []


@given(
    paid=st.integers(0, 30),
    free=st.integers(0, 10),
    share=st.fractions(0, 1),
    cuts=st.lists(st.integers(1, 12), max_size=8),
    value=st.decimals(0, 5000, places=2),
)
def test_whatever_parts_go_back_they_use_up_units_and_worth_exactly(paid, free, share, cuts, value):
    billed_units = int(Fraction(paid) * share)
    worth = Worth(value, value, value, ZERO)
    bills = (BilledUnits(new_id(), billed_units, worth, Decimal(5)),) if billed_units else ()
    kept = value if billed_units == paid else ZERO
    line = Came(
        new_id(), 1, paid, free, value if paid else ZERO, billed_units, kept if paid else ZERO,
        bills=bills,
    )  # fmt: skip
    whole, parts = line, []
    for cut in [*cuts, paid + free]:
        taken = share_units(line, min(cut, line.left))
        line = without(line, taken)
        parts += taken
    assert line.left == 0
    assert sum(part.units for part in parts) == whole.left == paid + free
    assert sum(part.unbilled for part in parts) == paid - billed_units
    asked = [part.worth.heads for part in parts]
    if billed_units:
        assert tuple(sum(heads, ZERO) for heads in zip(*asked, strict=True)) == worth.heads
    if paid > billed_units:
        assert sum((part.released for part in parts), ZERO) == whole.value - whole.billed_value
