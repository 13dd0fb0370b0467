"""Drafts of the session of the page: asked for with open eyes, taken or thrown away by a person."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import instant_text
from erp.services import identity
from erp.state.explaining import errors_by_field
from erp.state.imaging.summary import SummaryState
from erp.state.reading import RecordState
from erp.state.registry import handler

VIEW = "imaging.view"
REVIEW = "imaging.review"
WAITING = frozenset({"queued", "running"})
STATUS_WORDS = {
    "queued": "Waiting",
    "running": "Being written",
    "ready": "Waiting for you",
    "failed": "Failed",
    "cancelled": "Cancelled",
    "accepted": "Taken as the summary",
    "discarded": "Discarded",
}
STATUS_TONES = {"ready": "amber", "failed": "red", "accepted": "green"}
STEPS = {"queued": "Waiting for its turn", "running": "The model is writing"}


class DraftsState(RecordState, rx.State):
    """What was asked of a language model about the session that the address names."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("drafting", "imaging")

    may_ask: bool = False
    is_waiting: bool = False
    step: str = ""
    current: dict[str, str] = {}
    rows: list[dict[str, str]] = []
    refusal: str = ""
    is_asking: bool = False
    asked: dict[str, str] = {}
    is_showing: bool = False

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        if self.head.get("id") != str(record_id):
            self.refusal, self.is_asking, self.is_showing = "", False, False
        self.head = {"id": str(record_id)}
        if not principal.may(REVIEW):
            self.may_ask, self.rows, self.current, self.is_waiting = False, [], {}, False
            return
        found = await self._ask("drafting.list_drafts", {"session_id": record_id})
        self.may_ask = found.is_set_up and found.left_today > 0
        self.rows = [_row(row, principal.time_zone) for row in found.rows]
        newest = self.rows[0] if self.rows else {}
        self.is_waiting = newest.get("status") in WAITING
        self.step = STEPS.get(newest.get("status", ""), "")
        is_open = newest.get("status") in {*WAITING, "ready", "failed"}
        self.current = newest if is_open and not newest["is_hidden"] else {}

    @handler(permission=REVIEW)
    async def look(self) -> EventSpec | None:
        """Show what would be sent."""
        try:
            found = await self._ask("drafting.show_input", {"session_id": self.head.get("id", "")})
        except DomainError as error:
            return rx.toast.error(error.message)
        self.asked = {
            "model": found.model,
            "facts": found.facts.replace('},{"', '},\n {"').replace(',"', ',\n"'),
            "digest": found.input_digest,
            "removed": f"{found.removed}" if found.removed else "",
        }
        self.is_asking = True
        return None

    @handler(permission=REVIEW)
    async def put_away(self) -> None:
        """Close what would be sent; nothing is sent."""
        self.is_asking = False

    @handler(permission=REVIEW)
    async def ask(self) -> EventSpec | None:
        """Send what was shown."""
        given = {"session_id": self.head.get("id", ""), "input_digest": self.asked.get("digest")}
        self.is_asking = False
        return await self._try("drafting.ask_draft", given)

    @handler(permission=REVIEW)
    async def cancel(self) -> EventSpec | None:
        """Want the draft no more."""
        return await self._try("drafting.cancel_draft", self._one())

    @handler(permission=REVIEW)
    async def discard(self) -> EventSpec | None:
        """Throw the draft away."""
        return await self._try("drafting.discard_draft", self._one())

    @handler(permission=REVIEW)
    async def accept(self, form: dict[str, Any]) -> EventSpec | None:
        """Take the draft, as it was changed, as the session's summary."""
        typed = f"{form.get('draft', '')}" if isinstance(form, Mapping) else ""
        summary = await self.get_state(SummaryState)
        given = self._one() | {"text": typed, "version": summary.base}
        refused = await self._try("drafting.accept_draft", given)
        if refused is not None:
            return refused
        await summary.show_later()
        await summary._show()  # noqa: SLF001  sister of this state
        return rx.toast.success("The text is your summary now. It is a draft until you sign.")

    @handler(permission=REVIEW)
    async def show_log(self) -> None:
        """Show what was sent and what came back."""
        self.is_showing = True

    @handler(permission=REVIEW)
    async def hide_log(self) -> None:
        """Close the record."""
        self.is_showing = False

    def _one(self) -> dict[str, Any]:
        return {"draft_id": self.current.get("id", "")}

    async def _try(self, command: str, given: Mapping[str, Any]) -> EventSpec | None:
        """Run a command about the drafts; say so where it is refused, and keep what was typed."""
        self.refusal = ""
        try:
            await self._run(command, given)
        except (ValidationError, DomainError) as error:
            said = error.message if isinstance(error, DomainError) else ""
            self.refusal = said or next(iter(errors_by_field(error).values()), "Not possible.")
        await self._show()
        return rx.toast.error(self.refusal) if self.refusal else None


def _row(row: Any, zone: str) -> dict[str, str]:
    ended = f"{row.decided_by_name}, {instant_text(row.decided_at, zone)}" if row.decided_at else ""
    return {
        "id": str(row.id),
        "status": row.status,
        "words": STATUS_WORDS[row.status],
        "tone": STATUS_TONES.get(row.status, "gray"),
        "model": row.model,
        "asked": f"{instant_text(row.asked_at, zone)} · {row.asked_by_name}",
        "decided": ended,
        "is_hidden": "yes" if row.is_hidden else "",
        "is_stale": "yes" if row.is_stale else "",
        "request": row.request,
        "answer": row.answer,
        "problem": row.problem,
        "unmeasured": ", ".join(row.unmeasured),
    }
