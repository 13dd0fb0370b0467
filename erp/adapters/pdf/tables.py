"""Tables of lines on A4 documents: columns, a head that repeats, rows with small notes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

from erp.adapters.pdf.canvas import INK, SOFT, Align, Canvas, line_height
from erp.adapters.pdf.paging import Block
from erp.core.formatting import group_amount, plain_decimal

LEFT, WIDTH = 9.0, 192.0
PAD = 1.0
BODY, SMALL, HEAD = 7.2, 6.2, 6.6
ROW_PAD = 0.9

Line = TypeVar("Line")


class LineOfGoods(Protocol):
    """What every line of goods says."""

    @property
    def description(self) -> str:
        """Name, potency and pack."""

    @property
    def sku(self) -> str:
        """Our own code."""

    @property
    def hsn(self) -> str:
        """Code of the tax tariff."""


Goods = TypeVar("Goods", bound=LineOfGoods)


@dataclass(frozen=True, slots=True)
class Column(Generic[Line]):
    """A column of the table; `note` is the small grey second line of its cell."""

    title: str
    width: float
    text: Callable[[int, Line], str]
    note: Callable[[Line], str] | None = None
    align: Align = Align.RIGHT
    wraps: bool = False


def price_text(price: Decimal) -> str:
    """Write a unit price with the places it has, at least two."""
    whole_paise = price == price.quantize(Decimal("0.01"))
    return group_amount(price) if whole_paise else plain_decimal(price)


def goods_columns(columns: Sequence[Column[Goods]]) -> list[Column[Goods]]:
    """Return the columns of lines of goods: number, name and HSN code, then the paper's own."""
    number: Column[Goods] = Column("#", 8, lambda place, _: str(place), align=Align.LEFT)
    code: Column[Goods] = Column("HSN", 18, lambda _, line: line.hsn, align=Align.LEFT)
    left = WIDTH - number.width - code.width - sum(column.width for column in columns)
    name: Column[Goods] = Column(
        "Goods",
        left,
        lambda _, line: line.description,
        lambda line: line.sku,
        Align.LEFT,
        wraps=True,
    )
    return [number, name, code, *columns]


def head_block(canvas: Canvas, columns: Sequence[Column[Any]]) -> Block:
    """Return the table's head, to be repeated on each page."""
    height = line_height(HEAD) + 2 * ROW_PAD + 0.6

    def draw(y: float) -> None:
        canvas.box(LEFT, y, WIDTH, height)
        canvas.rule(LEFT, y + height, WIDTH, weight=0.3)
        x = LEFT
        for column in columns:
            canvas.write(
                column.title,
                x + PAD,
                y + ROW_PAD + 0.3,
                HEAD,
                width=column.width - 2 * PAD,
                align=column.align,
                bold=True,
            )
            x += column.width

    return Block(height, draw)


def line_block(canvas: Canvas, columns: Sequence[Column[Line]], place: int, line: Line) -> Block:
    """Return a line of the table; `place` counts from one."""
    cells = [_cell(canvas, column, place, line) for column in columns]
    tallest = max(
        len(texts) * line_height(BODY) + len(notes) * line_height(SMALL) for texts, notes in cells
    )
    height = tallest + 2 * ROW_PAD

    def draw(y: float) -> None:
        x = LEFT
        for column, (texts, notes) in zip(columns, cells, strict=True):
            top = y + ROW_PAD
            for text, size, grey in [(text, BODY, INK) for text in texts] + [
                (note, SMALL, SOFT) for note in notes
            ]:
                width = column.width - 2 * PAD
                canvas.write(text, x + PAD, top, size, width=width, align=column.align, grey=grey)
                top += line_height(size)
            x += column.width
        canvas.rule(LEFT, y + height, WIDTH, weight=0.1)

    return Block(height, draw)


def _cell(
    canvas: Canvas, column: Column[Line], place: int, line: Line
) -> tuple[list[str], list[str]]:
    """Return the lines of a cell, and of the small note below them."""
    text, note = column.text(place, line), column.note(line) if column.note else ""
    if not column.wraps:
        return [text], [note] if note else []
    width = column.width - 2 * PAD
    return canvas.wrap(text, width, BODY), canvas.wrap(note, width, SMALL, most=2)
