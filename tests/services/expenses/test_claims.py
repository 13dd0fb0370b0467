"""Expense claims: handed in, decided by somebody else, booked, paid back, taken back."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import psycopg
import pytest

from erp.core import db
from erp.core.errors import InvalidInput, NotFound, PermissionDenied
from erp.core.ids import new_id
from erp.services.expenses import (
    BeyondLimit,
    ClaimChanged,
    ClaimDone,
    OwnClaim,
    PaidAlready,
    SpentBefore,
    UnknownClaim,
)
from tests.factories import Shop, broken_promises, gstin_in
from tests.services.books import balance
from tests.services.expenses.spending import COURIER, claim, decide, spent


def test_an_approved_claim_is_booked_and_owed_to_its_claimant(shop: Shop):
    made = claim(shop, spent(shop), spent(shop, "1180.00", "Courier and postage", **COURIER))
    assert made.number.startswith("EC/")
    assert (made.status, made.total) == ("submitted", 1680)
    assert balance(shop, "travel") == 0
    decide(shop, made)
    assert balance(shop, "travel") == 500
    assert balance(shop, "postage") == 1000
    assert (balance(shop, "input_cgst"), balance(shop, "input_sgst")) == (90, 90)
    assert balance(shop, "creditors") == -1680
    found = shop.run("expenses.get_claim", {"claim_id": made.id})
    assert (found.status, found.open, found.cgst) == ("approved", 1680, 90)
    assert broken_promises() == []


def test_a_claim_is_paid_back_like_a_supplier(shop: Shop):
    made = claim(shop)
    decide(shop, made)
    party_id = shop.run("expenses.get_claim", {"claim_id": made.id}).party_id
    paid = {"party_id": party_id, "amount": "500.00", "method": "bank"}
    assert shop.run("payments.make_payment", paid).settled == 500
    assert shop.run("expenses.get_claim", {"claim_id": made.id}).open == 0
    assert shop.run("expenses.list_claims", {"standing": "unpaid"}).rows == []
    second = claim(shop, spent(shop, "70.00"))
    decide(shop, second)
    again = shop.run("expenses.get_claim", {"claim_id": second.id})
    assert again.party_id == party_id
    assert broken_promises() == []


def test_tax_of_another_state_is_integrated(shop: Shop):
    line = COURIER | {"supplier_gstin": gstin_in("24")}
    decide(shop, claim(shop, spent(shop, "1180.00", "Courier and postage", **line)))
    assert (balance(shop, "input_igst"), balance(shop, "input_cgst")) == (180, 0)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("Food and refreshments", {}),
        ("Courier and postage", {"supplier_gstin": ""}),
        ("Courier and postage", {"bill_number": ""}),
        ("Courier and postage", {"gst_rate": "0"}),
    ],
)
def test_tax_that_is_no_credit_is_part_of_the_cost(shop: Shop, name: str, change: dict[str, str]):
    decide(shop, claim(shop, spent(shop, "1180.00", name, **(COURIER | change))))
    assert balance(shop, "input_cgst") == 0
    assert balance(shop, "staff_welfare") + balance(shop, "postage") == 1180


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"supplier_gstin": "27ABCDE1234"}, "lines.0.supplier_gstin"),
        ({"category_id": new_id()}, "lines.0.category_id"),
        ({"receipt_id": new_id()}, "lines.0.receipt_id"),
        ({"cost_centre": "NOWHERE"}, "lines.0.cost_centre"),
    ],
)
def test_a_wrong_line_is_named(shop: Shop, change: dict[str, object], field: str):
    with pytest.raises((InvalidInput, NotFound)) as refused:
        claim(shop, spent(shop) | change)
    assert field in refused.value.fields
    assert shop.count("expense_claim") == 0


@pytest.mark.parametrize("days", [1, -367])
def test_a_day_that_has_not_come_or_is_long_ago_is_refused(shop: Shop, days: int):
    with pytest.raises(InvalidInput) as refused:
        claim(shop, spent(shop) | {"spent_on": shop.ctx.today + timedelta(days=days)})
    assert "lines.0.spent_on" in refused.value.fields


@pytest.mark.parametrize(("day", "credit"), [(date(2027, 11, 30), 180), (date(2027, 12, 1), 0)])
def test_a_credit_lapses_after_the_november_that_follows_its_year(
    shop: Shop, day: date, credit: int
):
    line = spent(shop, "1180.00", "Courier and postage", **COURIER)
    given = {"purpose": "Old bill", "lines": [line | {"spent_on": date(2027, 3, 31)}]}
    noon = datetime.combine(day, time(6, 30), UTC)
    made = shop.run("expenses.submit_claim", given, at=noon)
    found = shop.run("expenses.get_claim", {"claim_id": made.id})
    assert found.cgst + found.sgst == credit


def test_what_has_no_gst_has_no_rate(shop: Shop):
    with pytest.raises(InvalidInput) as refused:
        claim(shop, spent(shop, "100.00", "Electricity", gst_rate="18"))
    assert "lines.0.gst_rate" in refused.value.fields


def test_nobody_decides_on_their_own_claim(shop: Shop):
    made = claim(shop, role="manager")
    with pytest.raises(OwnClaim):
        decide(shop, made, role="manager")
    decide(shop, made, role="owner")
    with pytest.raises(OwnClaim):
        reverse(shop, made.id, "manager")


def test_an_approver_stays_within_their_limit(shop: Shop):
    made = claim(shop, spent(shop, "25000.01"))
    with pytest.raises(BeyondLimit):
        decide(shop, made, role="manager")
    assert decide(shop, made, role="owner").status == "approved"


def test_who_may_not_approve_does_not(shop: Shop):
    made = claim(shop)
    for role in ("cashier", "storekeeper", "accountant", "auditor"):
        with pytest.raises(PermissionDenied):
            decide(shop, made, role=role)


def test_a_claim_is_sent_back_with_a_reason_and_comes_again(shop: Shop):
    made = claim(shop)
    with pytest.raises(InvalidInput) as refused:
        decide(shop, made, "returned")
    assert "note" in refused.value.fields
    decide(shop, made, "returned", note="Whose taxi was it?")
    again = {"claim_id": made.id, "purpose": "Taxi to Dr Rao", "lines": [spent(shop, "450.00")]}
    amended = shop.run("expenses.amend_claim", again, by=shop.acting_as("cashier"))
    assert (amended.revision, amended.total, amended.status) == (2, 450, "submitted")
    with pytest.raises(ClaimChanged):
        decide(shop, made)
    decide(shop, amended)
    assert balance(shop, "travel") == 450
    assert broken_promises() == []


def test_only_its_claimant_changes_or_withdraws_a_claim(shop: Shop):
    made = claim(shop)
    again = {"claim_id": made.id, "purpose": "Mine", "lines": [spent(shop)]}
    with pytest.raises(OwnClaim):
        shop.run("expenses.amend_claim", again, by=shop.acting_as("manager"))
    gone = {"claim_id": made.id, "reason": "Paid by the customer"}
    with pytest.raises(OwnClaim):
        shop.run("expenses.withdraw_claim", gone, by=shop.acting_as("manager"))
    shop.run("expenses.withdraw_claim", gone, by=shop.acting_as("cashier"))
    with pytest.raises(ClaimDone):
        decide(shop, made)


def test_others_claims_are_not_seen(shop: Shop):
    made = claim(shop)
    other = shop.acting_as("storekeeper")
    assert shop.run("expenses.list_claims", {}, by=other).rows == []
    with pytest.raises(UnknownClaim):
        shop.run("expenses.get_claim", {"claim_id": made.id}, by=other)
    for role in ("cashier", "manager", "accountant", "auditor"):
        assert len(shop.run("expenses.list_claims", {}, by=shop.acting_as(role)).rows) == 1


def test_what_waits_is_shown_to_who_may_approve_it(shop: Shop):
    claim(shop)
    for role, count in (("manager", 1), ("accountant", 0), ("cashier", 0)):
        waiting = shop.run("expenses.list_claims", {"standing": "waiting"}, by=shop.acting_as(role))
        assert len(waiting.rows) == count, role


def test_the_same_bill_is_asked_about(shop: Shop):
    line = spent(shop, "1180.00", "Courier and postage", **COURIER)
    first = claim(shop, line)
    with pytest.raises(SpentBefore) as asked:
        claim(
            shop,
            line | {"supplier": "BLUE DART", "supplier_gstin": "", "bill_number": "bd-17"},
            role="manager",
        )
    assert first.number in asked.value.message
    claim(shop, line, role="manager", confirm=["spent_before"])
    with pytest.raises(SpentBefore, match="names this bill"):
        claim(shop, line | {"amount": "1180.50"})
    claim(shop, line | {"bill_number": "BD-18"})


def test_a_bill_twice_in_one_claim_is_asked_about(shop: Shop):
    line = spent(shop, "1180.00", "Courier and postage", **COURIER)
    with pytest.raises(SpentBefore) as asked:
        claim(shop, line, line | {"bill_number": "bd-17"})
    assert "lines.1.bill_number" in asked.value.fields
    claim(shop, line, line | {"amount": "90.00"})


def test_who_decides_is_told_of_a_bill_that_the_claimant_confirmed(shop: Shop):
    line = spent(shop, "1180.00", "Courier and postage", **COURIER)
    first = claim(shop, line)
    assert shop.run("expenses.get_claim", {"claim_id": first.id}).twins == ""
    second = claim(shop, line, role="storekeeper", confirm=["spent_before"])
    assert shop.run("expenses.get_claim", {"claim_id": second.id}).twins == first.number
    gone = {"claim_id": first.id, "reason": "Typed twice"}
    shop.run("expenses.withdraw_claim", gone, by=shop.acting_as("cashier"))
    assert shop.run("expenses.get_claim", {"claim_id": second.id}).twins == ""


def test_a_withdrawn_bill_may_come_again(shop: Shop):
    line = spent(shop, "1180.00", "Courier and postage", **COURIER)
    first = claim(shop, line)
    gone = {"claim_id": first.id, "reason": "Typed twice"}
    shop.run("expenses.withdraw_claim", gone, by=shop.acting_as("cashier"))
    claim(shop, line)


def reverse(shop: Shop, claim_id: object, role: str = "owner") -> object:
    given = {"claim_id": claim_id, "reason": "Not ours"}
    return shop.run("expenses.reverse_claim", given, by=shop.acting_as(role))


def test_a_booked_claim_is_taken_back_once(shop: Shop):
    made = claim(shop, spent(shop, "1180.00", "Courier and postage", **COURIER))
    with pytest.raises(ClaimDone):
        reverse(shop, made.id)
    decide(shop, made)
    reverse(shop, made.id)
    for key in ("postage", "input_cgst", "creditors"):
        assert balance(shop, key) == 0
    found = shop.run("expenses.get_claim", {"claim_id": made.id})
    assert (found.status, found.open) == ("reversed", 0)
    with pytest.raises(ClaimDone):
        reverse(shop, made.id)
    for change in ("status = 'approved'", "purpose = 'Another'"):
        with pytest.raises(psycopg.errors.CheckViolation), db.unit_of_work(shop.ctx) as session:
            db.raw(session).execute(f"update expense_claim set {change} where id = %s", (made.id,))  # noqa: S608
    assert broken_promises() == []


def test_a_claim_that_was_paid_back_is_not_taken_back(shop: Shop):
    made = claim(shop)
    decide(shop, made)
    party_id = shop.run("expenses.get_claim", {"claim_id": made.id}).party_id
    paid = {"party_id": party_id, "amount": "100.00", "method": "bank"}
    payment = shop.run("payments.make_payment", paid)
    with pytest.raises(PaidAlready):
        reverse(shop, made.id)
    shop.run("payments.reverse_payment", {"payment_id": payment.id, "reason": "Twice"})
    reverse(shop, made.id)
    assert broken_promises() == []


def test_the_database_keeps_a_booked_claim(shop: Shop):
    made = claim(shop)
    decide(shop, made)
    with pytest.raises(psycopg.errors.CheckViolation), db.unit_of_work(shop.ctx) as session:
        db.raw(session).execute("update expense_claim set total = 1 where id = %s", (made.id,))
    with pytest.raises(psycopg.errors.CheckViolation), db.unit_of_work(shop.ctx) as session:
        db.raw(session).execute(
            "update expense_claim set decided_by = claimant_id where id = %s", (made.id,)
        )
    assert Decimal(500) == shop.run("expenses.get_claim", {"claim_id": made.id}).total
