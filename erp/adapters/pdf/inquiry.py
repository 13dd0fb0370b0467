"""The A4 request for quotation to a supplier, with room for the answer."""

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
)
from erp.adapters.pdf.tables import WIDTH, Column, goods_columns, head_block, line_block
from erp.core.formatting import date_text, group_number, instant_text
from erp.services.purchasing.printing import PrintedRequest, PrintedRequestLine

NAME = "Request for quotation"
ASKED = ("Price", "Free", "MRP", "Days")
"""Columns that the supplier fills in."""
Lines = Column[PrintedRequestLine]


def render_inquiry(request: PrintedRequest) -> bytes:
    """Return the request as an A4 PDF; its mark stands at the top of every page."""
    with Canvas(request.asked_at, f"{NAME} {request.number}") as canvas:
        marks = [NAME, request.number, request.mark.upper()]
        running = narrow_head(canvas, request.buyer.name, "  ·  ".join(filter(None, marks)))
        columns = _columns()
        head = head_block(canvas, columns)
        blocks = [
            replace(line_block(canvas, columns, place, line), head=head)
            for place, line in enumerate(request.lines, start=1)
        ]
        blocks.append(closing_block(canvas, request.terms, request.buyer.name))
        opening = _opening(canvas, request)
        draw_pages(canvas, (opening, running), blocks, f"{NAME} {request.number}")
        return canvas.to_bytes()


def _columns() -> list[Lines]:
    blanks: list[Lines] = [Column(name, 19, lambda _place, _line: "") for name in ASKED]
    quantity: Lines = Column(
        "Quantity", 22, lambda _, line: group_number(line.quantity), lambda line: line.unit
    )
    return goods_columns([quantity, *blanks])


def _opening(canvas: Canvas, request: PrintedRequest) -> Block:
    title = Text(canvas, HALF)
    title.add(NAME.upper(), TITLE, bold=True)
    title.add(request.mark.upper(), 10.0, bold=True, grey=INK)
    supplier, width = request.supplier, WIDTH / 2 - 4
    registered = f"GSTIN {supplier.gstin}" if supplier.gstin else "Unregistered"
    parts = [
        party_text(canvas, "To", supplier, width, registered),
        _facts(canvas, request, width),
    ]
    return opening_block(canvas, letterhead(canvas, request.buyer), title, parts)


def _facts(canvas: Canvas, request: PrintedRequest, width: float) -> Text:
    column = Text(canvas, width)
    column.add("REQUEST", SMALL, bold=True, grey=SOFT)
    column.add(f"No. {request.number}", 8.6, bold=True)
    column.add(f"Date {instant_text(request.asked_at, request.time_zone)}")
    column.add(f"Answer by {date_text(request.answer_by)}", bold=True)
    column.add(f"Needed by {date_text(request.needed_by)}" if request.needed_by else "")
    return column
