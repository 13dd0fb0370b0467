"""A quotation on paper says who offers whom what, at which price, and until when."""

from decimal import Decimal

import pytest

from erp.adapters.pdf import PdfPrinter
from erp.services.sales.printing import PrintedOffer, PrintedOfferLine
from tests.pdf.documents import AT, BUYER, SELLER, text

LINE = PrintedOfferLine(
    description="Arnica Montana 30C dilution 30 ml SBL",
    sku="SBL-ARNI-30C-30ML",
    hsn="30049014",
    quantity=1200,
    free_quantity=120,
    ordered_unit="BOX",
    ordered_quantity=100,
    unit="BTL",
    price=Decimal("80.0000"),
    discount_percent=Decimal("2.5000"),
    gst_rate=Decimal("5.0000"),
    total=Decimal("98280.00"),
)
OFFER = PrintedOffer(
    title="Quotation",
    number="QT/26-27/0001",
    version=2,
    mark="Replaced by version 3",
    made_at=AT,
    time_zone="Asia/Kolkata",
    facts=("Your order PO 7", "Holds until 09-10-2025"),
    seller=SELLER,
    customer=BUYER,
    lines=(LINE,),
    has_tax=False,
    sums=(("Taxable", Decimal("93600.00")), ("CGST", Decimal("2340.00"))),
    total=Decimal("98280.00"),
    terms=("Pack it well.", "Prices are without GST."),
)
FACTS = {
    "seller": [SELLER.name, *SELLER.address, SELLER.gstin, SELLER.drug_licence],
    "customer": ["CUSTOMER", BUYER.name, BUYER.gstin],
    "offer": ["QUOTATION", "QT/26-27/0001", "Version 2", "Your order PO 7", "Holds until"],
    "mark": ["REPLACED BY VERSION 3"],
    "line": [
        LINE.description,
        LINE.sku,
        LINE.hsn,
        "1,200",
        "100 BOX, BTL",
        "120 free",
        "less 2.5%",
        "5%",
    ],
    "sums": ["93,600.00", "2,340.00", "\u20b998,280.00", "Rupees Ninety Eight Thousand"],
    "terms": ["1. Pack it well.", "2. Prices are without GST.", f"For {SELLER.name}"],
}


@pytest.mark.parametrize("part", FACTS)
def test_everything_a_customer_needs_stands_on_the_page(part):
    written = text(PdfPrinter().offer(OFFER))
    assert [words for words in FACTS[part] if words not in written] == []


def test_the_same_offer_makes_the_same_file():
    assert PdfPrinter().offer(OFFER) == PdfPrinter().offer(OFFER)
