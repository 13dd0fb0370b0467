"""Figures of the review: time to the decision and repeats, by device, technician or protocol."""

from datetime import timedelta
from html import escape
from typing import Any, ClassVar
from urllib.parse import urlencode

import plotly.graph_objects as go
import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import group_count
from erp.state import live
from erp.state.charting import ACCENT, GREY, follow, styled
from erp.state.explaining import errors_by_field
from erp.state.imaging.wording import minutes_words
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState

ANALYSE = "imaging.analyse"
GROUPS = {"device": "Device", "technician": "Technician", "protocol": "Protocol"}
PERIODS = {"7": "Last 7 days", "30": "Last 30 days", "90": "Last 90 days", "365": "Last year"}
FIRST_SHOWN = "30"
FILTER_OF = {"device": "device_id", "technician": "operator", "protocol": "protocol"}
CHARTED = 12


class ReviewFiguresState(SessionState, rx.State):
    """The decisions of a period."""

    permission: ClassVar[str] = ANALYSE

    is_loading: bool = True
    problem: str = ""
    by: str = "device"
    period: str = FIRST_SHOWN
    whole: dict[str, str] = {}
    left_out: str = ""
    rows: list[dict[str, str]] = []
    times: go.Figure = go.Figure()
    repeats: go.Figure = go.Figure()

    _links: list[str] = []
    _repeat_links: list[str] = []

    @handler(permission=PAGE)
    async def open_figures(self) -> None:
        """Show the figures that the address asks for."""
        asked = dict(self.router.url.query_parameters)
        self.by = asked["by"] if asked.get("by") in GROUPS else "device"
        self.period = asked["period"] if asked.get("period") in PERIODS else FIRST_SHOWN
        await self._reload()

    @handler(permission=PAGE)
    async def group_by(self, by: str) -> None:
        """Group the decisions by something else."""
        if by in GROUPS:
            self.by = by
            await self._reload()

    @handler(permission=PAGE)
    async def choose_period(self, period: str) -> None:
        """Show another period."""
        if period in PERIODS:
            self.period = period
            await self._reload()

    @handler(permission=PAGE)
    async def open_times(self, points: list[dict[str, Any]]) -> EventSpec | None:
        """Show the decisions of a clicked group."""
        return follow(points, self._links)

    @handler(permission=PAGE)
    async def open_repeats(self, points: list[dict[str, Any]]) -> EventSpec | None:
        """Show the repeats of a clicked group."""
        return follow(points, self._repeat_links)

    @handler(permission=PAGE, background=True)
    async def listen(self) -> None:
        """Show the figures again whenever something is decided."""
        async for _ in live.changes(self, "imaging"):
            async with self:
                await self._reload()

    async def _reload(self) -> None:
        today = await self._call(lambda ctx: ctx.today)
        first = today - timedelta(days=int(self.period) - 1)
        self.problem = ""
        try:
            found = await self._ask(
                "imaging.review_figures", {"from_day": first, "to_day": today, "by": self.by}
            )
        except (ValidationError, DomainError) as error:
            self.problem = next(iter(errors_by_field(error).values()), "Figures are away.")
        else:
            days = {"decided_from": str(first), "decided_to": str(today)}
            self.whole = _shown(found.whole, days)
            self.rows = [_shown(row, days | _narrowed(self.by, row.key)) for row in found.rows]
            left_out = found.groups - len(found.rows)
            self.left_out = (
                f"{left_out} more with fewer decisions are not shown." if left_out else ""
            )
            charted = found.rows[:CHARTED]
            self.times, self.repeats = _times(charted), _repeats(charted)
            self._links = [row["sessions_to"] for row in self.rows[:CHARTED]]
            self._repeat_links = [row["repeats_to"] for row in self.rows[:CHARTED]]
        self.is_loading = False


def _narrowed(by: str, key: str) -> dict[str, str]:
    """Return what narrows the list of sessions to a group, that of what was not told too."""
    return {FILTER_OF[by]: key} if key else {"untold": FILTER_OF[by]}


def _shown(row: Any, given: dict[str, str]) -> dict[str, str]:
    def to(**more: str) -> str:
        return f"/imaging/sessions?{urlencode(given | {'show': 'decided'} | more)}"

    return {
        "id": row.key or "none",
        "label": row.label,
        "sessions": group_count(row.sessions),
        "median": minutes_words(row.median_minutes),
        "p90": minutes_words(row.p90_minutes),
        "late": group_count(row.late),
        "repeats": group_count(row.repeats),
        "rate": f"{row.repeat_rate:g}%",
        "rejected": group_count(row.rejected),
        "sessions_to": to(),
        "late_to": to(due="decided_late"),
        "repeats_to": to(outcome="repeat_requested"),
        "rejected_to": to(outcome="rejected"),
    }


def _times(rows: list[Any]) -> go.Figure:
    """Return median and ninth tenth as pairs of bars, in hours."""
    names = [escape(row.label) for row in rows]
    drawn = [
        go.Bar(
            name=words,
            x=names,
            y=[(getattr(row, key) or 0) / 60 for row in rows],
            customdata=[minutes_words(getattr(row, key)) for row in rows],
            hovertemplate="<b>%{x}</b><br>" + words + ": %{customdata}<extra></extra>",
            marker={"color": colour, "cornerradius": 4},
        )
        for key, words, colour in (
            ("median_minutes", "Median", ACCENT),
            ("p90_minutes", "Nine of ten", GREY),
        )
    ]
    figure = styled(go.Figure(drawn), legend=True)
    figure.update_layout(barmode="group")
    figure.update_xaxes(type="category", tickangle=0)
    figure.update_yaxes(ticksuffix=" h", rangemode="tozero", nticks=5)
    return figure


def _repeats(rows: list[Any]) -> go.Figure:
    drawn = go.Bar(
        x=[escape(row.label) for row in rows],
        y=[row.repeat_rate for row in rows],
        customdata=[f"{row.repeats} of {row.sessions}" for row in rows],
        hovertemplate="<b>%{x}</b><br>%{y}%, %{customdata} sessions<extra></extra>",
        marker={"color": "#f5a524", "cornerradius": 4},
    )
    figure = styled(go.Figure(drawn))
    figure.update_xaxes(type="category", tickangle=0)
    figure.update_yaxes(ticksuffix="%", rangemode="tozero", nticks=5)
    return figure
