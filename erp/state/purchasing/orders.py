"""Orders to suppliers: the list."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.state.listing import ListState
from erp.state.purchasing.wording import ORDER, STATUSES, TONES, VIEW
from erp.state.registry import PAGE, handler


class OrderListState(ListState, rx.State):
    """Orders of the branch, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "purchasing.list_orders"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Order", sort="number", detail="supplier"),
        Column(
            "ordered_at",
            "Ordered",
            Kind.INSTANT,
            sort="ordered_at",
            detail="asked_by",
            wide_only=True,
        ),
        Column(
            "expected_on",
            "Expected",
            Kind.DATE,
            sort="expected_on",
            detail="is_late",
            wide_only=True,
        ),
        Column(
            "status",
            "Status",
            Kind.STATUS,
            sort="status",
            detail="is_waiting",
            labels=STATUSES,
            tones=TONES,
        ),
        Column("arrived", "Arrived", Kind.PERCENT, sort="arrived", wide_only=True),
        Column("total", "Total", Kind.MONEY, sort="total"),
    )
    row_link: ClassVar[str] = "/purchases/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = (
        "standing", "status", "supplier_id", "ordered_from", "ordered_to",
    )  # fmt: skip
    topics: ClassVar[tuple[str, ...]] = ("purchasing",)

    may_order: bool = False

    @handler(permission=PAGE)
    async def open_orders(self) -> None:
        """Learn what may be done here."""
        self.may_order = (await self._principal()).may(ORDER)

    def _entry(self, row: Any) -> Any:
        waits = row.is_waiting and row.status != "awaiting"
        return row.model_dump() | {
            "is_late": "Late" if row.is_late else "",
            "is_waiting": "An amendment waits" if waits else "",
        }
