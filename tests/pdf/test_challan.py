"""A delivery challan names everything rule 55 of the CGST Rules asks for, in three copies."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from erp.adapters.pdf import PdfPrinter
from erp.services.inventory.printing import PrintedChallan, PrintedGoods
from tests.pdf.documents import AT, BUYER, SELLER, pages, text

PRINTER = PdfPrinter()
LINE = PrintedGoods(
    description="Arnica Montana 30C dilution 30 ml SBL",
    sku="SBL-ARNI-30C-30ML",
    hsn="30049014",
    lot_number="AR2201",
    expires_on=date(2027, 4, 30),
    mrp=Decimal("105.00"),
    quantity=1200,
    unit="BTL",
    value=Decimal("72000.50"),
)
CHALLAN = PrintedChallan(
    number="DC/26-27/00001",
    issued_at=AT,
    time_zone="Asia/Kolkata",
    consigner=SELLER,
    consignee=BUYER,
    from_place="Pune, Main store",
    to_place="Kothrud, Shop",
    transport="Tempo MH12 AB 1234",
    reason="Transfer between branches of one registration, not a supply (r.55(1)(c))",
    note="Keep upright",
    expected_on=date(2025, 10, 6),
    lines=(LINE,),
)
RULE_55 = {
    "date and number": ["DC/26-27/00001", "03-10-2025"],
    "consigner": [SELLER.name, *SELLER.address, SELLER.gstin],
    "consignee": ["CONSIGNEE", BUYER.name, *BUYER.address, BUYER.gstin],
    "HSN and description": [LINE.hsn, LINE.description],
    "quantity": ["1,200", "BTL"],
    "taxable value": ["72,000.50", "₹72,000.50", "Rupees Seventy Two Thousand"],
    "tax, as it is no supply": ["Tax (not a supply)", "Nil"],
    "place of supply": [f"Place of supply {BUYER.state_name} ({BUYER.state_code})"],
    "signature": [f"For {SELLER.name}", "Authorised signatory"],
    "copies": [
        "Original for consignee",
        "Duplicate for transporter",
        "Triplicate for consigner",
    ],
    "trade": ["AR2201", "04/2027", "105.00", "D.L. No.", "Tempo MH12", "Keep upright"],
}


@pytest.mark.parametrize("part", RULE_55)
def test_everything_the_rule_asks_for_stands_on_the_page(part):
    written = text(PRINTER.challan(CHALLAN))
    assert [words for words in RULE_55[part] if words not in written] == []


def test_a_long_challan_runs_over_pages_of_which_each_names_its_copy():
    written = pages(PRINTER.challan(replace(CHALLAN, lines=(LINE,) * 80)))
    per_copy = len(written) // 3
    assert per_copy > 1
    assert all("DC/26-27/00001" in page for page in written)
    assert all("Duplicate" in page for page in written[per_copy : 2 * per_copy])
    assert f"Page {per_copy} of {per_copy}" in written[-1]
