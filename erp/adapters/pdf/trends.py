"""A patient's results over time on A4: a line and its numbers for each analyte, panel by panel."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

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
from erp.adapters.pdf.tables import LEFT, WIDTH, Column, head_block, line_block
from erp.core.formatting import date_text, instant_text, plain_decimal
from erp.services.laboratory import MOST_PRINTED, PrintedTrends, Trend, TrendPoint

NAME = "Results over time"
CHART_WIDTH, CHART_HEIGHT = 70.0, 14.0
WORDS = 9.0
FLAGS = {
    "normal": "", "low": "Low", "very_low": "Very low", "high": "High", "very_high": "Very high",
    "abnormal": "Abnormal",
}  # fmt: skip


def render_trends(paper: PrintedTrends) -> bytes:
    """Return the trends as an A4 PDF."""
    about = " ".join(part for part in (paper.patient, paper.patient_code) if part)
    with Canvas(paper.made_at, f"{NAME} {about}") as canvas:
        running = narrow_head(canvas, paper.issuer.name, f"{NAME}  ·  {about}")
        blocks, panel = [], ""
        for trend in paper.trends:
            blocks.append(_heading(canvas, trend, trend.panel if trend.panel != panel else ""))
            columns = _columns(paper.time_zone)
            head = head_block(canvas, columns)
            blocks += [
                replace(line_block(canvas, columns, place, point), head=head)
                for place, point in enumerate(reversed(trend.points[-MOST_PRINTED:]), start=1)
            ]
            panel = trend.panel
        draw_pages(canvas, (_opening(canvas, paper), running), blocks, NAME)
        return canvas.to_bytes()


def _columns(zone: str) -> list[Column[TrendPoint]]:
    taken: Column[TrendPoint] = Column(
        "Taken", 34, lambda _, point: _when(point, zone), align=Align.LEFT
    )
    result: Column[TrendPoint] = Column("Result", 34, lambda _, point: point.shown, wraps=True)
    standing: Column[TrendPoint] = Column(
        "Standing", 30, lambda _, point: _standing(point), align=Align.LEFT
    )
    span: Column[TrendPoint] = Column("Range", 34, lambda _, point: _range(point), align=Align.LEFT)
    room = WIDTH - sum(column.width for column in (taken, result, standing, span))
    told: Column[TrendPoint] = Column(
        "From", room, lambda _, point: f"{point.by}  {point.number}", None, Align.LEFT, wraps=True
    )
    return [taken, result, standing, span, told]


def _when(point: TrendPoint, zone: str) -> str:
    local: datetime = point.at.astimezone(ZoneInfo(zone))
    return instant_text(point.at, zone) if point.is_time_known else date_text(local.date())


def _standing(point: TrendPoint) -> str:
    status = "" if point.status == "final" else point.status.capitalize()
    stale = "Out of date" if point.told.startswith("Out of date") else ""
    return ", ".join(word for word in (FLAGS[point.flag], status, stale) if word)


def _range(point: TrendPoint) -> str:
    if point.low is None or point.high is None:
        low = f"from {plain_decimal(point.low)}" if point.low is not None else ""
        return low or (f"up to {plain_decimal(point.high)}" if point.high is not None else "")
    return f"{plain_decimal(point.low)} \u2013 {plain_decimal(point.high)}"


def _heading(canvas: Canvas, trend: Trend, panel: str) -> Block:
    """Return what stands above a trend's numbers: its name, how many they are, and their line."""
    upper = line_height(WORDS) + 2 if panel else 0
    text = Text(canvas, WIDTH - CHART_WIDTH - 4)
    text.add(trend.name, WORDS, bold=True, most=2)
    text.add(f"In {trend.unit}" if trend.unit else "In words", SMALL, grey=SOFT)
    shown, count = min(len(trend.points), MOST_PRINTED), len(trend.points)
    cut = f"the newest {shown} of {count} results" if shown < count else ""
    text.add(cut or f"{count} result{'s' if count > 1 else ''}", SMALL, grey=SOFT)
    height = upper + max(text.height, CHART_HEIGHT) + 7

    def draw(y: float) -> None:
        if panel:
            canvas.write(panel.upper(), LEFT, y + 2, SMALL, bold=True, grey=SOFT)
        text.draw(LEFT, y + upper + 3)
        _chart(canvas, trend, LEFT + WIDTH - CHART_WIDTH, y + upper + 3)

    return Block(height, draw)


def _chart(canvas: Canvas, trend: Trend, x: float, y: float) -> None:
    """Draw the values in their time, over the latest reference range where it was told."""
    points = [point for point in trend.points[-MOST_PRINTED:] if point.value is not None]
    if len(points) < 2:  # noqa: PLR2004  a line has two ends
        return
    values = [float(point.value or 0) for point in points]
    low, high = (
        float(end) if end is not None else None for end in (points[-1].low, points[-1].high)
    )
    bottom = min([*values, *(end for end in (low, high) if end is not None)])
    top = max([*values, *(end for end in (low, high) if end is not None)])

    def height_of(value: float) -> float:
        return y + CHART_HEIGHT * (1 - (value - bottom) / ((top - bottom) or 1.0))

    first, last = points[0].at.timestamp(), points[-1].at.timestamp()
    if low is not None or high is not None:
        upper = height_of(top if high is None else high)
        under = height_of(bottom if low is None else low)
        canvas.box(x, upper, CHART_WIDTH, max(under - upper, 0.3))
    canvas.line(
        [
            (
                x + CHART_WIDTH * (point.at.timestamp() - first) / ((last - first) or 1.0),
                height_of(value),
            )
            for point, value in zip(points, values, strict=True)
        ]
    )


def _opening(canvas: Canvas, paper: PrintedTrends) -> Block:
    title = Text(canvas, HALF)
    title.add(NAME.upper(), TITLE, bold=True)
    title.add(_days(paper), 9.0, bold=True)
    person = Text(canvas, WIDTH / 2 - 4)
    person.add("PATIENT", SMALL, bold=True, grey=SOFT)
    person.add(paper.patient, 9.0, bold=True)
    person.add(paper.patient_code)
    person.add(f"Born {date_text(paper.birth_on)}" if paper.birth_on else "")
    facts = Text(canvas, WIDTH / 2 - 4)
    facts.add(f"Made {instant_text(paper.made_at, paper.time_zone)}", SMALL, grey=SOFT)
    facts.add(
        "As laboratories and programs told. What software worked out of pictures, and lengths"
        " measured on them, are not for diagnosis. Behind a line: the latest reference range.",
        SMALL,
        grey=SOFT,
    )
    facts.add(
        "There is more than is printed; choose fewer days." if paper.is_cut else "", bold=True
    )
    return opening_block(canvas, letterhead(canvas, paper.issuer), title, [person, facts])


def _days(paper: PrintedTrends) -> str:
    begun = f"from {date_text(paper.from_day)}" if paper.from_day else ""
    ended = f"to {date_text(paper.to_day)}" if paper.to_day else ""
    return " ".join(part for part in (begun, ended) if part) or "All results"
