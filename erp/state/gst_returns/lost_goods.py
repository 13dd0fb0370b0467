"""Goods that were lost or given away, and giving back the credit on them."""

from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, money_text
from erp.state.gst_returns.wording import RECORD, VIEW
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler

LOSSES = {
    "stock_write_off": "Written off",
    "stock_adjustment": "Adjusted",
    "stock_count": "Counted short",
    "stock_quarantine": "Quarantine written off",
    "stock_transfer": "Lost on a transfer",
}
STANDS = {"waiting": "Waits", "reversed": "Reversed", "none": "No credit"}


class LostGoodsState(ListState, rx.State):
    """Losses, the newest first; those whose credit waits unless asked otherwise."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gst_returns.list_lost_goods"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("origin_type", "What happened", labels=LOSSES, detail="reason"),
        Column("day", "On", Kind.DATE, wide_only=True),
        Column("value", "Cost of the goods", Kind.MONEY, wide_only=True),
        Column("tax", "Credit", Kind.MONEY),
        Column(
            "standing",
            "Stands",
            Kind.STATUS,
            labels=STANDS,
            tones={"waiting": "amber", "reversed": "green", "none": "gray"},
        ),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("state", "gstin")
    topics: ClassVar[tuple[str, ...]] = ("gst_returns", "inventory")

    may_record: bool = False
    registrations: list[dict[str, str]] = []

    @handler(permission=PAGE)
    async def open_losses(self) -> None:
        """Learn what may be done here, and for which registrations."""
        self.may_record = (await self._principal()).may(RECORD)
        found = await self._ask("gst_returns.list_registrations", {})
        self.registrations = [
            {"value": row.gstin, "label": f"{row.gstin} {row.state}"} for row in found.rows
        ]

    def _entry(self, row: Any) -> Any:
        words = row.reason.replace("_", " ")
        return row.model_dump() | {"reason": words[:1].upper() + words[1:]}

    def _aside(self, row: Any) -> dict[str, str]:
        may = self.may_record and row.standing == "waiting"
        return {"may_reverse": "yes" if may else ""}

    @handler(permission=RECORD)
    async def reverse(self, origin_id: str) -> EventSpec:
        """Give back the credit of one loss."""
        return await self._reverse({"origin_ids": [f"{origin_id}"]})

    @handler(permission=RECORD)
    async def close(self, origin_id: str) -> EventSpec:
        """Let one loss wait no more: its credit was given back in another way."""
        given = {"origin_ids": [f"{origin_id}"], "is_done_by_hand": True}
        return await self._reverse(given, "It waits no more.")

    @handler(permission=RECORD)
    async def reverse_all(self) -> EventSpec:
        """Give back the credit of every loss that bears some."""
        return await self._reverse({})

    async def _reverse(self, which: dict[str, Any], words: str = "") -> EventSpec:
        gstin = self.filters.get("gstin") or next((row["value"] for row in self.registrations), "")
        try:
            done = await self._run("gst_returns.reverse_losses", which | {"gstin": gstin})
        except (ValidationError, DomainError) as error:
            why = error.message if isinstance(error, DomainError) else "Load the page again."
            return rx.toast.error(why)
        await self._reload()
        if words:
            return rx.toast.success(words)
        losses = counted(done.documents, "loss", "losses")
        return rx.toast.success(
            f"{money_text(done.tax)} of credit given back for {losses}, in the return of today's month."
        )
