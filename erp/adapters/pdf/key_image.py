"""A key image on paper: the picture as it was seen, with the marks that people drew over it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from erp.adapters.pdf.canvas import Canvas, line_height
from erp.services.imaging.printing import KeyImage, PrintedMark

Point = tuple[float, float]
EDGE, CORE = 0.85, 0.35
"""Millimetres of a line's dark edge and of its light core, seen on any grey."""
BLACK, WHITE = 0, 255
LETTERS: Final = 6.4
BESIDE, PADDING = 1.4, 0.5
WIDEST_WORDS: Final = 0.6
HEAD_MM, HEAD_TURN = 2.4, 0.45
DOT_MM: Final = 0.6
STEP_MM, FAR_MM, LEADER = 1.5, 3.0, 0.15
ELLIPSE_PARTS: Final = 48


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle on the sheet, millimetres from its left and top."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: "Frame") -> bool:
        """Tell whether two rectangles have ground in common."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def nearest(self, point: Point) -> Point:
        """Return the point of this rectangle that is nearest to another one."""
        x = max(self.x, min(point[0], self.x + self.width))
        return x, max(self.y, min(point[1], self.y + self.height))

    def inside(self, outer: "Frame") -> "Frame":
        """Return this rectangle moved into another one."""
        x = max(outer.x, min(self.x, outer.x + outer.width - self.width))
        y = max(outer.y, min(self.y, outer.y + outer.height - self.height))
        return Frame(x, y, self.width, self.height)


def draw_key_image(canvas: Canvas, image: KeyImage, room: Frame) -> None:
    """Draw a picture as large as its room lets it be, every mark at its place, words beside them."""
    canvas.box(room.x, room.y, room.width, room.height, grey=BLACK)
    paper, scale = _fitted(image, room)
    canvas.picture(image.png, paper.x, paper.y, paper.width, paper.height)
    drawn = [(mark, _on_paper(mark, paper, scale)) for mark in image.marks]
    for mark, points in drawn:
        for weight, grey in ((EDGE, BLACK), (CORE, WHITE)):
            _outline(canvas, mark.tool, points, weight, grey)
    ground = Ground(room, [_spot(at) for mark, points in drawn for at in _along(mark.tool, points)])
    for mark, points in drawn:
        _words(canvas, mark, points, ground)


def _fitted(image: KeyImage, room: Frame) -> tuple[Frame, float]:
    """Return where the picture lies, in the middle of its room, and millimetres on paper of one of it."""
    width, height = image.size
    scale = min(room.width / width, room.height / height)
    wide, tall = width * scale, height * scale
    x, y = room.x + (room.width - wide) / 2, room.y + (room.height - tall) / 2
    return Frame(x, y, wide, tall), scale


def _on_paper(mark: PrintedMark, paper: Frame, scale: float) -> list[Point]:
    return [(paper.x + x * scale, paper.y + y * scale) for x, y in mark.points]


def _outline(canvas: Canvas, tool: str, points: Sequence[Point], weight: float, grey: int) -> None:
    if tool in {"rectangle", "ellipse"}:
        (x1, y1), (x2, y2) = points
        left, top, wide, tall = min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)
        if tool == "ellipse":
            canvas.oval(left, top, wide, tall, weight=weight, grey=grey)
            return
        corners = [(left, top), (left + wide, top), (left + wide, top + tall), (left, top + tall)]
        canvas.stroke(corners, weight=weight, grey=grey, closed=True)
        return
    if tool == "text":
        [(x, y)] = points
        size = 2 * DOT_MM
        canvas.oval(x - DOT_MM, y - DOT_MM, size, size, weight=weight, grey=grey)
        return
    canvas.stroke(points, weight=weight, grey=grey)
    if tool == "arrow":
        canvas.stroke(_head(points[0], points[1]), weight=weight, grey=grey)


def _head(tip: Point, tail: Point) -> list[Point]:
    turn = math.atan2(tail[1] - tip[1], tail[0] - tip[0])
    sides = [
        (tip[0] + HEAD_MM * math.cos(turn + off), tip[1] + HEAD_MM * math.sin(turn + off))
        for off in (HEAD_TURN, -HEAD_TURN)
    ]
    return [sides[0], tip, sides[1]]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where words may stand: in the room of a picture, off its marks and off other words."""

    room: Frame
    marks: list[Frame]
    words: list[Frame] = field(default_factory=list)

    def take(self, wanted: Sequence[Frame], near: Point) -> Frame:
        """Return the best free place for words: a wanted one, else the nearest in the room."""
        first = wanted[0]
        across = _steps(self.room.x, self.room.width - first.width)
        down = _steps(self.room.y, self.room.height - first.height)
        grid = [Frame(x, y, first.width, first.height) for y in down for x in across]
        places = [
            *(place.inside(self.room) for place in wanted),
            *sorted(grid, key=lambda place: math.dist(place.nearest(near), near)),
        ]
        found = (
            place
            for taken in ((*self.words, *self.marks), self.words)
            for place in places
            if not any(place.meets(other) for other in taken)
        )
        place = next(found, places[0])
        self.words.append(place)
        return place


def _steps(start: float, room: float) -> list[float]:
    return [start + n * STEP_MM for n in range(int(max(0, room) / STEP_MM) + 1)]


def _words(canvas: Canvas, mark: PrintedMark, points: Sequence[Point], ground: Ground) -> None:
    """Write a mark's lines beside it; where they had to go further away, a line leads there."""
    most = ground.room.width * WIDEST_WORDS
    lines = [part for line in mark.lines for part in canvas.wrap(line, most, LETTERS)]
    if not lines:
        return
    wide = max(canvas.width_of(line, LETTERS) for line in lines) + 2 * PADDING
    tall = len(lines) * line_height(LETTERS) + 2 * PADDING
    held = points[1:] if mark.tool == "arrow" else points
    near = max(held, key=sum)
    place = ground.take(_beside(held, wide, tall), near)
    outline = _along(mark.tool, held)
    start = min(outline, key=lambda point: math.dist(place.nearest(point), point))
    if math.dist(place.nearest(start), start) > FAR_MM:
        canvas.stroke((start, place.nearest(start)), weight=LEADER, grey=WHITE)
    canvas.veil(place.x, place.y, place.width, place.height)
    for number, line in enumerate(lines):
        y = place.y + PADDING + number * line_height(LETTERS)
        canvas.write(line, place.x + PADDING, y, LETTERS, grey=WHITE)


def _beside(held: Sequence[Point], wide: float, tall: float) -> list[Frame]:
    """Return places for words: where the viewer has them first, then around the mark."""
    left, right = min(x for x, _ in held), max(x for x, _ in held)
    top, low = min(y for _, y in held), max(y for _, y in held)
    across = (right + BESIDE, left - BESIDE - wide)
    down = (low + BESIDE, (top + low - tall) / 2, top - BESIDE - tall)
    return [Frame(x, y, wide, tall) for y in down for x in across]


def _along(tool: str, points: Sequence[Point]) -> list[Point]:
    """Return points along a mark's outline, close to each other."""
    if tool == "ellipse":
        (x1, y1), (x2, y2) = points
        turns = [2 * math.pi * n / ELLIPSE_PARTS for n in range(ELLIPSE_PARTS)]
        middle, reach = ((x1 + x2) / 2, (y1 + y2) / 2), ((x2 - x1) / 2, (y2 - y1) / 2)
        return [
            (middle[0] + reach[0] * math.cos(turn), middle[1] + reach[1] * math.sin(turn))
            for turn in turns
        ]
    line = list(points)
    if tool == "rectangle":
        (x1, y1), (x2, y2) = points
        line = [(x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1)]
    found = line[:1]
    for (x1, y1), (x2, y2) in pairwise(line):
        count = max(1, math.ceil(math.dist((x1, y1), (x2, y2)) / STEP_MM))
        parts = [n / count for n in range(1, count + 1)]
        found += [(x1 + (x2 - x1) * part, y1 + (y2 - y1) * part) for part in parts]
    return found


def _spot(point: Point) -> Frame:
    """Return the small ground around a point that words keep off."""
    return Frame(point[0] - DOT_MM, point[1] - DOT_MM, 2 * DOT_MM, 2 * DOT_MM)
