"""Quotations and orders of customers: the list."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import counted, date_text
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.sales.order_wording import ORDER, STATUSES, TONES, VIEW


class SalesOrderListState(ListState, rx.State):
    """Quotations and orders of the branch, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "sales.list_orders"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "Order", sort="name", detail="customer"),
        Column("made_at", "Made", Kind.INSTANT, sort="made_at", wide_only=True),
        Column(
            "deliver_by",
            "Wanted by",
            Kind.DATE,
            sort="deliver_by",
            detail="is_late",
            wide_only=True,
        ),
        Column(
            "status",
            "Status",
            Kind.STATUS,
            sort="status",
            detail="short",
            labels=STATUSES,
            tones=TONES,
        ),
        Column("delivered", "Delivered", Kind.PERCENT, sort="delivered", wide_only=True),
        Column("total", "Total", Kind.MONEY, sort="total"),
    )
    row_link: ClassVar[str] = "/orders/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("standing", "customer_id")
    topics: ClassVar[tuple[str, ...]] = ("sales",)

    may_order: bool = False

    @handler(permission=PAGE)
    async def open_orders(self) -> None:
        """Learn what may be done here."""
        self.may_order = (await self._principal()).may(ORDER)

    def _entry(self, row: Any) -> Any:
        until = row.valid_until if row.status == "quoted" else row.deliver_by
        held = f"holds until {date_text(until)}" if until and row.status == "quoted" else ""
        return row.model_dump() | {
            "is_late": "Late" if row.is_late else "",
            "short": f"{counted(row.short, 'unit')} missing" if row.short else held,
        }
