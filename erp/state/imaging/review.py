"""The review of the session of the page: who is at it, its checklist, its readers, its signature."""

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import ConfirmationRequired, DomainError
from erp.core.formatting import instant_text
from erp.services import identity
from erp.state.explaining import errors_by_field
from erp.state.imaging.queue import QueueState
from erp.state.imaging.session import ImagingSessionState
from erp.state.imaging.wording import (
    DUE_TONES,
    QA_LABELS,
    QA_TONES,
    URGENCY_LABELS,
    URGENCY_TONES,
    due_words,
)
from erp.state.reading import RecordState
from erp.state.registry import handler

VIEW = "imaging.view"
REVIEW = "imaging.review"
OPEN = frozenset({"new", "in_review"})
DECIDED = frozenset({"accepted", "rejected", "repeat_requested", "signed_off"})
ANSWER_WORDS = {"yes": "Yes", "no": "No", "na": "N/A"}
NOBODY = "nobody"


class ReviewState(RecordState, rx.State):
    """How the review of the session that the address names stands."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("imaging",)

    items: list[dict[str, str]] = []
    readings: list[dict[str, str]] = []
    addenda: list[dict[str, str]] = []
    people: list[dict[str, str]] = []
    open_items: int = 0
    is_asking: bool = False
    question: str = ""
    refusal: str = ""

    _version: int = 0

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("imaging.get_review", {"session_id": record_id})
        if self.head.get("id") != str(record_id):
            self.refusal, self.is_asking = "", False
        self._version = found.version
        self.head = _head(found, principal)
        self.items = [_item(item) for item in found.items]
        self.open_items = sum(item.lack != "" for item in found.items)
        if not self.open_items or not self.head["may_decide"]:
            self.refusal = ""
        zone = principal.time_zone
        self.readings = [_reading(row, zone) for row in found.readings]
        self.addenda = [_addendum(row, zone) for row in found.addenda]
        if not self.people and principal.may(REVIEW):
            listed = (await self._ask("imaging.list_reviewers")).rows
            self.people = [{"value": str(row.id), "label": row.name} for row in listed]

    @handler(permission=REVIEW)
    async def start(self) -> EventSpec:
        """Claim the session."""
        return await self._try("imaging.start_review", {}, "The session is yours for 30 minutes.")

    @handler(permission=REVIEW)
    async def give_back(self) -> EventSpec:
        """Let others have the session."""
        return await self._try("imaging.give_back_session", {}, "The session is free again.")

    @handler(permission=REVIEW)
    async def resume(self) -> EventSpec:
        """Put the session back into the queue."""
        return await self._try("imaging.resume_session", {}, "The session is in the queue again.")

    @handler(permission=REVIEW)
    async def prioritise(self, urgency: str) -> EventSpec:
        """Say how urgent the session is."""
        words = f"It is {f'{urgency}'[:20]} now."
        return await self._try("imaging.prioritise_session", {"urgency": f"{urgency}"}, words)

    @handler(permission=REVIEW)
    async def assign(self, user_id: str) -> EventSpec:
        """Say who should review the session."""
        given = {"user_id": None if user_id == NOBODY else f"{user_id}"}
        return await self._try("imaging.assign_session", given, "Assignment saved.")

    @handler(permission=REVIEW)
    async def answer(self, key: str, answer: str) -> EventSpec | None:
        """Answer an item of the checklist; the same answer again takes it back."""
        item = next((row for row in self.items if row["key"] == key), None)
        if item is None:
            return None
        code = {words: code for code, words in ANSWER_WORDS.items()}.get(f"{answer}", f"{answer}")
        given = code if item["kind"] == "yes_no" else f"{answer}".strip()
        if item["kind"] != "number" and item["shown"] == answer:
            given = ""
        refused = await self._attempt("imaging.answer_checklist", {"answers": {key: given}})
        return rx.toast.error(refused) if refused else None

    @handler(permission=REVIEW)
    async def accept(self) -> EventSpec | None:
        """Find the session good, or ask first if it is not whole."""
        return await self._accept(())

    @handler(permission=REVIEW)
    async def accept_anyway(self) -> EventSpec | None:
        """Find the session good though it is not whole."""
        self.is_asking = False
        return await self._accept(("session_incomplete",))

    @handler(permission=REVIEW)
    async def keep_open(self) -> None:
        """Close the question."""
        self.is_asking = False

    @handler(permission=VIEW)
    async def open_next(self) -> EventSpec:
        """Lead to the session that follows in the list as it was last narrowed."""
        queue = await self.get_state(QueueState)
        given = queue._chosen() | {"session_id": self.head.get("id", "")}  # noqa: SLF001  sister
        try:
            found = await self._ask("imaging.next_session", given)
        except (ValidationError, DomainError):
            return rx.toast.error("The list cannot be read just now. Open the queue again.")
        if found.session_id is None:
            return rx.toast.info("Nothing else waits in this view.")
        return rx.redirect(f"/imaging/sessions/{found.session_id}")

    @handler(permission=VIEW)
    async def press(self, name: str) -> Any:
        """Act on a key of the page."""
        if name == "next":
            return ReviewState.open_next
        is_mine = self.head.get("may_decide", "") != ""
        acts = {"accept": ReviewState.accept, "start": ReviewState.start}
        return acts.get(f"{name}") if is_mine else None

    async def _accept(self, confirm: tuple[str, ...]) -> EventSpec | None:
        wanted = {
            "session_id": self.head.get("id", ""),
            "version": self._version,
            "seen": await self._seen(),
        }
        try:
            given = await self._run("imaging.accept_session", wanted, confirm=confirm)
        except ConfirmationRequired as asked:
            self.question, self.is_asking = asked.message, True
            return None
        except DomainError as error:
            await self._bring_up_to_date()
            self.refusal = error.message if error.code == "checklist_incomplete" else ""
            return rx.toast.error(error.message)
        self.refusal = ""
        await self._bring_up_to_date()
        return rx.toast.success(verdict_words(given, "Session accepted."))

    async def _try(self, command: str, given: dict[str, Any], done: str) -> EventSpec:
        refused = await self._attempt(command, given)
        return rx.toast.error(refused) if refused else rx.toast.success(done)

    async def _attempt(self, command: str, given: dict[str, Any]) -> str:
        """Run a command about the session; return why it was refused."""
        refused = ""
        try:
            await self._run(command, given | {"session_id": self.head.get("id", "")})
        except (ValidationError, DomainError) as error:
            said = error.message if isinstance(error, DomainError) else ""
            refused = said or next(iter(errors_by_field(error).values()), "This is not possible.")
        await self._bring_up_to_date()
        return refused

    async def _seen(self) -> int:
        """Return how many objects the page has shown."""
        page = await self.get_state(ImagingSessionState)
        return page._shown  # noqa: SLF001  sister of this state

    async def _bring_up_to_date(self) -> None:
        await self._show()
        page = await self.get_state(ImagingSessionState)
        await page._show()  # noqa: SLF001  sister of this state


def verdict_words(given: Any, decided: str) -> str:
    """Return what became of a verdict, in words."""
    waits = {
        "second": "Your reading is kept. A second reader decides with you.",
        "resolution": "Your reading differs from the first. A third person resolves it.",
    }
    return waits.get(given.awaiting, decided)


def _head(found: Any, principal: identity.Principal) -> dict[str, str]:
    zone, state = principal.time_zone, found.qa_state
    is_open, may = state in OPEN, principal.may(REVIEW)
    is_others = found.claimed_by is not None and not found.is_mine
    may_read = may and is_open and not is_others and not (found.awaiting and found.has_read)
    flags = {
        "may_decide": may_read and found.awaiting != "resolution",
        "may_resolve": may_read
        and found.awaiting == "resolution"
        and principal.may("imaging.resolve"),
        "may_start": may_read and not found.is_mine,
        "is_mine": found.is_mine,
        "is_others": is_others,
        "may_take_over": is_open and is_others and principal.may("imaging.manage"),
        "may_hold": may_read and not found.awaiting,
        "may_resume": may and state == "on_hold",
        "may_sign": state == "accepted" and principal.may("imaging.sign"),
        "may_add": state == "signed_off" and may,
        "may_reopen": state in DECIDED and principal.may("imaging.reopen"),
        "may_change": may and state not in DECIDED,
        "may_assign_others": principal.may("imaging.manage"),
        "waits_second": found.awaiting == "second",
        "waits_resolution": found.awaiting == "resolution",
        "has_read": found.has_read,
    }
    return (
        {name: "yes" if held else "" for name, held in flags.items()}
        | {
            "id": str(found.id),
            "number": found.number,
            "qa_state": QA_LABELS.get(state, state),
            "qa_tone": QA_TONES.get(state, "gray"),
            "urgency": found.urgency,
            "urgency_words": URGENCY_LABELS[found.urgency],
            "urgency_tone": URGENCY_TONES[found.urgency],
            "due": due_words(found.due_at, found.due_is, zone),
            "due_tone": DUE_TONES.get(found.due_is, ""),
            "claimed": found.claimed_name,
            "claimed_until": instant_text(found.claimed_until, zone) if found.claimed_until else "",
            "assigned": str(found.assigned_to) if found.assigned_to else NOBODY,
            "assigned_name": found.assigned_name,
            "checklist": f"Version {found.checklist_version}" if found.checklist_version else "",
        }
        | _links(found)
        | _signed(found.signature, zone)
    )


def _links(found: Any) -> dict[str, str]:
    shown = {}
    for name in ("repeat_of", "repeated_by"):
        other = getattr(found, name)
        shown[name] = other.number if other else ""
        shown[f"{name}_href"] = f"/imaging/sessions/{other.id}" if other else ""
    return shown


def _signed(signature: Any, zone: str) -> dict[str, str]:
    if signature is None:
        return {"signed": "", "digest": "", "later": ""}
    later = signature.later_objects
    return {
        "signed": f"{signature.signer_name}, {instant_text(signature.signed_at, zone)}",
        "digest": signature.content_hash,
        "later": f"{later} objects came after the signature and are not part of it."
        if later
        else "",
    }


def _item(item: Any) -> dict[str, str]:
    words = ["Yes", "No", "N/A"] if item.allows_na else ["Yes", "No"]
    bounds = [f"{Decimal(bound):f}" if bound else "" for bound in (item.low, item.high)]
    limits = {
        (True, True): f"{bounds[0]} to {bounds[1]}",
        (True, False): f"at least {bounds[0]}",
        (False, True): f"at most {bounds[1]}",
    }.get((bool(bounds[0]), bool(bounds[1])), "")
    return {
        "key": item.key,
        "label": item.label,
        "kind": item.kind,
        "is_required": "yes" if item.is_required else "",
        "options": "\n".join(words if item.kind == "yes_no" else item.choices),
        "limits": " ".join(word for word in (limits, item.unit) if word),
        "shown": ANSWER_WORDS.get(item.answer, item.answer)
        if item.kind == "yes_no"
        else item.answer,
        "lack": "" if item.lack == "not answered" else item.lack,
        "is_open": "yes" if item.lack else "",
    }


def _reading(row: Any, zone: str) -> dict[str, str]:
    place = {1: "First reader", 2: "Second reader"}.get(row.place, "Resolved")
    words = [row.verdict_words, row.reason, row.note]
    return {
        "id": str(row.id),
        "when": instant_text(row.read_at, zone),
        "what": f"{place}: " + ", ".join(word for word in words if word),
        "who": row.reader_name,
    }


def _addendum(row: Any, zone: str) -> dict[str, str]:
    return {
        "id": str(row.id),
        "when": instant_text(row.added_at, zone),
        "what": row.text,
        "who": row.author_name,
    }
