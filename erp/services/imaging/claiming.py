"""Who is at a session: claimed by one person at a time, given back, taken over, assigned."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services import workflows
from erp.services.imaging.errors import NotReviewable
from erp.services.imaging.events import ClaimChanged
from erp.services.imaging.locking import (
    OPEN,
    lock_session_row,
    refuse_others_claim,
    refuse_own_second,
    require_state,
)
from erp.services.imaging.queries import reviewers
from erp.services.imaging.reopening import record_decision
from erp.services.platform import (
    Command,
    Identified,
    Nothing,
    Result,
    Rows,
    ShortText,
    command,
    emit,
    query,
)

CLAIM_MINUTES: Final = 30
MANAGE: Final = "imaging.manage"
OPEN_OR_HELD: Final = OPEN | {"on_hold"}


class StartReview(Command):
    """Claim a session for review."""

    session_id: UUID


class GiveBackSession(Command):
    """Let others have a session one has claimed."""

    session_id: UUID


class TakeOverSession(Command):
    """Claim a session that somebody else holds."""

    session_id: UUID
    reason: ShortText


class AssignSession(Command):
    """Say who should review a session; `user_id` empty for nobody in particular."""

    session_id: UUID
    user_id: UUID | None = None


class ReviewerRow(Result):
    """Somebody who may review."""

    id: UUID
    name: str


class ReviewerList(Rows):
    """Reviewers by name."""

    rows: list[ReviewerRow]


@command(
    "imaging.start_review",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/start-review",
)
def start_review(session: Session, ctx: RequestContext, cmd: StartReview) -> Identified:
    """Claim a session for half an hour; claiming it again makes the half hour begin anew.

    Locks the session: of two who press at once, the second is told who was first.

    Raises:
        UnknownSession: There is none.
        NotReviewable: It was decided or is on hold.
        ClaimedByAnother: Somebody else is at it.
        OwnReading: It waits for a second reader, and the actor was the first.

    Emits:
        imaging.session_reviewed.v1 when it was new; imaging.claim_changed.v1 when it was free.
    """
    found = lock_session_row(session, ctx, cmd.session_id)
    require_state(found, OPEN, "was decided; reopen it first")
    refuse_others_claim(found, ctx)
    refuse_own_second(session, ctx, found)
    if found["qa_state"] == "new":
        record_decision(session, ctx, found, "in_review")
    take_claim(session, ctx, found)
    return Identified(id=cmd.session_id)


@command(
    "imaging.give_back_session",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/give-back",
)
def give_back_session(session: Session, ctx: RequestContext, cmd: GiveBackSession) -> Identified:
    """Give a claimed session back; what was answered of its checklist is forgotten.

    Raises:
        UnknownSession: There is none.
        NotReviewable: The actor does not hold it.

    Emits:
        imaging.claim_changed.v1, and imaging.session_reviewed.v1 unless another reader waits.
    """
    found = lock_session_row(session, ctx, cmd.session_id)
    if found["claimed_by"] != ctx.user_id:
        raise NotReviewable(f"You do not hold session {found['number']}.")
    if found["awaiting"]:
        drop_claim(session, ctx, found["id"])
    else:
        record_decision(session, ctx, found, "new", reason_code="given_back")
    emit(session, ctx, found["id"], ClaimChanged(session_id=found["id"], claimed_by=None))
    return Identified(id=cmd.session_id)


@command(
    "imaging.take_over_session",
    permission=MANAGE,
    rest="POST /imaging/sessions/{session_id}/take-over",
)
def take_over_session(session: Session, ctx: RequestContext, cmd: TakeOverSession) -> Identified:
    """Claim a session over somebody's head; the reason stays on record and they are told.

    Raises:
        UnknownSession: There is none.
        NotReviewable: It was decided or is on hold, or nobody else holds it.
        OwnReading: It waits for a second reader, and the actor was the first.

    Emits:
        imaging.session_reviewed.v1, imaging.claim_changed.v1.
    """
    found = lock_session_row(session, ctx, cmd.session_id)
    require_state(found, OPEN, "was decided; reopen it first")
    refuse_own_second(session, ctx, found)
    if found["claimed_by"] in {None, ctx.user_id}:
        raise NotReviewable(f"Nobody else holds session {found['number']}. Start the review.")
    awaiting = found["awaiting"]
    record_decision(session, ctx, found, "in_review", reason_code="taken_over", note=cmd.reason)
    take_claim(session, ctx, found)
    if awaiting:
        await_reader(session, ctx, found["id"], awaiting)
    news = workflows.News(
        kind="imaging.session_taken_over",
        title=f"{ctx.user_name} took over session {found['number']}",
        body=cmd.reason,
        link=f"/imaging/sessions/{found['id']}",
        dedupe_key=f"taken-over-{found['id']}-{found['version']}",
    )
    workflows.notify(session, ctx, [found["claimed_by"]], news)
    return Identified(id=cmd.session_id)


@command(
    "imaging.assign_session",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/assign",
)
def assign_session(session: Session, ctx: RequestContext, cmd: AssignSession) -> Identified:
    """Say who should review a session; for anyone but oneself it takes `imaging.manage`.

    Raises:
        UnknownSession: There is none.
        NotReviewable: It was decided.
        PermissionDenied: The actor assigns somebody else, or frees somebody else's.
        InvalidInput: That person may not review.

    Emits:
        imaging.claim_changed.v1.
    """
    found = lock_session_row(session, ctx, cmd.session_id)
    require_state(found, OPEN_OR_HELD, "was decided")
    if {cmd.user_id, found["assigned_to"]} - {None, ctx.user_id}:
        ctx.require(MANAGE)
    name = _reviewer_name(session, ctx, cmd.user_id) if cmd.user_id else ""
    db.execute(
        session,
        "update imaging_session set assigned_to = %s, assigned_name = %s"
        " where tenant_id = %s and id = %s",
        (cmd.user_id, name, ctx.tenant_id, cmd.session_id),
    )
    changed = ClaimChanged(session_id=cmd.session_id, claimed_by=found["claimed_by"])
    emit(session, ctx, cmd.session_id, changed)
    if cmd.user_id and cmd.user_id != ctx.user_id:
        _tell_assigned(session, ctx, found, cmd.user_id)
    return Identified(id=cmd.session_id)


@query("imaging.list_reviewers", permission="imaging.view", rest="GET /imaging/reviewers")
def list_reviewers(session: Session, ctx: RequestContext, _wanted: Nothing) -> ReviewerList:
    """List active members who may review sessions, by name."""
    return ReviewerList(rows=[ReviewerRow(**row) for row in reviewers(session, ctx)])


def take_claim(session: Session, ctx: RequestContext, found: db.Row) -> None:
    """Write the actor's claim; another person's answers to the checklist go with their claim.

    Emits:
        imaging.claim_changed.v1 when the actor did not hold it.
    """
    db.execute(
        session,
        "update imaging_session set claimed_by = %(me)s, claimed_name = %(name)s,"
        " claimed_until = %(until)s,"
        " answers = case when claimed_by = %(me)s then answers else '{}' end"
        " where tenant_id = %(tenant)s and id = %(id)s",
        {
            "me": ctx.user_id,
            "name": ctx.user_name,
            "until": ctx.now + timedelta(minutes=CLAIM_MINUTES),
            "tenant": ctx.tenant_id,
            "id": found["id"],
        },
    )
    is_held = found["claimed_by"] == ctx.user_id and found["claimed_until"] > ctx.now
    if not is_held:
        claimed = ClaimChanged(session_id=found["id"], claimed_by=ctx.user_id)
        emit(session, ctx, found["id"], claimed)


def drop_claim(session: Session, ctx: RequestContext, session_id: UUID) -> None:
    """End whatever claim there is, and forget what was answered under it."""
    db.execute(
        session,
        "update imaging_session set claimed_by = null, claimed_name = '', claimed_until = null,"
        " answers = '{}', version = version + 1 where tenant_id = %s and id = %s",
        (ctx.tenant_id, session_id),
    )


def await_reader(session: Session, ctx: RequestContext, session_id: UUID, awaiting: str) -> None:
    """Say that a session waits for a second reader, or for somebody to resolve."""
    db.execute(
        session,
        "update imaging_session set awaiting = %s where tenant_id = %s and id = %s",
        (awaiting, ctx.tenant_id, session_id),
    )


def _reviewer_name(session: Session, ctx: RequestContext, user_id: UUID) -> str:
    for row in reviewers(session, ctx):
        if row["id"] == user_id:
            name: str = row["name"]
            return name
    message = "This person may not review sessions. Choose one of the list."
    raise InvalidInput(message, fields={"user_id": message})


def _tell_assigned(session: Session, ctx: RequestContext, found: db.Row, user_id: UUID) -> None:
    news = workflows.News(
        kind="imaging.session_assigned",
        title=f"Session {found['number']} is yours to review",
        body=f"Assigned by {ctx.user_name}.",
        link=f"/imaging/sessions/{found['id']}",
        dedupe_key=f"assigned-{found['id']}-{found['version']}-{ctx.request_id}",
    )
    workflows.notify(session, ctx, [user_id], news)
