"""An order on paper says who asks whom for what, and whether it may be delivered on."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from pypdf import PdfReader

from erp.adapters.pdf import PdfPrinter
from erp.services.purchasing.printing import PrintedOrder, PrintedOrderLine
from tests.pdf.documents import AT, BUYER, SELLER, pages, text

PRINTER = PdfPrinter()
LINE = PrintedOrderLine(
    description="Arnica Montana 30C dilution 30 ml SBL",
    sku="SBL-ARNI-30C-30ML",
    hsn="30049014",
    quantity=Decimal("1200.5"),
    free_quantity=Decimal(10),
    unit="BTL",
    price=Decimal("622.2222"),
    gst_rate=Decimal("5.0000"),
    value=Decimal("746977.75"),
)
ORDER = PrintedOrder(
    number="PO/26-27/0001",
    version=2,
    mark="",
    asked_at=AT,
    time_zone="Asia/Kolkata",
    expected_on=date(2025, 10, 9),
    buyer=SELLER,
    supplier=BUYER,
    deliver_to="Main store",
    lines=(LINE,),
    taxable=Decimal("746977.75"),
    tax=Decimal("37348.89"),
    approval="Approved by Vikram Shah",
    terms=("Pack it well.", "Payment within 30 days of the invoice."),
)
FACTS = {
    "buyer": [SELLER.name, *SELLER.address, SELLER.gstin, SELLER.drug_licence],
    "supplier": [BUYER.name, *BUYER.address, BUYER.gstin, BUYER.drug_licence],
    "order": ["PURCHASE ORDER", "PO/26-27/0001", "Version 2", "03-10-2025 12:15", "09-10-2025"],
    "place": ["DELIVER TO", "Main store"],
    "line": [LINE.description, LINE.sku, LINE.hsn, "1,200.5", "BTL + 10 free", "622.2222", "5%"],
    "sums": ["7,46,977.75", "37,348.89", "₹7,84,326.64"],
    "words": ["Rupees Seven Lakh Eighty Four Thousand", "Sixty Four Paise Only"],
    "approval": ["Approved by Vikram Shah", f"For {SELLER.name}", "Authorised signatory"],
    "terms": ["1. Pack it well.", "2. Payment within 30 days"],
    "page": ["Page 1 of 1"],
}


@pytest.mark.parametrize("part", FACTS)
def test_everything_a_supplier_needs_stands_on_the_page(part):
    written = text(PRINTER.order(ORDER))
    missing = [words for words in FACTS[part] if words not in written]
    assert missing == []


def test_a_draft_says_so_on_every_page():
    draft = replace(ORDER, mark="Draft - not approved", approval="", lines=(LINE,) * 80)
    written = pages(PRINTER.order(draft))
    assert len(written) > 1
    assert all("DRAFT - NOT APPROVED" in page for page in written)
    assert all("Goods" in page for page in written[:-1])
    assert f"Page {len(written)} of {len(written)}" in written[-1]
    assert "DRAFT" not in text(PRINTER.order(ORDER)).upper()


def test_an_order_without_day_or_registration_is_printed_too():
    bare = replace(ORDER, expected_on=None, supplier=replace(BUYER, gstin="", address=()))
    written = text(PRINTER.order(bare))
    assert "Expected by" not in written
    assert "Unregistered" in written


def test_equal_orders_give_equal_bytes():
    assert PRINTER.order(ORDER) == PRINTER.order(replace(ORDER))
    (page,) = PdfReader(io.BytesIO(PRINTER.order(ORDER))).pages
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
