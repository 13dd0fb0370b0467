"""The manager's dashboard: tiles and charts, every figure leading to its documents."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import reflex as rx
from reflex.event import EventSpec

from erp.core.clock import business_date
from erp.core.errors import DomainError
from erp.core.formatting import group_count, instant_text, money_text
from erp.core.money import ZERO
from erp.services.pos import METHOD_NAMES
from erp.state import live
from erp.state.charting import ACCENT, follow
from erp.state.registry import SIGNED_IN, handler
from erp.state.reporting.bars import bars, lying_bars
from erp.state.session import SessionState

VIEW = "reporting.view"
RUNGS = {"expired": "Expired", "0-30": "0-30 days", "31-60": "31-60 days", "61-90": "61-90 days"}
EXPIRY_COLOURS = ("#e5484d", "#f5a524", "#ffca6b", "#9ec9c3")
HOURS_SHOWN = range(8, 22)
NAMES = METHOD_NAMES | {"order": "Invoiced orders"}


class DashboardState(SessionState, rx.State):
    """Figures of the day and month."""

    may_view: bool = False
    is_loading: bool = True
    problem: str = ""
    as_of: str = ""
    greeting: str = ""
    tiles: dict[str, str] = {}
    links: dict[str, str] = {}
    exceptions: list[dict[str, str]] = []
    hours: go.Figure = go.Figure()
    days: go.Figure = go.Figure()
    methods: go.Figure = go.Figure()
    expiry: go.Figure = go.Figure()
    has_hours: bool = False
    has_days: bool = False
    has_methods: bool = False
    has_expiry: bool = False

    _hour_links: list[str] = []
    _day_links: list[str] = []
    _method_links: list[str] = []
    _expiry_links: list[str] = []

    @handler(permission=SIGNED_IN)
    async def open_dashboard(self) -> None:
        """Load the figures of who may see them."""
        principal = await self._principal()
        self.may_view = principal.may(VIEW)
        self.greeting = principal.display_name.partition(" ")[0]
        await self._load()

    @handler(permission=SIGNED_IN, background=True)
    async def listen(self) -> None:
        """Load the figures again as bills are posted and stock moves."""
        async for _ in live.changes(self, "pos", "sales", "billing", "inventory", "imaging"):
            async with self:
                await self._load()

    @handler(permission=VIEW)
    async def open_hour(self, points: list[dict[str, Any]]) -> EventSpec | None:
        """Show the bills of a clicked hour."""
        return follow(points, self._hour_links)

    @handler(permission=VIEW)
    async def open_day(self, points: list[dict[str, Any]]) -> EventSpec | None:
        """Show the bills of a clicked day."""
        return follow(points, self._day_links)

    @handler(permission=VIEW)
    async def open_method(self, points: list[dict[str, Any]]) -> EventSpec | None:
        """Show the bills paid in a clicked way."""
        return follow(points, self._method_links)

    @handler(permission=VIEW)
    async def open_expiry(self, points: list[dict[str, Any]]) -> EventSpec | None:
        """Show the lots of a clicked span."""
        return follow(points, self._expiry_links)

    async def _load(self) -> None:
        self.problem = ""
        if self.may_view:
            try:
                found = await self._ask("reporting.get_dashboard")
            except DomainError as error:
                self.problem = error.message
            else:
                self._show(found, (await self._principal()).time_zone)
        self.is_loading = False

    def _show(self, found: Any, zone: str) -> None:
        self.as_of = instant_text(found.as_of, zone)
        today = business_date(found.as_of, zone)
        self.tiles = _tiles(found)
        self.links = {
            "today": _link("/invoices", counts="sale", from_day=today, to_day=today),
            "month": _link("/invoices", counts="sale", from_day=today.replace(day=1), to_day=today),
            "stock": "/stock/valuation",
            "waiting": "/imaging?ready=yes",
        }
        self.exceptions = [
            {"id": e.key, "label": e.label, "count": group_count(e.count), "href": e.link}
            for e in found.exceptions
        ]
        self._draw_hours(found, today, zone)
        self._draw_days(found)
        self._draw_methods(found, today)
        self._draw_expiry(found)

    def _draw_hours(self, found: Any, today: Any, zone: str) -> None:
        totals = {figure.hour: figure for figure in found.by_hour}
        hours = sorted({*HOURS_SHOWN, *totals})
        self._hour_links = [_hour_link(today, hour, zone) for hour in hours]
        names = [f"{hour:02d}:00" for hour in hours]
        amounts = [totals[hour].total if hour in totals else ZERO for hour in hours]
        notes = [_bills(totals[hour].bills) if hour in totals else "" for hour in hours]
        self.hours, self.has_hours = bars(names, amounts, notes), bool(totals)

    def _draw_days(self, found: Any) -> None:
        self._day_links = [
            _link("/invoices", counts="sale", from_day=f.day, to_day=f.day) for f in found.by_day
        ]
        names = [f"{figure.day.day}" for figure in found.by_day]
        amounts = [figure.total for figure in found.by_day]
        notes = [f"{_bills(f.bills)} on {f.day:%d %B}" for f in found.by_day]
        self.days, self.has_days = bars(names, amounts, notes), bool(found.by_day)

    def _draw_methods(self, found: Any, today: Any) -> None:
        shown = [figure for figure in reversed(found.by_method) if figure.total]
        since = today.replace(day=1)
        self._method_links = [_method_link(figure.method, since, today) for figure in shown]
        names = [NAMES.get(figure.method, figure.method) for figure in shown]
        whole = sum((abs(figure.total) for figure in shown), ZERO) or Decimal(1)
        notes = [f"{figure.total * 100 / whole:.0f}%" for figure in shown]
        self.methods = lying_bars(names, [figure.total for figure in shown], notes, ACCENT)
        self.has_methods = bool(shown)

    def _draw_expiry(self, found: Any) -> None:
        rungs = list(reversed(found.expiry))
        self._expiry_links = [f"/stock/expiry?rung={rung.rung}" for rung in rungs]
        names = [RUNGS.get(rung.rung, rung.rung) for rung in rungs]
        notes = [_counted(rung.lots, "lot") for rung in rungs]
        colours = tuple(reversed(EXPIRY_COLOURS))
        self.expiry = lying_bars(names, [rung.value for rung in rungs], notes, colours)
        self.has_expiry = any(rung.lots for rung in rungs)


def _tiles(found: Any) -> dict[str, str]:
    return {
        "today": money_text(found.today.total),
        "today_note": f"{_bills(found.today.bills)} · yesterday {money_text(found.yesterday.total)}",
        "month": money_text(found.month.total),
        "month_note": f"{_bills(found.month.bills)} · {money_text(found.month.returns)} taken back",
        "waiting": group_count(found.sessions_waiting),
        "waiting_note": "imaging sessions to review",
        "stock": money_text(found.stock_value),
        "stock_note": f"{group_count(found.stock_units)} units at cost",
    }


def _bills(count: int) -> str:
    return _counted(count, "bill")


def _counted(count: int, name: str) -> str:
    return f"{group_count(count)} {name}{'' if count == 1 else 's'}"


def _link(page: str, **filters: object) -> str:
    return f"{page}?" + urlencode({name: str(value) for name, value in filters.items()})


def _method_link(method: str, since: Any, until: Any) -> str:
    span = {"from_day": since, "to_day": until}
    if method == "order":
        return _link("/invoices", counts="sale", source="order", **span)
    return _link("/sales", method=method, **span)


def _hour_link(day: Any, hour: int, zone: str) -> str:
    start = datetime.combine(day, time(hour), ZoneInfo(zone))
    until = start + timedelta(hours=1)
    return _link("/invoices", counts="sale", from_at=start.isoformat(), to_at=until.isoformat())
