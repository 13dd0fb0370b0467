"""Stock by age: what came when, what holding it costs, and the rates that say so."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import plotly.graph_objects as go
import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.formatting import counted, date_text, group_count, money_text, plain_decimal
from erp.core.money import ZERO
from erp.services.inventory import AGE_BUCKETS
from erp.state.asking import DialogFormState
from erp.state.catalog.wording import FORMS
from erp.state.inventory.stock import VIEW
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.reporting.bars import clicked, stacked_bars

PLAN = "inventory.plan"
BUCKETS: Mapping[str, str] = {
    "0-30": "0 to 30 days",
    "31-60": "31 to 60 days",
    "61-90": "61 to 90 days",
    "91-180": "91 to 180 days",
    "180+": "Over 180 days",
}
_TONES: Mapping[str, str] = {"0-30": "", "31-60": "", "61-90": "", "91-180": "amber", "180+": "red"}
_LAYERS = 4
"""Forms with a layer of their own in the chart; the others share one."""
_OTHERS = "Other forms"
Amounts = dict[str, list[Decimal]]


class AgeingState(ListState, rx.State):
    """Goods by the days since their lot first came."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_ageing"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "Product", sort="label", detail="lot_number"),
        Column("received_on", "First came", Kind.DATE, sort="received_on", wide_only=True),
        Column("age_days", "Days", Kind.COUNT, sort="age_days", tone="bucket", tones=_TONES),
        Column("form", "Form", labels=FORMS, wide_only=True),
        Column("location", "Place", sort="location", wide_only=True),
        Column("quantity", "Units", Kind.COUNT, sort="quantity", wide_only=True),
        Column("value", "Value", Kind.MONEY, sort="value"),
        Column(
            "carrying", "A month costs", Kind.MONEY, sort="carrying", detail="rate", wide_only=True
        ),
    )
    row_link: ClassVar[str] = "/stock/lots/{lot_id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("bucket", "form", "location_id", "variant_id")
    topics: ClassVar[tuple[str, ...]] = ("inventory", "pos")

    chart: go.Figure = go.Figure()
    has_stock: bool = False
    sums: dict[str, str] = {}
    rates: list[dict[str, str]] = []
    may_plan: bool = False

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "id": f"{row.lot_id}{row.location_id}",
            "lot_number": f"Lot {row.lot_number}",
            "rate": f"{plain_decimal(row.rate)}% a year",
        }

    async def _reload(self) -> None:
        await super()._reload()
        self.may_plan = (await self._principal()).may(PLAN)
        found = await self._ask("inventory.stock_ageing")
        self.sums = _sums(found)
        self.has_stock = bool(found.rows)
        self.chart = _chart(found.rows)
        await self._show_rates()

    async def _show_rates(self) -> None:
        found = await self._ask("inventory.list_carrying_rates")
        self.rates = [_rate(row) for row in found.rows]
        if len(self.rates) == 1:
            self.rates[0]["name"] = "All goods"

    @handler(permission=PAGE)
    async def open_bar(self, points: list[dict[str, Any]]) -> EventSpec | None:
        """Show the lots of a clicked bar."""
        place = clicked(points, len(AGE_BUCKETS))
        return None if place is None else await self._choose(list(AGE_BUCKETS)[place])

    async def _choose(self, bucket: str) -> EventSpec:
        self.filters = {**self.filters, "bucket": bucket}
        return await self._from_the_top()


class SetCarryingRateState(DialogFormState, rx.State):
    """Says what a year of holding goods costs, from a day on."""

    permission: ClassVar[str] = PLAN
    command: ClassVar[str] = "inventory.set_carrying_rate"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self.get_state(AgeingState))._reload()
        return "Rate set. It counts from its day on."


def _sums(found: Any) -> dict[str, str]:
    old = [row for row in found.rows if row.bucket == "180+"]
    old_value = sum((row.value for row in old), ZERO)
    share = f"{old_value * 100 / found.value:.0f}% of stock" if found.value else "Nothing"
    return {
        "value": money_text(found.value),
        "quantity": counted(found.quantity, "unit"),
        "carrying": money_text(found.carrying),
        "carrying_note": f"{money_text(found.carrying * 12)} a year",
        "average": f"{group_count(found.average_days)} days",
        "old": money_text(old_value),
        "old_note": f"{share} at cost",
    }


def _rate(row: Any) -> dict[str, str]:
    since = f"since {date_text(row.valid_from)}" if row.valid_from else "until you set your own"
    return {
        "id": row.form or "all",
        "name": FORMS[row.form] if row.form else "All other goods",
        "rate": f"{plain_decimal(row.rate)}%",
        "since": since,
    }


def _chart(rows: Sequence[Any]) -> go.Figure:
    """Return bars of the buckets in layers of the forms that hold the most money."""
    by_form: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        by_form[row.form] += row.value
    largest = sorted(by_form, key=lambda form: -by_form[form])
    own = largest if len(largest) <= _LAYERS + 1 else largest[:_LAYERS]
    names = [FORMS[form] for form in own] + ([_OTHERS] if len(own) < len(largest) else [])
    values: Amounts = {name: [ZERO] * len(BUCKETS) for name in names}
    costs: Amounts = {name: [ZERO] * len(BUCKETS) for name in names}
    for row in rows:
        name = FORMS[row.form] if row.form in own else _OTHERS
        place = list(BUCKETS).index(row.bucket)
        values[name][place] += row.value
        costs[name][place] += row.carrying
    notes = {name: [f"{money_text(c)} a month to hold" for c in costs[name]] for name in names}
    return stacked_bars(list(BUCKETS), values, notes, rest=_OTHERS)
