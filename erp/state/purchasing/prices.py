"""What a product cost, delivery by delivery, on the product's page."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import plotly.graph_objects as go
import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import money_text
from erp.state.listing import ListState
from erp.state.purchasing.wording import NO_SUPPLIER, VIEW
from erp.state.registry import SIGNED_IN, handler
from erp.state.reporting.bars import steps
from erp.state.session import as_uuid
from erp.state.showing import NOTHING, display_rows

MOST_OFFERS = 10
OFFER_COLUMNS = (
    Column("answered_on", "Offered", Kind.DATE, detail="request"),
    Column("supplier", "Supplier"),
    Column("valid_until", "Held until", Kind.DATE, wide_only=True),
    Column(
        "is_chosen",
        "Outcome",
        Kind.STATUS,
        labels={"chosen": "Chosen", "kept": "Not chosen"},
        tones={"chosen": "green", "kept": "gray"},
        wide_only=True,
    ),
    Column("effective", "A unit", Kind.MONEY, detail="scheme"),
)


class PriceState(ListState, rx.State):
    """Prices paid for one potency and pack of the product that the address names."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "purchasing.price_history"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("received_on", "Came", Kind.DATE, detail="reference"),
        Column("supplier", "Supplier", detail="order_number"),
        Column("lot_number", "Lot", wide_only=True),
        Column("units", "Units", Kind.COUNT, detail="unit"),
        Column("value", "Cost", Kind.MONEY, wide_only=True),
        Column("price", "A unit", Kind.MONEY),
    )
    row_link: ClassVar[str] = "{href}"
    filter_keys: ClassVar[tuple[str, ...]] = ("variant_id",)
    part_keys: ClassVar[tuple[str, ...]] = ("variant_id",)
    page_size: ClassVar[int] = 20

    may_see: bool = False
    variants: list[dict[str, str]] = []
    prices: dict[str, str] = {}
    offers: list[dict[str, str]] = []
    chart: go.Figure = go.Figure()

    @handler(permission=SIGNED_IN)
    async def open_prices(self) -> None:
        """Show the variant that the address names, or the product's first, to who may see it."""
        self.may_see, self.variants, self.rows = False, [], []
        product_id = as_uuid(self.router.url.path.rstrip("/").rpartition("/")[2])
        if product_id is None or not (await self._principal()).may(VIEW):
            return
        try:
            product = await self._ask("catalog.get_product", {"product_id": product_id})
        except DomainError:
            return
        self.variants = [_option(row) for row in product.variants]
        if self.variants and not product.is_service:
            self.may_see = True
            await self._begin(dict(self.router.url.query_parameters).get("variant_id", ""))

    async def _begin(self, asked: str) -> None:
        known = [option["value"] for option in self.variants]
        self.filters = {"variant_id": asked if asked in known else known[0]}
        self._rewind()
        await self._reload()

    async def _reload(self) -> None:
        await super()._reload()
        wanted = {"variant_id": self.filters["variant_id"], "limit": MOST_OFFERS}
        rows = (await self._ask("purchasing.list_offers", wanted)).rows
        zone = (await self._principal()).time_zone
        link = "/purchases/quotations/{request_id}"
        self.offers = display_rows([_offer(row) for row in rows], OFFER_COLUMNS, zone, link)

    def _entry(self, row: Any) -> Any:
        href = f"/purchases/{row.order_id}" if row.order_id else f"/stock/lots/{row.lot_id}"
        return row.model_dump() | {"href": href, "supplier": row.supplier or NO_SUPPLIER}

    def _overlook(self, page: Any) -> None:
        names = ("last", "lowest", "average")
        known = {name: getattr(page, name) for name in names}
        self.prices = {n: NOTHING if p is None else money_text(p) for n, p in known.items()}
        self.chart = steps(_by_supplier(page.rows))


def _offer(row: Any) -> dict[str, Any]:
    scheme = f"{row.scheme_paid} + {row.scheme_free}" if row.scheme_paid else ""
    return row.model_dump() | {
        "scheme": f"{money_text(row.price)}, {scheme} free" if scheme else "",
        "is_chosen": "chosen" if row.is_chosen else "kept",
    }


def _option(variant: Any) -> dict[str, str]:
    words = " · ".join(part for part in (variant.potency, variant.pack) if part)
    return {"value": str(variant.variant_id), "label": words}


def _by_supplier(rows: Sequence[Any]) -> dict[str, list[tuple[date, Decimal]]]:
    """Return the shown prices by supplier, the oldest first."""
    lines: dict[str, list[tuple[date, Decimal]]] = {}
    for row in reversed(rows):
        lines.setdefault(row.supplier or NO_SUPPLIER, []).append((row.received_on, row.price))
    return lines
