"""Checklists: what a reader looks at, in versions; answered as one goes, judged at acceptance."""

import json
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.services.imaging.claiming import take_claim
from erp.services.imaging.errors import ChecklistIncomplete
from erp.services.imaging.events import ProtocolChanged
from erp.services.imaging.locking import (
    OPEN,
    lock_session_row,
    refuse_others_claim,
    refuse_own_second,
    require_state,
)
from erp.services.imaging.protocols import Code, Rules, protocol_id_of, rules_for
from erp.services.imaging.reopening import record_decision
from erp.services.platform import Closed, Command, Identified, Result, ShortText, command, emit

MOST_ITEMS: Final = 40
Bound = Annotated[Decimal, Field(ge=-1_000_000, le=1_000_000, decimal_places=4)]


class ChecklistItem(Closed):
    """One thing to look at.

    Attributes:
        kind: `yes_no`, which may also be answered `na` where `allows_na`; `number`, from `low`
            to `high`; `choice`, one of `choices`.
        is_required: Acceptance waits for it: a yes (or na), a number within its limits, a choice.
    """

    key: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]
    label: ShortText
    kind: Literal["yes_no", "number", "choice"]
    is_required: bool = True
    allows_na: bool = False
    low: Bound | None = None
    high: Bound | None = None
    unit: Annotated[str, Field(max_length=16)] = ""
    choices: Annotated[tuple[ShortText, ...], Field(max_length=12)] = ()

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "ChecklistItem":
        if self.kind == "choice" and len(set(self.choices)) < 2:  # noqa: PLR2004  one is no choice
            raise ValueError("a choice needs two different answers at least")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("the lower limit is above the upper one")
        return self


class SaveChecklist(Command):
    """Make the next version of a protocol's checklist; an empty code means every other one."""

    code: Code = ""
    items: Annotated[tuple[ChecklistItem, ...], Field(max_length=MOST_ITEMS)]


class ChecklistSaved(Result):
    """The version that is in force now."""

    id: UUID
    version: int


class AnswerChecklist(Command):
    """Answer items of the checklist; an empty answer takes one back."""

    session_id: UUID
    answers: Annotated[
        dict[str, Annotated[str, Field(max_length=120)]],
        Field(min_length=1, max_length=MOST_ITEMS),
    ]


@command("imaging.save_checklist", permission="imaging.manage", rest="POST /imaging/checklists")
def save_checklist(session: Session, ctx: RequestContext, cmd: SaveChecklist) -> ChecklistSaved:
    """Make the next version of a checklist; decided sessions keep the one they were judged by.

    Locks the protocol.

    Raises:
        InvalidInput: Two items share a key.

    Emits:
        imaging.protocol_changed.v1.
    """
    keys = [item.key for item in cmd.items]
    if len(set(keys)) < len(keys):
        message = "Two items have the same name. Word them differently."
        raise InvalidInput(message, fields={"items": message})
    protocol_id = protocol_id_of(session, ctx, cmd.code)
    row = db.fetch_one(
        session,
        "insert into qa_checklist (tenant_id, id, protocol_id, version, items, made_by,"
        " made_by_name, made_at) select %(tenant)s, %(id)s, %(protocol)s,"
        " coalesce(max(version), 0) + 1, %(items)s::jsonb, %(me)s, %(name)s, %(now)s"
        " from qa_checklist where tenant_id = %(tenant)s and protocol_id = %(protocol)s"
        " returning id, version",
        {
            "tenant": ctx.tenant_id,
            "id": new_id(),
            "protocol": protocol_id,
            "items": json.dumps([item.model_dump(mode="json") for item in cmd.items]),
            "me": ctx.user_id,
            "name": ctx.user_name,
            "now": ctx.now,
        },
    )
    changed = ProtocolChanged(protocol_id=protocol_id, code=cmd.code.lower())
    emit(session, ctx, protocol_id, changed)
    return ChecklistSaved(**(row or {}))


@command(
    "imaging.answer_checklist",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/checklist",
)
def answer_checklist(session: Session, ctx: RequestContext, cmd: AnswerChecklist) -> Identified:
    """Answer items of a session's checklist, which claims the session.

    Raises:
        UnknownSession: There is none.
        NotReviewable: It was decided or is on hold.
        ClaimedByAnother: Somebody else is at it.
        OwnReading: It waits for a second reader, and the actor was the first.
        InvalidInput: There is no such item, or the answer is none of its kind.

    Emits:
        imaging.session_reviewed.v1 when it was new; imaging.claim_changed.v1 when it was free.
    """
    found = lock_session_row(session, ctx, cmd.session_id)
    require_state(found, OPEN, "was decided; reopen it first")
    refuse_others_claim(found, ctx)
    refuse_own_second(session, ctx, found)
    items = {item["key"]: item for item in rules_for(session, ctx, found["protocol"]).items}
    for key, answer in cmd.answers.items():
        _check_kind(items.get(key), key, answer)
    if found["qa_state"] == "new":
        record_decision(session, ctx, found, "in_review")
    take_claim(session, ctx, found)
    db.execute(
        session,
        "update imaging_session set answers = jsonb_strip_nulls(answers || %s::jsonb)"
        " where tenant_id = %s and id = %s",
        (
            json.dumps({key: answer or None for key, answer in cmd.answers.items()}),
            *(ctx.tenant_id, cmd.session_id),
        ),
    )
    return Identified(id=cmd.session_id)


def check_answers(rules: Rules, answers: dict[str, str]) -> None:
    """Refuse an acceptance while required items are open.

    Raises:
        ChecklistIncomplete: Names each of them and what it lacks.
    """
    open_items = {
        item["label"]: lack
        for item in rules.items
        if item["is_required"] and (lack := lack_of(item, answers.get(item["key"], "")))
    }
    if open_items:
        said = "; ".join(f"{label}: {lack}" for label, lack in open_items.items())
        raise ChecklistIncomplete(
            f"The checklist does not let this session be accepted. {said}.",
            details={"items": list(open_items)},
        )


def lack_of(item: dict[str, Any], answer: str) -> str:
    """Return what a required item lacks to let a session be accepted; empty if nothing."""
    if not answer or not _is_answer(item, answer):
        return "not answered"
    if item["kind"] == "yes_no":
        return "answered with no" if answer == "no" else ""
    if item["kind"] == "number":
        return _outside(item, Decimal(answer))
    return ""


def _outside(item: dict[str, Any], number: Decimal) -> str:
    low, high = (
        Decimal(item[name]) if item[name] is not None else None for name in ("low", "high")
    )
    if low is not None and number < low:
        return f"{number:f} is below {low:f}"
    if high is not None and number > high:
        return f"{number:f} is above {high:f}"
    return ""


def _check_kind(item: dict[str, Any] | None, key: str, answer: str) -> None:
    if item is None:
        message = "is no item of this checklist; load the page again"
        raise InvalidInput(f"{key} {message}.", fields={"answers": message})
    if answer and not _is_answer(item, answer):
        message = f"{item['label']}: {answer} is not among {_possible(item)}"
        raise InvalidInput(f"{message}.", fields={"answers": message})


def _is_answer(item: dict[str, Any], answer: str) -> bool:
    if item["kind"] == "number":
        try:
            return Decimal(answer).is_finite()
        except InvalidOperation:
            return False
    return answer in _choices(item)


def _choices(item: dict[str, Any]) -> list[str]:
    if item["kind"] == "choice":
        return list(item["choices"])
    return ["yes", "no", "na"] if item["allows_na"] else ["yes", "no"]


def _possible(item: dict[str, Any]) -> str:
    return "numbers" if item["kind"] == "number" else ", ".join(_choices(item))
