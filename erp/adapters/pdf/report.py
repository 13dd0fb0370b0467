"""A report of the books on A4: texts left, amounts right, sums bold, the head on every page."""

from dataclasses import replace
from decimal import Decimal

from erp.adapters.pdf.canvas import SOFT, Align, Canvas, line_height
from erp.adapters.pdf.paging import Block
from erp.adapters.pdf.sheets import (
    HALF,
    SMALL,
    TITLE,
    Text,
    draw_pages,
    letterhead,
    narrow_head,
    opening_block,
)
from erp.adapters.pdf.tables import BODY, LEFT, PAD, ROW_PAD, WIDTH, Column, head_block
from erp.core.formatting import group_amount, instant_text
from erp.services.accounting import PrintedReport, PrintedRow

INDENT = 4.0
WIDE, NARROW, DAY = 30.0, 25.0, 20.0
ROOMY_COLUMNS = 4


def render_report(report: PrintedReport) -> bytes:
    """Return the report as an A4 PDF."""
    with Canvas(report.made_at, f"{report.title} {report.about}") as canvas:
        mark = f"{report.title}  ·  {report.about}"
        running = narrow_head(canvas, report.issuer.name, mark)
        columns = _columns(report)
        head = head_block(canvas, columns)
        blocks = [replace(_row(canvas, columns, row), head=head) for row in report.rows]
        draw_pages(canvas, (_opening(canvas, report), running), blocks, report.title)
        return canvas.to_bytes()


def _columns(report: PrintedReport) -> list[Column[PrintedRow]]:
    """Return the columns: those without texts stand right; the last text takes what is left."""
    amounts = [
        at > 0 and not any(isinstance(row.cells[at], str) and row.cells[at] for row in report.rows)
        for at in range(len(report.columns))
    ]
    width = WIDE if sum(amounts) <= ROOMY_COLUMNS else NARROW
    widths = [width if is_amount else DAY for is_amount in amounts]
    texts = [at for at, is_amount in enumerate(amounts) if not is_amount] or [0]
    widths[texts[-1]] += WIDTH - sum(widths)
    return [
        Column(title, widths[at], _nothing, align=Align.RIGHT if amounts[at] else Align.LEFT)
        for at, title in enumerate(report.columns)
    ]


def _nothing(_place: int, _row: PrintedRow) -> str:
    return ""


def _row(canvas: Canvas, columns: list[Column[PrintedRow]], row: PrintedRow) -> Block:
    cells: list[list[str]] = []
    for column, cell in zip(columns, row.cells, strict=True):
        text = group_amount(cell) if isinstance(cell, Decimal) else cell or ""
        room = column.width - 2 * PAD - row.level * INDENT
        is_text = column.align is Align.LEFT
        cells.append(canvas.wrap(text, room, BODY, bold=row.is_bold, most=2) if is_text else [text])
    height = max(len(lines) for lines in cells) * line_height(BODY) + 2 * ROW_PAD

    def draw(y: float) -> None:
        x = LEFT
        for place, (column, lines) in enumerate(zip(columns, cells, strict=True)):
            shift = row.level * INDENT if place == 0 else 0
            for number, text in enumerate(lines):
                canvas.write(
                    text,
                    x + PAD + shift,
                    y + ROW_PAD + number * line_height(BODY),
                    BODY,
                    width=column.width - 2 * PAD - shift,
                    align=column.align,
                    bold=row.is_bold,
                )
            x += column.width
        canvas.rule(LEFT, y + height, WIDTH, weight=0.1)

    return Block(height, draw)


def _opening(canvas: Canvas, report: PrintedReport) -> Block:
    title = Text(canvas, HALF)
    title.add(report.title.upper(), TITLE, bold=True)
    title.add(report.about, 9.0, bold=True)
    facts = Text(canvas, WIDTH)
    made = instant_text(report.made_at, report.time_zone)
    facts.add(f"Made {made}. Amounts in rupees.", SMALL, grey=SOFT)
    return opening_block(canvas, letterhead(canvas, report.issuer), title, [facts])
