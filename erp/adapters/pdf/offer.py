"""The A4 quotation or order confirmation for a customer."""

from dataclasses import replace

from erp.adapters.pdf.canvas import INK, SOFT, Canvas
from erp.adapters.pdf.paging import Block
from erp.adapters.pdf.sheets import (
    HALF,
    SMALL,
    TITLE,
    Text,
    closing_block,
    draw_pages,
    letterhead,
    narrow_head,
    opening_block,
    party_text,
    sums_block,
)
from erp.adapters.pdf.tables import WIDTH, Column, goods_columns, head_block, line_block, price_text
from erp.core.formatting import (
    group_amount,
    group_count,
    instant_text,
    money_text,
    plain_decimal,
)
from erp.services.sales.printing import PrintedOffer, PrintedOfferLine

Lines = Column[PrintedOfferLine]


def render_offer(offer: PrintedOffer) -> bytes:
    """Return the offer as an A4 PDF; its mark stands at the top of every page."""
    with Canvas(offer.made_at, f"{offer.title} {offer.number}") as canvas:
        marks = [offer.title, offer.number, f"version {offer.version}", offer.mark.upper()]
        running = narrow_head(canvas, offer.seller.name, "  ·  ".join(filter(None, marks)))
        columns = _columns(offer)
        head = head_block(canvas, columns)
        blocks = [
            replace(line_block(canvas, columns, place, line), head=head)
            for place, line in enumerate(offer.lines, start=1)
        ]
        blocks += [_sums(canvas, offer), closing_block(canvas, offer.terms, offer.seller.name)]
        foot = f"{offer.title} {offer.number}, version {offer.version}"
        draw_pages(canvas, (_opening(canvas, offer), running), blocks, foot)
        return canvas.to_bytes()


def _columns(offer: PrintedOffer) -> list[Lines]:
    price = "Price with GST" if offer.has_tax else "Price"
    fixed: list[Lines] = [
        Column("Quantity", 22, lambda _, line: group_count(line.quantity), _unit_note),
        Column(price, 24, lambda _, line: price_text(line.price), _less),
        Column("GST", 14, lambda _, line: f"{plain_decimal(line.gst_rate)}%"),
        Column("Amount", 26, lambda _, line: group_amount(line.total)),
    ]
    return goods_columns(fixed)


def _unit_note(line: PrintedOfferLine) -> str:
    free = f" + {group_count(line.free_quantity)} free" if line.free_quantity else ""
    packed = f"{line.ordered_quantity} {line.ordered_unit}, " if line.ordered_unit else ""
    return f"{packed}{line.unit}{free}"


def _less(line: PrintedOfferLine) -> str:
    percent = line.discount_percent
    return f"less {plain_decimal(percent)}%" if percent else f"a {line.unit}"


def _opening(canvas: Canvas, offer: PrintedOffer) -> Block:
    title = Text(canvas, HALF)
    title.add(offer.title.upper(), TITLE, bold=True)
    title.add(offer.mark.upper(), 10.0, bold=True, grey=INK)
    width = WIDTH / 2 - 4
    customer = offer.customer
    registered = f"GSTIN {customer.gstin}" if customer.gstin else "Unregistered"
    parts = [
        party_text(canvas, "Customer", customer, width, registered),
        _facts(canvas, offer, width),
    ]
    return opening_block(canvas, letterhead(canvas, offer.seller), title, parts)


def _facts(canvas: Canvas, offer: PrintedOffer, width: float) -> Text:
    column = Text(canvas, width)
    column.add(offer.title.upper(), SMALL, bold=True, grey=SOFT)
    column.add(f"No. {offer.number}", 8.6, bold=True)
    column.add(f"Version {offer.version}")
    column.add(f"Date {instant_text(offer.made_at, offer.time_zone)}")
    for fact in offer.facts:
        column.add(fact)
    return column


def _sums(canvas: Canvas, offer: PrintedOffer) -> Block:
    words = Text(canvas, WIDTH - 78)
    words.add("Amount in words", SMALL, grey=SOFT)
    words.add(offer.words, 8.4, bold=True, most=3)
    sums = [(name, group_amount(amount)) for name, amount in offer.sums]
    return sums_block(canvas, words, sums, ("Total", money_text(offer.total)))
