"""Lengths, angles and areas from points; the browser's `viewer_maths.js` has the same sums."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Point = tuple[float, float]
POINTS: Final = {
    "length": 2,
    "angle": 3,
    "rectangle": 2,
    "ellipse": 2,
    "arrow": 2,
    "text": 1,
    "key": 0,
}
AREAS: Final = frozenset({"rectangle", "ellipse"})


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a pixel is.

    Attributes:
        spacing_mm: Millimetres between rows, then between columns; None where unknown.
        region: Left, top, right, bottom in pixels, outside of which the spacing is void.
    """

    spacing_mm: tuple[float, float] | None
    region: tuple[float, float, float, float] | None = None

    def over(self, points: Sequence[Point]) -> tuple[float, float] | None:
        """Return millimetres of a column and of a row; None where they do not hold."""
        if self.spacing_mm is None:
            return None
        if self.region is not None:
            left, top, right, bottom = self.region
            if not all(left <= x <= right and top <= y <= bottom for x, y in points):
                return None
        row, column = self.spacing_mm
        return column, row


def laid(points: Sequence[Point], spacing_mm: Sequence[float] | None) -> list[Point]:
    """Return points as they lie for an eye: in millimetres, or in pixels where none are known."""
    row, column = spacing_mm or (1.0, 1.0)
    return [(x * column, y * row) for x, y in points]


@dataclass(frozen=True, slots=True)
class Gauged:
    """The size of a mark; nothing for what has none."""

    value: float | None
    unit: str


def gauge(tool: str, points: Sequence[Point], scale: Scale) -> Gauged:
    """Return the size of a mark: millimetres only where the object says how large a pixel is."""
    size = scale.over(points)
    across, down = size or (1.0, 1.0)
    scaled = [(x * across, y * down) for x, y in points]
    if tool == "length":
        return Gauged(math.dist(scaled[0], scaled[1]), "mm" if size else "px")
    if tool == "angle":
        return Gauged(_angle(scaled), "deg")
    if tool in AREAS:
        (left, top), (right, bottom) = scaled
        area = abs(right - left) * abs(bottom - top)
        part = math.pi / 4 if tool == "ellipse" else 1
        return Gauged(area * part, "mm2" if size else "px2")
    return Gauged(None, "")


def size_text(value: float, unit: str) -> str:
    """Return a size as people read it: `23.67 mm`, `45.0\u00b0`, `12.50 mm\u00b2`."""
    digits = {"mm": 2, "mm2": 2, "deg": 1}.get(unit, 0)
    words = {"deg": "\u00b0", "mm2": " mm\u00b2", "px2": " px\u00b2"}.get(unit, f" {unit}")
    return f"{value:.{digits}f}{words}"


def is_drawn(tool: str, points: Sequence[Point]) -> bool:
    """Tell whether a mark has a size at all: a click is no length."""
    if tool in AREAS:
        (left, top), (right, bottom) = points
        return left != right and top != bottom
    if tool == "angle":
        return points[0] != points[1] != points[2]
    return tool in {"text", "key"} or points[0] != points[-1]


def _angle(points: Sequence[Point]) -> float:
    (ax, ay), (vx, vy), (bx, by) = points
    first, second = (ax - vx, ay - vy), (bx - vx, by - vy)
    cross = first[0] * second[1] - first[1] * second[0]
    dot = first[0] * second[0] + first[1] * second[1]
    return math.degrees(math.atan2(abs(cross), dot))
