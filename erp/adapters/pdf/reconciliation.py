"""The A4 bank reconciliation statement."""

from dataclasses import replace

from erp.adapters.pdf.canvas import SOFT, Align, Canvas
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
    sums_block,
)
from erp.adapters.pdf.tables import WIDTH, Column, head_block, line_block
from erp.core.formatting import counted, date_text, group_amount, instant_text, money_text
from erp.services.banking import OpenLine, PrintedReconciliation, Reconciliation

NAME = "Bank reconciliation statement"
SIDES = {"books": "In the books, not at the bank", "bank": "At the bank, not in the books"}


def render_reconciliation(paper: PrintedReconciliation) -> bytes:
    """Return the reconciliation as an A4 PDF."""
    found = paper.found
    with Canvas(paper.made_at, f"{NAME} {found.account}") as canvas:
        running = narrow_head(canvas, paper.issuer.name, f"{NAME}  ·  {found.account}")
        columns = _columns()
        head = head_block(canvas, columns)
        blocks = [
            replace(line_block(canvas, columns, place, line), head=head)
            for place, line in enumerate(found.lines, start=1)
        ]
        blocks.append(_sums(canvas, paper))
        draw_pages(canvas, (_opening(canvas, paper), running), blocks, NAME)
        return canvas.to_bytes()


def _columns() -> list[Column[OpenLine]]:
    left = Align.LEFT
    fixed: list[Column[OpenLine]] = [
        Column("Day", 22, lambda _, line: date_text(line.day), align=left),
        Column("Stands", 48, lambda _, line: SIDES[line.side], align=left),
    ]
    amounts: list[Column[OpenLine]] = [
        Column("Days", 14, lambda _, line: str(line.age_days)),
        Column("Amount", 30, lambda _, line: group_amount(line.amount)),
    ]
    width = WIDTH - sum(column.width for column in [*fixed, *amounts])
    text: Column[OpenLine] = Column(
        "Line", width, lambda _, line: line.text, None, left, wraps=True
    )
    return [*fixed, text, *amounts]


def _opening(canvas: Canvas, paper: PrintedReconciliation) -> Block:
    found = paper.found
    title = Text(canvas, HALF)
    title.add(NAME.upper(), TITLE, bold=True)
    title.add(f"As of {date_text(found.as_of)}", 9.0, bold=True)
    width = WIDTH / 2 - 4
    account = Text(canvas, width)
    account.add("ACCOUNT", SMALL, bold=True, grey=SOFT)
    account.add(found.account, bold=True)
    account.add(f"{found.bank_name}, {found.number}")
    facts = Text(canvas, width)
    facts.add("STATEMENT", SMALL, bold=True, grey=SOFT)
    facts.add(f"Made {instant_text(paper.made_at, paper.time_zone)}")
    if found.statement_until and found.statement_closing is not None:
        said = f"Bank statement until {date_text(found.statement_until)}"
        facts.add(f"{said}: {money_text(found.statement_closing)}")
    return opening_block(canvas, letterhead(canvas, paper.issuer), title, [account, facts])


def agreement(found: Reconciliation) -> str:
    """Say whether the bank's own statement has this balance."""
    if found.agrees is None or found.statement_closing is None:
        return "The bank has no statement that ends on this day."
    if found.agrees:
        return "It agrees with the bank's statement."
    return f"It does not agree: the bank says {money_text(found.statement_closing)}."


def _sums(canvas: Canvas, paper: PrintedReconciliation) -> Block:
    found = paper.found
    words = Text(canvas, WIDTH - 98)
    words.add(agreement(found), 8.6, bold=True)
    left_out = found.open_in_books + found.open_at_bank - len(found.lines)
    if left_out > 0:
        words.add(
            f"{counted(left_out, 'more line', 'more lines')} are in the exported list.", SMALL
        )
    sums = [
        ("Balance in the books", group_amount(found.per_books)),
        ("Not at the bank yet", group_amount(-found.not_at_bank)),
        ("Not in the books yet", group_amount(found.not_in_books)),
    ]
    return sums_block(canvas, words, sums, ("At the bank", money_text(found.per_bank)))
