"""The A4 tax invoice, bill of supply, credit or debit note, in its marked copies."""

from collections.abc import Sequence

from erp.adapters.pdf.canvas import SOFT, Align, Canvas
from erp.adapters.pdf.invoice_frame import (
    SMALL,
    TOP,
    closing_block,
    opening_block,
    running_head,
    totals_block,
)
from erp.adapters.pdf.invoice_lines import LEFT, WIDTH, line_blocks, summary_blocks
from erp.adapters.pdf.paging import Block, paginate
from erp.services.billing.printing import Copy, PrintedDocument

A4_WIDTH, A4_HEIGHT = 210.0, 297.0
FOOT = 10.0
BOTTOM = A4_HEIGHT - FOOT - 2


def render_invoice(document: PrintedDocument, copies: Sequence[Copy] = ()) -> bytes:
    """Return the document as an A4 PDF, one run of pages per marked copy.

    Lines break over pages with the table head repeated and the totals carried and brought
    forward; each run counts its own pages.
    """
    with Canvas(document.issued_at, f"{document.title} {document.number}") as canvas:
        blocks = [
            *line_blocks(canvas, document),
            totals_block(canvas, document),
            *summary_blocks(canvas, document),
            Block(2, lambda _y: None),
            closing_block(canvas, document),
        ]
        for copy in copies or (None,):
            _render_copy(canvas, document, blocks, copy)
        return canvas.to_bytes()


def _render_copy(
    canvas: Canvas, document: PrintedDocument, blocks: list[Block], copy: Copy | None
) -> None:
    opening = opening_block(canvas, document, copy)
    running = running_head(canvas, document, copy)
    pages = paginate(blocks, BOTTOM - TOP - opening.height, BOTTOM - TOP - running.height)
    for number, page in enumerate(pages, start=1):
        canvas.add_page(A4_WIDTH, A4_HEIGHT)
        head = opening if number == 1 else running
        head.draw(TOP)
        page.draw(TOP + head.height)
        _foot(canvas, document, f"Page {number} of {len(pages)}")


def _foot(canvas: Canvas, document: PrintedDocument, count: str) -> None:
    y = A4_HEIGHT - FOOT
    canvas.rule(LEFT, y - 1, WIDTH)
    canvas.write(f"{document.title} {document.number}", LEFT, y, SMALL, grey=SOFT)
    canvas.write(count, LEFT, y, SMALL, width=WIDTH, align=Align.RIGHT, grey=SOFT)
