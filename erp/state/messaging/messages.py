"""Messages to people outside: what went out, what waits, what failed."""

from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, instant_text
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler

STATUSES = {"queued": "Waiting", "sent": "Sent", "failed": "Failed", "cancelled": "Cancelled"}
RECEIPTS = {"delivered": "On the phone", "read": "Read", "undelivered": "Not taken"}
CHANNELS = {"email": "E-mail", "sms": "SMS", "whatsapp": "WhatsApp"}


class MessageListState(ListState, rx.State):
    """Messages, newest first."""

    permission: ClassVar[str] = "platform.operate"
    query: ClassVar[str] = "messaging.list_messages"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("to_name", "To", sort="to_name", detail="to_address"),
        Column("subject", "Subject", detail="channel"),
        Column("user_name", "Asked for by", wide_only=True),
        Column("queued_at", "Asked for", Kind.INSTANT, sort="queued_at", wide_only=True),
        Column(
            "status",
            "State",
            Kind.STATUS,
            sort="status",
            labels=STATUSES,
            detail="receipt",
            tones={"queued": "amber", "sent": "green", "failed": "red", "cancelled": "gray"},
        ),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("status", "channel")
    topics: ClassVar[tuple[str, ...]] = ("messaging",)

    shown: dict[str, str] = {}

    _zone: str = "Asia/Kolkata"

    async def _reload(self) -> None:
        """Show the messages, with what phones did at the time where the business is."""
        self._zone = (await self._principal()).time_zone
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        files = counted(row.files, "file", "files") if row.files else ""
        parts = [CHANNELS[row.channel], files, row.problem if row.status != "sent" else ""]
        told = RECEIPTS.get(row.receipt, "")
        return row.model_dump() | {
            "channel": " · ".join(part for part in parts if part),
            "receipt": f"{told} {instant_text(row.receipt_at, self._zone)}"
            if told and row.receipt_at
            else "",
        }

    def _aside(self, row: Any) -> dict[str, str]:
        return {
            "body": row.body,
            "why": row.why,
            "may_cancel": "yes" if row.status == "queued" else "",
            "may_resend": "yes"
            if row.status in {"failed", "cancelled"} and row.receipt != "undelivered"
            else "",
        }

    @handler(permission=PAGE)
    async def show(self, message_id: str) -> None:
        """Show what a message says."""
        found = [row for row in self.rows if row["id"] == message_id]
        self.shown = dict(found[0]) if found else {}

    @handler(permission=PAGE)
    async def hide(self) -> None:
        """Close the message."""
        self.shown = {}

    @handler(permission=PAGE)
    async def act(self, verb: str, message_id: str) -> EventSpec | None:
        """Cancel a message, or send it again."""
        if verb not in {"cancel", "resend"}:
            return None
        try:
            await self._run(f"messaging.{verb}_message", {"message_id": f"{message_id}"})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._reload()
        return rx.toast.success("Cancelled." if verb == "cancel" else "It goes out again.")
