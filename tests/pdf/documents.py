"""Sample bills and reports for the printing tests, taxed by the product's own calculation."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from PIL import Image
from pypdf import PdfReader

from erp.core.gst.taxing import (
    PriceMode,
    Supply,
    SupplyLine,
    SupplyNature,
    TaxedLine,
    TaxedSupply,
    tax_supply,
)
from erp.services.billing.printing import (
    PrintedDocument,
    PrintedLine,
    PrintedReference,
    PrintedTender,
    PrintedTotals,
)
from erp.services.billing.titling import DocumentTitle
from erp.services.imaging.printing import (
    KeyImage,
    PrintedDecision,
    PrintedFact,
    SessionReport,
)
from erp.services.party import PrintedParty

AT = datetime(2025, 10, 3, 6, 45, tzinfo=UTC)
SELLER = PrintedParty(
    name="Demo Homoeo Traders",
    address=("12 Laxmi Road, Sadashiv Peth", "Pune 411001"),
    state_name="Maharashtra",
    state_code="27",
    gstin="27ZZZFZ0001Z1ZU",
    phone="+91 98220 00000",
    email="bills@demo-homoeo.example",
    drug_licence="20C-MH-PZ1-000001, 20D-MH-PZ1-000002",
)
BUYER = PrintedParty(
    name="Demo Arogya Homoeo Pharmacy",
    address=("4 Station Road", "Nashik 422001"),
    state_name="Maharashtra",
    state_code="27",
    gstin="27ZZZFZ0101Z1ZT",
    drug_licence="20C-MH-NSK-000777",
)
NAMES = {
    "ARN": ("Arnica Montana 30C dilution 30 ml (SBL)", "30049014", "BTL", "95.00"),
    "NUX": ("Nux Vomica 200C dilution 30 ml (SBL)", "30049014", "BTL", "105.00"),
    "OIL": ("Alfa cream 50 g (Wheezal)", "33049910", "TUB", "125.00"),
    "VIS": ("Consultation", "999319", "NA", None),
}


def taxed(*lines, mode=PriceMode.INCLUSIVE, state="27", **changes):
    return tax_supply(
        Supply("27", state, mode, lines, is_rounded=True, **changes),
    )


def item(ref, quantity, price, rate, **changes):
    return SupplyLine(ref, Decimal(quantity), Decimal(price), Decimal(rate), **changes)


def printed_line(line: TaxedLine) -> PrintedLine:
    name, hsn, uqc, mrp = NAMES[line.ref]
    is_goods = mrp is not None
    return PrintedLine(
        description=name,
        hsn=hsn,
        quantity=line.quantity,
        uqc=uqc,
        unit_price=line.unit_price,
        gst_rate=line.gst_rate,
        gross=line.gross,
        discount=line.line_discount + line.bill_discount_share,
        taxable_value=line.taxable_value,
        cgst=line.cgst,
        sgst=line.sgst,
        igst=line.igst,
        total=line.total,
        mrp=Decimal(mrp) if mrp else None,
        lot_number="AM2407" if is_goods else "",
        expires_on=date(2027, 3, 31) if is_goods else None,
        maker="SBL" if is_goods else "",
        is_taxable=is_goods,
    )


def printed_totals(supply: TaxedSupply) -> PrintedTotals:
    totals = supply.totals
    return PrintedTotals(
        gross=totals.gross,
        discount=totals.line_discount + totals.bill_discount,
        taxable_value=totals.taxable_value,
        cgst=totals.cgst,
        sgst=totals.sgst,
        igst=totals.igst,
        round_off=totals.round_off,
        value=totals.invoice_value,
    )


def bill(supply: TaxedSupply, **changes) -> PrintedDocument:
    given: dict[str, Any] = {
        "title": DocumentTitle.TAX_INVOICE,
        "number": "INV/25-26/0101",
        "issued_at": AT,
        "seller": SELLER,
        "place_of_supply_name": "Maharashtra",
        "place_of_supply_code": "27",
        "price_mode": supply.price_mode,
        "nature": supply.nature,
        "state_tax_head": supply.state_tax_head,
        "lines": tuple(map(printed_line, supply.lines)),
        "totals": printed_totals(supply),
        "terms": ("Goods once sold are taken back within 7 days with this bill.",),
        "declaration": "We declare that this document shows the actual price of the goods and "
        "that all particulars are true and correct.",
    }
    return PrintedDocument(**(given | changes))


def counter_bill(**changes) -> PrintedDocument:
    supply = taxed(
        item("ARN", 3, "95.00", 5, discount_pct=Decimal(10)),
        item("OIL", 1, "125.00", 18, discount_pct=Decimal("7.5")),
        item("NUX", 2, "105.00", 5),
    )
    given: dict[str, Any] = {
        "number": "POS1/25-26/00345",
        "register": "Till 1",
        "cashier": "Meera",
        "tenders": (
            PrintedTender("Cash", Decimal("500.00")),
            PrintedTender("UPI", Decimal("100.00"), "527612345678"),
        ),
        "change_due": Decimal("18.00"),
    }
    return bill(supply, **(given | changes))


def trade_bill(**changes) -> PrintedDocument:
    supply = taxed(
        item("ARN", 10, "72.38", 5),
        item("NUX", 7, "80.1234", 5, discount_pct=Decimal(3)),
        item("OIL", 2, "84.75", 18),
        mode=PriceMode.EXCLUSIVE,
        bill_discount=Decimal("100.00"),
    )
    given: dict[str, Any] = {
        "buyer": BUYER,
        "due_on": date(2025, 11, 2),
        "upi_link": "upi://pay?pa=demohomoeo@examplebank&pn=Demo%20Homoeo%20Traders&mc=5912"
        "&tr=INV25260101&am=1500.00&cu=INR",
    }
    return bill(supply, **(given | changes))


def interstate_bill(**changes) -> PrintedDocument:
    supply = taxed(item("ARN", 1400, "72.38", 5), mode=PriceMode.EXCLUSIVE, state="24")
    given: dict[str, Any] = {
        "buyer": replace(
            BUYER, name="Bhavin Zeta", gstin="", state_name="Gujarat", state_code="24"
        ),
        "delivery": replace(BUYER, name="Zeta Clinic", address=("9 Ring Road", "Surat 395003")),
        "place_of_supply_name": "Gujarat",
        "place_of_supply_code": "24",
        "nature": SupplyNature.INTER,
    }
    return bill(supply, **(given | changes))


def credit_note(**changes) -> PrintedDocument:
    supply = taxed(item("ARN", 2, "72.38", 5), mode=PriceMode.EXCLUSIVE)
    given: dict[str, Any] = {
        "title": DocumentTitle.CREDIT_NOTE,
        "number": "CN/25-26/0011",
        "buyer": BUYER,
        "references": (PrintedReference("INV/25-26/0101", date(2025, 10, 3)),),
        "reason": "Goods returned",
    }
    return bill(supply, **(given | changes))


def clinic_bill(**changes) -> PrintedDocument:
    supply = taxed(item("VIS", 1, "300.00", 0), item("ARN", 1, "95.00", 5))
    given: dict[str, Any] = {
        "title": DocumentTitle.INVOICE_CUM_BILL,
        "buyer": PrintedParty("Asha Zedkar", ("Pune 411004",), "Maharashtra", "27"),
    }
    return bill(supply, **(given | changes))


def composition_bill(**changes) -> PrintedDocument:
    supply = taxed(item("ARN", 2, "95.00", 5), is_composition=True)
    given = {"title": DocumentTitle.BILL_OF_SUPPLY, "is_composition": True}
    return bill(supply, **(given | changes))


def long_bill(count: int, **changes) -> PrintedDocument:
    refs = [("ARN", "72.38", 5), ("NUX", "80.00", 5), ("OIL", "84.75", 18)]
    lines = [item(*_cycled(refs[place % 3], place)) for place in range(count)]
    supply = taxed(*lines, mode=PriceMode.EXCLUSIVE)
    return bill(supply, **({"buyer": BUYER} | changes))


def _cycled(kind, place):
    ref, price, rate = kind
    return ref, 1 + place % 9, price, rate


def picture(width=512, height=512) -> bytes:
    file = io.BytesIO()
    Image.radial_gradient("L").resize((width, height)).save(file, "PNG")
    return file.getvalue()


def report(images=3, **changes) -> SessionReport:
    given: dict[str, Any] = {
        "clinic_name": "Demo Zed Clinic",
        "clinic_address": ("12 Laxmi Road", "Pune 411001", "Maharashtra"),
        "report_number": "SR-000042",
        "version": 1,
        "made_at": AT,
        "patient_name": "Asha Zedkar",
        "patient_number": "P-000017",
        "patient_birth_on": date(1988, 2, 29),
        "patient_sex": "Female",
        "session_number": "DEV01-20251003-0007",
        "modality": "US",
        "started_at": AT,
        "device": (
            PrintedFact("Model", "Handheld HS-2"),
            PrintedFact("Serial", "HS2-000123"),
            PrintedFact("Firmware", "4.1.0"),
        ),
        "session": (PrintedFact("Body part", "Thyroid"), PrintedFact("Frames", "148")),
        "measurements": (PrintedFact("Left lobe", "41.2 x 14.8 mm (calibrated by device)"),),
        "findings": "Both lobes of usual size and echo texture.\n\nNo focal lesion seen.",
        "images": tuple(
            KeyImage(
                picture(), f"Series 1, frame {place * 10}, W 400 L 40", (4, 3), is_lossy=place == 1
            )
            for place in range(images)
        ),
        "decision": PrintedDecision("Accepted", "Dr Charu Zenwal", AT, note="Good quality."),
        "signatory": "Dr Charu Zenwal",
    }
    return SessionReport(**(given | changes))


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    return "\n".join(pages(pdf))
