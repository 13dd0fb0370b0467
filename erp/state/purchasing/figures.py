"""The figures of buying over a period, each leading to its rows, and the suppliers' scorecards."""

import calendar
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlencode

import plotly.graph_objects as go
import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, group_count, money_text
from erp.core.money import ZERO
from erp.state.billing.bill_wording import VIEW as VIEW_BILLS
from erp.state.charting import follow
from erp.state.choosing import address_of
from erp.state.listing import ListState
from erp.state.purchasing.changes import CHANGE_COLUMNS, change_entry
from erp.state.purchasing.periods import FIRST_SHOWN, PERIODS, days_of
from erp.state.purchasing.wording import NO_SUPPLIER, SHARE_TONES, VIEW, recovery_tone, share_tones
from erp.state.registry import PAGE, handler
from erp.state.reporting.bars import bars, named_bars
from erp.state.showing import display_rows

MOST_SHOWN = 8
LATE_COLUMNS = (
    Column("number", "Order", detail="supplier"),
    Column("expected_on", "Expected", Kind.DATE),
    Column("arrived", "Arrived", Kind.PERCENT, wide_only=True),
    Column("total", "Total", Kind.MONEY),
)
RECOVERY_COLUMNS = (
    Column("supplier", "Supplier", detail="claims"),
    Column("claimed", "Claimed", Kind.MONEY),
    Column("settled", "Answered", Kind.MONEY, wide_only=True),
    Column("recovered", "Credited", Kind.MONEY),
    Column("share", "Of what was answered", Kind.PERCENT, tone="recovered_is", tones=SHARE_TONES),
)


class FiguresState(ListState, rx.State):
    """What was bought in a period, and how the suppliers did."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "purchasing.supplier_scorecard"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("supplier", "Supplier", detail="orders", sort="supplier"),
        Column("value", "Received", Kind.MONEY, sort="value"),
        Column("on_time", "On time", Kind.PERCENT, sort="on_time", tone="on_time_is",
               tones=SHARE_TONES, detail="due_units"),
        Column("fill", "Filled", Kind.PERCENT, sort="fill", tone="fill_is", tones=SHARE_TONES,
               detail="ordered_units", wide_only=True),
        Column("short_life", "Short life", Kind.PERCENT, sort="short_life", tone="short_life_is",
               tones=SHARE_TONES, detail="dated_units", wide_only=True),
        Column("failed", "Failed checks", Kind.PERCENT, sort="failed", tone="failed_is",
               tones=SHARE_TONES, detail="checked_units", wide_only=True),
        Column("drift", "Price drift", Kind.PERCENT, sort="drift", tone="drift_is",
               tones=SHARE_TONES),
    )  # fmt: skip
    row_link: ClassVar[str] = "/parties/{supplier_id}?period={period}"
    topics: ClassVar[tuple[str, ...]] = ("purchasing", "inventory")

    period: str = FIRST_SHOWN
    tiles: dict[str, str] = {}
    links: dict[str, str] = {}
    late: list[dict[str, str]] = []
    rises: list[dict[str, str]] = []
    recovery: list[dict[str, str]] = []
    months: go.Figure = go.Figure()
    suppliers: go.Figure = go.Figure()
    brands: go.Figure = go.Figure()
    has_months: bool = False
    has_spend: bool = False

    _first: str = ""
    _last: str = ""
    _month_links: list[str] = []
    _supplier_links: list[str] = []
    _brand_links: list[str] = []

    @handler(permission=PAGE)
    async def open_figures(self) -> None:
        """Begin with the period that the address names."""
        self.is_loading = True
        await self._span(dict(self.router.url.query_parameters).get("period", ""))

    @handler(permission=PAGE)
    async def choose_period(self, period: str) -> EventSpec:
        """Show another period."""
        await self._span(f"{period}")
        return await self._from_the_top()

    @handler(permission=PAGE)
    async def open_month(self, points: list[dict[str, Any]]) -> EventSpec | None:
        """Show what came in a clicked month."""
        return follow(points, self._month_links)

    @handler(permission=PAGE)
    async def open_supplier(self, points: list[dict[str, Any]]) -> EventSpec | None:
        """Show what came from a clicked supplier."""
        return follow(points, self._supplier_links)

    @handler(permission=PAGE)
    async def open_brand(self, points: list[dict[str, Any]]) -> EventSpec | None:
        """Show what came of a clicked brand."""
        return follow(points, self._brand_links)

    async def _span(self, period: str) -> None:
        self.period = period if period in PERIODS else FIRST_SHOWN
        today = await self._call(lambda ctx: ctx.today)
        self._first, self._last = (str(day) for day in days_of(self.period, today))

    def _fixed(self) -> dict[str, str]:
        return {"from_day": self._first, "to_day": self._last}

    def _address(self) -> EventSpec:
        kept = {"period": self.period} | ({"sort": self.sort} if self.sort else {})
        return address_of("/purchases/figures", kept)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | share_words(row) | {"id": row.supplier_id, "period": self.period}

    async def _reload(self) -> None:
        await super()._reload()
        try:
            found = await self._ask("purchasing.get_figures", self._fixed())
            risen = await self._rises()
            await self._show_late()
            await self._show_recovery()
        except DomainError as error:
            self.problem = error.message
            return
        self._draw(found)
        self.tiles, self.links = _tiles(found, risen), self._links()

    async def _show_recovery(self) -> None:
        """Show what suppliers gave of what was claimed, where the reader may see claims."""
        principal = await self._principal()
        if not principal.may(VIEW_BILLS):
            return
        rows = (await self._ask("billing.claim_recovery", self._fixed())).rows
        days = {"raised_from": self._first, "raised_to": self._last}
        entries = [
            row.model_dump()
            | recovery_words(row)
            | {
                "id": row.supplier_id,
                "days": urlencode(days),
                "claims": counted(row.claims, "claim"),
            }
            for row in rows
        ]
        link = "/claims?supplier_id={supplier_id}&{days}"
        self.recovery = display_rows(entries, RECOVERY_COLUMNS, principal.time_zone, link)

    async def _show_late(self) -> None:
        zone = (await self._principal()).time_zone
        wanted = {"standing": "late", "limit": MOST_SHOWN}
        rows = (await self._ask("purchasing.list_orders", wanted)).rows
        self.late = display_rows(rows, LATE_COLUMNS, zone, "/purchases/{id}")

    async def _rises(self) -> Any:
        zone = (await self._principal()).time_zone
        wanted = self._fixed() | {"direction": "up", "limit": MOST_SHOWN}
        page = await self._ask("purchasing.list_price_changes", wanted)
        rows = [change_entry(row) for row in page.rows]
        self.rises = display_rows(rows, CHANGE_COLUMNS, zone, "{href}")
        return page

    def _links(self) -> dict[str, str]:
        days = self._fixed()
        asked = {"ordered_from": self._first, "ordered_to": self._last}
        return {
            "received": _received(days),
            "orders": f"/purchases?{urlencode({'standing': 'sent'} | asked)}",
            "late": "/purchases?standing=late",
            "rises": f"/purchases/figures/prices?{urlencode({'direction': 'up'} | days)}",
        }

    def _draw(self, found: Any) -> None:
        self._draw_months(found)
        days = self._fixed()
        self._supplier_links = [
            _received(days | ({"supplier_id": f"{row.id}"} if row.id else {}))
            for row in found.by_supplier
        ]
        self._brand_links = [_received(days | {"brand_id": f"{row.id}"}) for row in found.by_brand]
        self.suppliers = _named(found.by_supplier, found.spend.value)
        self.brands = _named(found.by_brand, found.spend.value)
        self.has_spend = bool(found.by_supplier)

    def _draw_months(self, found: Any) -> None:
        known = {row.month: row for row in found.by_month}
        months = _months_to(found.to_day)
        self._month_links = [
            _received({"from_day": f"{month}", "to_day": f"{_end(month)}"}) for month in months
        ]
        amounts = [known[month].value if month in known else ZERO for month in months]
        notes = [_deliveries(known[month]) if month in known else "" for month in months]
        self.months = bars([f"{month:%b %y}" for month in months], amounts, notes)
        self.has_months = bool(known)


def share_words(row: Any) -> dict[str, str]:
    """Return what the shares of a scorecard are of, and how good they are."""
    orders = counted(row.orders, "order")
    return share_tones(row) | {
        "orders": orders if row.orders else "No order",
        "due_units": _share(row.on_time_units, row.due_units),
        "ordered_units": _share(row.filled_units, row.ordered_units),
        "dated_units": _share(row.short_units, row.dated_units),
        "checked_units": _share(row.failed_units, row.checked_units),
    }


def recovery_words(row: Any) -> dict[str, str]:
    """Return what a supplier gave of what was claimed, and how good that is."""
    if row is None:
        return {"credited": "", "recovered_is": ""}
    given = f"{money_text(row.recovered)} of {money_text(row.claimed)}"
    return {"credited": given, "recovered_is": recovery_tone(row.share)}


def _share(part: int, whole: int) -> str:
    return f"{group_count(part)} of {group_count(whole)}" if whole else ""


def _received(filters: dict[str, str]) -> str:
    return f"/purchases/figures/received?{urlencode(filters)}"


def _tiles(found: Any, risen: Any) -> dict[str, str]:
    return {
        "received": money_text(found.spend.value),
        "received_note": f"{_deliveries(found.spend)} · {_compared(found)}",
        "orders": group_count(found.orders.orders),
        "orders_note": f"{money_text(found.orders.value)} with GST",
        "late": group_count(found.orders.late),
        "late_note": f"{money_text(found.orders.late_value)} with GST"
        if found.orders.late
        else "Nothing is overdue",
        "late_tone": "amber" if found.orders.late else "",
        "rises": money_text(risen.total_effect),
        "rises_note": f"{counted(risen.products, 'product')} dearer, at the last quantities",
    }


def _deliveries(figure: Any) -> str:
    return counted(figure.deliveries, "delivery", "deliveries")


def _compared(found: Any) -> str:
    """Write the spend against that of the equally long time before."""
    before = found.spend_before.value
    if not before:
        return "nothing came before"
    change = (found.spend.value / before - 1) * 100
    return f"{change:+.0f}% on the {(found.to_day - found.from_day).days + 1} days before"


def _named(rows: Sequence[Any], whole: Decimal) -> go.Figure:
    names = [row.name or NO_SUPPLIER for row in rows]
    notes = [f"{row.value * 100 / (whole or 1):.0f}%" for row in rows]
    return named_bars(names, [row.value for row in rows], notes)


def _months_to(day: date) -> list[date]:
    """Return the first days of the twelve months that end with a day's month."""
    ends = day.year * 12 + day.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(ends - 11, ends + 1)]


def _end(month: date) -> date:
    """Return the last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
