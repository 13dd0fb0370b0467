"""The sheet that bills and reports are drawn on; lengths are millimetres from the top left."""

import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

import segno
from fpdf import FPDF
from fpdf.fonts import TTFFont

from erp.adapters.pdf.lettering import CORE, ELLIPSIS, SHAPED, font_path, printable, runs_of

POINT = 25.4 / 72
LEADING = 1.32
ASCENT = 0.98
"""Share of the letter height between the top of a line and its baseline."""

VEIL = 0.55
"""How much of what lies below a veil takes."""
INK, SOFT, FAINT, RULE, WATERMARK, SHADE = 20, 95, 150, 190, 225, 243
"""Greys, from text to the background of a table's head; thermal printers get only INK."""


class Align(StrEnum):
    """Where a text stands in its width."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


def line_height(size: float) -> float:
    """Return the height of a line of letters of so many points."""
    return size * POINT * LEADING


class Canvas:
    """Pages with text, rules, QR codes and pictures.

    The file depends on nothing but what is drawn and `made_at`, so equal input gives equal bytes.
    It holds font files open: use it in a `with` statement.
    """

    def __init__(self, made_at: datetime, title: str) -> None:
        self._pdf = FPDF(unit="mm", format="A4")
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.set_margin(0)
        self._pdf.set_creation_date(made_at.astimezone(UTC))
        self._pdf.set_title(printable(title))
        self._pdf.set_producer("Vantage ERP")
        self._pdf.set_lang("en-IN")
        self._widths: dict[tuple[str, str, str], float] = {}
        self._grey = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for font in self._pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    def add_page(self, width: float, height: float) -> None:
        """Start a page."""
        self._pdf.add_page(format=(width, height))
        self._grey = -1

    def width_of(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return the width of a text on one line."""
        return (
            sum(self._run_width(face, piece, bold=bold) for face, piece in runs_of(printable(text)))
            * size
        )

    def wrap(
        self, text: str, width: float, size: float, *, bold: bool = False, most: int = 4
    ) -> list[str]:
        """Break a text into lines of a width; what is beyond `most` lines ends in an ellipsis."""
        lines: list[str] = []
        rest = printable(text)
        while rest:
            fits = self._fitting(rest, width, size, bold=bold)
            if len(lines) == most - 1 and len(fits) < len(rest):
                return [*lines, self._shortened(rest, width, size, bold=bold)]
            lines.append(fits.rstrip())
            rest = rest[len(fits) :].lstrip()
        return lines

    def write(  # noqa: PLR0913 - a line of letters has a place, a look and a room
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        *,
        width: float = 0,
        align: Align = Align.LEFT,
        bold: bool = False,
        grey: int = INK,
    ) -> None:
        """Write one line whose top is `y`; a text wider than `width` is set smaller to fit."""
        shown = printable(text)
        if not shown:
            return
        needed = self.width_of(shown, size, bold=bold)
        if width and needed > width:
            size, needed = size * width / needed, width
        offset = {Align.LEFT: 0.0, Align.CENTRE: 0.5, Align.RIGHT: 1.0}[align]
        self._draw(shown, x + (width - needed) * offset, y, size, bold=bold, grey=grey)

    def rule(
        self, x: float, y: float, width: float, *, weight: float = 0.2, grey: int = RULE
    ) -> None:
        """Draw a horizontal line."""
        self._pdf.set_draw_color(grey)
        self._pdf.set_line_width(weight)
        self._pdf.line(x, y, x + width, y)

    def line(self, points: Sequence[tuple[float, float]], *, weight: float = 0.35) -> None:
        """Draw a line through points, each with its mark."""
        self._pdf.set_draw_color(INK)
        self._pdf.set_fill_color(INK)
        self._pdf.set_line_width(weight)
        self._pdf.polyline(list(points))
        for x, y in points:
            self._pdf.ellipse(x - weight, y - weight, 2 * weight, 2 * weight, style="F")
        self._grey = -1

    def dashes(self, x: float, y: float, width: float) -> None:
        """Draw a dashed horizontal line in black, as a roll printer shows best."""
        self._pdf.set_draw_color(INK)
        self._pdf.set_line_width(0.2)
        self._pdf.set_dash_pattern(dash=0.8, gap=0.8)
        self._pdf.line(x, y, x + width, y)
        self._pdf.set_dash_pattern()

    def box(self, x: float, y: float, width: float, height: float, *, grey: int = SHADE) -> None:
        """Fill a rectangle."""
        self._pdf.set_fill_color(grey)
        self._pdf.rect(x, y, width, height, style="F")
        self._grey = -1

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        """Draw the outline of a rectangle."""
        self._pdf.set_draw_color(RULE)
        self._pdf.set_line_width(0.2)
        self._pdf.rect(x, y, width, height, style="D")

    def qr(self, text: str, x: float, y: float, size: float) -> None:
        """Draw a QR code as shapes, so that it is sharp on any printer."""
        modules = list(segno.make_qr(text, error="m").matrix)
        module = size / len(modules)
        self.box(x, y, size, size, grey=255)
        self._pdf.set_fill_color(0)
        for row, cells in enumerate(modules):
            for start, length in _dark_runs(bytes(cells)):
                self._pdf.rect(
                    x + start * module, y + row * module, length * module, module, style="F"
                )
        self._grey = -1

    def bars(self, modules: str, x: float, y: float, width: float, height: float) -> None:
        """Draw a bar code given as a text of 1 for dark and 0 for light."""
        module = width / len(modules)
        self._pdf.set_fill_color(0)
        for start, length in _dark_runs(bytes(modules, "ascii").translate(_ONES)):
            self._pdf.rect(x + start * module, y, length * module, height, style="F")
        self._grey = -1

    def picture(self, png: bytes, x: float, y: float, width: float, height: float) -> None:
        """Fill a rectangle with a PNG."""
        self._pdf.image(io.BytesIO(png), x, y, width, height)

    def stroke(
        self,
        points: Sequence[tuple[float, float]],
        *,
        weight: float,
        grey: int,
        closed: bool = False,
    ) -> None:
        """Draw a line through points, closed back to the first where wanted."""
        self._pen(weight, grey)
        self._pdf.polyline(list(points), polygon=closed)

    def oval(
        self, x: float, y: float, width: float, height: float, *, weight: float, grey: int
    ) -> None:
        """Draw the outline of an ellipse that fills a rectangle."""
        self._pen(weight, grey)
        self._pdf.ellipse(x, y, width, height, style="D")

    def veil(self, x: float, y: float, width: float, height: float) -> None:
        """Darken a rectangle so that light letters are read over it and what lies below is still seen."""
        with self._pdf.local_context(fill_opacity=VEIL):
            self._pdf.set_fill_color(0)
            self._pdf.rect(x, y, width, height, style="F")
        self._grey = -1

    def watermark(self, word: str, width: float, height: float) -> None:
        """Write a word large and pale across a page, below what is drawn later."""
        size = 96.0
        self._choose(CORE, size, bold=True)
        self._pdf.set_text_color(WATERMARK)
        self._grey = -1
        across = self._pdf.get_string_width(word)
        with self._pdf.rotation(52, width / 2, height / 2):
            self._pdf.text((width - across) / 2, height / 2 + size * POINT / 3, word)

    def to_bytes(self) -> bytes:
        """Return the finished file."""
        return bytes(self._pdf.output())

    def _pen(self, weight: float, grey: int) -> None:
        self._pdf.set_draw_color(grey)
        self._pdf.set_line_width(weight)

    def _draw(self, text: str, x: float, y: float, size: float, *, bold: bool, grey: int) -> None:
        if grey != self._grey:
            self._pdf.set_text_color(grey)
            self._pdf.set_fill_color(grey)
            self._grey = grey
        for face, piece in runs_of(text):
            self._choose(face, size, bold=bold)
            if face in SHAPED:
                self._draw_shaped(piece, x, y, size)
            else:
                self._pdf.text(x, y + size * POINT * ASCENT, piece)
            x += self._run_width(face, piece, bold=bold) * size

    def _draw_shaped(self, piece: str, x: float, y: float, size: float) -> None:
        """Write a script whose letters change shape with their neighbours."""
        with self._pdf.local_context():
            self._pdf.set_text_shaping(use_shaping_engine=True)
            self._pdf.set_xy(x, y)
            self._pdf.c_margin = 0
            self._pdf.cell(h=line_height(size), text=piece)
            self._pdf.set_text_shaping(use_shaping_engine=False)

    def _choose(self, face: str, size: float, *, bold: bool) -> None:
        style = "B" if bold else ""
        if f"{face}{style}" not in self._pdf.fonts:
            self._pdf.add_font(face, style, font_path(face, bold=bold))
            self._keep_boxes(f"{face}{style}")
        self._pdf.set_font(face, style, size)

    def _keep_boxes(self, key: str) -> None:
        """Trust the letters' stored outlines: measuring them anew doubles the time of a receipt."""
        font = self._pdf.fonts[key]
        if isinstance(font, TTFFont):
            font.ttfont.recalcBBoxes = False

    def _run_width(self, face: str, piece: str, *, bold: bool) -> float:
        """Return the width at one point, remembered because tables repeat their numbers."""
        key = (face, "B" if bold else "", piece)
        if key not in self._widths:
            self._choose(face, 100, bold=bold)
            self._widths[key] = self._pdf.get_string_width(piece) / 100
        return self._widths[key]

    def _fitting(self, text: str, width: float, size: float, *, bold: bool) -> str:
        """Return the longest beginning that fits, cut after a word where it can be."""

        def fits(length: int) -> bool:
            return self.width_of(text[:length], size, bold=bold) <= width

        if fits(len(text)):
            return text
        length = _longest(fits, len(text))
        cut = text.rfind(" ", 0, length + 1)
        return text[: cut + 1] if cut > 0 else text[:length]

    def _shortened(self, text: str, width: float, size: float, *, bold: bool) -> str:
        def fits(length: int) -> bool:
            return self.width_of(text[:length] + ELLIPSIS, size, bold=bold) <= width

        return text[: _longest(fits, len(text))].rstrip() + ELLIPSIS


_ONES = bytes.maketrans(b"01", b"\x00\x01")


def _longest(fits: Callable[[int], bool], length: int) -> int:
    """Return the greatest length that fits, at least one."""
    least, most = 1, length
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if fits(middle) else (least, middle - 1)
    return least


def _dark_runs(cells: bytes) -> list[tuple[int, int]]:
    """Return (start, length) of each run of dark modules."""
    runs: list[tuple[int, int]] = []
    for place, cell in enumerate(cells):
        if not cell:
            continue
        if runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((place, 1))
    return runs
