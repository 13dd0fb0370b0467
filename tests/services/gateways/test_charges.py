"""A provider's monthly tax invoice beside what its settlements kept."""

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest

from erp.core import db
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.services.gateways import (
    InvoiceElsewhere,
    InvoiceRecorded,
    InvoiceTakenBack,
    UnknownInvoice,
)
from erp.services.seen_bills import BillSeen, CreditElsewhere, CreditTaken
from tests.factories import broken_promises, gstin_in
from tests.services.books import balance
from tests.services.expenses.spending import claim, decide, spent
from tests.services.gateways.providers import opened, settle
from tests.services.gateways.test_settlements import captured
from tests.services.inventory.past_goods import second_branch
from tests.services.trading import rows


def settled(trader, provider):
    """Have an account with a settlement; return it and what it kept."""
    ours = opened(trader)
    captured(trader, provider)
    provider.books.settle()
    settle(trader, ours)
    (found,) = trader.run("gateways.list_charges").rows
    return ours, found


def invoiced(trader, account_id, found, run=None, **more):
    given = {
        "account_id": account_id,
        "month": found.month,
        "number": "RZP/0007",
        "dated_on": trader.ctx.today,
        "supplier_gstin": gstin_in("27"),
        "taxable": found.fee,
        "tax": found.tax,
    }
    return trader.run("gateways.record_charges", given | more, **(run or {}))


def test_an_invoice_stands_beside_what_was_kept_and_books_nothing(trader, provider):
    ours, found = settled(trader, provider)
    assert (found.words, found.difference) == ("The month is not over", found.fee + found.tax)
    before = balance(trader, "gateway_charges"), balance(trader, "input_cgst")
    invoiced(trader, ours, found)
    (row,) = trader.run("gateways.list_charges").rows
    assert (row.invoices, row.difference, row.words) == ("RZP/0007", 0, "Agrees")
    assert (balance(trader, "gateway_charges"), balance(trader, "input_cgst")) == before
    with pytest.raises(InvoiceRecorded):
        invoiced(trader, ours, found, number="rzp-7")
    invoiced(trader, ours, found, number="RZP/0008", taxable="1.00", tax="0.18")
    (row,) = trader.run("gateways.list_charges").rows
    assert (row.difference.to_eng_string(), row.words[:7]) == ("-1.18", "Differs")
    assert broken_promises() == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"supplier_gstin": gstin_in("29")}, "supplier_gstin"),
        ({"supplier_gstin": "29AAA"}, "supplier_gstin"),
        ({"number": "--"}, "number"),
    ],
)
def test_an_invoice_that_cannot_be_is_refused_by_field(trader, provider, change, field):
    ours, found = settled(trader, provider)
    with pytest.raises(InvalidInput) as refused:
        invoiced(trader, ours, found, **change)
    assert field in refused.value.fields


def test_days_that_do_not_fit_are_refused(trader, provider):
    ours, found = settled(trader, provider)
    tomorrow = trader.ctx.today + timedelta(days=1)
    for field, change in (
        ("dated_on", {"dated_on": tomorrow}),
        ("dated_on", {"dated_on": found.month - timedelta(days=1)}),
        ("month", {"month": found.month.replace(day=2)}),
    ):
        with pytest.raises(InvalidInput) as refused:
            invoiced(trader, ours, found, **change)
        assert field in refused.value.fields


def bill(trader, **more):
    same = {
        "supplier": "Razorpay",
        "supplier_gstin": gstin_in("27"),
        "bill_number": "rzp-7",
        "gst_rate": "18",
    }
    return spent(trader, "118.00", "Courier and postage", **(same | more))


def test_an_invoice_of_charges_is_not_claimed_again(trader, provider):
    ours, found = settled(trader, provider)
    invoiced(trader, ours, found)
    with pytest.raises(BillSeen, match=r"invoice of charges RZP/0007.*credit stands"):
        claim(trader, bill(trader))
    made = claim(trader, bill(trader), confirm=["bill_seen"])
    tax = balance(trader, "input_cgst")
    decide(trader, made)
    assert balance(trader, "input_cgst") == tax
    assert broken_promises() == []


def test_who_left_composition_took_the_credit_with_the_settlements(trader, provider):
    """The scheme is of the month that the settlements booked, not what the company began with."""
    with db.unit_of_work(trader.ctx) as session:
        db.execute(session, "update company set gst_scheme = 'composition'")
        db.execute(
            session,
            "insert into gst_scheme_change (tenant_id, id, company_id, scheme, trade, valid_from, reason, user_id)"
            " values (%s, %s, %s, 'regular', '', %s, 'Left', %s)",
            (
                *(trader.ctx.tenant_id, new_id(), trader.ctx.company_id),
                *(trader.ctx.today - timedelta(days=70), trader.ctx.user_id),
            ),
        )
    ours, found = settled(trader, provider)
    invoiced(trader, ours, found)
    tax = balance(trader, "input_cgst")
    assert tax > 0
    decide(trader, claim(trader, bill(trader), confirm=["bill_seen"]))
    assert balance(trader, "input_cgst") == tax


def test_what_a_claim_took_is_taken_back_before_the_invoice_is_recorded(trader, provider):
    ours, found = settled(trader, provider)
    made = claim(trader, bill(trader))
    decide(trader, made)
    with pytest.raises(CreditTaken, match=made.number):
        invoiced(trader, ours, found)
    gone = {"claim_id": made.id, "reason": "Charges are booked by settlements"}
    trader.run("expenses.reverse_claim", gone, by=trader.acting_as("owner"))
    invoiced(trader, ours, found)
    assert broken_promises() == []


def test_an_invoice_recorded_wrong_is_taken_back_and_recorded_again(trader, provider, stranger):
    ours, found = settled(trader, provider)
    made = invoiced(trader, ours, found, taxable="1.00", tax="0.18")
    given = {"invoice_id": made.id, "reason": "Wrong amounts"}
    with pytest.raises(UnknownInvoice):
        stranger.run("gateways.take_back_charges", given)
    trader.run("gateways.take_back_charges", given)
    with pytest.raises(InvoiceTakenBack):
        trader.run("gateways.take_back_charges", given)
    (row,) = trader.run("gateways.list_charges").rows
    assert (row.invoices, row.billed_fee) == ("", 0)
    invoiced(trader, ours, found)
    (row,) = trader.run("gateways.list_charges").rows
    assert (row.invoices, row.words) == ("RZP/0007", "Agrees")
    month = {"account_id": ours, "month": found.month}
    listed = trader.run("gateways.list_charge_invoices", month).rows
    assert [(x.tax, x.taken_back_reason) for x in listed] == [
        (found.tax, ""), (Decimal("0.18"), "Wrong amounts"),
    ]  # fmt: skip
    assert broken_promises() == []


def test_a_bill_whose_wrong_invoice_was_taken_back_is_free(trader, provider):
    ours, found = settled(trader, provider)
    made = invoiced(trader, ours, found, supplier_gstin=gstin_in("27"), number="SL-1")
    trader.run("gateways.take_back_charges", {"invoice_id": made.id, "reason": "A courier's"})
    sure = ["credit_elsewhere"]
    tax = balance(trader, "input_cgst")
    decide(trader, claim(trader, bill(trader, bill_number="SL-1"), confirm=sure))
    assert balance(trader, "input_cgst") == tax + 9


def test_the_database_keeps_an_invoice_but_for_its_taking_back(trader, provider, owner):
    ours, found = settled(trader, provider)
    made = invoiced(trader, ours, found)
    for change in ("taxable = 1", "number = 'X'", "taken_back_on = current_date"):
        with pytest.raises(psycopg.errors.CheckViolation):
            owner.execute(f"update gateway_invoice set {change} where id = %s", (made.id,))  # noqa: S608  the test's own words
    trader.run("gateways.take_back_charges", {"invoice_id": made.id, "reason": "x"})
    with pytest.raises(psycopg.errors.CheckViolation, match="taken back once"):
        owner.execute(
            "update gateway_invoice set taken_back_reason = 'y' where id = %s", (made.id,)
        )


def test_a_bill_of_a_provider_whose_settlements_took_its_credit_is_asked_about(trader, provider):
    """Before its invoice is recorded nobody knows the number, but whose it is."""
    ours, found = settled(trader, provider)
    known = {"account_id": ours, "name": "Online", "bank_key": "bank", "fee_key": "gateway_charges"}
    claim(trader, bill(trader, bill_number="RZP-1"))
    trader.run("gateways.change_account", known | {"supplier_gstin": gstin_in("27").lower()})
    with pytest.raises(CreditElsewhere, match="Settlements of Online") as asked:
        claim(trader, bill(trader))
    assert list(asked.value.fields) == ["lines.0.bill_number"]
    claim(trader, bill(trader, bill_number="X-1", supplier_gstin=gstin_in("29")))
    last_year = {"spent_on": found.month - timedelta(days=40)}
    claim(trader, bill(trader, bill_number="X-2", **last_year))
    invoiced(trader, ours, found)
    with pytest.raises(InvalidInput) as refused:
        trader.run("gateways.change_account", known | {"supplier_gstin": "27AAA"})
    assert list(refused.value.fields) == ["supplier_gstin"]


def test_an_account_learns_the_gstin_from_its_first_invoice(trader, provider):
    ours, found = settled(trader, provider)
    invoiced(trader, ours, found)
    assert trader.run("gateways.get_account", {"account_id": ours}).supplier_gstin == gstin_in("27")
    with pytest.raises(CreditElsewhere):
        claim(trader, bill(trader, bill_number="OTHER-1"))


def test_an_invoice_that_another_account_has_is_asked_about(trader, provider):
    """The account of another branch bears another GSTIN, and an invoice is made out to one."""
    ours, found = settled(trader, provider)
    far = second_branch(trader)
    with db.unit_of_work(trader.ctx) as session:
        db.execute(
            session,
            "update branch set gstin = %s where id = %s",
            (gstin_in("24"), far.ctx.branch_id),
        )
    theirs = opened(far, "stripe")
    invoiced(trader, ours, found)
    with pytest.raises(
        InvoiceElsewhere, match=r"recorded for Razorpay, GSTIN 27.*one GSTIN"
    ) as asked:
        invoiced(trader, theirs, found, number="rzp-7")
    assert list(asked.value.fields) == ["number"]
    sure = {"confirm": ["invoice_elsewhere"]}
    invoiced(trader, theirs, found, number="rzp-7", run=sure)
    taken = rows(trader, "select 1 from seen_bill_use where is_credit and ended_on is null")
    assert len(taken) == 1
    assert broken_promises() == []


def test_the_invoice_with_the_credit_is_taken_back_last(trader, provider):
    """Else the register would lose sight of a credit that settlements of the other account took."""
    ours, found = settled(trader, provider)
    theirs, sure = opened(trader, "stripe"), {"confirm": ["invoice_elsewhere"]}
    first = invoiced(trader, ours, found)
    second = invoiced(trader, theirs, found, run=sure)
    wrong = {"reason": "It is the other account's"}
    with pytest.raises(CreditTaken, match="recorded for another account") as refused:
        trader.run("gateways.take_back_charges", wrong | {"invoice_id": first.id})
    assert list(refused.value.fields) == ["invoice_id"]
    for made in (second, first):
        trader.run("gateways.take_back_charges", wrong | {"invoice_id": made.id})
    invoiced(trader, theirs, found)
    taken = rows(trader, "select 1 from seen_bill_use where is_credit and ended_on is null")
    assert len(taken) == 1
    assert broken_promises() == []
