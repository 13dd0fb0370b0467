"""By composition: bills without tax from a day on, and a CMP-08 for each quarter."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege

from erp.core import db
from erp.core.errors import InvalidInput, PermissionDenied
from erp.services import billing, pos
from erp.services.billing import UntaxableSupply
from erp.services.gst_returns import (
    CashShort,
    NotAmendable,
    ReturnNotReady,
    SchemeTooEarly,
    TaxPeriodFiled,
    TillsAway,
    TurnoverTooHigh,
    WrongTaxPeriod,
)
from tests.factories import Shop, broken_promises
from tests.services.gst_returns.months import (
    ARN,
    buyer,
    detail,
    gstin_of,
    invoice,
    product,
    purchase,
    take_back,
)
from tests.services.gst_returns.test_amendments import another_gstin
from tests.services.payments.test_reminders import LADDER
from tests.services.pos.devices import Device
from tests.services.purchasing.ordering import supplier
from tests.services.service_advances.serving import advance, retailer, training
from tests.services.trading import add_customer, rows

COMPOSITION = {
    "scheme": "composition",
    "trade": "trader",
    "valid_from": "2025-10-01",
    "reason": "CMP-02",
}


def noon(day: int, month: int = 10, year: int = 2025) -> datetime:
    return datetime(year, month, day, 6, 30, tzinfo=UTC)


def change(shop: Shop, when: datetime | None = None, **more: Any) -> Any:
    return shop.run("gst_returns.change_scheme", COMPOSITION | more, at=when or noon(1))


@pytest.fixture
def dealer(trader: Shop) -> Shop:
    """A shop that pays by composition from October 2025 on."""
    change(trader)
    return trader


def sent(shop: Shop, day: int) -> Any:
    return invoice(shop, day, buyer(shop, state_code="27"), (shop.variant_ids[0], 10, "100.00"))


def prepare(shop: Shop, form: str = "cmp08", starts_on: str = "2025-10-01", **more: Any) -> Any:
    given = {"gstin": gstin_of(shop), "form": form, "starts_on": starts_on}
    more.setdefault("at", noon(5, 1, 2026))
    return shop.run("gst_returns.prepare_return", given, **more)


def file(shop: Shop, made: Any, when: datetime | None = None) -> Any:
    when = when or noon(15, 1, 2026)
    given = {"return_id": made.id, "arn": ARN, "filed_on": when.date()}
    return shop.run("gst_returns.file_return", given, at=when)


def deposit(shop: Shop, amount: str) -> None:
    given = {"gstin": gstin_of(shop), "reference": f"CIN{amount}", "amount": amount}
    shop.run("gst_returns.deposit_cash", given, at=noon(10, 1, 2026))


def reverse_charge(shop: Shop, day: int) -> Any:
    given = {
        "gstin": gstin_of(shop),
        "supplier_id": supplier(shop, name=f"Carrier {day}", gst_category="unregistered", gstin=""),
        "description": "Freight",
        "hsn": "996791",
        "taxable": "1000.00",
        "rate": "5",
    }
    return shop.run("gst_returns.record_reverse_charge", given, at=noon(day))


def held(shop: Shop, key: str) -> Decimal:
    (row,) = rows(
        shop,
        "select coalesce(sum(l.debit - l.credit), 0) as amount from account a join journal_line l"
        " on (l.tenant_id, l.account_id) = (a.tenant_id, a.id) where a.key = %s",
        key,
    )
    amount: Decimal = row["amount"]
    return amount


def test_bills_of_an_order_and_of_the_till_bear_no_tax_from_the_day_on(trader: Shop) -> None:
    before = sent(trader, 6)
    change(trader, noon(20, 3, 2026), valid_from="2026-04-01")
    customer = buyer(trader, state_code="27")
    made = trader.run(
        "sales.take_order",
        {
            "customer_id": customer,
            "lines": [{"variant_id": trader.variant_ids[0], "quantity": 1, "unit_price": "100.00"}],
        },
        at=noon(31, 3, 2026),
    )
    given = {"order_id": made.id, "lines": [{"order_line_no": 1, "quantity": 1}]}
    after = trader.run("billing.deliver_order", given, at=noon(1, 4, 2026))
    sale = trader.sell({trader.variant_ids[0]: 1})
    bills = rows(trader, "select id, kind, cgst + sgst + igst as tax from invoice")
    known = {row["id"]: (row["kind"], row["tax"]) for row in bills}
    assert known[before.invoice_id] == ("tax_invoice", Decimal("47.62"))
    assert known[after.invoice_id] == ("bill_of_supply", 0)
    assert known[sale.invoice_id] == ("bill_of_supply", 0)
    assert broken_promises() == []


def test_the_paper_bears_the_words_of_the_law_and_old_papers_keep_theirs(trader: Shop) -> None:
    before = sent(trader, 6)
    change(trader, noon(20, 3, 2026), valid_from="2026-04-01")
    after = trader.sell({trader.variant_ids[0]: 1})
    with db.unit_of_work(trader.ctx) as session:
        old = billing.get_printed_document(session, trader.ctx, before.invoice_id)
        new = pos.get_printed_bill(session, trader.ctx, after.invoice_id)
    assert (old.is_composition, old.bears_tax) == (False, True)
    assert (new.is_composition, new.bears_tax) == (True, False)


def test_nothing_goes_to_another_state_and_no_credit_is_taken(dealer: Shop) -> None:
    far = add_customer(dealer, state_code="29")
    with pytest.raises(UntaxableSupply, match="composition"):
        dealer.run("pos.post_sale", dealer.cart({dealer.variant_ids[0]: 1}, customer_id=far))
    purchase(dealer, "B-1", "1000.00", "5")
    assert held(dealer, "input_cgst") == 0
    assert broken_promises() == []


def test_the_database_lets_no_document_bear_tax(dealer: Shop) -> None:
    made = sent(dealer, 6)
    copied = (
        "insert into invoice select (jsonb_populate_record(i, jsonb_build_object('id', gen_random_uuid(),"
        " 'number', 'X/1', 'origin_id', gen_random_uuid()) || %s::jsonb)).* from invoice i where id = %s"
    )
    for wrong in (
        '{"kind": "tax_invoice"}',
        '{"supply_nature": "INTER"}',
        '{"cgst": 1, "total": 1001}',
    ):
        with (
            pytest.raises(CheckViolation, match="composition"),
            db.unit_of_work(dealer.ctx) as session,
        ):
            db.execute(session, copied, (wrong, made.invoice_id))


def test_a_quarter_is_worked_out_proved_paid_and_kept(dealer: Shop) -> None:
    exempt = product(dealer, "49011010", "0", "210.00", treatment="nil_rated")
    for _ in range(10):
        sent(dealer, 6)
    whole = sent(dealer, 7)
    take_back(dealer, 8, whole, 4)
    invoice(dealer, 9, buyer(dealer, state_code="27"), (exempt, 5, "100.00"))
    reverse_charge(dealer, 10)
    made = prepare(dealer)
    found = detail(dealer, made)
    assert (made.blocking, found.differences, found.ends_on) == (0, [], date(2025, 12, 31))
    order = ("taxable", "igst", "cgst", "sgst")
    cells = {
        cell: [Decimal(heads[name]) for name in order]
        for cell, heads in found.figures["cells"].items()
    }
    # 10,000 + 1,000 - 400 taxable, 500 exempt; half a percent to each half
    assert cells["3(1)"] == [11100, 0, 53, 53]
    assert cells["3(2)"] == [1000, 0, 25, 25]
    assert cells["3(3)"] == [0, 0, 78, 78]
    shown = dealer.run("gst_returns.list_figure_rows", {"return_id": made.id, "part": "3(1)"})
    assert (shown.taxable, shown.tax) == (11100, 106)
    with pytest.raises(CashShort, match="156"):
        file(dealer, made)
    deposit(dealer, "156.00")
    file(dealer, made)
    assert held(dealer, "composition_tax") == 106
    assert [
        held(dealer, key) for key in ("composition_payable", "rcm_cgst", "gst_cash_ledger")
    ] == [0, 0, 0]
    (cost,) = rows(
        dealer,
        "select effective_on from journal_entry where origin_id = %s and purpose = 'accrued'",
        made.id,
    )
    assert cost["effective_on"] == date(2025, 12, 31)
    before = dealer.count("invoice")
    for late in (lambda: sent(dealer, 20), lambda: reverse_charge(dealer, 20)):
        with pytest.raises(TaxPeriodFiled):
            late()
    assert dealer.count("invoice") == before
    assert broken_promises() == []


def test_interest_on_a_bill_without_tax_bears_none_and_the_quarter_counts_it(dealer: Shop) -> None:
    rule = {"levels": LADDER, "interest_percent": "18"}
    dealer.run("payments.set_reminder_rule", rule)
    customer = buyer(dealer, state_code="27")
    invoice(dealer, 6, customer, (dealer.variant_ids[0], 10, "100.00"))
    billed = dealer.run("interest.bill_interest", {"party_id": customer}, at=noon(20, 12))
    (note,) = billed.notes
    assert note.total == note.amount > 0
    assert held(dealer, "output_cgst") == 0
    made = prepare(dealer)
    found = detail(dealer, made)
    assert (made.blocking, found.differences) == (0, [])
    assert Decimal(found.figures["cells"]["3(1)"]["taxable"]) == 1000 + note.amount
    dealer.run(
        "interest.reverse_interest", {"note_id": note.id, "reason": "Waived"}, at=noon(21, 12)
    )
    found = detail(dealer, prepare(dealer))
    assert (found.differences, found.figures["cells"]["3(1)"]["taxable"]) == ([], "1000.00")
    assert broken_promises() == []


def test_a_manufacturer_owes_it_on_exempt_supplies_too(trader: Shop) -> None:
    change(trader, trade="manufacturer")
    exempt = product(trader, "49011010", "0", "210.00", treatment="nil_rated")
    invoice(trader, 9, buyer(trader, state_code="27"), (exempt, 10, "100.00"))
    found = detail(trader, prepare(trader)).figures["cells"]["3(1)"]
    assert (found["taxable"], found["cgst"], found["sgst"]) == ("1000.00", "5.00", "5.00")


def test_a_new_rate_counts_from_its_day_on(dealer: Shop) -> None:
    sent(dealer, 6)
    given = {
        "kind": "composition_trader",
        "valid_from": "2025-11-01",
        "amount": "2",
        "source": "1/2025",
    }
    dealer.run("gst_returns.add_limit", given)
    assert detail(dealer, prepare(dealer)).figures["cells"]["3(1)"]["cgst"] == "5.00"
    dealer.run("gst_returns.add_limit", given | {"valid_from": "2025-10-02"})
    assert detail(dealer, prepare(dealer)).figures["cells"]["3(1)"]["cgst"] == "10.00"


def test_what_the_books_have_otherwise_keeps_it_in_the_house(dealer: Shop) -> None:
    sent(dealer, 6)
    sides = [
        {"account_key": "bank", "debit": "7.00"},
        {"account_key": "sales_5", "credit": "7.00"},
    ]
    typed = {"effective_on": "2025-10-09", "narration": "By mistake", "lines": sides}
    dealer.run("accounting.post_manual_entry", typed, at=noon(9))
    made = prepare(dealer)
    (gap,) = detail(dealer, made).differences
    assert (gap["label"], gap["books"]["taxable"]) == ("By mistake", "7.00")
    with pytest.raises(ReturnNotReady):
        file(dealer, made)


def test_each_form_is_for_its_own_scheme(dealer: Shop) -> None:
    with pytest.raises(WrongTaxPeriod, match="CMP-08"):
        prepare(dealer, "gstr1")
    with pytest.raises(WrongTaxPeriod, match="GSTR-1"):
        prepare(dealer, "cmp08", "2025-07-01")
    with pytest.raises(WrongTaxPeriod, match="quarter"):
        prepare(dealer, "cmp08", "2025-11-01")


def test_leaving_in_the_middle_of_a_quarter_parts_it(dealer: Shop) -> None:
    sent(dealer, 6)
    dealer.run(
        "gst_returns.change_scheme",
        {"scheme": "regular", "valid_from": "2025-11-10", "reason": "CMP-04"},
        at=noon(1, 11),
    )
    back = sent(dealer, 7)
    with_tax = trade_on(dealer, noon(12, 11))
    note = {
        "invoice_id": back.invoice_id,
        "lines": [{"line_no": 1, "quantity": 1}],
        "reason": "Broken",
    }
    dealer.run("billing.take_back_goods", note, at=noon(13, 11))
    quarter = detail(dealer, prepare(dealer))
    assert quarter.figures["cells"]["3(1)"]["taxable"] == "2000.00"
    assert (quarter.figures["from"], quarter.figures["to"]) == ("2025-10-01", "2025-11-09")
    month = prepare(dealer, "gstr1", "2025-11-01")
    found = detail(dealer, month)
    assert found.figures["sections"]["b2cs"]["taxable"] == f"{with_tax:.2f}"
    deposit(dealer, "20.00")
    file(dealer, prepare(dealer))
    file(dealer, month)
    trade_on(dealer, noon(1, 12))
    assert broken_promises() == []


def trade_on(shop: Shop, when: datetime) -> Decimal:
    """Sell ten units at a hundred on a day and return the value without tax."""
    lines = [{"variant_id": shop.variant_ids[0], "quantity": 10, "unit_price": "100.00"}]
    taken = {"customer_id": buyer(shop, state_code="27"), "lines": lines}
    made = shop.run("sales.take_order", taken, at=when)
    given = {"order_id": made.id, "lines": [{"order_line_no": 1, "quantity": 10}]}
    sent = shop.run("billing.deliver_order", given, at=when)
    (row,) = rows(shop, "select taxable from invoice where id = %s", sent.invoice_id)
    taxable: Decimal = row["taxable"]
    return taxable


def test_quarters_are_filed_in_their_order(dealer: Shop) -> None:
    sent(dealer, 6)
    made = prepare(dealer, starts_on="2026-01-01", at=noon(5, 4, 2026))
    with pytest.raises(ReturnNotReady, match="10/2025"):
        file(dealer, made, noon(15, 4, 2026))


def test_an_advance_with_tax_binds_its_day(trader: Shop) -> None:
    advance(trader, retailer(trader), "1180.00", variant_id=training(trader))
    with pytest.raises(SchemeTooEarly, match="06-10-2025"):
        change(trader, noon(7))


def test_nothing_is_amended_on_a_day_of_which_no_gstr_1_is_filed(trader: Shop) -> None:
    first = invoice(trader, 6, retailer(trader), (trader.variant_ids[0], 10, "100.00"))
    october = prepare(trader, "gstr1", at=noon(12, 11))
    file(trader, october, noon(15, 11))
    change(trader, noon(20, 3, 2026), valid_from="2026-04-01")
    given = {
        "invoice_id": first.invoice_id,
        "reason": "Told by the customer",
        "gstin": another_gstin("27"),
    }
    with pytest.raises(NotAmendable, match="05-04-2026") as refusal:
        trader.run("gst_returns.amend_document", given, at=noon(5, 4, 2026))
    assert set(refusal.value.fields) == {"booked_on"}
    given["booked_on"] = "2026-03-31"
    trader.run("gst_returns.amend_document", given, at=noon(5, 4, 2026))


@pytest.mark.parametrize(
    ("wrong", "refusal", "field"),
    [
        ({"valid_from": "2025-10-06"}, SchemeTooEarly, "valid_from"),
        ({"valid_from": "2026-05-01"}, InvalidInput, "valid_from"),
        ({"valid_from": "2017-06-30"}, InvalidInput, "valid_from"),
        ({"trade": None}, InvalidInput, "trade"),
        ({"scheme": "regular"}, InvalidInput, "trade"),
        ({"scheme": "regular", "trade": None}, InvalidInput, "scheme"),
    ],
)
def test_a_wrong_day_or_choice_is_named_at_its_field(trader: Shop, wrong, refusal, field) -> None:
    sent(trader, 6)
    with pytest.raises(refusal) as refused:
        change(trader, noon(1, 2, 2026), **({"valid_from": "2026-04-01"} | wrong))
    assert field in refused.value.fields
    assert rows(trader, "select 1 from gst_scheme_change") == []


def test_who_turned_over_too_much_stays_regular(trader: Shop) -> None:
    sent(trader, 6)
    given = {"valid_from": "2026-01-01", "amount": "900", "source": "1/2026"}
    trader.run("gst_returns.add_limit", given | {"kind": "composition_limit"})
    with pytest.raises(TurnoverTooHigh, match="regularly"):
        change(trader, noon(1, 2, 2026), valid_from="2026-04-01")


def test_the_owner_alone_changes_it_and_nobody_edits_it(dealer: Shop, stranger: Shop) -> None:
    with pytest.raises(PermissionDenied):
        dealer.run("gst_returns.change_scheme", COMPOSITION, by=dealer.acting_as("accountant"))
    listed = dealer.run("gst_returns.list_schemes")
    assert [(row.scheme, row.standing) for row in listed.rows] == [
        ("composition", "in_force"),
        ("regular", "past"),
    ]
    assert [row.scheme for row in stranger.run("gst_returns.list_schemes").rows] == ["regular"]
    with pytest.raises(InsufficientPrivilege), db.unit_of_work(dealer.ctx) as session:
        db.execute(session, "update gst_scheme_change set scheme = 'regular', trade = ''")


def test_tills_without_a_server_sell_under_one_scheme_only(dealer: Shop) -> None:
    tomorrow = dealer.ctx.today + timedelta(days=1)
    leaving = {"scheme": "regular", "valid_from": tomorrow, "reason": "CMP-04"}
    first = Device(dealer)
    with pytest.raises(TillsAway, match="Till"):
        dealer.run("gst_returns.change_scheme", leaving)
    dealer.run("pos.end_lease", {"lease_id": first.lease.lease_id, "reason": "Changing the scheme"})
    dealer.run("gst_returns.change_scheme", leaving)
    assert Device(dealer).lease.until_day == dealer.ctx.today
