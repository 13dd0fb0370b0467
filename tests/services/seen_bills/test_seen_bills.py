"""The same bill, whatever books it: asked about the second time, and credited once."""

from datetime import date
from typing import Any

import psycopg
import pytest

from erp.core import db
from erp.core.errors import InvalidInput
from erp.services.billing import BilledTwice
from erp.services.expenses import CreditLost, SpentBefore
from erp.services.seen_bills import BillSeen
from tests.factories import Shop, broken_promises, gstin_in
from tests.services.books import balance
from tests.services.gst_returns.months import at, purchase
from tests.services.seen_bills.conftest import approved, claimed, line, owned, supplier
from tests.services.unchanged import refused

SEEN = ("bill_seen",)


def test_a_claim_of_a_purchase_bill_is_asked_about_and_takes_no_credit(trader: Shop) -> None:
    bought = purchase(trader, "SL/007", "1000.00", "5", state="24")
    again = line(trader, "sl-7")
    with refused(trader, BillSeen, "lines.0.bill_number") as asked:
        claimed(trader, again)
    assert bought.number in asked.value.message
    made = claimed(trader, line(trader, "sl-7"), confirm=SEEN)
    found = approved(trader, made)
    assert (found.igst, found.lines[0].is_credit_taken) == (0, False)
    assert bought.number in found.twins
    assert balance(trader, "postage") == 1180
    assert balance(trader, "input_igst") == 50
    assert broken_promises() == []


def test_a_purchase_bill_that_was_claimed_takes_no_credit_again(trader: Shop) -> None:
    made = claimed(trader, line(trader, "SL-7"))
    approved(trader, made)
    with pytest.raises(BillSeen, match=f"{made.number}.*credit stands with") as asked:
        purchase(trader, "SL/007", "1000.00", "5", state="24")
    assert list(asked.value.fields) == ["bill_number"]
    assert balance(trader, "input_igst") == 180


def test_an_asset_of_a_claimed_bill_bears_its_tax(trader: Shop) -> None:
    approved(trader, claimed(trader, line(trader, "P-1")))
    seller = supplier(trader)
    with pytest.raises(BillSeen):
        owned(trader, seller, "p1")
    made = owned(trader, seller, "p1", confirm=SEEN)
    assert (made.cost, made.credit) == (1180, 0)
    assert balance(trader, "input_igst") == 180
    assert broken_promises() == []


def test_a_bill_without_gstin_is_known_by_its_suppliers_name(trader: Shop) -> None:
    purchase(trader, "SL-7", "1000.00", "5", state="24")
    owner = {"supplier_gstin": "", "supplier": "  sl-7 "}
    with pytest.raises(BillSeen):
        claimed(trader, line(trader, "SL-7", **owner))
    claimed(trader, line(trader, "SL-7", supplier_gstin="", supplier="Another"))


@pytest.mark.parametrize(
    "change",
    [
        {"bill_number": "SL-8"},
        {"supplier_gstin": gstin_in("27")},
        {"spent_on": "2025-03-30"},
        {"bill_number": ""},
    ],
)
def test_another_bill_is_not_asked_about(trader: Shop, change: dict[str, str]) -> None:
    purchase(trader, "SL-7", "1000.00", "5", state="24")
    claimed(trader, line(trader, "SL-7", **change))


def test_another_claim_of_the_bill_is_asked_about_whatever_its_amount(trader: Shop) -> None:
    first = claimed(trader, line(trader, "SL-7"))
    with pytest.raises(SpentBefore, match=first.number):
        claimed(trader, line(trader, "SL/7", "590.00"))
    second = claimed(trader, line(trader, "SL/7", "590.00"), confirm=("spent_before",))
    assert approved(trader, first).igst == 180
    with pytest.raises(CreditLost, match=first.number):
        approved(trader, second)
    assert approved(trader, second, confirm=("credit_lost",)).igst == 0
    assert broken_promises() == []


@pytest.mark.parametrize("way", ["withdrawn", "reversed", "amended"])
def test_a_bill_is_free_again_when_its_document_is_gone(trader: Shop, way: str) -> None:
    made = claimed(trader, line(trader, "SL-7"))
    gone: dict[str, Any] = {"claim_id": made.id, "reason": "Not ours"}
    by = trader.acting_as("cashier")
    if way == "withdrawn":
        trader.run("expenses.withdraw_claim", gone, by=by, at=at(9))
    elif way == "amended":
        given = {"claim_id": made.id, "purpose": "Parcels", "lines": [line(trader, "SL-9")]}
        trader.run("expenses.amend_claim", given, by=by, at=at(9))
    else:
        approved(trader, made)
        trader.run("expenses.reverse_claim", gone, by=trader.acting_as("owner"), at=at(9))
    assert purchase(trader, "SL-7", "1000.00", "5", state="24").status == "posted"
    assert balance(trader, "input_igst") == 50
    assert broken_promises() == []


def test_a_refused_purchase_bill_is_free_again(trader: Shop) -> None:
    held = purchase(trader, "SL-7", "1000.00", "18", state="24")
    with pytest.raises(BillSeen, match="credit stands with"):
        claimed(trader, line(trader, "SL-7"))
    refusal = {"bill_id": held.id, "outcome": "refused", "note": "Wrong rate"}
    trader.run("billing.decide_bill", refusal, at=at(9))
    assert approved(trader, claimed(trader, line(trader, "SL-7"))).igst == 180


def test_the_same_bill_of_the_same_supplier_is_refused_as_before(trader: Shop) -> None:
    made = purchase(trader, "SL-7", "1000.00", "5", state="24")
    row = trader.run("billing.get_bill", {"bill_id": made.id})
    charge = {"label": "Freight", "amount": "1000.00", "gst_rate": "18", "is_cost_of_goods": False}
    given = {
        "supplier_id": row.supplier_id, "bill_number": "sl7", "billed_on": "2025-10-08", "total": "1180.00",
        "charges": [charge],
    }  # fmt: skip
    with pytest.raises(BilledTwice):
        trader.run("billing.record_bill", given, at=at(9))


def test_the_database_lets_one_document_take_the_credit(trader: Shop) -> None:
    first = claimed(trader, line(trader, "SL-7"))
    second = claimed(trader, line(trader, "SL-7", "590.00"), confirm=("spent_before",))
    approved(trader, first)
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="taken once"),
        db.unit_of_work(trader.ctx) as session,
    ):
        db.execute(
            session,
            "update seen_bill_use set is_credit = true, taken_on = current_date where source_id = %s",
            (second.id,),
        )


def test_what_took_a_credit_does_not_change(trader: Shop) -> None:
    made = claimed(trader, line(trader, "SL-7"))
    approved(trader, made)
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="does not change"),
        db.unit_of_work(trader.ctx) as session,
    ):
        db.execute(
            session,
            "update seen_bill_use set igst = 1 where source_id = %s and is_credit",
            (made.id,),
        )


def test_credit_is_decided_when_a_claim_is_approved(trader: Shop) -> None:
    late = claimed(trader, line(trader, "SL-1", spent_on="2025-03-30"), day=29, month=11)
    assert trader.run("expenses.get_claim", {"claim_id": late.id}).igst == 180
    with pytest.raises(CreditLost, match="30-11-2025"):
        approved(trader, late, day=2, month=12)
    found = approved(trader, late, day=2, month=12, confirm=("credit_lost",))
    assert (found.igst, found.lines[0].is_credit_taken, found.total) == (0, False, 1180)
    taken = claimed(trader, line(trader, "SL-2"), day=2, month=12)
    seller = supplier(trader)
    owned(trader, seller, "SL-2", day=2, month=12, confirm=SEEN)
    assert approved(trader, taken, day=3, month=12, confirm=("credit_lost",)).igst == 0
    assert balance(trader, "input_igst") == 180
    assert broken_promises() == []


def test_lines_of_a_booked_claim_stay(trader: Shop) -> None:
    made = claimed(trader, line(trader, "SL-7"))
    approved(trader, made)
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="lines of a claim stay"),
        db.unit_of_work(trader.ctx) as session,
    ):
        db.execute(
            session,
            "update expense_claim_line set igst = 0, taxable = 1180, is_credit_taken = false where claim_id = %s",
            (made.id,),
        )


def test_a_number_that_tells_no_bill_apart_gives_no_credit(trader: Shop) -> None:
    """Without a letter or digit the register could not tell that the bill was credited before."""
    for _ in range(2):
        found = approved(trader, claimed(trader, line(trader, "--"), confirm=("spent_before",)))
        assert (found.igst, found.lines[0].is_credit_taken) == (0, False)
    with pytest.raises(InvalidInput) as asked:
        owned(trader, supplier(trader), "--")
    assert list(asked.value.fields) == ["takes_credit"]
    assert broken_promises() == []


def test_a_purchase_bill_gives_no_credit_after_the_last_day_of_its_year(trader: Shop) -> None:
    """The 30th of November after the year of the bill (s.16(4)), as for claims and assets."""
    purchase(trader, "A-1", "1000.00", "5", state="24", booked_on=date(2026, 11, 30))
    assert balance(trader, "input_igst") == 50
    purchase(trader, "A-2", "1000.00", "5", state="24", booked_on=date(2026, 12, 1))
    assert balance(trader, "input_igst") == 50
    assert broken_promises() == []
