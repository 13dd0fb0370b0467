"""What every A4 document for trade is framed by: letterhead, parties, sums, signature, pages."""

from collections.abc import Sequence

from erp.adapters.pdf.canvas import FAINT, INK, SOFT, Align, Canvas, line_height
from erp.adapters.pdf.paging import Block, paginate
from erp.adapters.pdf.tables import LEFT, WIDTH
from erp.services.party import PrintedParty

A4_WIDTH, A4_HEIGHT = 210.0, 297.0
TOP, FOOT = 9.0, 10.0
BOTTOM = A4_HEIGHT - FOOT - 2
BODY, SMALL, TITLE, NAME = 7.6, 6.8, 14.0, 12.0
HALF = (WIDTH - 6) / 2
RIGHT = LEFT + WIDTH
SIGN_WIDTH = 52.0

Row = tuple[str, float, bool, int]
"""A line of a column: text, letter size, bold, grey."""


class Text:
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


def letterhead(canvas: Canvas, issuer: PrintedParty) -> Text:
    """Return who issues the document, large and with every registration."""
    column = Text(canvas, HALF + 14)
    column.add(issuer.name, NAME, bold=True, most=2)
    for text in address_of(issuer):
        column.add(text, grey=SOFT)
    column.add(f"GSTIN {issuer.gstin}" if issuer.gstin else "", bold=True)
    for name, value in (("D.L. No.", issuer.drug_licence), ("Phone", issuer.phone)):
        column.add(f"{name} {value}" if value else "", SMALL, grey=SOFT)
    column.add(issuer.email, SMALL, grey=SOFT)
    return column


def party_text(
    canvas: Canvas, heading: str, party: PrintedParty, width: float, registered: str
) -> Text:
    """Return a party with its address; `registered` are the words of its GST registration."""
    column = Text(canvas, width)
    column.add(heading.upper(), SMALL, bold=True, grey=SOFT)
    column.add(party.name, 8.6, bold=True, most=2)
    for text in address_of(party):
        column.add(text)
    column.add(registered, bold=True)
    column.add(f"D.L. No. {party.drug_licence}" if party.drug_licence else "", SMALL)
    column.add(f"Phone {party.phone}" if party.phone else "", SMALL)
    return column


def address_of(party: PrintedParty) -> list[str]:
    """Return the lines of an address with its state."""
    state = f"{party.state_name} (state code {party.state_code})" if party.state_code else ""
    return [text for text in (*party.address, state) if text]


def narrow_head(canvas: Canvas, issuer: str, marks: str) -> Block:
    """Return the head of every page but the first."""
    height = line_height(BODY) + 4

    def draw(y: float) -> None:
        width = WIDTH / 2
        canvas.write(issuer, LEFT, y, BODY, width=width, bold=True)
        canvas.write(marks, LEFT + width, y, BODY, width=width, align=Align.RIGHT, grey=SOFT)
        canvas.rule(LEFT, y + line_height(BODY) + 1.5, WIDTH, weight=0.4, grey=FAINT)

    return Block(height, draw)


def sums_block(
    canvas: Canvas, words: Text, sums: Sequence[tuple[str, str]], whole: tuple[str, str]
) -> Block:
    """Return words on the left and sums on the right, the `whole` in a box below them."""
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
        label, value = whole
        canvas.write(label, RIGHT - 70, top + 1.2, 9, width=30, bold=True)
        canvas.write(value, RIGHT - 39, top + 0.9, 10.5, width=38, align=Align.RIGHT, bold=True)

    return Block(height, draw)


def opening_block(canvas: Canvas, issuer: Text, title: Text, parts: Sequence[Text]) -> Block:
    """Return the head of the first page: issuer and title, and below them parts side by side."""
    upper = max(issuer.height, title.height) + 4.5
    height = upper + max(part.height for part in parts) + 4.5

    def draw(y: float) -> None:
        issuer.draw(LEFT, y)
        title.draw(RIGHT - HALF, y, Align.RIGHT)
        canvas.rule(LEFT, y + upper - 2.5, WIDTH, weight=0.4, grey=FAINT)
        for place, part in enumerate(parts):
            part.draw(LEFT + place * WIDTH / len(parts), y + upper)

    return Block(height, draw)


def closing_block(canvas: Canvas, terms: Sequence[str], issuer: str) -> Block:
    """Return the numbered terms, and beside them the place to sign for the issuer."""
    column = Text(canvas, WIDTH - SIGN_WIDTH - 4)
    column.add("Terms", SMALL, bold=True, grey=SOFT)
    for place, text in enumerate(terms, start=1):
        column.add(f"{place}. {text}", BODY, most=8)
    height = max(column.height, 26.0) + 4

    def draw(y: float) -> None:
        canvas.rule(LEFT, y + 1, WIDTH)
        column.draw(LEFT, y + 3)
        sign(canvas, issuer, "Authorised signatory", y + 3)

    return Block(height, draw)


def sign(canvas: Canvas, issuer: str, signatory: str, top: float) -> None:
    """Draw the place to sign."""
    width, x = SIGN_WIDTH, RIGHT - SIGN_WIDTH
    name = f"For {issuer}"
    canvas.write(name, x, top, BODY, width=width, align=Align.RIGHT, bold=True)
    canvas.rule(x, top + 19, width, grey=FAINT)
    canvas.write(signatory, x, top + 19.8, SMALL, width=width, align=Align.RIGHT, grey=SOFT)


def draw_pages(
    canvas: Canvas, heads: tuple[Block, Block], blocks: Sequence[Block], foot: str
) -> None:
    """Draw a document's pages, each with its number; `heads` are of the first and of the others."""
    opening, running = heads
    pages = paginate(blocks, BOTTOM - TOP - opening.height, BOTTOM - TOP - running.height)
    for number, page in enumerate(pages, start=1):
        canvas.add_page(A4_WIDTH, A4_HEIGHT)
        head = opening if number == 1 else running
        head.draw(TOP)
        page.draw(TOP + head.height)
        y = A4_HEIGHT - FOOT
        count = f"Page {number} of {len(pages)}"
        canvas.rule(LEFT, y - 1, WIDTH)
        canvas.write(foot, LEFT, y, SMALL, grey=SOFT)
        canvas.write(count, LEFT, y, SMALL, width=WIDTH, align=Align.RIGHT, grey=SOFT)
