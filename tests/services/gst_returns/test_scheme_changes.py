"""What was begun under one scheme and goes on under the next: interest, advances, notes."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from psycopg.errors import CheckViolation

from erp.core import db
from erp.core.errors import InvalidInput
from erp.services import billing
from erp.services.billing.errors import NoTaxToday
from erp.services.gst_returns import CreditShort
from erp.services.platform.violations import refusal_for
from erp.services.service_advances import NoTaxOnAdvance
from tests.factories import Shop, broken_promises
from tests.services.books import balance
from tests.services.gst_returns.months import (
    ARN,
    buyer,
    detail,
    gstin_of,
    invoice,
)
from tests.services.gst_returns.test_composition import (
    change,
    noon,
    prepare,
    reverse_charge,
)
from tests.services.payments.test_reminders import LADDER
from tests.services.service_advances.serving import advance, apply, retailer, training
from tests.services.unchanged import refused

APRIL = {"valid_from": "2026-04-01"}


def leave(shop: Shop, day: str, when: datetime) -> None:
    """Pay regularly from a day on."""
    given = {"scheme": "regular", "valid_from": day, "reason": "CMP-04"}
    shop.run("gst_returns.change_scheme", given, at=when)


def quarter(shop: Shop) -> Any:
    """Prepare April to June 2026."""
    return prepare(shop, starts_on="2026-04-01", at=noon(5, 7, 2026))


@pytest.fixture
def late(trader: Shop) -> Any:
    """Return a customer who owes a taxed bill of October, at 18 percent a year."""
    trader.run("payments.set_reminder_rule", {"levels": LADDER, "interest_percent": "18"})
    customer = buyer(trader, state_code="27")
    invoice(trader, 6, customer, (trader.variant_ids[0], 10, "105.00"))
    return customer


def billed(shop: Shop, customer: Any, when: datetime) -> Any:
    """Bill a customer's interest and return the note."""
    (note,) = shop.run("interest.bill_interest", {"party_id": customer}, at=when).notes
    return note


def test_interest_billed_by_composition_bears_no_tax_and_is_turnover_of_its_quarter(
    trader: Shop, late: Any
) -> None:
    change(trader, noon(20, 3, 2026), **APRIL)
    note = billed(trader, late, noon(20, 4, 2026))
    assert note.total == note.amount > 0
    made = quarter(trader)
    found = detail(trader, made)
    assert (made.blocking, found.differences, found.problems) == (0, [], [])
    assert Decimal(found.figures["cells"]["3(1)"]["taxable"]) == note.amount
    shown = trader.run("gst_returns.list_figure_rows", {"return_id": made.id, "part": "3(1)"})
    assert [row.number for row in shown.rows] == [note.number, "Tax on turnover"]
    given = {"note_id": note.id, "reason": "Waived"}
    taken = trader.run("interest.reverse_interest", given, at=noon(21, 4, 2026))
    with db.unit_of_work(trader.ctx) as session:
        papers = [
            billing.get_printed_document(session, trader.ctx, one.id) for one in (note, taken)
        ]
    assert [paper.is_composition for paper in papers] == [True, True]
    found = detail(trader, quarter(trader))
    assert (found.problems, found.figures["cells"]["3(1)"]["taxable"]) == ([], "0.00")
    assert broken_promises() == []


def test_interest_billed_regularly_on_a_bill_by_composition_bears_the_tax_of_its_goods(
    trader: Shop,
) -> None:
    change(trader)
    trader.run("payments.set_reminder_rule", {"levels": LADDER, "interest_percent": "18"})
    customer = buyer(trader, state_code="27")
    invoice(trader, 6, customer, (trader.variant_ids[0], 10, "100.00"))
    leave(trader, "2025-12-01", noon(20, 11))
    note = billed(trader, customer, noon(20, 12))
    assert note.total > note.amount
    month = prepare(trader, "gstr1", "2025-12-01")
    found = detail(trader, month)
    assert (month.blocking, found.differences) == (0, [])
    assert Decimal(found.figures["sections"]["b2cs"]["taxable"]) == note.amount
    assert detail(trader, prepare(trader)).figures["cells"]["3(1)"]["taxable"] == "1000.00"
    assert broken_promises() == []


def test_interest_that_is_taken_back_under_the_next_scheme_is_told(trader: Shop, late: Any) -> None:
    note = billed(trader, late, noon(20, 3, 2026))
    assert note.total > note.amount
    change(trader, noon(21, 3, 2026), **APRIL)
    given = {"note_id": note.id, "reason": "Waived"}
    trader.run("interest.reverse_interest", given, at=noon(20, 4, 2026))
    found = detail(trader, quarter(trader))
    assert [row["code"] for row in found.problems] == ["other_scheme"]
    assert found.figures["cells"]["3(1)"]["taxable"] == "0.00"
    assert broken_promises() == []


def test_a_gstr_1_tells_of_notes_on_bills_by_composition(trader: Shop) -> None:
    change(trader)
    sent = invoice(trader, 6, buyer(trader, state_code="27"), (trader.variant_ids[0], 10, "100.00"))
    leave(trader, "2025-11-10", noon(1, 11))
    line = {"line_no": 1, "quantity": 1}
    given = {"invoice_id": sent.invoice_id, "lines": [line], "reason": "Broken"}
    trader.run("billing.take_back_goods", given, at=noon(13, 11))
    found = detail(trader, prepare(trader, "gstr1", "2025-11-01"))
    assert [row["code"] for row in found.problems] == ["other_scheme"]


def test_the_database_lets_no_debit_note_bear_tax_by_composition(trader: Shop, late: Any) -> None:
    note = billed(trader, late, noon(20, 3, 2026))
    change(trader, noon(21, 3, 2026), **APRIL)
    copied = (
        "insert into invoice select (jsonb_populate_record(i, jsonb_build_object('id', gen_random_uuid(),"
        " 'number', 'X/1', 'origin_id', gen_random_uuid(), 'issued_on', date '2026-04-02'))).*"
        " from invoice i where id = %s"
    )
    with (
        pytest.raises(CheckViolation, match="composition") as caught,
        db.unit_of_work(trader.ctx) as session,
    ):
        db.execute(session, copied, (note.id,))
    refusal = refusal_for(caught.value)
    assert isinstance(refusal, NoTaxToday)
    assert "Open the bill again" in refusal.message


def step(shop: Shop, action: str, made: Any, when: datetime, **more: Any) -> Any:
    """Move an advance on a day."""
    given = {"advance_id": made.id, "reason": "Course not held"} | more
    return shop.run(f"service_advances.{action}", given, at=when)


def test_tax_of_an_advance_undone_by_composition_is_due_again_and_paid(trader: Shop) -> None:
    course = training(trader)
    customer = retailer(trader)
    made = advance(trader, customer, "1180.00", variant_id=course)
    sent = invoice(trader, 8, customer, (course, 1, "1000.00"))
    applied = apply(trader, made, sent)
    change(trader, noon(20, 3, 2026), **APRIL)
    before = balance(trader, "output_cgst")
    undone = step(trader, "undo_step", made, noon(5, 4, 2026), step_id=applied.id)
    version = quarter(trader)
    found = detail(trader, version)
    assert (version.blocking, found.differences) == (0, [])
    due = found.figures["cells"]["DRC 03"]
    assert (due["cgst"], due["sgst"], due["igst"]) == ("90.00", "90.00", "0.00")
    assert (found.figures["cash"]["cgst"], found.figures["total"]["cgst"]) == ("90.00", "90.00")
    assert "DRC" not in trader_file(trader, version)
    shown = trader.run("gst_returns.list_figure_rows", {"return_id": version.id, "part": "DRC 03"})
    assert shown.tax == 180
    given = {"gstin": gstin_of(trader), "reference": "CIN180", "amount": "180.00"}
    trader.run("gst_returns.deposit_cash", given, at=noon(10, 7, 2026))
    file_all(trader, version)
    assert balance(trader, "output_cgst") == before
    assert balance(trader, "gst_cash_ledger") == 0
    assert undone is not None
    assert broken_promises() == []


def trader_file(shop: Shop, version: Any) -> str:
    """Return the figures as they are typed at the portal."""
    given = {"return_id": version.id}
    return str(shop.run("gst_returns.get_portal_file", given, at=noon(6, 7, 2026)).content)


def file_all(shop: Shop, version: Any) -> None:
    """File a quarter whose returns before it are accepted as filed elsewhere."""
    given = {"return_id": version.id, "arn": ARN, "filed_on": "2026-07-15"}
    shop.run("gst_returns.file_return", given, at=noon(15, 7, 2026))


def test_tax_of_an_advance_paid_back_by_composition_is_told_and_set_against_later(
    trader: Shop,
) -> None:
    made = advance(trader, retailer(trader), "1180.00", variant_id=training(trader))
    change(trader, noon(20, 3, 2026), **APRIL)
    paid = step(trader, "refund_advance", made, noon(5, 4, 2026), method="bank")
    found = detail(trader, quarter(trader))
    assert "DRC 03" not in found.figures["cells"]
    (told,) = found.problems
    assert (told["code"], told["document"]) == ("negative", "DRC 03")
    assert "RFD-01" in told["message"]
    assert "180" in told["message"]
    assert found.figures["carried"]["DRC 03"]["cgst"] == "-90.00"
    step(trader, "undo_step", made, noon(6, 4, 2026), step_id=paid.id)
    found = detail(trader, quarter(trader))
    assert (found.problems, found.figures["carried"]) == ([], {})
    assert broken_promises() == []


def refunded(shop: Shop, when: datetime, cgst: str = "90.00", **more: Any) -> Any:
    """Record that the portal paid tax of both halves back."""
    given = {"gstin": gstin_of(shop), "kind": "refunded", "cgst": cgst, "sgst": cgst} | more
    return shop.run("gst_returns.change_credit", given | {"reason": "RFD-06"}, at=when)


def test_tax_that_the_portal_paid_back_waits_no_more_and_is_due_when_it_is_undone(
    trader: Shop,
) -> None:
    made = advance(trader, retailer(trader), "1180.00", variant_id=training(trader))
    change(trader, noon(20, 3, 2026), **APRIL)
    paid = step(trader, "refund_advance", made, noon(5, 4, 2026), method="bank")
    with refused(trader, CreditShort, "cgst") as caught:
        refunded(trader, noon(20, 4, 2026), "90.01")
    assert "90.00 CGST" in caught.value.message
    file_all(trader, quarter(trader))
    with refused(trader, InvalidInput, "booked_on"):
        refunded(trader, noon(20, 7, 2026), booked_on="2026-06-30")
    before = (balance(trader, "bank"), balance(trader, "output_cgst"))
    refunded(trader, noon(20, 7, 2026))
    assert (balance(trader, "bank"), balance(trader, "output_cgst")) == (
        before[0] + 180,
        before[1] - 90,
    )
    with refused(trader, CreditShort, "sgst"):
        refunded(trader, noon(21, 7, 2026), "0.01")
    _cancelled_and_recorded_anew(trader, before)
    second = {"starts_on": "2026-07-01", "at": noon(5, 10, 2026)}
    found = detail(trader, prepare(trader, **second))
    assert (found.problems, found.differences, found.figures["carried"]) == ([], [], {})
    step(trader, "undo_step", made, noon(25, 7, 2026), step_id=paid.id)
    found = detail(trader, prepare(trader, **second))
    assert found.figures["cells"]["DRC 03"]["cgst"] == "90.00"
    assert broken_promises() == []


def _cancelled_and_recorded_anew(shop: Shop, before: tuple[Any, Any]) -> None:
    """A refund that was typed wrong gives bank and tax back, and waits to be recorded right."""
    (listed,) = shop.run("gst_returns.list_credit_changes").rows
    wrong = {"credit_change_id": listed.id, "reason": "Typed wrong"}
    shop.run("gst_returns.cancel_credit_change", wrong, at=noon(22, 7, 2026))
    assert (balance(shop, "bank"), balance(shop, "output_cgst")) == before
    refunded(shop, noon(22, 7, 2026))


def test_the_day_of_an_advance_decides_whether_it_bears_tax(trader: Shop) -> None:
    customer = retailer(trader)
    course = training(trader)
    change(trader, noon(20, 3, 2026), **APRIL)
    money = {"party_id": customer, "amount": "1180.00", "method": "bank", "variant_id": course}
    earlier = trader.run(
        "service_advances.receive_advance",
        money | {"paid_on": "2026-03-31", "reference": "A"},
        at=noon(2, 4, 2026),
    )
    assert earlier.tax == 180
    with refused(trader, NoTaxOnAdvance, "paid_on") as caught:
        trader.run("service_advances.receive_advance", money, at=noon(2, 4, 2026))
    assert "02-04-2026" in caught.value.message
    leave(trader, "2026-05-01", noon(20, 4, 2026))
    with refused(trader, NoTaxOnAdvance, "paid_on"):
        trader.run(
            "service_advances.receive_advance",
            money | {"paid_on": "2026-04-30"},
            at=noon(2, 5, 2026),
        )


def test_rows_behind_the_tax_of_a_quarter_add_up_to_it(trader: Shop) -> None:
    change(trader)
    sent = invoice(trader, 6, buyer(trader, state_code="27"), (trader.variant_ids[0], 10, "100.00"))
    charged = reverse_charge(trader, 10)
    made = prepare(trader)
    cell = detail(trader, made).figures["cells"]["3(3)"]
    wanted = {"return_id": made.id, "part": "3(3)"}
    shown = trader.run("gst_returns.list_figure_rows", wanted)
    assert [row.number for row in shown.rows] == [charged.number, sent.number, "Tax on turnover"]
    assert (shown.taxable, shown.tax) == (2000, Decimal(cell["cgst"]) + Decimal(cell["sgst"]))
    month = prepare(trader, "gstr1", "2025-09-01", at=noon(5))
    other = {"return_id": month.id, "part": "3(1)"}
    assert trader.run("gst_returns.list_figure_rows", other).rows == []
