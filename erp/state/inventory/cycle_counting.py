"""Cycle counting: what is due to be counted, how often, and how right the books were."""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

import plotly.graph_objects as go
import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.formatting import counted, date_text, group_count, money_text
from erp.services.inventory import VALUE_CLASSES
from erp.state.asking import DialogFormState
from erp.state.inventory.ageing import PLAN
from erp.state.inventory.counts import COUNT
from erp.state.inventory.stock import VIEW
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.reporting.bars import bars

CLASS_TONES: Mapping[str, str] = {"A": "green", "B": "blue", "C": "gray"}
NEW_COUNT = "/stock/counts/new"


class DueLotsState(ListState, rx.State):
    """Lots of the branch that are to be counted, the longest due first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_due_lots"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "Product", sort="label", detail="lot_number"),
        Column("abc", "Class", Kind.STATUS, sort="abc", tones=CLASS_TONES, wide_only=True),
        Column("location", "Place", sort="location", wide_only=True),
        Column("value", "Value", Kind.MONEY, sort="value", wide_only=True),
        Column("counted_on", "Last counted", Kind.DATE, sort="counted_on", wide_only=True),
        Column("due_on", "Due", Kind.DATE, sort="due_on", detail="days_overdue"),
    )
    row_link: ClassVar[str] = "/stock/lots/{lot_id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("abc", "location_id")
    topics: ClassVar[tuple[str, ...]] = ("inventory",)

    classes: list[dict[str, str]] = []
    start_link: str = NEW_COUNT
    may_count: bool = False
    may_plan: bool = False

    async def _reload(self) -> None:
        principal = await self._principal()
        self.may_count, self.may_plan = principal.may(COUNT), principal.may(PLAN)
        await super()._reload()
        if self.problem:
            return
        found = await self._ask("inventory.list_count_intervals")
        self.classes = [_class(row, self.filters.get("abc", "")) for row in found.rows]
        self.start_link = f"{NEW_COUNT}?{urlencode({'scope': 'due', **self.filters})}"

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "id": f"{row.lot_id}{row.location_id}",
            "lot_number": f"Lot {row.lot_number}",
            "days_overdue": f"{counted(row.days_overdue, 'day')} ago"
            if row.days_overdue
            else "Today",
        }

    @handler(permission=PAGE)
    async def choose(self, abc: str) -> EventSpec | None:
        """Show the lots of one class; once more shows all again."""
        if abc not in VALUE_CLASSES:
            return None
        others = {key: held for key, held in self.filters.items() if key != "abc"}
        is_chosen = self.filters.get("abc") == abc
        self.filters = others if is_chosen else {**others, "abc": abc}
        return await self._from_the_top()


class SetCountIntervalState(DialogFormState, rx.State):
    """Says how often goods of a class are counted."""

    permission: ClassVar[str] = PLAN
    command: ClassVar[str] = "inventory.set_count_interval"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self.get_state(DueLotsState))._reload()
        return "Interval set."


class CountAccuracyState(ListState, rx.State):
    """Products whose shelves differed from the books, the most money missing first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_count_differences"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "Product", sort="label", detail="sku"),
        Column("different", "Lots that differed", Kind.COUNT, sort="different", detail="lots"),
        Column("short", "Units missing", Kind.COUNT, sort="short", wide_only=True),
        Column("over", "Units found", Kind.COUNT, sort="over", wide_only=True),
        Column("gained", "Gained", Kind.MONEY, sort="gained", wide_only=True),
        Column("lost", "Missing, at cost", Kind.MONEY, sort="lost"),
    )
    row_link: ClassVar[str] = "/stock?variant_id={variant_id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("days", "location_id")
    part_keys: ClassVar[tuple[str, ...]] = ("days",)
    topics: ClassVar[tuple[str, ...]] = ("inventory",)

    sums: dict[str, str] = {}
    chart: go.Figure = go.Figure()
    has_counts: bool = False

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"id": row.variant_id, "lots": f"of {row.lots}"}

    async def _reload(self) -> None:
        await super()._reload()
        if self.problem:
            return
        asked = {key: value for key, value in self.filters.items() if key in self.filter_keys}
        found = await self._ask("inventory.judge_counts", asked)
        self.has_counts = bool(found.rows)
        self.sums = _sums(found)
        self.chart = bars(
            [f"{row.month:%b %Y}" for row in found.rows],
            [row.lost for row in found.rows],
            [f"{row.accuracy}% of {counted(row.lots, 'lot')} exact" for row in found.rows],
        )


def _class(row: Any, chosen: str) -> dict[str, str]:
    never = f", {group_count(row.never)} never counted" if row.never else ""
    return {
        "abc": row.abc,
        "name": f"Class {row.abc}",
        "label": f"Class {row.abc}, every {counted(row.days, 'day')}",
        "every": f"every {counted(row.days, 'day')}",
        "value": f"{group_count(row.due)} of {counted(row.lots, 'lot')}",
        "note": f"{money_text(row.value)} at cost{never}" if row.due else "Nothing is due",
        "since": "" if row.set_at else "until you set your own",
        "tone": "amber" if row.due else "",
        "is_chosen": "true" if row.abc == chosen else "false",
        "id": row.abc,
    }


def _sums(found: Any) -> dict[str, str]:
    exact = f"{group_count(found.exact)} of {counted(found.lots, 'lot')} exact"
    return {
        "accuracy": "None yet" if found.accuracy is None else f"{found.accuracy}%",
        "exact": exact if found.lots else "Nothing was counted",
        "counts": group_count(found.counts),
        "since": f"since {date_text(found.since)}",
        "lost": money_text(found.lost),
        "gained": money_text(found.gained),
        "recounted": f"{counted(found.recounted, 'lot')} counted again",
    }
