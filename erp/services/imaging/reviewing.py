"""Review: people accept a session, ask for a repeat, reject it, or take a decision back."""

from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import ConfirmationRequired
from erp.core.ids import new_id
from erp.services.imaging.errors import NotReviewable, ReviewOvertaken, UnknownSession
from erp.services.imaging.outgoing import Address, say
from erp.services.imaging.reopening import record_decision
from erp.services.imaging.topics import Channel
from erp.services.platform import Command, Identified, Text, command

OPEN: Final = frozenset({"new", "in_review"})
DECIDED: Final = frozenset({"accepted", "repeat_requested", "rejected"})


class RepeatReason(StrEnum):
    """Why images must be taken again."""

    MOTION = "motion"
    POSITIONING = "positioning"
    EXPOSURE = "exposure"
    FOCUS = "focus"
    ARTEFACT = "artefact"
    INCOMPLETE = "incomplete"
    WRONG_LATERALITY = "wrong_laterality"
    WRONG_PROTOCOL = "wrong_protocol"
    OTHER = "other"


class RejectReason(StrEnum):
    """Why images may not be used; the numbers are those of DICOM's rejection notes (CID 7011)."""

    QUALITY = "113001"
    PATIENT_SAFETY = "113037"
    WRONG_WORKLIST_ENTRY = "113038"


class IncompleteSession(ConfirmationRequired):
    """Objects of the session are missing or held back."""

    code = "session_incomplete"


class StartReview(Command):
    """Take a session into review."""

    session_id: UUID


class AcceptSession(Command):
    """Find a session good; `version` as shown, so that another's decision is not overwritten."""

    session_id: UUID
    note: Text = ""
    version: int | None = None


class RequestRepeat(Command):
    """Have the device take images again."""

    session_id: UUID
    reason_code: RepeatReason
    note: Text = ""
    version: int | None = None


class RejectSession(Command):
    """Find a session unusable."""

    session_id: UUID
    reason_code: RejectReason
    note: Text = ""
    version: int | None = None


class ReopenSession(Command):
    """Take a decision back."""

    session_id: UUID
    note: Text = ""


class RepeatCommand(BaseModel):
    """What the device is told."""

    command: str = "repeat"
    session_id: str
    reason: str
    note: str


@command(
    "imaging.start_review",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/start-review",
)
def start_review(session: Session, ctx: RequestContext, cmd: StartReview) -> Identified:
    """Take a session into review; one that is in review already stays.

    Raises:
        UnknownSession: There is none.
        NotReviewable: It was decided.

    Emits:
        imaging.session_reviewed.v1.
    """
    found = _locked(session, ctx, cmd.session_id, None)
    _require(found, OPEN, "was decided; reopen it first")
    if found["qa_state"] == "new":
        record_decision(session, ctx, found, "in_review")
    return Identified(id=cmd.session_id)


@command(
    "imaging.accept_session",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/accept",
)
def accept_session(session: Session, ctx: RequestContext, cmd: AcceptSession) -> Identified:
    """Find a session good.

    Raises:
        UnknownSession: There is none.
        NotReviewable: It was decided, or holds no object.
        ReviewOvertaken: Someone decided in the meantime.
        IncompleteSession: Objects are missing or held back; a person may accept it so.

    Emits:
        imaging.session_reviewed.v1.
    """
    found = _locked(session, ctx, cmd.session_id, cmd.version)
    _require(found, OPEN, "was decided; reopen it first")
    if found["stored"] == 0:
        raise NotReviewable("The session holds no object yet.")
    if IncompleteSession.code not in ctx.confirmed:
        _question(found)
    record_decision(session, ctx, found, "accepted", note=cmd.note)
    return Identified(id=cmd.session_id)


@command(
    "imaging.request_repeat",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/request-repeat",
)
def request_repeat(session: Session, ctx: RequestContext, cmd: RequestRepeat) -> Identified:
    """Have images taken again; the device receives the reason as a command.

    Raises:
        UnknownSession: There is none.
        NotReviewable: It was decided.
        ReviewOvertaken: Someone decided in the meantime.

    Emits:
        imaging.session_reviewed.v1.
    """
    found = _locked(session, ctx, cmd.session_id, cmd.version)
    _require(found, OPEN, "was decided; reopen it first")
    reason = cmd.reason_code.value
    record_decision(session, ctx, found, "repeat_requested", reason_code=reason, note=cmd.note)
    told = RepeatCommand(session_id=found["external_id"], reason=reason, note=cmd.note)
    say(session, ctx, Address(found["device_id"], Channel.COMMAND, new_id().hex), told)
    return Identified(id=cmd.session_id)


@command(
    "imaging.reject_session",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/reject",
)
def reject_session(session: Session, ctx: RequestContext, cmd: RejectSession) -> Identified:
    """Find a session unusable; its objects stay in the archive, marked by the decision.

    Raises:
        UnknownSession: There is none.
        NotReviewable: It was decided.
        ReviewOvertaken: Someone decided in the meantime.

    Emits:
        imaging.session_reviewed.v1.
    """
    found = _locked(session, ctx, cmd.session_id, cmd.version)
    _require(found, OPEN, "was decided; reopen it first")
    record_decision(
        session,
        ctx,
        found,
        "rejected",
        reason_code=cmd.reason_code.value,
        note=cmd.note,
    )
    return Identified(id=cmd.session_id)


@command(
    "imaging.reopen_session",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/reopen",
)
def reopen_session(session: Session, ctx: RequestContext, cmd: ReopenSession) -> Identified:
    """Take a decision back; the earlier one stays on record.

    Raises:
        UnknownSession: There is none.
        NotReviewable: Nothing was decided.

    Emits:
        imaging.session_reviewed.v1.
    """
    found = _locked(session, ctx, cmd.session_id, None)
    _require(found, DECIDED, "is still open")
    record_decision(session, ctx, found, "in_review", reason_code="reopened", note=cmd.note)
    return Identified(id=cmd.session_id)


def unknown_session() -> UnknownSession:
    """Return the refusal for a session that is absent or foreign."""
    return UnknownSession("There is no such session.")


def _locked(session: Session, ctx: RequestContext, session_id: UUID, version: int | None) -> db.Row:
    found = db.fetch_one(
        session,
        "select * from imaging_session where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, session_id),
    )
    if found is None:
        raise unknown_session()
    if version is not None and version != found["version"]:
        raise ReviewOvertaken("Someone decided about this session meanwhile. Look again.")
    return found


def _require(found: db.Row, states: frozenset[str], otherwise: str) -> None:
    if found["qa_state"] not in states:
        raise NotReviewable(f"Session {found['number']} {otherwise}.")


def _question(found: db.Row) -> None:
    missing = max(0, (found["expected"] or 0) - found["stored"])
    if found["settled_at"] is None:
        raise IncompleteSession(
            "The device has not delivered everything yet. Accept the session as it is?",
            details={"missing": missing},
        )
    if found["quarantined"]:
        raise IncompleteSession(
            f"{found['quarantined']} objects of this session are held in quarantine."
            " Accept it without them?",
            details={"quarantined": found["quarantined"]},
        )
