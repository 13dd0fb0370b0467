"""Stock value: now by place and form, and on a past day by product."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import counted, group_count, money_text
from erp.state.catalog.wording import FORMS
from erp.state.inventory.stock import VIEW
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState
from erp.state.showing import display_rows

GROUP_COLUMNS = (
    Column("location", "Place"),
    Column("form", "Form", labels=FORMS),
    Column("lots", "Lots", Kind.COUNT, wide_only=True),
    Column("quantity", "Units", Kind.COUNT),
    Column("value", "At cost", Kind.MONEY),
    Column("retail", "At MRP", Kind.MONEY, wide_only=True),
)


class ValuationState(SessionState, rx.State):
    """What the company has on hand now."""

    permission: ClassVar[str] = VIEW

    is_loading: bool = True
    groups: list[dict[str, str]] = []
    totals: dict[str, str] = {}

    @handler(permission=PAGE)
    async def open_valuation(self) -> None:
        """Add everything up."""
        zone = (await self._principal()).time_zone
        found = await self._ask("inventory.stock_valuation")
        rows = [row.model_dump() | {"id": f"{row.location_id}{row.form}"} for row in found.rows]
        self.groups = display_rows(rows, GROUP_COLUMNS, zone, "/stock?location_id={location_id}")
        self.totals = {
            "value": money_text(found.value),
            "retail": money_text(found.retail),
            "margin": money_text(found.retail - found.value),
            "quantity": group_count(found.quantity),
            "lots": counted(sum(row.lots for row in found.rows), "lot"),
        }
        self.is_loading = False


class PastStockState(ListState, rx.State):
    """Stock at the end of a business day, from the moves."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.stock_as_of"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "Product", detail="sku"),
        Column("quantity", "Units", Kind.COUNT),
        Column("value", "At cost", Kind.MONEY),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("on", "known_on")

    sums: dict[str, str] = {}
    today: str = ""

    @handler(permission=PAGE)
    async def open_past(self) -> None:
        """Begin with today."""
        self.today = str(await self._call(lambda ctx: ctx.today))

    def _chosen(self) -> dict[str, str]:
        return {"on": self.today} | super()._chosen()

    def _overlook(self, page: Any) -> None:
        self.sums = {
            "value": money_text(page.total_value),
            "quantity": group_count(page.total_quantity),
        }

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"id": row.variant_id}
