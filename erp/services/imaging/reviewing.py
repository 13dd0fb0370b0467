"""Review: people accept a session, ask for a repeat, reject it, or take a decision back."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import ConfirmationRequired
from erp.services.imaging.errors import NotReviewable
from erp.services.imaging.locking import (
    DECIDED,
    OPEN,
    lock_session_row,
    refuse_others_claim,
    refuse_own_second,
    require_state,
)
from erp.services.imaging.protocols import rules_for
from erp.services.imaging.reopening import record_decision
from erp.services.imaging.repeating import take_back_repeat
from erp.services.imaging.verdicts import (
    RESOLUTION,
    Verdict,
    VerdictGiven,
    check_reason,
    finish,
    give_verdict,
    write_reading,
)
from erp.services.platform import Command, Identified, ShortText, Text, command

Seen = Annotated[int, Field(ge=0)] | None


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


class AcceptSession(Command):
    """Find a session good.

    Attributes:
        version: As it was shown, so that another's decision is not overwritten.
        seen: How many objects were shown, so that nobody decides about what they have not seen.
    """

    session_id: UUID
    note: Text = ""
    version: int | None = None
    seen: Seen = None


class RequestRepeat(Command):
    """Have the device take images again."""

    session_id: UUID
    reason_code: RepeatReason
    note: Text = ""
    version: int | None = None
    seen: Seen = None


class RejectSession(Command):
    """Find a session unusable."""

    session_id: UUID
    reason_code: RejectReason
    note: Text = ""
    version: int | None = None
    seen: Seen = None


class ReopenSession(Command):
    """Take a decision back, the sign-off too; `note` says why."""

    session_id: UUID
    note: ShortText


class ResolveDiscrepancy(Command):
    """Decide where two readers differ; `reason_code` is of the verdict's list."""

    session_id: UUID
    verdict: Literal["accepted", "repeat_requested", "rejected"]
    reason_code: RepeatReason | RejectReason | Literal[""] = ""
    note: ShortText
    version: int | None = None
    seen: Seen = None


class HoldSession(Command):
    """Put a session aside until something is cleared up; `note` says what."""

    session_id: UUID
    note: ShortText


class ResumeSession(Command):
    """Put a session that was put aside back into the queue."""

    session_id: UUID


@command(
    "imaging.accept_session",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/accept",
)
def accept_session(session: Session, ctx: RequestContext, cmd: AcceptSession) -> VerdictGiven:
    """Find a session good.

    Where the protocol wants a second reader, the session waits for one and nothing is decided.

    Raises:
        UnknownSession: There is none.
        NotReviewable: It was decided, or holds no object.
        ReviewOvertaken: Someone decided, or objects came, since `version` was shown.
        UnseenObjects: It holds other objects than were `seen`.
        IncompleteSession: Objects are missing or held back; a person may accept it so.
        ChecklistIncomplete: Required items of the checklist are open; it says which.
        ClaimedByAnother: Somebody else is at it.
        OwnReading: It waits for a second reader, and the actor was the first.

    Emits:
        imaging.session_reviewed.v1, or imaging.reading_recorded.v1 where another reads next.
    """
    found = lock_session_row(session, ctx, cmd.session_id, cmd.version, cmd.seen)
    require_state(found, OPEN, "was decided; reopen it first")
    if found["stored"] == 0:
        raise NotReviewable("The session holds no object yet.")
    if IncompleteSession.code not in ctx.confirmed:
        _question(found)
    return give_verdict(session, ctx, found, Verdict("accepted", note=cmd.note))


@command(
    "imaging.request_repeat",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/request-repeat",
)
def request_repeat(session: Session, ctx: RequestContext, cmd: RequestRepeat) -> VerdictGiven:
    """Have images taken again; the device receives the reason as a command.

    Where the protocol wants a second reader, the session waits for one and nothing is sent.

    Raises:
        UnknownSession: There is none.
        NotReviewable: It was decided.
        ReviewOvertaken: Someone decided, or objects came, since `version` was shown.
        UnseenObjects: It holds other objects than were `seen`.
        ClaimedByAnother: Somebody else is at it.
        OwnReading: It waits for a second reader, and the actor was the first.

    Emits:
        imaging.session_reviewed.v1, or imaging.reading_recorded.v1 where another reads next.
    """
    found = lock_session_row(session, ctx, cmd.session_id, cmd.version, cmd.seen)
    require_state(found, OPEN, "was decided; reopen it first")
    verdict = Verdict("repeat_requested", cmd.reason_code.value, cmd.note)
    return give_verdict(session, ctx, found, verdict)


@command(
    "imaging.reject_session",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/reject",
)
def reject_session(session: Session, ctx: RequestContext, cmd: RejectSession) -> VerdictGiven:
    """Find a session unusable; its objects stay in the archive, marked by the decision.

    Raises:
        UnknownSession: There is none.
        NotReviewable: It was decided.
        ReviewOvertaken: Someone decided, or objects came, since `version` was shown.
        UnseenObjects: It holds other objects than were `seen`.
        ClaimedByAnother: Somebody else is at it.
        OwnReading: It waits for a second reader, and the actor was the first.

    Emits:
        imaging.session_reviewed.v1, or imaging.reading_recorded.v1 where another reads next.
    """
    found = lock_session_row(session, ctx, cmd.session_id, cmd.version, cmd.seen)
    require_state(found, OPEN, "was decided; reopen it first")
    return give_verdict(session, ctx, found, Verdict("rejected", cmd.reason_code.value, cmd.note))


@command(
    "imaging.reopen_session",
    permission="imaging.reopen",
    rest="POST /imaging/sessions/{session_id}/reopen",
)
def reopen_session(session: Session, ctx: RequestContext, cmd: ReopenSession) -> Identified:
    """Take a decision back, the sign-off too; the earlier one stays on record, as does its signature.

    All is read anew: the session belongs to nobody and its checklist is empty. A repeat that was
    asked for and is still planned leaves the worklist, and the device is told so.

    Raises:
        UnknownSession: There is none.
        NotReviewable: Nothing was decided.

    Emits:
        imaging.session_reviewed.v1, and imaging.order_changed.v1 for a repeat that was planned.
    """
    found = lock_session_row(session, ctx, cmd.session_id)
    require_state(found, DECIDED, "is still open")
    if found["qa_state"] == "repeat_requested":
        take_back_repeat(session, ctx, found)
    record_decision(session, ctx, found, "in_review", reason_code="reopened", note=cmd.note)
    return Identified(id=cmd.session_id)


@command(
    "imaging.resolve_discrepancy",
    permission="imaging.resolve",
    rest="POST /imaging/sessions/{session_id}/resolve",
)
def resolve_discrepancy(
    session: Session, ctx: RequestContext, cmd: ResolveDiscrepancy
) -> VerdictGiven:
    """Decide a session whose two readers differ, as a third person and with a reason.

    Raises:
        UnknownSession: There is none.
        NotReviewable: Its readers do not differ.
        ReviewOvertaken: Someone decided, or objects came, since `version` was shown.
        UnseenObjects: It holds other objects than were `seen`.
        ClaimedByAnother: Somebody else is at it.
        OwnReading: The actor is one of the two.
        InvalidInput: The reason is not of the verdict's list.

    Emits:
        imaging.session_reviewed.v1.
    """
    found = lock_session_row(session, ctx, cmd.session_id, cmd.version, cmd.seen)
    require_state(found, OPEN, "was decided; reopen it first")
    if found["awaiting"] != RESOLUTION:
        raise NotReviewable(f"There is nothing to resolve in session {found['number']}.")
    refuse_others_claim(found, ctx)
    refuse_own_second(session, ctx, found)
    verdict = Verdict(cmd.verdict, f"{cmd.reason_code}", cmd.note)
    check_reason(verdict)
    rules = rules_for(session, ctx, found["protocol"])
    write_reading(session, ctx, found, verdict, rules, place=3)
    return finish(session, ctx, found, verdict)


@command(
    "imaging.hold_session",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/hold",
)
def hold_session(session: Session, ctx: RequestContext, cmd: HoldSession) -> Identified:
    """Put a session aside; nobody decides about it until it is resumed.

    Raises:
        UnknownSession: There is none.
        NotReviewable: It was decided, or waits for another reader.
        ClaimedByAnother: Somebody else is at it.

    Emits:
        imaging.session_reviewed.v1.
    """
    found = lock_session_row(session, ctx, cmd.session_id)
    require_state(found, OPEN, "was decided; reopen it first")
    refuse_others_claim(found, ctx)
    if found["awaiting"]:
        raise NotReviewable(f"Session {found['number']} waits for another reader.")
    record_decision(session, ctx, found, "on_hold", reason_code="held", note=cmd.note)
    return Identified(id=cmd.session_id)


@command(
    "imaging.resume_session",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/resume",
)
def resume_session(session: Session, ctx: RequestContext, cmd: ResumeSession) -> Identified:
    """Put a session that was put aside back into the queue.

    Raises:
        UnknownSession: There is none.
        NotReviewable: It is not on hold.

    Emits:
        imaging.session_reviewed.v1.
    """
    found = lock_session_row(session, ctx, cmd.session_id)
    require_state(found, frozenset({"on_hold"}), "is not on hold")
    record_decision(session, ctx, found, "new", reason_code="resumed")
    return Identified(id=cmd.session_id)


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
