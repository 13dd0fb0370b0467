"""Who approves corrects the GST on a whole bill of a claim, and nothing else of it."""

from typing import Any

import psycopg
import pytest

from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from erp.services.expenses import ClaimChanged, ClaimDone, OwnClaim
from erp.services.seen_bills import BillTaxDiffers
from tests.factories import Shop, broken_promises
from tests.services.expenses.spending import COURIER, categories, claim, decide, spent
from tests.services.trading import rows
from tests.services.unchanged import refused


@pytest.fixture(autouse=True)
def kinds(shop: Shop) -> None:
    categories(shop)


def part(shop: Shop, amount: str = "1180.00", **more: Any) -> dict[str, Any]:
    return spent(shop, amount, "Courier and postage", **(COURIER | more))


def correct(
    shop: Shop, made: Any, bill_tax: str | None = "360.00", role: str = "manager", **more: Any
) -> Any:
    confirm = more.pop("confirm", ())
    given = {"claim_id": made.id, "revision": made.revision, "line_no": 1} | more
    given |= {"bill_tax": bill_tax} if bill_tax else {}
    who = shop.acting_as(role)
    return shop.run("expenses.correct_bill_tax", given, by=who, confirm=confirm)


def shown(shop: Shop, made: Any) -> Any:
    return shop.run("expenses.get_claim", {"claim_id": made.id})


def test_a_corrected_bill_is_approved_with_the_credit_that_the_bill_leaves(shop: Shop):
    decide(shop, claim(shop, part(shop, bill_tax="360.00")))
    wrong = claim(
        shop,
        part(shop, bill_tax="180.00"),
        confirm=("spent_before", "bill_tax_differs", "credit_lost"),
    )
    assert shown(shop, wrong).cgst == 0
    again = correct(shop, wrong)
    assert (again.revision, again.status, again.total) == (2, "submitted", 1180)
    found = shown(shop, wrong)
    assert (found.cgst, found.lines[0].bill_tax) == (90, 360)
    assert found.corrector.startswith("Manager")
    decide(shop, again)
    assert shown(shop, wrong).cgst == 90
    kept = rows(shop, "select bill_tax from expense_claim_line order by claim_id, revision")
    assert [row["bill_tax"] for row in kept] == [360, 180, 360]
    assert broken_promises() == []


def test_all_lines_of_the_bill_are_corrected_and_their_claimant_is_told(shop: Shop):
    other = part(shop, "590.00", bill_number="BD-18", note="Sample", bill_tax="100.00")
    lines = (part(shop, bill_tax="300.00"), other, part(shop, "590.00"))
    made = claim(shop, *lines, confirm=("spent_before",))
    correct(shop, made, line_no=3)
    found = shown(shop, made)
    assert [line.bill_tax for line in found.lines] == [360, 100, 360]
    assert (found.lines[1].note, found.lines[1].amount) == ("Sample", 590)
    who = shop.acting_as("cashier")
    told = shop.run("workflows.list_inbox", {}, by=who).rows
    assert "360.00" in next(one.body for one in told if "corrected" in one.title)


def test_a_sum_is_taken_back_by_giving_none(shop: Shop):
    made = claim(shop, part(shop, bill_tax="360.00"))
    correct(shop, made, None)
    assert shown(shop, made).lines[0].bill_tax is None


@pytest.mark.parametrize(
    ("bill_tax", "more", "field"),
    [
        ("100.00", {}, "bill_tax"),
        ("200.00", {}, "bill_tax"),
        ("360.00", {"line_no": 3}, "line_no"),
        ("360.00", {"line_no": 2}, "line_no"),
    ],
)
def test_a_correction_that_contradicts_the_claim_says_what_to_give(
    shop: Shop, bill_tax: str, more: dict[str, Any], field: str
):
    made = claim(shop, part(shop, bill_tax="200.00"), spent(shop))
    with refused(shop, InvalidInput, field):
        correct(shop, made, bill_tax, **more)
    assert shown(shop, made).revision == 1


def test_another_sum_than_another_document_gave_is_asked_about(shop: Shop):
    decide(shop, claim(shop, part(shop, bill_tax="360.00")))
    made = claim(shop, part(shop), confirm=("spent_before",))
    with refused(shop, BillTaxDiffers, "bill_tax"):
        correct(shop, made, "400.00")
    correct(shop, made, "400.00", confirm=("bill_tax_differs",))
    assert shown(shop, made).lines[0].bill_tax == 400


def test_nobody_corrects_their_own_claim_or_what_they_have_not_seen(shop: Shop):
    made = claim(shop, part(shop), role="manager")
    with refused(shop, OwnClaim):
        correct(shop, made)
    with refused(shop, PermissionDenied):
        correct(shop, made, role="cashier")
    first = correct(shop, made, role="owner")
    with refused(shop, ClaimChanged):
        correct(shop, made, "400.00", role="owner")
    with refused(shop, ClaimChanged):
        decide(shop, made, role="owner")
    decide(shop, first, role="owner")
    with refused(shop, ClaimDone):
        correct(shop, first, "400.00", role="owner")


def test_what_its_claimant_hands_in_after_it_is_their_own_again(shop: Shop):
    made = claim(shop, part(shop))
    correct(shop, made)
    given = {"claim_id": made.id, "purpose": "Other", "lines": [part(shop, "236.00")]}
    again = shop.run("expenses.amend_claim", given, by=shop.acting_as("cashier"))
    assert (again.revision, shown(shop, made).corrector) == (3, "")


@pytest.mark.parametrize(
    "change",
    [
        "update expense_claim set corrected_by = %(other)s where id = %(id)s",
        "update expense_claim set corrected_by = %(other)s, revision = 2, total = 1 where id = %(id)s",
        "update expense_claim set corrected_by = claimant_id, revision = 2 where id = %(id)s",
        "update expense_claim set corrected_by = %(other)s, revision = 2 where id = %(id)s",
    ],
)
def test_the_database_keeps_corrections_to_the_tax_of_bills(shop: Shop, change: str):
    made = claim(shop, part(shop))
    given = {"id": made.id, "other": shop.user_ids["manager"]}
    with pytest.raises(psycopg.errors.CheckViolation):
        _write(shop, change, given)


def _write(shop: Shop, change: str, given: dict[str, Any]) -> None:
    """Change a claim, then write the next revision of its lines with another note."""
    with db.unit_of_work(shop.ctx) as session:
        db.raw(session).execute(change, given)
        db.raw(session).execute(
            "insert into expense_claim_line select (jsonb_populate_record(l, jsonb_build_object("
            "'id', gen_random_uuid(), 'revision', 2, 'note', 'Other'))).* from expense_claim_line l"
            " where claim_id = %s",
            (given["id"],),
        )
