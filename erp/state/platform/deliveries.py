"""Background work that failed for good, and trying it again."""

from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.state.history import event_words
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler

DEAD = "dead"


class DeliveryListState(ListState, rx.State):
    """Deliveries of events to subscribers; the dead ones unless asked otherwise."""

    permission: ClassVar[str] = "platform.operate"
    query: ClassVar[str] = "platform.list_deliveries"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("event_name", "Event", detail="last_error"),
        Column("subscriber", "For", Kind.CODE, wide_only=True),
        Column("attempts", "Attempts", Kind.COUNT, wide_only=True),
        Column("occurred_at", "Happened", Kind.INSTANT, wide_only=True),
        Column(
            "status",
            "Status",
            Kind.STATUS,
            labels={"dead": "Failed", "pending": "Due", "leased": "Running", "done": "Done"},
            tones={"dead": "red", "pending": "amber", "leased": "blue", "done": "green"},
        ),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("status",)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"event_name": event_words(row.event_name)}

    def _aside(self, row: Any) -> dict[str, str]:
        return {"may_retry": "yes" if row.status == DEAD else ""}

    @handler(permission=PAGE)
    async def retry(self, delivery_id: str) -> EventSpec:
        """Make a failed delivery due again."""
        try:
            await self._run("platform.retry_delivery", {"delivery_id": f"{delivery_id}"})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._reload()
        return rx.toast.success("Tried again now. It leaves this list once it is done.")
