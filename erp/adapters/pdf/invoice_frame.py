"""What stands above and below the lines of an A4 bill: parties, sums, words, signature."""

from decimal import Decimal

from erp.adapters.pdf.canvas import FAINT, SOFT, Align, Canvas
from erp.adapters.pdf.paging import Block
from erp.adapters.pdf.sheets import (
    BODY,
    HALF,
    RIGHT,
    SIGN_WIDTH,
    SMALL,
    TITLE,
    Text,
    letterhead,
    narrow_head,
    party_text,
    sign,
    sums_block,
)
from erp.adapters.pdf.tables import LEFT, WIDTH
from erp.core.formatting import date_text, group_amount, instant_text, money_text
from erp.services.billing.printing import (
    COMPOSITION_WORDS,
    ChallanCopy,
    Copy,
    PrintedDocument,
)
from erp.services.party import PrintedParty

GAP = 4.0
UPI_SIZE, IRN_SIZE = 28.0, 46.0
"""An e-invoice code holds over a thousand characters and must still be scanned from paper."""

COUNTER_SALE = PrintedParty("Counter sale")


def opening_block(
    canvas: Canvas, document: PrintedDocument, copy: Copy | ChallanCopy | None
) -> Block:
    """Return the head of the first page."""
    seller, title = letterhead(canvas, document.seller), _title(canvas, document, copy)
    parties = _parties(canvas, document)
    notice = Text(canvas, WIDTH)
    for text in (document.endorsement, document.portal_notice, *portal_marks(document)):
        notice.add(text, SMALL, bold=True)
    upper = max(seller.height, title.height) + 4.5
    parted = max(column.height for column in parties) + 3
    height = upper + parted + notice.height + 1.5

    def draw(y: float) -> None:
        seller.draw(LEFT, y)
        title.draw(RIGHT - HALF, y, Align.RIGHT)
        canvas.rule(LEFT, y + upper - 2.5, WIDTH, weight=0.4, grey=FAINT)
        room = WIDTH / len(parties)
        for place, column in enumerate(parties):
            column.draw(LEFT + place * room, y + upper)
        notice.draw(LEFT, y + upper + parted)

    return Block(height, draw)


def portal_marks(document: PrintedDocument) -> list[str]:
    """Return what the portals gave: reference number, acknowledgement, way bill."""
    return [
        *([f"IRN {document.irn}"] if document.irn else []),
        *([f"Acknowledgement {document.acknowledgement}"] if document.acknowledgement else []),
        *([f"E-way bill {document.way_bill}"] if document.way_bill else []),
    ]


def _title(canvas: Canvas, document: PrintedDocument, copy: Copy | ChallanCopy | None) -> Text:
    column = Text(canvas, HALF)
    if document.is_composition:
        column.add(COMPOSITION_WORDS, BODY, bold=True)
    column.add(document.title.upper(), TITLE, bold=True)
    if copy:
        column.add(copy.upper(), SMALL, grey=SOFT)
    if document.cancelled:
        column.add("CANCELLED", TITLE, bold=True)
        column.add(document.cancelled, SMALL, most=3)
    if document.is_duplicate:
        column.add("DUPLICATE - REPRINT", BODY, bold=True)
    return column


def _parties(canvas: Canvas, document: PrintedDocument) -> list[Text]:
    """Return buyer, consignee where it differs, and the document's own facts."""
    buyer = document.buyer or COUNTER_SALE
    named = [(document.buyer_heading, buyer), ("Ship to", document.delivery)]
    present = [(name, party) for name, party in named if party]
    width = WIDTH / (len(present) + 1) - 4
    columns: list[Text] = []
    for name, party in present:
        registered = f"GSTIN {party.gstin}" if party.gstin else "Unregistered"
        columns.append(
            party_text(canvas, name, party, width, "" if party is COUNTER_SALE else registered)
        )
    return [*columns, _facts(canvas, document, width)]


def _facts(canvas: Canvas, document: PrintedDocument, width: float) -> Text:
    column = Text(canvas, width)
    column.add("DOCUMENT", SMALL, bold=True, grey=SOFT)
    column.add(f"No. {document.number}", 8.6, bold=True)
    column.add(f"Date {instant_text(document.issued_at, document.time_zone)}")
    for reference in document.references:
        dated = date_text(reference.dated_on)
        column.add(f"Against invoice {reference.number} dated {dated}", bold=True)
    column.add(f"Reason: {document.reason}" if document.reason else "")
    column.add(f"Due on {date_text(document.due_on)}" if document.due_on else "")
    for text in document.remarks:
        column.add(text)
    supplied = f"{document.place_of_supply_name} ({document.place_of_supply_code})"
    column.add(f"Place of supply: {supplied}")
    charged = "Yes" if document.is_reverse_charge else "No"
    column.add(f"Tax payable on reverse charge: {charged}")
    return column


def running_head(
    canvas: Canvas, document: PrintedDocument, copy: Copy | ChallanCopy | None
) -> Block:
    """Return the narrow head of every later page."""
    marks = [document.title, document.number, date_text_of(document)]
    marks += [copy] if copy else []
    marks += ["CANCELLED"] if document.cancelled else []
    marks += ["DUPLICATE - REPRINT"] if document.is_duplicate else []
    return narrow_head(canvas, document.seller.name, "  ·  ".join(marks))


def date_text_of(document: PrintedDocument) -> str:
    """Return the day of issue where the business is."""
    return instant_text(document.issued_at, document.time_zone)[:10]


def totals_block(canvas: Canvas, document: PrintedDocument) -> Block:
    """Return the words and payment details on the left, the sums on the right."""
    sums = _sums(document)
    words = Text(canvas, WIDTH - 78)
    words.add("Amount in words", SMALL, grey=SOFT)
    words.add(document.words, 8.4, bold=True, most=3)
    for tender in document.tenders:
        reference = f" ({tender.reference})" if tender.reference else ""
        words.add(f"Paid by {tender.method}{reference}: {money_text(tender.amount)}")
    if document.saving:
        words.add(f"You saved {money_text(document.saving)} on MRP")
    return sums_block(
        canvas, words, sums, (_value_label(document), money_text(document.totals.value))
    )


def _value_label(document: PrintedDocument) -> str:
    if document.references:
        return "Note value"
    return "Invoice value" if document.bears_tax else "Total value"


def _sums(document: PrintedDocument) -> list[tuple[str, str]]:
    totals = document.totals
    state = document.state_tax_head
    rows: list[tuple[str, Decimal, bool]] = [
        ("Gross amount", totals.gross, bool(totals.discount)),
        ("Discount", -totals.discount, bool(totals.discount)),
        ("Taxable value" if document.bears_tax else "Value", totals.taxable_value, True),
        ("CGST", totals.cgst, document.bears_tax and state is not None),
        (str(state), totals.sgst, document.bears_tax and state is not None),
        ("IGST", totals.igst, document.bears_tax and state is None),
        ("Round-off", totals.round_off, bool(totals.round_off)),
    ]
    return [(name, group_amount(amount)) for name, amount, is_shown in rows if is_shown]


def closing_block(canvas: Canvas, document: PrintedDocument) -> Block:
    """Return terms and declaration, the codes to scan, and the place to sign."""
    codes = [
        (name, text, size)
        for name, text, size in (
            ("Scan to pay by UPI", document.upi_link, UPI_SIZE),
            ("E-invoice", document.signed_qr, IRN_SIZE),
        )
        if text
    ]
    taken = SIGN_WIDTH + GAP + sum(size + GAP for _, _, size in codes)
    terms = _terms(canvas, document, WIDTH - taken)
    tallest = max((size + 5 for _, _, size in codes), default=26.0)
    height = max(terms.height, tallest) + 4

    def draw(y: float) -> None:
        canvas.rule(LEFT, y + 1, WIDTH)
        top, x = y + 3, RIGHT - taken + GAP
        terms.draw(LEFT, top)
        for name, text, size in codes:
            canvas.qr(text, x, top, size)
            below = top + size + 0.8
            canvas.write(name, x, below, SMALL, width=size, align=Align.CENTRE, grey=SOFT)
            x += size + GAP
        sign(canvas, document.seller.name, document.signatory, top)

    return Block(height, draw)


def _terms(canvas: Canvas, document: PrintedDocument, width: float) -> Text:
    column = Text(canvas, width)
    if document.terms:
        column.add("Terms", SMALL, bold=True, grey=SOFT)
    for text in document.terms:
        column.add(text, SMALL)
    if document.declaration:
        column.add("Declaration", SMALL, bold=True, grey=SOFT)
        column.add(document.declaration, SMALL, most=8)
    return column
