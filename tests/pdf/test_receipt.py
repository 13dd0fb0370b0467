"""The till's receipt: complete, as long as its content, and quick."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from erp.adapters.pdf import PdfPrinter
from tests.pdf.documents import (
    clinic_bill,
    composition_bill,
    counter_bill,
    credit_note,
    interstate_bill,
    long_bill,
    text,
    trade_bill,
)

PRINTER = PdfPrinter()
FIELDS = [
    "Demo Homoeo Traders", "GSTIN 27ZZZFZ0001Z1ZU", "D.L. No.", "TAX INVOICE",
    "No. POS1/25-26/00345", "03-10-2025 12:15", "Till 1", "Meera",
    "Place of supply: Maharashtra (27)", "Tax payable on reverse charge: No",
    "1. Arnica Montana 30C dilution 30 ml (SBL)",
    "HSN 30049014 · Batch AM2407 · Exp 03/2027 · MRP 95.00", "3 BTL \u00d7 95.00 · GST 5%", "256.50",
    "less discount 28.50", "Taxable value", "542.26", "CGST", "SGST", "19.93", "Round-off", "-0.12",
    "₹582.00", "Rupees Five Hundred Eighty Two Only", "You saved ₹37.88 on MRP",
    "2.5% + 2.5%", "444.28", "9% + 9%", "97.98", "Cash", "500.00", "UPI (527612345678)", "Change",
    "18.00",
]  # fmt: skip


@pytest.fixture(scope="module")
def shown():
    return text(PRINTER.receipt(counter_bill()))


@pytest.mark.parametrize("field", FIELDS)
def test_a_receipt_holds(shown, field):
    assert field in shown


def test_an_unpaid_bill_asks_for_payment():
    assert "Scan to pay by UPI" in text(PRINTER.receipt(trade_bill()))
    assert "Scan to pay" not in text(PRINTER.receipt(trade_bill(upi_link="")))


def test_other_documents():
    assert "IGST" in text(PRINTER.receipt(interstate_bill()))
    note = text(PRINTER.receipt(credit_note()))
    assert "Against INV/25-26/0101" in note
    assert "CREDIT" in note
    assert "exempt" in text(PRINTER.receipt(clinic_bill()))
    composition = text(PRINTER.receipt(composition_bill()))
    assert "not eligible to collect tax on" in composition
    assert "GST rate" not in composition


def test_a_reprint_is_marked():
    assert "DUPLICATE - REPRINT" in text(PRINTER.receipt(counter_bill(is_duplicate=True)))


def test_a_service_has_no_unit():
    assert "1 \u00d7 300.00 · exempt" in text(PRINTER.receipt(clinic_bill()))


def test_the_paper_is_as_long_as_the_content():
    def height(document):
        (page,) = PdfReader(io.BytesIO(PRINTER.receipt(document))).pages
        assert round(float(page.mediabox.width) / 72 * 25.4) == 80
        return float(page.mediabox.height)

    few, more, many = (height(long_bill(count)) for count in (30, 60, 90))
    assert few > 30 * 10
    assert many - more == pytest.approx(more - few, abs=12)  # the words may take a line more
    assert more - few > 30 * 10


def test_saving_is_only_shown_where_there_is_one():
    bill = counter_bill()
    dear = tuple(replace(line, mrp=None) for line in bill.lines)
    assert "You saved" not in text(PRINTER.receipt(replace(bill, lines=dear)))
