"""The A4 order to a supplier."""

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
    date_text,
    group_amount,
    group_number,
    instant_text,
    money_text,
    plain_decimal,
)
from erp.services.purchasing.printing import PrintedOrder, PrintedOrderLine

NAME = "Purchase order"
GAP = 4.0
Lines = Column[PrintedOrderLine]


def render_order(order: PrintedOrder) -> bytes:
    """Return the order as an A4 PDF; its mark stands at the top of every page."""
    with Canvas(order.asked_at, f"{NAME} {order.number}") as canvas:
        marks = [NAME, order.number, f"version {order.version}", order.mark.upper()]
        running = narrow_head(canvas, order.buyer.name, "  ·  ".join(filter(None, marks)))
        columns = _columns()
        head = head_block(canvas, columns)
        blocks = [
            replace(line_block(canvas, columns, place, line), head=head)
            for place, line in enumerate(order.lines, start=1)
        ]
        blocks += [_sums(canvas, order), closing_block(canvas, order.terms, order.buyer.name)]
        foot = f"{NAME} {order.number}, version {order.version}"
        draw_pages(canvas, (_opening(canvas, order), running), blocks, foot)
        return canvas.to_bytes()


def _columns() -> list[Lines]:
    fixed: list[Lines] = [
        Column("Quantity", 22, lambda _, line: group_number(line.quantity), _unit_note),
        Column("Price", 22, lambda _, line: price_text(line.price), lambda line: f"a {line.unit}"),
        Column("GST", 14, lambda _, line: f"{plain_decimal(line.gst_rate)}%"),
        Column("Value", 26, lambda _, line: group_amount(line.value)),
    ]
    return goods_columns(fixed)


def _unit_note(line: PrintedOrderLine) -> str:
    free = f" + {group_number(line.free_quantity)} free" if line.free_quantity else ""
    return f"{line.unit}{free}"


def _opening(canvas: Canvas, order: PrintedOrder) -> Block:
    issuer, title = letterhead(canvas, order.buyer), _title(canvas, order)
    return opening_block(canvas, issuer, title, _parties(canvas, order))


def _title(canvas: Canvas, order: PrintedOrder) -> Text:
    column = Text(canvas, HALF)
    column.add(NAME.upper(), TITLE, bold=True)
    column.add(order.mark.upper(), 10.0, bold=True, grey=INK)
    return column


def _parties(canvas: Canvas, order: PrintedOrder) -> list[Text]:
    supplier, width = order.supplier, WIDTH / 3 - GAP
    registered = f"GSTIN {supplier.gstin}" if supplier.gstin else "Unregistered"
    place = Text(canvas, width)
    place.add("DELIVER TO", SMALL, bold=True, grey=SOFT)
    place.add(order.deliver_to, 8.6, bold=True, most=2)
    for text in order.buyer.address:
        place.add(text)
    return [
        party_text(canvas, "Supplier", supplier, width, registered),
        place,
        _facts(canvas, order, width),
    ]


def _facts(canvas: Canvas, order: PrintedOrder, width: float) -> Text:
    column = Text(canvas, width)
    column.add("ORDER", SMALL, bold=True, grey=SOFT)
    column.add(f"No. {order.number}", 8.6, bold=True)
    column.add(f"Version {order.version}")
    column.add(f"Date {instant_text(order.asked_at, order.time_zone)}")
    expected = date_text(order.expected_on) if order.expected_on else ""
    column.add(f"Expected by {expected}" if expected else "", bold=True)
    column.add(order.approval)
    return column


def _sums(canvas: Canvas, order: PrintedOrder) -> Block:
    words = Text(canvas, WIDTH - 78)
    words.add("Amount in words", SMALL, grey=SOFT)
    words.add(order.words, 8.4, bold=True, most=3)
    sums = [("Goods", group_amount(order.taxable)), ("GST to expect", group_amount(order.tax))]
    return sums_block(canvas, words, sums, ("Order value", money_text(order.total)))
