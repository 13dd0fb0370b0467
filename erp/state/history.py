"""What happened to a record, in words, for those who may oversee."""

from typing import Any
from uuid import UUID

from erp.core.formatting import instant_text
from erp.services import identity
from erp.state.session import SessionState
from erp.state.showing import NOTHING

MAY_OVERSEE = "platform.view"


async def history_of(
    page: SessionState, record_id: UUID, principal: identity.Principal
) -> list[dict[str, str]]:
    """Return the entries of a timeline, newest first; none for who may not oversee."""
    if not principal.may(MAY_OVERSEE):
        return []
    found = await page._ask("platform.list_history", {"record_id": record_id})  # noqa: SLF001  the mixin's own interface
    return [
        {
            "id": str(row.id),
            "what": event_words(row.name),
            "who": row.person,
            "when": instant_text(row.occurred_at, principal.time_zone),
            "where": where_words(row.source, row.ip_address),
            "changes": "\n".join(change_words(change) for change in row.changes),
        }
        for row in found.rows
    ]


SOURCES = {
    "ui": "on the screen",
    "rest": "by REST",
    "cli": "on the command line",
    "job": "by a job",
    "device": "by a device",
    "test": "by a test",
}


def where_words(source: str, ip_address: str) -> str:
    """Return where an act came from, to stand behind who did it."""
    address = f"from {ip_address}" if ip_address else ""
    words = " ".join(part for part in (SOURCES.get(source, source), address) if part)
    return f" · {words}" if words else ""


def change_words(change: Any) -> str:
    """Return one changed fact: `Credit limit: 5000.00, before 2000.00`."""
    label = change.field.replace("_", " ").capitalize()
    before = f", before {change.before}" if change.before else ""
    return f"{label}: {change.after or NOTHING}{before}"


def event_words(name: str) -> str:
    """Return an event's name as words: `pos.sale_posted.v1` is `Sale posted`."""
    middle = name.split(".")[1] if name.count(".") > 0 else name
    return middle.replace("_", " ").capitalize()
