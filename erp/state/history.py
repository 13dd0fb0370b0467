"""What happened to a record, in words, for those who may oversee."""

from uuid import UUID

from erp.core.formatting import instant_text
from erp.services import identity
from erp.state.session import SessionState

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
        }
        for row in found.rows
    ]


def event_words(name: str) -> str:
    """Return an event's name as words: `pos.sale_posted.v1` is `Sale posted`."""
    middle = name.split(".")[1] if name.count(".") > 0 else name
    return middle.replace("_", " ").capitalize()
