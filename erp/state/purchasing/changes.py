"""Products whose price changed, and goods that came: the rows behind the figures of buying."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import counted, money_text
from erp.state.listing import ListState
from erp.state.purchasing.wording import NO_SUPPLIER, VIEW

CHANGE_TONES = {"up": "red", "down": "green"}
RECEIVED_TONES = {"late": "red", "short": "amber", "": ""}
CHANGE_COLUMNS = (
    Column("label", "Product", detail="supplier"),
    Column("last_on", "Last came", Kind.DATE, wide_only=True),
    Column("price_before", "Before", Kind.MONEY, wide_only=True),
    Column("price", "Now", Kind.MONEY),
    Column("change", "Change", Kind.PERCENT, tone="direction", tones=CHANGE_TONES),
    Column("units", "Units", Kind.COUNT, wide_only=True),
    Column("effect", "Difference", Kind.MONEY),
)


def change_entry(row: Any) -> dict[str, Any]:
    """Return what is shown of a change of price."""
    return row.model_dump() | {
        "id": f"{row.variant_id}{row.supplier_id}",
        "supplier": row.supplier or NO_SUPPLIER,
        "direction": "up" if row.price > row.price_before else "down",
        "href": f"/products/{row.product_id}?variant_id={row.variant_id}",
    }


class PriceChangesState(ListState, rx.State):
    """Products whose price changed, what costs most more first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "purchasing.list_price_changes"
    columns: ClassVar[tuple[Column, ...]] = CHANGE_COLUMNS
    row_link: ClassVar[str] = "{href}"
    filter_keys: ClassVar[tuple[str, ...]] = (
        "against", "direction", "from_day", "to_day", "supplier_id",
    )  # fmt: skip
    topics: ClassVar[tuple[str, ...]] = ("purchasing", "inventory")

    sums: str = ""

    def _entry(self, row: Any) -> Any:
        return change_entry(row)

    def _overlook(self, page: Any) -> None:
        effect = money_text(abs(page.total_effect))
        way = "less" if page.total_effect < 0 else "more"
        is_dated = self.filters.keys() & {"from_day", "to_day"}
        span = "" if is_dated else " in the last 90 days"
        self.sums = f"{counted(page.products, 'product')}{span}, together {effect} {way}"


class ReceivedState(ListState, rx.State):
    """Goods that came, line by line, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "purchasing.list_received"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "Product", detail="supplier"),
        Column("received_on", "Came", Kind.DATE, detail="reference"),
        Column("expected_on", "Expected", Kind.DATE, detail="order_number", wide_only=True,
               tone="lateness", tones=RECEIVED_TONES),
        Column("expires_on", "Expiry", Kind.EXPIRY, detail="lot_number", wide_only=True,
               tone="shortness", tones=RECEIVED_TONES),
        Column("units", "Units", Kind.COUNT, detail="unit"),
        Column("price", "A unit", Kind.MONEY, wide_only=True),
        Column("value", "Cost", Kind.MONEY),
    )  # fmt: skip
    row_link: ClassVar[str] = "{href}"
    filter_keys: ClassVar[tuple[str, ...]] = (
        "standing", "from_day", "to_day", "supplier_id", "brand_id", "variant_id",
    )  # fmt: skip
    topics: ClassVar[tuple[str, ...]] = ("inventory",)

    sums: str = ""

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "supplier": row.supplier or NO_SUPPLIER,
            "lateness": "late" if row.is_late else "",
            "shortness": "short" if row.is_short else "",
            "href": f"/purchases/{row.order_id}" if row.order_id else f"/stock/lots/{row.lot_id}",
        }

    def _overlook(self, page: Any) -> None:
        units = counted(page.total_units, "unit")
        self.sums = f"{money_text(page.total_value)} for {units}, tax excluded"
