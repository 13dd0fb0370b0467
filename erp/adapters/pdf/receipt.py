"""The till's receipt on an 80 mm roll: as long as its content, in black, easy to tear and scan."""

from decimal import Decimal

import barcode

from erp.adapters.pdf.canvas import Align, Canvas
from erp.adapters.pdf.roll import BODY, INNER, LARGE, ROLL, SMALL, Roll
from erp.core.formatting import (
    date_text,
    expiry_text,
    group_amount,
    instant_text,
    money_text,
    plain_decimal,
)
from erp.services.billing.printing import COMPOSITION_WORDS, PrintedDocument, PrintedLine

UPI_SIZE, IRN_SIZE = 34.0, 60.0
TIMES = "\u00d7"
NO_UNIT = "NA"
"""Unit code of services, which have none to print."""


def render_receipt(document: PrintedDocument) -> bytes:
    """Return the document as a PDF for an 80 mm roll printer."""
    with Canvas(document.issued_at, f"{document.title} {document.number}") as canvas:
        roll = Roll(canvas)
        _head(roll, document)
        _parties(roll, document)
        for text in document.remarks:
            roll.line(text, SMALL)
        roll.cut()
        for place, line in enumerate(document.lines, start=1):
            _line(roll, document, place, line)
        roll.cut()
        _sums(roll, document)
        _tax_table(roll, document)
        _payment(roll, document)
        _foot(roll, document)
        return roll.print()


def _head(roll: Roll, document: PrintedDocument) -> None:
    seller = document.seller
    roll.line(seller.name, LARGE, align=Align.CENTRE, bold=True)
    contact = (f"Phone {seller.phone}",) if seller.phone else ()
    for text in (*seller.address, *contact):
        roll.line(text, SMALL, align=Align.CENTRE)
    if seller.gstin:
        roll.line(f"GSTIN {seller.gstin}", SMALL, align=Align.CENTRE, bold=True)
    if seller.drug_licence:
        roll.line(f"D.L. No. {seller.drug_licence}", SMALL, align=Align.CENTRE)
    roll.cut()
    if document.is_composition:
        roll.line(COMPOSITION_WORDS, SMALL, align=Align.CENTRE, bold=True)
    roll.line(document.title.upper(), 9.5, align=Align.CENTRE, bold=True)
    if document.cancelled:
        roll.line(f"CANCELLED {document.cancelled}", BODY, align=Align.CENTRE, bold=True)
    if document.is_duplicate:
        roll.line("DUPLICATE - REPRINT", BODY, align=Align.CENTRE, bold=True)


def _parties(roll: Roll, document: PrintedDocument) -> None:
    roll.pair(f"No. {document.number}", instant_text(document.issued_at, document.time_zone))
    for reference in document.references:
        dated = date_text(reference.dated_on)
        roll.pair(f"Against {reference.number}", f"dated {dated}", SMALL)
    if document.reason:
        roll.line(f"Reason: {document.reason}", SMALL)
    if document.register or document.cashier:
        roll.pair(document.register, document.cashier, SMALL)
    if document.buyer:
        roll.line(f"To: {document.buyer.name}", BODY, bold=True)
        for text in document.buyer.address:
            roll.line(text, SMALL)
        if document.buyer.gstin:
            roll.line(f"GSTIN {document.buyer.gstin}", SMALL)
    supplied = f"{document.place_of_supply_name} ({document.place_of_supply_code})"
    roll.line(f"Place of supply: {supplied}", SMALL)
    if document.endorsement:
        roll.line(document.endorsement, SMALL)
    charged = "Yes" if document.is_reverse_charge else "No"
    roll.line(f"Tax payable on reverse charge: {charged}", SMALL)


def _line(roll: Roll, document: PrintedDocument, place: int, line: PrintedLine) -> None:
    roll.line(f"{place}. {line.description}", BODY, bold=True)
    facts = [
        f"HSN {line.hsn}" if line.hsn else "",
        f"Batch {line.lot_number}" if line.lot_number else "",
        f"Exp {expiry_text(line.expires_on)}" if line.expires_on else "",
        f"MRP {group_amount(line.mrp)}" if line.mrp is not None else "",
    ]
    roll.line(" · ".join(filter(None, facts)), SMALL)
    amount = line.total if document.is_inclusive else line.taxable_value
    roll.pair(_priced(document, line), group_amount(amount))
    if line.discount:
        roll.line(f"less discount {group_amount(line.discount)}", SMALL)
    roll.gap(0.8)


def _priced(document: PrintedDocument, line: PrintedLine) -> str:
    free = f" + {plain_decimal(line.free_quantity)} free" if line.free_quantity else ""
    unit = "" if line.uqc == NO_UNIT else f" {line.uqc}"
    quantity = f"{plain_decimal(line.quantity)}{unit}{free}"
    price = group_amount(line.unit_price)
    if line.unit_price != line.unit_price.quantize(Decimal("0.01")):
        price = plain_decimal(line.unit_price)
    rate = f"GST {plain_decimal(line.gst_rate)}%" if line.is_taxable else "exempt"
    return f"{quantity} {TIMES} {price}" + (f" · {rate}" if document.bears_tax else "")


def _sums(roll: Roll, document: PrintedDocument) -> None:
    totals = document.totals
    named = [
        ("Gross", totals.gross, bool(totals.discount)),
        ("Discount", -totals.discount, bool(totals.discount)),
        ("Taxable value" if document.bears_tax else "Value", totals.taxable_value, True),
        ("CGST", totals.cgst, bool(totals.cgst)),
        (document.state_tax_head or "SGST", totals.sgst, bool(totals.sgst)),
        ("IGST", totals.igst, bool(totals.igst)),
        ("Round-off", totals.round_off, bool(totals.round_off)),
    ]
    for name, amount, is_shown in named:
        if is_shown:
            roll.pair(name, group_amount(amount))
    roll.gap(0.6)
    label = "CREDIT" if document.references else "TOTAL"
    roll.pair(label, money_text(totals.value), 12, bold=True)
    roll.line(document.words, SMALL)
    if document.saving:
        roll.gap(0.6)
        saving = f"You saved {money_text(document.saving)} on MRP"
        roll.line(saving, BODY, align=Align.CENTRE, bold=True)


def _tax_table(roll: Roll, document: PrintedDocument) -> None:
    if not document.bears_tax:
        return
    roll.cut()
    state = document.state_tax_head
    heads = ["CGST", str(state)] if state else ["IGST"]
    roll.columns(["GST rate", "Taxable", *heads], bold=True)
    rates: dict[str, list[Decimal]] = {}
    for row in document.tax_summary():
        rate = f"{plain_decimal(row.gst_rate)}%" if row.is_taxable else "Exempt"
        taxes = [row.cgst, row.sgst] if state else [row.igst]
        before = rates.get(rate, [Decimal(0)] * (1 + len(taxes)))
        rates[rate] = [
            sum(pair, Decimal(0)) for pair in zip(before, [row.taxable_value, *taxes], strict=True)
        ]
    for rate, amounts in rates.items():
        shown = _half(rate) if state else rate
        roll.columns([shown, *map(group_amount, amounts)])


def _half(rate: str) -> str:
    """Name both halves: each head bears its own rate."""
    if not rate.endswith("%") or rate == "0%":
        return rate
    half = plain_decimal(Decimal(rate[:-1]) / 2)
    return f"{half}% + {half}%"


def _payment(roll: Roll, document: PrintedDocument) -> None:
    if document.tenders:
        roll.cut()
    for tender in document.tenders:
        reference = f" ({tender.reference})" if tender.reference else ""
        roll.pair(f"{tender.method}{reference}", group_amount(tender.amount))
    if document.change_due:
        roll.pair("Change", group_amount(document.change_due), bold=True)
    if document.upi_link:
        roll.cut()
        roll.line("Scan to pay by UPI", BODY, align=Align.CENTRE, bold=True)
        _qr(roll, document.upi_link, UPI_SIZE)
    if document.signed_qr:
        roll.cut()
        roll.line(f"IRN {document.irn}", SMALL)
        _qr(roll, document.signed_qr, IRN_SIZE)


def _qr(roll: Roll, text: str, size: float) -> None:
    left = (ROLL - size) / 2
    roll.gap()
    roll.add(size + 1, lambda y: roll.canvas.qr(text, left, y, size))


def _foot(roll: Roll, document: PrintedDocument) -> None:
    roll.cut()
    for text in (*document.terms, document.declaration):
        roll.line(text, SMALL, align=Align.CENTRE)
    roll.gap()
    modules = barcode.get("code128", document.number).build()[0]
    width = min(INNER - 8, len(modules) * 0.33)
    roll.add(9, lambda y: roll.canvas.bars(modules, (ROLL - width) / 2, y, width, 8))
    roll.line(document.number, SMALL, align=Align.CENTRE)
