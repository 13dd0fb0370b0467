"""Bills that do not match: held, accepted, claimed, refused, and the supplier's credit note."""

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, RaiseException

from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from erp.core.ids import new_id
from erp.services.accounting import PeriodClosed
from erp.services.billing import (
    BeyondBillLimit,
    BilledTwice,
    BillNotHeld,
    ClaimSettled,
    MoreThanCame,
    NothingToClaim,
    OwnBill,
    UnknownBill,
    UnknownClaim,
)
from tests.factories import broken_promises, make_shop
from tests.services.billing.bills.billing import (
    bill,
    billed,
    came,
    decide,
    detail,
    goods,
    registered,
    settle,
    unbilled,
)
from tests.services.books import balance
from tests.services.branches import add_branch, registration
from tests.services.purchasing.ordering import inbox
from tests.services.unchanged import refused


@pytest.fixture
def receipt(shop):
    return came(shop, goods(shop, 10))


@pytest.fixture
def dear(shop, receipt, accountant):
    """A bill of ten rupees a unit more than the goods came in at, recorded by the accountant."""
    return bill(shop, "735.00", billed(receipt, 10, "70"), by=accountant)


@pytest.fixture
def long(shop, receipt, accountant):
    """A bill of two units more than came."""
    return bill(shop, "756.00", billed(receipt, 12, "60"), by=accountant)


def test_a_held_bill_books_nothing_and_tells_who_may_decide(shop, dear, manager):
    assert (dear.status, dear.findings, dear.excess) == ("held", {1: ["price"]}, Decimal("100.00"))
    assert balance(shop, "creditors") == 0
    assert balance(shop, "grni") == Decimal("-600.00")
    assert unbilled(shop).rows == []
    assert any(dear.number in title for title in inbox(shop, manager))
    assert broken_promises() == []


def test_accepted_goods_cost_what_is_billed(shop, dear, manager, accountant):
    shop.sell({shop.variant_ids[0]: 5})
    sold = balance(shop, "cogs")
    answer = decide(shop, dear, "accepted", by=manager)

    assert (answer.status, answer.claim_id) == ("posted", None)
    assert balance(shop, "creditors") == Decimal("-735.00")
    assert (balance(shop, "inventory"), balance(shop, "cogs") - sold) == (350, 50)
    assert balance(shop, "grni") == 0
    found = detail(shop, dear)
    assert (found.outcome, found.decision_note) == ("accepted", "As agreed by phone")
    assert any(dear.number in title for title in inbox(shop, accountant))
    assert broken_promises() == []


def test_who_recorded_a_bill_does_not_accept_it(shop, receipt, manager):
    made = bill(shop, "735.00", billed(receipt, 10, "70"), by=manager)
    with refused(shop, OwnBill):
        decide(shop, made, "accepted", by=manager)
    assert decide(shop, made, "accepted", by=shop.acting_as("owner")).status == "posted"


def test_a_shop_of_one_accepts_its_own(shop, receipt):
    owner = shop.acting_as("owner")
    made = bill(shop, "735.00", billed(receipt, 10, "70"), by=owner)
    assert decide(shop, made, "accepted", by=owner).status == "posted"


def test_a_manager_accepts_up_to_a_limit(shop, manager, accountant):
    receipt = came(shop, goods(shop, 2000))
    made = bill(shop, "135975.00", billed(receipt, 2000, "64.75"), by=accountant)
    assert made.excess + made.excess_tax == Decimal("9975.00")
    other = came(shop, goods(shop, 2001))
    beyond = bill(
        shop, "136568.25", billed(other, 2001, "65"), by=accountant, bill_number="SBL/118"
    )
    with refused(shop, BeyondBillLimit):
        decide(shop, beyond, "accepted", by=manager)
    assert decide(shop, made, "accepted", by=manager).status == "posted"
    assert decide(shop, beyond, "claimed", by=manager).status == "posted"


def test_what_did_not_come_is_not_accepted(shop, long, manager):
    with refused(shop, MoreThanCame) as refusal:
        decide(shop, long, "accepted", by=manager)
    assert "Claim" in refusal.value.message


def test_what_is_too_much_is_owed_and_claimed(shop, long, manager):
    answer = decide(shop, long, "claimed", by=manager)

    assert answer.claim_number.startswith("PD/")
    assert balance(shop, "creditors") == Decimal("-756.00")
    assert balance(shop, "supplier_claims") == Decimal("120.00")
    assert (balance(shop, "input_cgst"), balance(shop, "input_sgst")) == (18, 18)
    assert (balance(shop, "inventory"), balance(shop, "grni")) == (600, 0)
    found = detail(shop, long)
    assert (found.claim_taxable, found.claim_tax) == (Decimal("120.00"), Decimal("6.00"))
    listed = shop.run("billing.list_bills", {"standing": "claimed"}).rows
    assert [(row.id, row.claim) for row in listed] == [(long.id, Decimal("126.00"))]
    assert broken_promises() == []


def test_a_claimed_price_leaves_the_goods_at_what_was_expected(shop, dear, manager):
    decide(shop, dear, "claimed", by=manager)
    assert (balance(shop, "inventory"), balance(shop, "supplier_claims")) == (600, 100)
    assert broken_promises() == []


def test_nothing_is_claimed_of_a_bill_that_is_too_low(shop, receipt, manager, accountant):
    made = bill(shop, "525.00", billed(receipt, 10, "50"), by=accountant)
    assert (made.status, made.excess) == ("held", 0)
    with refused(shop, NothingToClaim):
        decide(shop, made, "claimed", by=manager)
    decide(shop, made, "accepted", by=manager)
    assert balance(shop, "inventory") == Decimal("500.00")
    assert broken_promises() == []


def test_a_refused_bill_is_as_if_it_had_not_come(shop, dear, receipt, manager):
    decide(shop, dear, "refused", by=manager)
    assert balance(shop, "creditors") == 0
    assert unbilled(shop).total == Decimal("600.00")
    again = bill(shop, "630.00", billed(receipt, 10, "60"))
    assert again.status == "posted"
    with refused(shop, BilledTwice):
        bill(shop, "630.00", billed(receipt, 10, "60"))
    assert broken_promises() == []


@pytest.mark.usefixtures("dear")
def test_goods_on_a_held_bill_are_not_billed_again(shop, receipt):
    made = bill(shop, "630.00", billed(receipt, 10, "60"), bill_number="SBL/118")
    assert made.findings == {1: ["quantity"]}
    assert broken_promises() == []


def test_a_bill_is_decided_once(shop, dear, manager):
    decide(shop, dear, "accepted", by=manager)
    for outcome in ("accepted", "claimed", "refused"):
        with refused(shop, BillNotHeld):
            decide(shop, dear, outcome, by=manager)
    with refused(shop, UnknownBill):
        shop.run("billing.decide_bill", {"bill_id": new_id(), "outcome": "refused", "note": "None"})


def test_branches_decide_on_their_own_bills(shop, dear):
    other = add_branch(shop, gstin=registration(shop))
    with refused(shop, UnknownBill):
        decide(shop, dear, "refused", by=other.ctx)
    with refused(shop, UnknownBill):
        shop.run("billing.get_bill", {"bill_id": dear.id}, by=other.ctx)
    assert shop.run("billing.list_bills", by=other.ctx).rows == []


def test_a_credit_note_settles_a_claim_and_its_rest_is_cost(shop, long, manager):
    claim = decide(shop, long, "claimed", by=manager)
    shop.sell({shop.variant_ids[0]: 5})
    sold = balance(shop, "cogs")
    settled = settle(shop, claim.claim_id, "100.00", "5.00")

    assert (settled.credited, settled.lost) == (Decimal("100.00"), Decimal("20.00"))
    assert balance(shop, "creditors") == Decimal("-651.00")
    assert balance(shop, "supplier_claims") == 0
    assert (balance(shop, "input_cgst"), balance(shop, "input_sgst")) == (
        Decimal("15.50"),
        Decimal("15.50"),
    )
    assert (balance(shop, "inventory"), balance(shop, "cogs") - sold) == (310, 10)
    assert balance(shop, "grni") == 0
    found = detail(shop, long)
    assert (found.credit_note, found.to_stock, found.to_gone) == ("CN-9", 10, 10)
    assert broken_promises() == []
    with refused(shop, ClaimSettled):
        settle(shop, claim.claim_id, "100.00", "5.00")


def test_who_may_not_accept_a_difference_does_not_lose_it_in_a_claim_either(
    shop, long, manager, accountant
):
    claim = decide(shop, long, "claimed", by=manager)
    with refused(shop, PermissionDenied):
        settle(shop, claim.claim_id, "119.99", "6.00", by=accountant)
    with refused(shop, PermissionDenied):
        settle(shop, claim.claim_id, "0.00", "0.00", by=accountant)
    assert settle(shop, claim.claim_id, "120.00", "6.00", by=accountant).lost == 0


def test_a_recorder_does_not_lose_a_claim_nor_anybody_beyond_the_limit(shop, manager, accountant):
    own = bill(shop, "735.00", billed(came(shop, goods(shop, 10)), 10, "70"), by=manager)
    claim = decide(shop, own, "claimed", by=manager)
    with refused(shop, OwnBill):
        settle(shop, claim.claim_id, "0.00", "0.00", by=manager)
    receipt = came(shop, goods(shop, 10))
    line = billed(receipt, 200, "60")
    other = bill(shop, "12600.00", line, by=accountant, bill_number="SBL/118")
    claim = decide(shop, other, "claimed", by=manager)
    with refused(shop, BeyondBillLimit):
        settle(shop, claim.claim_id, "0.00", "0.00", by=manager)
    assert settle(shop, claim.claim_id, "2000.00", "100.00", by=manager).lost == 9400
    assert broken_promises() == []


def test_too_much_tax_is_claimed_and_counts_to_the_limit(shop, manager, accountant):
    receipt = came(shop, goods(shop, 1000))
    line = billed(receipt, 1000, "60", gst_rate=28)
    made = bill(shop, "76800.00", line, by=accountant)
    assert (made.findings, made.excess_tax) == ({1: ["tax_rate"]}, 13800)
    with refused(shop, BeyondBillLimit):
        decide(shop, made, "accepted", by=manager)
    claim = decide(shop, made, "claimed", by=manager)
    assert (balance(shop, "supplier_claims"), balance(shop, "input_cgst")) == (0, 8400)
    settle(shop, claim.claim_id, "0.00", "13800.00", by=accountant)
    assert balance(shop, "creditors") == Decimal("-63000.00")
    assert (balance(shop, "input_cgst"), balance(shop, "inventory")) == (1500, 60000)
    assert broken_promises() == []


def test_high_charges_are_claimed_and_their_rest_is_borne_as_they_would_be(shop, manager):
    receipt = came(shop, goods(shop, 10))
    charges = [
        {"label": "Packing", "amount": "60.00", "gst_rate": 5},
        {"label": "Freight", "amount": "40.00", "gst_rate": 5, "is_cost_of_goods": False},
    ]
    made = bill(shop, "735.00", billed(receipt, 10, "60"), charges=charges)
    assert (made.findings, made.excess) == ({2: ["charge"], 3: ["charge"]}, 100)
    claim = decide(shop, made, "claimed", by=manager)
    assert (balance(shop, "inventory"), balance(shop, "freight_inward")) == (600, 0)
    settle(shop, claim.claim_id, "50.00", "2.50")
    assert (balance(shop, "inventory"), balance(shop, "freight_inward")) == (630, 20)
    assert broken_promises() == []


def test_no_more_is_credited_than_was_asked_for(shop, long, manager, stranger):
    claim = decide(shop, long, "claimed", by=manager)
    with refused(shop, InvalidInput, "credited"):
        settle(shop, claim.claim_id, "120.01", "6.00")
    with refused(shop, InvalidInput, "credited_tax"):
        settle(shop, claim.claim_id, "120.00", "6.01")
    with refused(stranger, UnknownClaim, "claim_id"):
        settle(stranger, claim.claim_id, "1.00", "0.00")


def test_tax_that_is_cost_is_claimed_as_cost(environment):
    assert environment
    shop = make_shop("unregistered", lots=0)
    registered(shop)
    branch = add_branch(shop, gstin=None)
    given = {"lines": [goods(shop, 10)]}
    receipt = shop.run("inventory.receive_goods", given, by=branch.ctx)
    made = bill(shop, "756.00", billed(receipt, 12, "60"), by=branch.ctx)
    claim = decide(shop, made, "claimed", by=branch.ctx)
    assert balance(shop, "supplier_claims") == Decimal("126.00")
    assert balance(shop, "inventory") == Decimal("630.00")
    settle(shop, claim.claim_id, "126.00", "0.00", by=branch.ctx)
    assert balance(shop, "creditors") == Decimal("-630.00")
    assert broken_promises() == []


def test_the_owner_sets_how_far_a_price_may_differ(shop, receipt, manager):
    tight = {"price_percent": "0", "price_amount": "0.00", "charge_percent": "0"}
    with refused(shop, PermissionDenied):
        shop.run("billing.set_match_tolerances", tight, by=manager)
    shop.run("billing.set_match_tolerances", tight | {"price_percent": "5"})
    shop.run("billing.set_match_tolerances", tight)
    assert shop.run("billing.get_match_tolerances").model_dump() == {
        "price_percent": 0,
        "price_amount": 0,
        "charge_percent": 0,
    }
    made = bill(shop, "630.11", billed(receipt, 10, "60.01"))
    assert made.findings == {1: ["price"]}


@pytest.mark.parametrize(
    "table",
    [
        "goods_receipt",
        "goods_receipt_line",
        "stock_revaluation",
        "supplier_bill_line",
        "supplier_bill_decision",
    ],
)
def test_what_was_recorded_is_never_changed(shop, dear, manager, table):
    decide(shop, dear, "accepted", by=manager)
    with (
        db.unit_of_work(shop.ctx) as session,
        pytest.raises((InsufficientPrivilege, psycopg.errors.CheckViolation)),
    ):
        db.raw(session).execute(f"update {table} set tenant_id = tenant_id".encode())  # noqa: S608
    with db.ops_session() as session, pytest.raises((RaiseException, InsufficientPrivilege)):
        db.raw(session).execute(f"delete from {table}".encode())  # noqa: S608


def test_the_database_revalues_no_goods_that_are_not_there(shop, receipt):
    lot_id = receipt.lines[0].lot_id
    row = (
        "insert into stock_revaluation (tenant_id, id, variant_id, lot_id, location_id, value,"
        " effective_at, origin_type, origin_id, origin_line_no, user_id)"
        " values (%s, %s, %s, %s, %s, %s, now(), 'supplier_bill', %s, 1, %s)"
    )
    for place, value in ((shop.storage_id, -601), (shop.transit_id, 1)):
        values = (
            shop.tenant_id, new_id(), shop.variant_ids[0], lot_id, place, value, new_id(),
            shop.ctx.user_id,
        )  # fmt: skip
        with (
            pytest.raises(psycopg.errors.CheckViolation),
            db.unit_of_work(shop.ctx) as session,
        ):
            db.raw(session).execute(row, values)
    assert balance(shop, "inventory") == Decimal("600.00")


def test_a_held_bill_is_booked_later_where_its_month_is_closed(shop, manager, accountant):
    today = shop.ctx.today
    day = today.replace(day=1) - timedelta(days=1)
    receipt = came(shop, goods(shop, 10), received_on=day)
    made = bill(
        shop, "735.00", billed(receipt, 10, "70"), by=accountant, billed_on=day, bill_number="L1"
    )
    assert detail(shop, made).booked_on == day
    period = next(
        row
        for row in shop.run("accounting.list_periods").rows
        if row.starts_on <= day <= row.ends_on
    )
    closing = {"period_id": period.id, "status": "closed", "reason": "Filed"}
    shop.run("accounting.set_period_status", closing)
    with refused(shop, PeriodClosed):
        decide(shop, made, "accepted", by=manager)
    for wrong in (day - timedelta(days=1), today + timedelta(days=1)):
        with refused(shop, InvalidInput, "booked_on"):
            decide(shop, made, "accepted", by=manager, booked_on=wrong)
    assert decide(shop, made, "accepted", by=manager, booked_on=today).status == "posted"
    assert detail(shop, made).booked_on == today
    assert broken_promises() == []
