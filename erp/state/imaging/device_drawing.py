"""Charts and rows of a device's days: what it delivered, how it stood, how its clock went."""

from typing import Any
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from erp.core.formatting import date_text, group_count, instant_text
from erp.services import imaging
from erp.state.charting import ACCENT, styled
from erp.state.imaging.wording import minutes_words
from erp.state.showing import NOTHING

AMBER, RED, PURPLE = "#f5a524", "#e5484d", "#8e4ec6"
FAINT, FAINTER = "rgba(128,134,143,0.4)", "rgba(128,134,143,0.15)"
BECAME = (
    ("stored", "Stored", ACCENT),
    ("quarantined", "Held", AMBER),
    ("conflicts", "Conflict", PURPLE),
    ("rejected", "Rejected", RED),
)
STOOD = (
    ("online", "Online", ACCENT),
    ("maintenance", "Maintenance", AMBER),
    ("silent", "Silent", RED),
    ("offline", "Offline", FAINT),
    ("unknown", "Not known", FAINTER),
)
LATEST = 6
STANDING_WORDS = {key: words for key, words, _ in STOOD}


def objects_chart(days: list[Any]) -> go.Figure:
    """Return what became of each day's objects."""
    return _stacked(
        days, [(words, colour, [getattr(d, key) for d in days]) for key, words, colour in BECAME]
    )


def standing_chart(days: list[Any]) -> go.Figure:
    """Return how many hours of each day a device was on, off or silent."""
    parts = [
        (words, colour, [day.hours.get(key, 0) for day in days]) for key, words, colour in STOOD
    ]
    drawn = [part for part in parts if any(part[2])]
    figure = _stacked(days, drawn, unit=" h ")
    figure.update_yaxes(range=[0, 24], tickvals=[0, 6, 12, 18, 24], ticksuffix=" h")
    return figure


def sessions_chart(days: list[Any]) -> go.Figure:
    """Return how many sessions each day had."""
    figure = _stacked(days, [("sessions", ACCENT, [day.sessions for day in days])])
    figure.update_layout(showlegend=False)
    return figure


def clock_chart(points: list[Any], warn_seconds: int, zone: str) -> go.Figure:
    """Return how far off the clock was, in seconds, between its limits."""
    place = ZoneInfo(zone)
    line = go.Scatter(
        x=[point.at.astimezone(place).replace(tzinfo=None) for point in points],
        y=[point.skew_ms / 1000 for point in points],
        customdata=[imaging.clock_text(point.skew_ms) or "right" for point in points],
        hovertemplate="%{x|%d %b, %H:%M}<br>%{customdata}<extra></extra>",
        mode="lines+markers",
        line={"color": ACCENT, "width": 2},
        marker={"color": ACCENT, "size": 5},
    )
    figure = styled(go.Figure([line]))
    for limit in (warn_seconds, -warn_seconds):
        if any(abs(point.skew_ms) > 250 * warn_seconds for point in points):
            figure.add_hline(y=limit, line={"color": AMBER, "width": 1, "dash": "dot"})
    figure.update_yaxes(ticksuffix=" s", nticks=5, zeroline=True, zerolinecolor=FAINT)
    figure.update_xaxes(nticks=5, tickformat="%d %b")
    return figure


def day_rows(days: list[Any], stood: list[Any]) -> list[dict[str, str]]:
    """Return the days on which something came or was said, the newest first."""
    rows = [
        {
            "id": str(came.day),
            "day": date_text(came.day),
            "online": _hours(how.hours.get("online", 0)),
            "silent": _hours(how.hours.get("silent", 0)),
            "clock": imaging.clock_text(how.worst_skew_ms) or NOTHING,
            "sessions": group_count(how.sessions),
            **{key: group_count(getattr(came, key)) for key, _, _ in BECAME},
        }
        for came, how in zip(days, stood, strict=True)
        if how.sessions
        or how.hours.get("online")
        or any(getattr(came, key) for key, _, _ in BECAME)
    ]
    return rows[::-1]


def span_rows(spans: list[Any], zone: str) -> list[dict[str, str]]:
    """Return the latest changes of standing as entries of a timeline."""
    return [
        {
            "id": f"{span.since.isoformat()}{span.standing}",
            "what": STANDING_WORDS.get(span.standing, span.standing),
            "when": instant_text(span.since, zone),
            "who": "until now"
            if span.until is None
            else minutes_words(int((span.until - span.since).total_seconds() // 60)),
        }
        for span in spans[:LATEST]
    ]


def _hours(count: float) -> str:
    return minutes_words(round(count * 60)) if count else NOTHING


def _stacked(
    days: list[Any], parts: list[tuple[str, str, list[Any]]], unit: str = " "
) -> go.Figure:
    names = [f"{day.day:%d %b}" for day in days]
    drawn = [
        go.Bar(
            name=words,
            x=names,
            y=counts,
            marker={"color": colour},
            hovertemplate="%{x}<br>%{y}" + unit + words.lower() + "<extra></extra>",
        )
        for words, colour, counts in parts
    ]
    figure = styled(go.Figure(drawn), legend=True)
    figure.update_layout(barmode="stack", bargap=0.25, legend={"traceorder": "normal"})
    figure.update_xaxes(type="category", nticks=4, tickangle=0)
    figure.update_yaxes(rangemode="tozero", nticks=5)
    return figure
