"""The A4 statement of account."""

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
    party_text,
    sums_block,
)
from erp.adapters.pdf.tables import WIDTH, Column, head_block, line_block
from erp.core.formatting import date_text, group_amount, instant_text, money_text
from erp.services.payments import PrintedStatement, StatementLine

NAME = "Statement of account"
Lines = Column[StatementLine]


def render_statement(statement: PrintedStatement) -> bytes:
    """Return the statement as an A4 PDF."""
    with Canvas(statement.made_at, f"{NAME} {statement.party.name}") as canvas:
        running = narrow_head(canvas, statement.issuer.name, f"{NAME}  ·  {statement.party.name}")
        columns = _columns()
        head = head_block(canvas, columns)
        blocks = [
            replace(line_block(canvas, columns, place, line), head=head)
            for place, line in enumerate(statement.lines, start=1)
        ]
        blocks.append(_sums(canvas, statement))
        draw_pages(canvas, (_opening(canvas, statement), running), blocks, NAME)
        return canvas.to_bytes()


def _columns() -> list[Lines]:
    day: Lines = Column("Day", 22, lambda _, line: date_text(line.day), align=Align.LEFT)
    amounts: list[Lines] = [
        Column("Debit", 28, lambda _, line: group_amount(line.debit) if line.debit else ""),
        Column("Credit", 28, lambda _, line: group_amount(line.credit) if line.credit else ""),
        Column("Balance", 30, lambda _, line: group_amount(line.balance)),
    ]
    width = WIDTH - day.width - sum(column.width for column in amounts)
    entry: Lines = Column(
        "Entry", width, lambda _, line: line.narration, None, Align.LEFT, wraps=True
    )
    return [day, entry, *amounts]


def _opening(canvas: Canvas, statement: PrintedStatement) -> Block:
    title = Text(canvas, HALF)
    title.add(NAME.upper(), TITLE, bold=True)
    days = f"{date_text(statement.from_day)} to {date_text(statement.to_day)}"
    title.add(days, 9.0, bold=True)
    width = WIDTH / 2 - 4
    party = statement.party
    registered = f"GSTIN {party.gstin}" if party.gstin else "Unregistered"
    facts = Text(canvas, width)
    facts.add("STATEMENT", SMALL, bold=True, grey=SOFT)
    facts.add(f"Made {instant_text(statement.made_at, statement.time_zone)}")
    facts.add(f"Opening balance {money_text(statement.opening)}", bold=True)
    parts = [party_text(canvas, "Account of", party, width, registered), facts]
    return opening_block(canvas, letterhead(canvas, statement.issuer), title, parts)


def _sums(canvas: Canvas, statement: PrintedStatement) -> Block:
    words = Text(canvas, WIDTH - 78)
    words.add(statement.words, 8.6, bold=True, most=3)
    words.add("Tell us within seven days if an entry is not as you know it.", SMALL, grey=SOFT)
    sums = [(name, group_amount(amount)) for name, amount in statement.standing]
    return sums_block(canvas, words, sums, ("Closing", money_text(statement.closing)))
