"""The table of lines on an A4 bill, with its columns, carried totals and tax summary."""

from dataclasses import replace
from decimal import Decimal

from erp.adapters.pdf.canvas import Align, Canvas, line_height
from erp.adapters.pdf.paging import Block
from erp.adapters.pdf.tables import (
    BODY,
    HEAD,
    LEFT,
    PAD,
    ROW_PAD,
    WIDTH,
    Column,
    head_block,
    line_block,
    price_text,
)
from erp.core.formatting import expiry_text, group_amount, plain_decimal
from erp.core.money import ZERO
from erp.services.billing.printing import PrintedDocument, PrintedLine, TaxSummaryRow

NO_UNIT = "NA"
"""Unit code of services, which have none to print."""


def line_blocks(canvas: Canvas, document: PrintedDocument) -> list[Block]:
    """Return a block per line, each knowing the totals carried below it."""
    columns = line_columns(document)
    head = head_block(canvas, columns)
    blocks, value, tax = [], ZERO, ZERO
    for place, line in enumerate(document.lines, start=1):
        value += line.taxable_value
        tax += line.tax
        block = line_block(canvas, columns, place, line)
        carried, brought = (
            _carried_block(canvas, f"{words} after line {place}", value, tax)
            for words in ("Carried forward", "Brought forward")
        )
        blocks.append(replace(block, head=head, carried=carried, brought=brought))
    return blocks


def line_columns(document: PrintedDocument) -> list[Column[PrintedLine]]:
    """Return the columns the document needs; the description takes the width left."""
    fixed = [
        Column("HSN/SAC", 15, lambda _, line: line.hsn, align=Align.LEFT),
        Column("Qty", 13, lambda _, line: plain_decimal(line.quantity), _quantity_note),
        Column("MRP", 13, lambda _, line: "" if line.mrp is None else group_amount(line.mrp)),
        Column(_price_title(document), 14, lambda _, line: price_text(line.unit_price)),
        Column("Discount", 13, lambda _, line: group_amount(line.discount)),
        Column("Taxable" if document.bears_tax else "Value", 17, _taxable),
    ]
    if document.bears_tax:
        fixed += _tax_columns(document)
        fixed.append(Column("Total", 18, lambda _, line: group_amount(line.total)))
    number: Column[PrintedLine] = Column("#", 6, lambda place, _: str(place), align=Align.LEFT)
    left = WIDTH - number.width - sum(column.width for column in fixed)
    name = Column(
        "Description of goods or services",
        left,
        lambda _, line: line.description,
        _lot_note,
        Align.LEFT,
        wraps=True,
    )
    return [number, name, *fixed]


def _tax_columns(document: PrintedDocument) -> list[Column[PrintedLine]]:
    state = document.state_tax_head
    if state is None:
        return [Column("IGST", 18, lambda _, line: group_amount(line.igst), _rate_note)]
    return [
        Column("CGST", 15, lambda _, line: group_amount(line.cgst), _half_rate_note),
        Column(str(state), 15, lambda _, line: group_amount(line.sgst), _half_rate_note),
    ]


def _price_title(document: PrintedDocument) -> str:
    return "Rate incl." if document.is_inclusive else "Rate"


def _taxable(_: int, line: PrintedLine) -> str:
    return group_amount(line.taxable_value)


def _quantity_note(line: PrintedLine) -> str:
    free = f" +{plain_decimal(line.free_quantity)} free" if line.free_quantity else ""
    return f"{'' if line.uqc == NO_UNIT else line.uqc}{free}"


def _lot_note(line: PrintedLine) -> str:
    facts = (
        f"Batch {line.lot_number}" if line.lot_number else "",
        f"Exp {expiry_text(line.expires_on)}" if line.expires_on else "",
        f"Mfr {line.maker}" if line.maker else "",
    )
    return " · ".join(filter(None, facts))


def _rate_note(line: PrintedLine) -> str:
    return f"@ {plain_decimal(line.gst_rate)}%" if line.is_taxable else "Exempt"


def _half_rate_note(line: PrintedLine) -> str:
    return f"@ {plain_decimal(line.gst_rate / 2)}%" if line.is_taxable else "Exempt"


def _carried_block(canvas: Canvas, words: str, value: Decimal, tax: Decimal) -> Block:
    height = line_height(BODY) + 2 * ROW_PAD
    sums = f"value {group_amount(value)}  ·  tax {group_amount(tax)}"
    text = f"{words}:  {sums}  ·  total {group_amount(value + tax)}"

    def draw(y: float) -> None:
        top = y + ROW_PAD
        canvas.write(
            text, LEFT + PAD, top, BODY, width=WIDTH - 2 * PAD, align=Align.RIGHT, bold=True
        )
        canvas.rule(LEFT, y + height, WIDTH, weight=0.3)

    return Block(height, draw)


def summary_blocks(canvas: Canvas, document: PrintedDocument) -> list[Block]:
    """Return the table of tax per HSN and rate as blocks; none where no tax is charged."""
    if not document.bears_tax:
        return []
    titles = _summary_titles(document)
    head = _summary_row(canvas, titles, is_bold=True, is_head=True)
    rows = [_summary_row(canvas, _summary_cells(document, row)) for row in document.tax_summary()]
    totals = document.totals
    heads = [totals.cgst, totals.sgst] if document.state_tax_head else [totals.igst]
    sums = ["Total", "", group_amount(totals.taxable_value)]
    for amount in heads:
        sums += ["", group_amount(amount)]
    sums.append(group_amount(sum(heads, ZERO)))
    rows.append(_summary_row(canvas, sums, is_bold=True))
    return [replace(row, head=head) for row in rows]


def _summary_titles(document: PrintedDocument) -> list[str]:
    heads = ["CGST", str(document.state_tax_head)] if document.state_tax_head else ["IGST"]
    named = [title for head in heads for title in (f"{head} rate", head)]
    return ["Tax summary: HSN/SAC", "GST rate", "Taxable value", *named, "Total tax"]


def _summary_cells(document: PrintedDocument, row: TaxSummaryRow) -> list[str]:
    is_split = document.state_tax_head is not None
    heads = [row.cgst, row.sgst] if is_split else [row.igst]
    each = row.gst_rate / 2 if is_split else row.gst_rate
    rate = f"{plain_decimal(each)}%" if row.is_taxable else "-"
    whole = f"{plain_decimal(row.gst_rate)}%" if row.is_taxable else "Exempt"
    cells = [row.hsn, whole, group_amount(row.taxable_value)]
    for amount in heads:
        cells += [rate, group_amount(amount)]
    return [*cells, group_amount(sum(heads, ZERO))]


def _summary_row(
    canvas: Canvas, texts: list[str], *, is_bold: bool = False, is_head: bool = False
) -> Block:
    first = 38.0
    width = (WIDTH - first) / (len(texts) - 1)
    height = line_height(HEAD) + 1.2

    def draw(y: float) -> None:
        if is_head:
            canvas.box(LEFT, y, WIDTH, height)
        for place, text in enumerate(texts):
            x = LEFT + (first + (place - 1) * width if place else 0)
            room = (width if place else first) - 2 * PAD
            align = Align.RIGHT if place else Align.LEFT
            canvas.write(text, x + PAD, y + 0.6, HEAD, width=room, align=align, bold=is_bold)
        canvas.rule(LEFT, y + height, WIDTH, weight=0.1)

    return Block(height, draw)
