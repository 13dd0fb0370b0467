"""The A4 delivery challan, in the three copies of the rule."""

from dataclasses import replace

from erp.adapters.pdf.canvas import FAINT, INK, SOFT, Align, Canvas
from erp.adapters.pdf.paging import Block
from erp.adapters.pdf.sheets import (
    BODY,
    HALF,
    RIGHT,
    SIGN_WIDTH,
    SMALL,
    TITLE,
    Text,
    draw_pages,
    letterhead,
    narrow_head,
    party_text,
    sign,
    sums_block,
)
from erp.adapters.pdf.tables import LEFT, WIDTH, Column, goods_columns, head_block, line_block
from erp.core.formatting import (
    amount_in_words,
    date_text,
    expiry_text,
    group_amount,
    group_count,
    instant_text,
    money_text,
)
from erp.services.inventory.printing import PrintedChallan, PrintedGoods

NAME = "Delivery challan"
COPIES = ("Original for consignee", "Duplicate for transporter", "Triplicate for consigner")
"""Source: CGST Rules r.55(2)."""
GAP = 4.0
Goods = Column[PrintedGoods]


def render_challan(challan: PrintedChallan) -> bytes:
    """Return the challan as an A4 PDF, one marked run of pages per copy."""
    with Canvas(challan.issued_at, f"{NAME} {challan.number}") as canvas:
        columns = _columns()
        head = head_block(canvas, columns)
        for copy in COPIES:
            running = narrow_head(
                canvas, challan.consigner.name, f"{NAME}  ·  {challan.number}  ·  {copy}"
            )
            blocks = [
                replace(line_block(canvas, columns, place, line), head=head)
                for place, line in enumerate(challan.lines, start=1)
            ]
            blocks += [_sums(canvas, challan), _closing(canvas, challan)]
            foot = f"{NAME} {challan.number}, {copy.lower()}"
            draw_pages(canvas, (_opening(canvas, challan, copy), running), blocks, foot)
        return canvas.to_bytes()


def _columns() -> list[Goods]:
    fixed: list[Goods] = [
        Column("Batch", 26, lambda _, line: line.lot_number, align=Align.LEFT),
        Column(
            "Expiry",
            18,
            lambda _, line: expiry_text(line.expires_on) if line.expires_on else "\u2013",
        ),
        Column("MRP", 20, lambda _, line: group_amount(line.mrp)),
        Column("Quantity", 20, lambda _, line: group_count(line.quantity), lambda line: line.unit),
        Column("Taxable value", 26, lambda _, line: group_amount(line.value)),
    ]
    return goods_columns(fixed)


def _opening(canvas: Canvas, challan: PrintedChallan, copy: str) -> Block:
    issuer, title = letterhead(canvas, challan.consigner), _title(canvas, copy)
    parts = _parts(canvas, challan)
    upper = max(issuer.height, title.height) + 4.5
    height = upper + max(part.height for part in parts) + 4.5

    def draw(y: float) -> None:
        issuer.draw(LEFT, y)
        title.draw(RIGHT - HALF, y, Align.RIGHT)
        canvas.rule(LEFT, y + upper - 2.5, WIDTH, weight=0.4, grey=FAINT)
        for place, part in enumerate(parts):
            part.draw(LEFT + place * WIDTH / len(parts), y + upper)

    return Block(height, draw)


def _title(canvas: Canvas, copy: str) -> Text:
    column = Text(canvas, HALF)
    column.add(NAME.upper(), TITLE, bold=True)
    column.add(copy, SMALL, grey=SOFT)
    column.add("Not a tax invoice", SMALL, grey=INK)
    return column


def _parts(canvas: Canvas, challan: PrintedChallan) -> list[Text]:
    consignee, width = challan.consignee, WIDTH / 3 - GAP
    registered = f"GSTIN {consignee.gstin}" if consignee.gstin else "Unregistered"
    way = Text(canvas, width)
    way.add("MOVEMENT", SMALL, bold=True, grey=SOFT)
    way.add(f"From {challan.from_place}", most=2)
    way.add(f"To {challan.to_place}", most=2)
    way.add(f"E-way bill {challan.way_bill}" if challan.way_bill else "", bold=True)
    way.add(f"By {challan.transport}" if challan.transport else "", most=2)
    way.add(challan.reason, SMALL, most=3)
    return [
        party_text(canvas, "Consignee", consignee, width, registered),
        way,
        _facts(canvas, challan, width),
    ]


def _facts(canvas: Canvas, challan: PrintedChallan, width: float) -> Text:
    column = Text(canvas, width)
    column.add("CHALLAN", SMALL, bold=True, grey=SOFT)
    column.add(f"No. {challan.number}", 8.6, bold=True)
    column.add(f"Date {instant_text(challan.issued_at, challan.time_zone)}")
    column.add(f"Expected by {date_text(challan.expected_on)}" if challan.expected_on else "")
    supply = challan.consignee
    if supply.state_code:
        column.add(f"Place of supply {supply.state_name} ({supply.state_code})")
    return column


def _sums(canvas: Canvas, challan: PrintedChallan) -> Block:
    words = Text(canvas, WIDTH - 78)
    words.add("Value in words", SMALL, grey=SOFT)
    words.add(amount_in_words(challan.value), 8.4, bold=True, most=3)
    sums = [("Units", group_count(challan.units)), ("Tax (not a supply)", "Nil")]
    return sums_block(canvas, words, sums, ("Taxable value", money_text(challan.value)))


def _closing(canvas: Canvas, challan: PrintedChallan) -> Block:
    notes = Text(canvas, WIDTH - SIGN_WIDTH - GAP)
    notes.add("Remarks", SMALL, bold=True, grey=SOFT)
    notes.add(challan.note or "None", BODY, most=6)
    notes.add("Goods checked and received in good order", SMALL, grey=SOFT)
    notes.add("Name, signature and date of the consignee:", BODY)
    height = max(notes.height, 26.0) + 4

    def draw(y: float) -> None:
        canvas.rule(LEFT, y + 1, WIDTH)
        notes.draw(LEFT, y + 3)
        sign(canvas, challan.consigner.name, "Authorised signatory", y + 3)

    return Block(height, draw)
