"""An 80 mm roll: blocks printed one below the other, cut to their length."""

from collections.abc import Callable
from dataclasses import dataclass, field

from erp.adapters.pdf.canvas import Align, Canvas, line_height

ROLL, MARGIN = 80.0, 4.0
INNER = ROLL - 2 * MARGIN
BODY, SMALL, LARGE = 8.0, 6.6, 11.0

Block = Callable[[float], None]


@dataclass(slots=True)
class Roll:
    """Blocks in the order they are printed; the roll is cut below the last."""

    canvas: Canvas
    blocks: list[tuple[float, Block]] = field(default_factory=list)

    def add(self, height: float, block: Block) -> None:
        """Print a block below the others."""
        self.blocks.append((height, block))

    def gap(self, height: float = 1.2) -> None:
        """Leave some millimetres free."""
        self.add(height, lambda _y: None)

    def cut(self) -> None:
        """Draw a dashed line across."""
        self.add(2.4, lambda y: self.canvas.dashes(MARGIN, y + 1.2, INNER))

    def line(
        self, text: str, size: float = BODY, *, align: Align = Align.LEFT, bold: bool = False
    ) -> None:
        """Print a text over as many lines as it needs."""
        for part in self.canvas.wrap(text, INNER, size, bold=bold):
            self._row(size, [(part, MARGIN, INNER, align)], bold=bold)

    def pair(self, left: str, right: str, size: float = BODY, *, bold: bool = False) -> None:
        """Print a name on the left and an amount on the right."""
        amount = self.canvas.width_of(right, size, bold=bold)
        cells = [
            (left, MARGIN, INNER - amount - 2, Align.LEFT),
            (right, MARGIN, INNER, Align.RIGHT),
        ]
        self._row(size, cells, bold=bold)

    def columns(self, texts: list[str], size: float = SMALL, *, bold: bool = False) -> None:
        """Print a row of equal columns, the first to the left, the others to the right."""
        width = INNER / len(texts)
        cells = [
            (text, MARGIN + place * width, width - 1, Align.RIGHT if place else Align.LEFT)
            for place, text in enumerate(texts)
        ]
        cells[-1] = (texts[-1], ROLL - MARGIN - width, width, Align.RIGHT)
        self._row(size, cells, bold=bold)

    def _row(
        self, size: float, cells: list[tuple[str, float, float, Align]], *, bold: bool
    ) -> None:
        def draw(y: float) -> None:
            for text, x, width, align in cells:
                self.canvas.write(text, x, y, size, width=width, align=align, bold=bold)

        self.add(line_height(size), draw)

    def print(self) -> bytes:
        """Cut the paper to the content and draw every block."""
        y = MARGIN
        self.canvas.add_page(ROLL, sum(height for height, _ in self.blocks) + 2 * MARGIN)
        for height, block in self.blocks:
            block(y)
            y += height
        return self.canvas.to_bytes()
