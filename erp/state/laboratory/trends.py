"""A patient's results over time."""

from datetime import datetime
from html import escape
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import reflex as rx

from erp.core.clock import business_date
from erp.core.formatting import counted, date_text, instant_text
from erp.services import identity
from erp.state.charting import ACCENT, GREY, styled
from erp.state.laboratory.wording import (
    FLAG_TONES,
    FLAGS,
    STATUS_TONES,
    STATUSES,
    TOPIC,
    VIEW,
    span_text,
)
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler

SYMBOLS = {
    "low": "triangle-down", "very_low": "triangle-down", "high": "triangle-up",
    "very_high": "triangle-up", "abnormal": "diamond",
}  # fmt: skip
OUTSIDE = "#e5484d"
WIDTH, HEIGHT = 120, 28


class LabTrendsState(RecordState, rx.State):
    """Everything measured of a patient: a line for each analyte, one of them drawn large."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = (TOPIC, "imaging")

    from_day: str = ""
    to_day: str = ""
    chosen: str = ""
    trends: list[dict[str, str]] = []
    about: dict[str, str] = {}
    points: list[dict[str, str]] = []
    figure: go.Figure = go.Figure()

    @handler(permission=PAGE)
    async def open_trends(self) -> None:
        """Show the patient that the address names, over all time."""
        self.from_day, self.to_day = "", ""
        self.chosen = dict(self.router.url.query_parameters).get("analyte", "")[:300]
        await self.open_record()

    @handler(permission=PAGE)
    async def choose(self, key: str) -> None:
        """Draw another analyte."""
        self.chosen = f"{key}"[:300]
        await self._show()

    @handler(permission=PAGE)
    async def begin_on(self, day: str) -> None:
        """Leave out what was measured before a day; empty for nothing."""
        self.from_day = f"{day}"[:10]
        await self._show()

    @handler(permission=PAGE)
    async def end_on(self, day: str) -> None:
        """Leave out what was measured after a day; empty for nothing."""
        self.to_day = f"{day}"[:10]
        await self._show()

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        days = {"from_day": self.from_day, "to_day": self.to_day}
        wanted = {"patient_id": f"{record_id}"} | {k: day for k, day in days.items() if day}
        paper = urlencode({k: day for k, day in days.items() if day})
        found = await self._ask("laboratory.get_trends", wanted)
        zone = principal.time_zone
        self.trends = _listed(found.trends)
        shown = next((one for one in found.trends if one.key == self.chosen), None)
        if shown is None and found.trends:
            shown = found.trends[0]
        self.chosen = shown.key if shown else ""
        self.points = [_point(point, zone) for point in reversed(shown.points)] if shown else []
        self.figure = _drawn(shown, zone) if shown else go.Figure()
        self.about = _about(shown) if shown else {}
        self.head = {
            "id": f"{record_id}",
            "patient": found.patient,
            "code": found.patient_code,
            "is_cut": "yes" if found.is_cut else "",
            "file": f"/api/erp/export/laboratory.list_results.csv?{urlencode(wanted)}",
            "paper": f"/api/erp/patients/{record_id}/lab-trends.pdf?{paper}",
            "sees_party": "yes" if principal.may("party.view") else "",
        }


def _listed(trends: list[Any]) -> list[dict[str, str]]:
    """Return the trends as lines of a list; the first of each panel names it."""
    rows, before = [], ""
    for trend in trends:
        last = trend.points[-1]
        rows.append(
            {
                "key": trend.key,
                "name": trend.name,
                "panel": trend.panel if trend.panel != before else "",
                "latest": f"{last.shown} {trend.unit}".strip(),
                "flag": FLAGS[last.flag] if last.flag != "normal" else "",
                "tone": FLAG_TONES[last.flag],
                "count": counted(len(trend.points), "result"),
                "line": _spark(trend.points),
            }
        )
        before = trend.panel
    return rows


def _spark(points: list[Any]) -> str:
    """Return the path of a small line through the latest values; nothing for fewer than two."""
    values = [float(point.value) for point in points[-24:] if point.value is not None]
    if len(values) < 2:  # noqa: PLR2004  a line has two ends
        return ""
    low, span = min(values), (max(values) - min(values)) or 1.0
    step = (WIDTH - 4) / (len(values) - 1)
    places = [
        f"{2 + place * step:.1f} {HEIGHT - 3 - (value - low) / span * (HEIGHT - 6):.1f}"
        for place, value in enumerate(values)
    ]
    return "M" + " L".join(places)


def _when(point: Any, zone: str) -> str:
    if point.is_time_known:
        return instant_text(point.at, zone)
    return date_text(business_date(point.at, zone))


def _point(point: Any, zone: str) -> dict[str, str]:
    kind = "reports" if point.to == "report" else ""
    to = f"/laboratory/{kind}/{point.origin_id}" if kind else f"/imaging/sessions/{point.origin_id}"
    return {
        "when": _when(point, zone),
        "shown": point.shown,
        "told": point.told,
        "range": span_text(point.low, point.high),
        "flag": FLAGS[point.flag],
        "tone": FLAG_TONES[point.flag],
        "status": STATUSES[point.status] if point.status != "final" else "",
        "status_tone": STATUS_TONES[point.status],
        "by": point.by,
        "number": point.number,
        "to": to,
    }


def _about(trend: Any) -> dict[str, str]:
    last = trend.points[-1]
    return {
        "name": trend.name,
        "unit": trend.unit or "in words",
        "range": span_text(last.low, last.high),
        "is_drawn": "yes" if any(point.value is not None for point in trend.points) else "",
    }


def _drawn(trend: Any, zone: str) -> go.Figure:
    """Return the chart: values in time, the latest reference range as a band, marks by shape."""
    points = [point for point in trend.points if point.value is not None]
    if not points:
        return go.Figure()
    local: list[datetime] = [
        point.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for point in points
    ]
    values = [float(point.value) for point in points]
    line = go.Scatter(
        x=local,
        y=values,
        mode="lines+markers",
        line={"color": ACCENT, "width": 2},
        marker={
            "size": 10,
            "symbol": [_symbol(point) for point in points],
            "color": [OUTSIDE if point.flag in SYMBOLS else ACCENT for point in points],
        },
        customdata=[
            [_when(point, zone), f"{point.shown} {trend.unit}", FLAGS[point.flag], escape(point.by)]
            for point in points
        ],
        hovertemplate="<b>%{customdata[1]}</b> %{customdata[2]}<br>%{customdata[0]}<br>"
        "%{customdata[3]}<extra></extra>",
    )
    figure = styled(go.Figure([line]))
    _band(figure, points[-1], values)
    figure.update_xaxes(type="date", nticks=6)
    figure.update_yaxes(nticks=5)
    return figure


def _symbol(point: Any) -> str:
    shape = SYMBOLS.get(point.flag, "circle")
    return f"{shape}-open" if point.status == "preliminary" else shape


def _band(figure: go.Figure, last: Any, values: list[float]) -> None:
    low = float(last.low) if last.low is not None else None
    high = float(last.high) if last.high is not None else None
    if low is None and high is None:
        return
    ends = [*values, *(end for end in (low, high) if end is not None)]
    room = (max(ends) - min(ends)) * 0.15 or abs(max(ends)) * 0.1 or 1.0
    bottom, top = min(ends) - room, max(ends) + room
    figure.add_hrect(
        y0=bottom if low is None else low,
        y1=top if high is None else high,
        fillcolor="rgba(18,165,148,0.10)",
        line_width=0,
        layer="below",
    )
    for end in (low, high):
        if end is not None:
            figure.add_hline(y=end, line={"color": GREY, "width": 1, "dash": "dot"}, layer="below")
    figure.update_yaxes(range=[bottom, top])
