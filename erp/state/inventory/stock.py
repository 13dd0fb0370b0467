"""Stock by lot, and every move of it."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import group_count
from erp.state.catalog.wording import SHELF_TONES
from erp.state.inventory.wording import HELD_TONES, MOVE_COLUMNS, STATUS, document_of, move_entry
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState

VIEW = "inventory.view"
ADJUST = "inventory.adjust"
TRANSFER = "inventory.transfer"
RECEIVE = "inventory.receive"
SEE_SALES = "pos.view"


class PlacesState(SessionState, rx.State):
    """Places of the acting branch to choose from, and what one may do with its stock."""

    permission: ClassVar[str] = VIEW

    places: list[dict[str, str]] = []
    may_adjust: bool = False
    may_transfer: bool = False
    may_receive: bool = False

    @handler(permission=PAGE)
    async def open_places(self) -> None:
        """Load the places."""
        principal = await self._principal()
        found = await self._ask("inventory.list_locations", {"branch_id": principal.branch_id})
        self.places = [{"value": str(row.id), "label": row.name} for row in found.rows]
        self.may_adjust = principal.may(ADJUST)
        self.may_transfer = principal.may(TRANSFER)
        self.may_receive = principal.may(RECEIVE)


class StockListState(ListState, rx.State):
    """Stock by product, first expiry first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.stock_by_lot"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "Product", sort="label", detail="lot_number"),
        Column(
            "expires_on",
            "Expiry",
            Kind.EXPIRY,
            sort="expires_on",
            tone="shelf_life",
            tones=SHELF_TONES,
        ),
        STATUS,
        Column("location", "Place", sort="location", wide_only=True),
        Column("mrp", "MRP", Kind.MONEY, sort="mrp", wide_only=True),
        Column(
            "on_hand",
            "On hand",
            Kind.COUNT,
            sort="on_hand",
            detail="reserved",
            tone="status",
            tones=HELD_TONES,
        ),
        Column("value", "Value", Kind.MONEY, sort="value", wide_only=True),
    )
    row_link: ClassVar[str] = "/stock/lots/{lot_id}"
    filter_keys: ClassVar[tuple[str, ...]] = (
        "location_id",
        "status",
        "rung",
        "product_id",
        "variant_id",
    )
    topics: ClassVar[tuple[str, ...]] = ("inventory", "pos")

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "id": f"{row.lot_id}{row.location_id}",
            "lot_number": " · ".join(part for part in (f"Lot {row.lot_number}", row.maker) if part),
            "reserved": f"{group_count(row.reserved)} reserved" if row.reserved else "",
        }


class MoveListState(ListState, rx.State):
    """Moves, the last recorded first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_moves"
    columns: ClassVar[tuple[Column, ...]] = MOVE_COLUMNS
    row_link: ClassVar[str] = "/stock/lots/{lot_id}"
    filter_keys: ClassVar[tuple[str, ...]] = (
        "location_id",
        "product_id",
        "variant_id",
        "lot_id",
        "origin_id",
    )
    topics: ClassVar[tuple[str, ...]] = ("inventory", "pos")

    _sees_sales: bool = False

    async def _reload(self) -> None:
        self._sees_sales = (await self._principal()).may(SEE_SALES)
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        return move_entry(row)

    def _aside(self, row: Any) -> dict[str, str]:
        return {"document": document_of(row, sees_sales=self._sees_sales)}
