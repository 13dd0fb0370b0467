"""What stands above and below the lines of an A4 bill: parties, sums, words, signature."""

from decimal import Decimal

from erp.adapters.pdf.canvas import FAINT, INK, SOFT, Align, Canvas, line_height
from erp.adapters.pdf.invoice_lines import LEFT, WIDTH
from erp.adapters.pdf.paging import Block
from erp.core.formatting import date_text, group_amount, instant_text, money_text
from erp.services.billing.printing import (
    COMPOSITION_WORDS,
    Copy,
    PrintedDocument,
    PrintedParty,
)

TOP = 9.0
BODY, SMALL, TITLE, NAME = 7.6, 6.8, 14.0, 12.0
HALF = (WIDTH - 6) / 2
SIGN_WIDTH, GAP = 52.0, 4.0
RIGHT = LEFT + WIDTH
UPI_SIZE, IRN_SIZE = 28.0, 46.0
"""An e-invoice code holds over a thousand characters and must still be scanned from paper."""

COUNTER_SALE = PrintedParty("Counter sale")

Row = tuple[str, float, bool, int]
"""A line of a column: text, letter size, bold, grey."""


class Column:
    """Lines below each other in a given width, drawn and measured the same way."""

    def __init__(self, canvas: Canvas, width: float) -> None:
        self._canvas = canvas
        self._width = width
        self._rows: list[Row] = []

    def add(
        self, text: str, size: float = BODY, *, bold: bool = False, grey: int = INK, most: int = 3
    ) -> None:
        """Add a text over as many lines as it needs."""
        for part in self._canvas.wrap(text, self._width, size, bold=bold, most=most):
            self._rows.append((part, size, bold, grey))

    @property
    def height(self) -> float:
        """Height of all lines."""
        return sum(line_height(size) for _, size, _, _ in self._rows)

    def draw(self, x: float, y: float, align: Align = Align.LEFT) -> None:
        """Draw the lines from the top."""
        for text, size, bold, grey in self._rows:
            width = self._width
            self._canvas.write(text, x, y, size, width=width, align=align, bold=bold, grey=grey)
            y += line_height(size)


def opening_block(canvas: Canvas, document: PrintedDocument, copy: Copy | None) -> Block:
    """Return the head of the first page."""
    seller, title = _seller(canvas, document), _title(canvas, document, copy)
    parties = _parties(canvas, document)
    notice = Column(canvas, WIDTH)
    for text in (document.endorsement, f"IRN {document.irn}" if document.irn else ""):
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


def _seller(canvas: Canvas, document: PrintedDocument) -> Column:
    seller, column = document.seller, Column(canvas, HALF + 14)
    column.add(seller.name, NAME, bold=True, most=2)
    for text in _address(seller):
        column.add(text, grey=SOFT)
    column.add(f"GSTIN {seller.gstin}" if seller.gstin else "", bold=True)
    for name, value in (("D.L. No.", seller.drug_licence), ("Phone", seller.phone)):
        column.add(f"{name} {value}" if value else "", SMALL, grey=SOFT)
    column.add(seller.email, SMALL, grey=SOFT)
    return column


def _title(canvas: Canvas, document: PrintedDocument, copy: Copy | None) -> Column:
    column = Column(canvas, HALF)
    if document.is_composition:
        column.add(COMPOSITION_WORDS, BODY, bold=True)
    column.add(document.title.upper(), TITLE, bold=True)
    if copy:
        column.add(copy.upper(), SMALL, grey=SOFT)
    if document.is_duplicate:
        column.add("DUPLICATE - REPRINT", BODY, bold=True)
    return column


def _address(party: PrintedParty) -> list[str]:
    state = f"{party.state_name} (state code {party.state_code})" if party.state_code else ""
    return [text for text in (*party.address, state) if text]


def _parties(canvas: Canvas, document: PrintedDocument) -> list[Column]:
    """Return buyer, consignee where it differs, and the document's own facts."""
    named = [("Bill to", document.buyer or COUNTER_SALE), ("Ship to", document.delivery)]
    present = [(name, party) for name, party in named if party]
    width = WIDTH / (len(present) + 1) - 4
    columns = []
    for name, party in present:
        column = Column(canvas, width)
        column.add(name.upper(), SMALL, bold=True, grey=SOFT)
        column.add(party.name, 8.6, bold=True, most=2)
        for text in _address(party):
            column.add(text)
        registered = f"GSTIN {party.gstin}" if party.gstin else "Unregistered"
        column.add(registered if party is not COUNTER_SALE else "", bold=True)
        column.add(f"D.L. No. {party.drug_licence}" if party.drug_licence else "", SMALL)
        column.add(f"Phone {party.phone}" if party.phone else "", SMALL)
        columns.append(column)
    return [*columns, _facts(canvas, document, width)]


def _facts(canvas: Canvas, document: PrintedDocument, width: float) -> Column:
    column = Column(canvas, width)
    column.add("DOCUMENT", SMALL, bold=True, grey=SOFT)
    column.add(f"No. {document.number}", 8.6, bold=True)
    column.add(f"Date {instant_text(document.issued_at, document.time_zone)}")
    for reference in document.references:
        dated = date_text(reference.dated_on)
        column.add(f"Against invoice {reference.number} dated {dated}", bold=True)
    column.add(f"Reason: {document.reason}" if document.reason else "")
    column.add(f"Due on {date_text(document.due_on)}" if document.due_on else "")
    supplied = f"{document.place_of_supply_name} ({document.place_of_supply_code})"
    column.add(f"Place of supply: {supplied}")
    charged = "Yes" if document.is_reverse_charge else "No"
    column.add(f"Tax payable on reverse charge: {charged}")
    return column


def running_head(canvas: Canvas, document: PrintedDocument, copy: Copy | None) -> Block:
    """Return the narrow head of every later page."""
    marks = [document.title, document.number, date_text_of(document)]
    marks += [copy] if copy else []
    marks += ["DUPLICATE - REPRINT"] if document.is_duplicate else []
    height = line_height(BODY) + 4

    def draw(y: float) -> None:
        width = WIDTH / 2
        canvas.write(document.seller.name, LEFT, y, BODY, width=width, bold=True)
        text = "  ·  ".join(marks)
        canvas.write(text, LEFT + width, y, BODY, width=width, align=Align.RIGHT, grey=SOFT)
        canvas.rule(LEFT, y + line_height(BODY) + 1.5, WIDTH, weight=0.4, grey=FAINT)

    return Block(height, draw)


def date_text_of(document: PrintedDocument) -> str:
    """Return the day of issue where the business is."""
    return instant_text(document.issued_at, document.time_zone)[:10]


def totals_block(canvas: Canvas, document: PrintedDocument) -> Block:
    """Return the words and payment details on the left, the sums on the right."""
    sums = _sums(document)
    words = Column(canvas, WIDTH - 78)
    words.add("Amount in words", SMALL, grey=SOFT)
    words.add(document.words, 8.4, bold=True, most=3)
    for tender in document.tenders:
        reference = f" ({tender.reference})" if tender.reference else ""
        words.add(f"Paid by {tender.method}{reference}: {money_text(tender.amount)}")
    if document.saving:
        words.add(f"You saved {money_text(document.saving)} on MRP")
    row, grand = line_height(BODY) + 0.6, 8.0
    height = max(len(sums) * row + grand, words.height) + 4

    def draw(y: float) -> None:
        top = y + 2
        words.draw(LEFT, top)
        for name, amount in sums:
            canvas.write(name, RIGHT - 70, top, BODY, width=34, grey=SOFT)
            canvas.write(amount, RIGHT - 35, top, BODY, width=34, align=Align.RIGHT)
            top += row
        canvas.box(RIGHT - 72, top, 72, grand - 1)
        canvas.write(_value_label(document), RIGHT - 70, top + 1.2, 9, width=30, bold=True)
        value = money_text(document.totals.value)
        canvas.write(value, RIGHT - 39, top + 0.9, 10.5, width=38, align=Align.RIGHT, bold=True)

    return Block(height, draw)


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
        _sign(canvas, document, top)

    return Block(height, draw)


def _terms(canvas: Canvas, document: PrintedDocument, width: float) -> Column:
    column = Column(canvas, width)
    if document.terms:
        column.add("Terms", SMALL, bold=True, grey=SOFT)
    for text in document.terms:
        column.add(text, SMALL)
    if document.declaration:
        column.add("Declaration", SMALL, bold=True, grey=SOFT)
        column.add(document.declaration, SMALL, most=8)
    return column


def _sign(canvas: Canvas, document: PrintedDocument, top: float) -> None:
    width, x = SIGN_WIDTH, RIGHT - SIGN_WIDTH
    name = f"For {document.seller.name}"
    canvas.write(name, x, top, BODY, width=width, align=Align.RIGHT, bold=True)
    canvas.rule(x, top + 19, width, grey=FAINT)
    canvas.write(
        document.signatory, x, top + 19.8, SMALL, width=width, align=Align.RIGHT, grey=SOFT
    )
