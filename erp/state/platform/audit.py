"""The audit: commands that took effect, and one of them with its input and answer."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import instant_text
from erp.services import identity, platform
from erp.state.listing import ListState
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler

SOURCES = {
    "ui": "Screen",
    "rest": "REST",
    "cli": "Terminal",
    "job": "Background",
    "device": "Device",
    "test": "Test",
}


class AuditListState(ListState, rx.State):
    """Commands, newest first."""

    permission: ClassVar[str] = "platform.view"
    query: ClassVar[str] = "platform.list_audit"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("command", "What", detail="person"),
        Column("recorded_at", "When", Kind.INSTANT, sort="recorded_at"),
        Column(
            "source", "From", sort="source", detail="ip_address", labels=SOURCES, wide_only=True
        ),
    )
    row_link: ClassVar[str] = "/system/audit/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("command", "user_id", "from_day", "to_day")

    people: list[dict[str, str]] = []
    commands: list[dict[str, str]] = []

    @handler(permission=PAGE)
    async def open_choices(self) -> None:
        """Load whom and what the list can be narrowed to."""
        try:
            found = await self._ask("platform.list_audit_choices")
        except DomainError:
            return
        self.people = [{"value": p.value, "label": p.label} for p in found.people]
        self.commands = [{"value": name, "label": command_words(name)} for name in found.commands]

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"command": command_words(row.command)}


class AuditState(RecordState, rx.State):
    """One command with what was asked and answered."""

    permission: ClassVar[str] = "platform.view"

    asked: str = ""
    answered: str = ""

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("platform.get_audit", {"audit_id": record_id})
        zone = principal.time_zone
        self.asked, self.answered = found.input, found.answer
        self.head = {
            "title": command_words(found.command),
            "command": found.command,
            "person": found.person,
            "on_behalf_of": found.on_behalf_of,
            "source": SOURCES.get(found.source, found.source),
            "ip_address": found.ip_address,
            "request_id": found.request_id,
            "key": found.idempotency_key,
            "acted": instant_text(found.acted_at, zone),
            "recorded": instant_text(found.recorded_at, zone),
        }


UNTOLD = {"withheld": "Not told while a second reader decides"}


def command_words(name: str) -> str:
    """Return what a command does in words; a retired one by its name."""
    known = {action.name: action.summary for action in platform.list_actions("command")}
    return (
        (known | {"withheld": "Not told while a second reader decides"})
        .get(name, name)
        .rstrip(".")
        .partition(";")[0]
    )
