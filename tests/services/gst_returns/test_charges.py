"""The tax on charges of gateways and banks waits for the tax invoice of them (CGST Act s.16(2)(a))."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import psycopg
import pytest

from erp.core.clock import utc_now
from erp.core.errors import InvalidInput
from erp.services.gst_returns import (
    ChargesRecorded,
    ChargesTakenBack,
    NothingCharged,
    UnknownChargeInvoice,
)
from erp.services.gst_returns.charges import Charge, ChargeInvoice, Charges
from erp.services.gst_returns.heads import NOTHING, Heads
from erp.services.gst_returns.tax_period import TaxPeriod
from erp.services.seen_bills import BillSeen, CreditElsewhere
from tests.factories import Shop, broken_promises, gstin_in
from tests.services.banking.statements import bank_account, bring, csv_of, waiting
from tests.services.expenses.spending import claim, spent
from tests.services.gateways.conftest import provider  # noqa: F401  a fixture
from tests.services.gateways.test_charges import invoiced, settled
from tests.services.gst_returns.months import (
    at,
    detail,
    file_return,
    gstin_of,
    import_2b,
    prepare,
)

HALF = Decimal("4.05")
OCTOBER = date(2025, 10, 1)


def charged(shop: Shop, *days: date) -> UUID:
    """Have a bank account that lost 45.00 with 8.10 of tax on each day, all booked."""
    account = bank_account(shop)
    lines = [(day, "CARD CHARGES", f"C{at}", -53.10) for at, day in enumerate(days)]
    bring(shop, account, csv_of("1000.00", *lines))
    parts = [
        {"account_key": "gateway_charges", "amount": "-45.00"},
        {"account_key": "input_cgst", "amount": "-4.05"},
        {"account_key": "input_sgst", "amount": "-4.05"},
    ]
    for line in waiting(shop, account):
        if line.amount < 0:
            shop.run("banking.book_line", {"bank_line_id": line.id, "lines": parts})
    return account


def billed(shop: Shop, account: UUID, when: Any = None, confirm: Any = (), **more: Any) -> UUID:
    """Record the bank's tax invoice of October."""
    given = {
        "bank_account_id": account, "gstin": gstin_of(shop), "month": OCTOBER, "number": "ACQ-1",
        "dated_on": "2025-10-31", "supplier": "Example Bank", "supplier_gstin": gstin_in("27"),
        "taxable": "45.00", "tax": "8.10",
    } | more  # fmt: skip
    run = {"at": when or at(5, 11), "confirm": confirm}
    made: UUID = shop.run("gst_returns.record_bank_charges", given, **run).id
    return made


def returned(shop: Shop, month: int = 10, **more: Any) -> Any:
    """Prepare a month's GSTR-3B; return it with everything about it."""
    return detail(shop, prepare(shop, "gstr3b", month, **more))


def halves(found: Any) -> tuple[Decimal, Decimal]:
    """Return the central tax that a return claims, and that which waits with charges."""
    figures = found.figures
    assert Decimal(figures["credit"]["accepted"]["cgst"]) == 0
    return Decimal(figures["cells"]["4(A)(5)"]["cgst"]), Decimal(
        figures["credit"]["charges"]["cgst"]
    )


def test_the_tax_of_a_charge_waits_for_its_invoice_and_is_claimed_with_it(trader: Shop) -> None:
    account = charged(trader, date(2025, 10, 9))
    found = returned(trader)
    assert halves(found) == (0, HALF)
    assert (found.blocking, found.differences) == (0, [])
    assert Decimal(found.figures["booked"]["cgst"]) == HALF
    assert [one["code"] for one in found.problems if "charges" in one["code"]] == ["charges_wait"]
    (row,) = trader.run("gst_returns.list_taxed_charges").rows
    assert (row.waiting, row.charge, row.words) == (
        Decimal("8.10"), 45, "Ask the provider for its invoice",
    )  # fmt: skip
    billed(trader, account)
    found = returned(trader)
    assert halves(found) == (HALF, 0)
    assert "charges_wait" not in {one["code"] for one in found.problems}
    (row,) = trader.run("gst_returns.list_taxed_charges").rows
    assert (row.waiting, row.words, row.invoices[0].number) == (0, "The invoice covers it", "ACQ-1")
    assert broken_promises() == []


def test_an_invoice_of_less_lets_less_be_claimed(trader: Shop) -> None:
    account = charged(trader, date(2025, 10, 9))
    billed(trader, account, taxable="33.33", tax="6.00")
    assert halves(returned(trader)) == (3, Decimal("1.05"))
    billed(trader, account, number="ACQ-2", taxable="20.00", tax="3.60")
    assert halves(returned(trader)) == (HALF, 0)


def test_it_counts_in_the_month_of_the_invoice_and_a_filed_return_keeps_what_it_left(
    trader: Shop,
) -> None:
    account = charged(trader, date(2025, 10, 9), date(2025, 11, 4))
    file_return(trader, prepare(trader))
    october = prepare(trader, "gstr3b")
    file_return(trader, october)
    assert halves(returned(trader, 11)) == (0, 2 * HALF)
    billed(trader, account, at(20, 11))
    listed = {"return_id": october.id, "part": "4(A)(5)"}
    assert trader.run("gst_returns.list_figure_rows", listed).rows == []
    november = returned(trader, 11)
    assert halves(november) == (HALF, HALF)
    assert Decimal(november.figures["credit"]["waited"]["cgst"]) == HALF
    late = {"month": "2025-11-01", "number": "ACQ-2", "dated_on": "2025-12-02"}
    billed(trader, account, at(5, 12), **late)
    assert halves(returned(trader, 11)) == (HALF, HALF)
    file_return(trader, prepare(trader, month=11), 11)
    file_return(trader, prepare(trader, "gstr3b", 11), 11)
    december = {"at": at(12, 12) + timedelta(days=31)}
    assert halves(returned(trader, 12, **december)) == (HALF, 0)
    assert broken_promises() == []


def test_an_invoice_is_matched_with_gstr_2b(trader: Shop) -> None:
    account = charged(trader, date(2025, 10, 9))
    billed(trader, account)
    import_2b(trader, ("24", "Z-1", "1.00", "5"))
    assert halves(returned(trader)) == (0, HALF)
    import_2b(trader, ("27", "acq/001", "45.00", "18"))
    assert halves(returned(trader)) == (HALF, 0)
    found = trader.run("gst_returns.list_matches", {"starts_on": OCTOBER}, at=at(12, 12))
    (own,) = [row for row in found.rows if row.booked_as == "ACQ-1"]
    assert (own.page, own.claimed) == ("/gst/charges", Decimal("8.10"))


def test_an_invoice_taken_back_lets_nothing_be_claimed(trader: Shop, stranger: Shop) -> None:
    account = charged(trader, date(2025, 10, 9))
    made = billed(trader, account)
    with pytest.raises(ChargesRecorded):
        billed(trader, account, number="acq 1")
    given = {"invoice_id": made, "reason": "Another company's"}
    with pytest.raises(UnknownChargeInvoice):
        stranger.run("gst_returns.take_back_bank_charges", given)
    trader.run("gst_returns.take_back_bank_charges", given)
    with pytest.raises(ChargesTakenBack):
        trader.run("gst_returns.take_back_bank_charges", given)
    assert halves(returned(trader)) == (0, HALF)
    billed(trader, account)
    assert halves(returned(trader)) == (HALF, 0)
    assert broken_promises() == []


def test_what_a_filed_return_claimed_by_an_invoice_that_is_gone_is_said(trader: Shop) -> None:
    account = charged(trader, date(2025, 10, 9))
    made = billed(trader, account)
    file_return(trader, prepare(trader))
    file_return(trader, prepare(trader, "gstr3b"))
    trader.run("gst_returns.take_back_bank_charges", {"invoice_id": made, "reason": "Wrong"})
    (row,) = trader.run("gst_returns.list_taxed_charges").rows
    assert (row.waiting, row.words) == (
        0, "A filed return claimed ₹8.10 without an invoice: record it",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"supplier_gstin": gstin_in("29")}, InvalidInput, "supplier_gstin"),
        ({"supplier_gstin": "27AAA"}, InvalidInput, "supplier_gstin"),
        ({"number": "--"}, InvalidInput, "number"),
        ({"dated_on": "2025-09-30"}, InvalidInput, "dated_on"),
        ({"dated_on": "2025-11-06"}, InvalidInput, "dated_on"),
        ({"month": "2025-10-02"}, InvalidInput, "month"),
        ({"month": "2025-09-01"}, NothingCharged, "month"),
    ],
)
def test_an_invoice_that_cannot_be_is_refused_by_field(
    trader: Shop, change: dict[str, str], error: Any, field: str
) -> None:
    account = charged(trader, date(2025, 10, 9))
    with pytest.raises(error) as refused:
        billed(trader, account, **change)
    assert list(refused.value.fields) == [field]


def test_bills_of_who_billed_charges_are_asked_about(trader: Shop) -> None:
    today = trader.ctx.today
    account = charged(trader, today)
    dated = {"month": today.replace(day=1), "dated_on": today}
    billed(trader, account, utc_now(), **dated)
    about = {"supplier": "Example Bank", "supplier_gstin": gstin_in("27"), "gst_rate": "18"}
    with pytest.raises(BillSeen, match="invoice of charges ACQ-1"):
        claim(trader, spent(trader, "53.10", "Courier and postage", bill_number="acq1", **about))
    with pytest.raises(CreditElsewhere, match="Lines of Current"):
        claim(trader, spent(trader, "53.10", "Courier and postage", bill_number="B-2", **about))


def test_the_database_keeps_an_invoice_but_for_its_taking_back(trader: Shop, owner: Any) -> None:
    made = billed(trader, charged(trader, date(2025, 10, 9)))
    for change in ("taxable = 1", "number = 'X'", "taken_back_on = current_date"):
        with pytest.raises(psycopg.errors.CheckViolation):
            owner.execute(f"update gst_charge_invoice set {change} where id = %s", (made,))  # noqa: S608  the test's own words
    with pytest.raises(psycopg.errors.CheckViolation, match="taken back once"):
        owner.execute("delete from gst_charge_invoice where id = %s", (made,))


def test_settlements_wait_for_the_providers_invoice(trader: Shop, provider: Any) -> None:  # noqa: F811  the fixture
    """What was kept is in the books; its tax is claimed with the invoice that the gateway's page takes."""
    ours, found = settled(trader, provider)
    month = trader.ctx.today.replace(day=1)

    def claimed() -> tuple[Decimal, Decimal]:
        given = {"gstin": gstin_of(trader), "form": "gstr3b", "starts_on": month}
        return halves(detail(trader, trader.run("gst_returns.prepare_return", given)))

    own = found.tax / 2
    assert claimed() == (0, own)
    (row,) = trader.run("gst_returns.list_taxed_charges").rows
    assert (row.source, row.waiting, row.words) == ("gateway", found.tax, "The month is not over")
    invoiced(trader, ours, found)
    assert claimed() == (own, 0)


ID = UUID(int=7)
MARCH = TaxPeriod(date(2026, 3, 1), date(2026, 3, 31))


def kept(name: str, day: int, amount: str, **more: Any) -> Charge:
    own = uuid5(ID, name)
    place = ("bank", "EXMP", date(2026, 3, 1))
    when = date(2026, 3, day)
    return Charge(own, own, place, ID, "Bank", name, when, Heads(igst=Decimal(amount)), **more)


def paper(amount: str) -> ChargeInvoice:
    place = ("bank", "EXMP", date(2026, 3, 1))
    heads = Heads(igst=Decimal(amount))
    return ChargeInvoice(uuid5(ID, amount), None, place, amount, date(2026, 3, 31), heads)


def test_what_earlier_returns_claimed_has_its_part_of_the_invoice_first() -> None:
    before, own = kept("a", 20, "10.00", is_asked=False), kept("b", 4, "10.00")
    charges, invoice = Charges((before, own), (paper("15.00"),)), paper("15.00")
    waits = charges.waiting(MARCH.ends_on, {invoice.id: invoice.heads})
    assert {key: heads.igst for key, heads in waits.items()} == {own.id: Decimal("5.00")}


def test_a_charge_given_back_waits_with_what_was_kept() -> None:
    first, back = kept("a", 4, "10.00"), kept("b", 9, "-10.00")
    waits = Charges((first, back), ()).waiting(MARCH.ends_on, {})
    assert set(waits.values()) == {NOTHING}


def test_a_charge_taken_back_in_its_own_month_is_none_and_in_a_later_one_below_zero() -> None:
    gone = kept("a", 4, "10.00", reversed_on=date(2026, 3, 9))
    later = kept("b", 4, "10.00", reversed_on=date(2026, 4, 2))
    charges = Charges((gone, later), ())
    assert [one.heads.igst for one in charges.of(MARCH)] == [10]
    april = TaxPeriod(date(2026, 4, 1), date(2026, 4, 30))
    assert [one.heads.igst for one in charges.of(april)] == [-10]
    assert charges.standing(april.ends_on) == []


def test_credit_of_a_charge_lapses_by_its_invoices_year_else_by_its_own_day() -> None:
    own = kept("a", 4, "10.00")
    assert Charges((own,), ()).days() == {own.id: date(2026, 3, 4)}
    assert Charges((own,), (paper("10.00"),)).days() == {own.id: date(2026, 3, 31)}
