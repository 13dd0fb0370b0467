"""The A4 tax invoice, bill of supply, credit or debit note, in its marked copies."""

from collections.abc import Sequence

from erp.adapters.pdf.canvas import Canvas
from erp.adapters.pdf.invoice_frame import (
    closing_block,
    opening_block,
    running_head,
    totals_block,
)
from erp.adapters.pdf.invoice_lines import line_blocks, summary_blocks
from erp.adapters.pdf.paging import Block
from erp.adapters.pdf.sheets import draw_pages
from erp.services.billing.printing import ChallanCopy, Copy, PrintedDocument


def render_invoice(document: PrintedDocument, copies: Sequence[Copy | ChallanCopy] = ()) -> bytes:
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
    canvas: Canvas, document: PrintedDocument, blocks: list[Block], copy: Copy | ChallanCopy | None
) -> None:
    opening = opening_block(canvas, document, copy)
    running = running_head(canvas, document, copy)
    draw_pages(canvas, (opening, running), blocks, f"{document.title} {document.number}")
