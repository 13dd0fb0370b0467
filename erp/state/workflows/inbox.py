"""A person's inbox: what is new, and marking it read."""

from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.state import live
from erp.state.listing import ListState
from erp.state.registry import PAGE, SIGNED_IN, handler
from erp.state.shell import ShellState

TONES = {"info": "blue", "warning": "amber", "urgent": "red"}


class InboxState(ListState, rx.State):
    """News, newest first."""

    permission: ClassVar[str] = SIGNED_IN
    query: ClassVar[str] = "workflows.list_inbox"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("title", "News", detail="body"),
        Column("read_at", "State", Kind.STATUS, tones={"new": "green", "read": "gray"}),
        Column("severity", "Weight", Kind.STATUS, tones=TONES, wide_only=True),
        Column("created_at", "When", Kind.INSTANT, wide_only=True),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("unread_only",)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"read_at": "read" if row.read_at else "new"}

    def _aside(self, row: Any) -> dict[str, str]:
        return {"is_unread": "" if row.read_at else "yes", "link": row.link}

    async def _reload(self) -> None:
        await super()._reload()
        shell = await self.get_state(ShellState)
        shell.unread = int((await self._ask("workflows.count_unread")).unread)

    @handler(permission=PAGE)
    async def read(self, notification_id: str, link: str) -> EventSpec | None:
        """Mark one piece read and go to what it is about."""
        try:
            await self._run("workflows.mark_read", {"notification_id": f"{notification_id}"})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._reload()
        is_inside = isinstance(link, str) and link.startswith("/") and not link.startswith("//")
        return rx.redirect(link) if is_inside else None

    @handler(permission=PAGE)
    async def read_all(self) -> EventSpec:
        """Mark everything read."""
        done = await self._run("workflows.mark_all_read", {})
        await self._reload()
        return rx.toast.success(
            f"{done.marked} marked read." if done.marked else "All read already."
        )

    @handler(permission=PAGE, background=True)
    async def listen_to_mine(self) -> None:
        """Show news as it comes."""
        principal = await self._principal()
        async for _ in live.changes(self, f"inbox.{principal.user_id}"):
            async with self:
                await self._reload()
