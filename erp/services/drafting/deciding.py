"""What a person makes of a draft: their own words, or nothing."""

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services import imaging
from erp.services.drafting.errors import DraftEnded, DraftOvertaken, UnknownDraft
from erp.services.drafting.events import DraftChanged
from erp.services.drafting.gathering import gather
from erp.services.drafting.prompting import digest_of
from erp.services.platform import Command, Identified, command, emit

WAITING: Final = ("queued", "running")


class OneDraft(Command):
    """Act on one draft."""

    draft_id: UUID


class AcceptDraft(Command):
    """Take a draft, as one has changed it, as one's own summary.

    Attributes:
        text: What the person stands for.
        version: Of the summary it follows, as it was shown; from 0.
    """

    draft_id: UUID
    text: imaging.PlainText
    version: Annotated[int, Field(ge=0)]


@command(
    "drafting.cancel_draft", permission="imaging.review", rest="POST /drafts/{draft_id}/cancel"
)
def cancel_draft(session: Session, ctx: RequestContext, cmd: OneDraft) -> Identified:
    """Want a draft no more: what the model still says is not kept.

    Raises:
        UnknownDraft: There is none, or it is not shown to the actor.
        DraftEnded: It has ended.

    Emits:
        drafting.draft_changed.v1.
    """
    found = _locked(session, ctx, cmd.draft_id)
    if found["status"] not in WAITING:
        raise DraftEnded("This draft has ended already.")
    db.execute(
        session,
        "update ai_draft set status = 'cancelled', ended_at = %s where tenant_id = %s and id = %s",
        (ctx.now, ctx.tenant_id, cmd.draft_id),
    )
    return _told(session, ctx, found, "cancelled")


@command(
    "drafting.discard_draft", permission="imaging.review", rest="POST /drafts/{draft_id}/discard"
)
def discard_draft(session: Session, ctx: RequestContext, cmd: OneDraft) -> Identified:
    """Throw a draft away; it stays on record.

    Raises:
        UnknownDraft: There is none, or it is not shown to the actor.
        DraftEnded: Somebody took it or threw it away.

    Emits:
        drafting.draft_changed.v1.
    """
    found = _ready(session, ctx, cmd.draft_id)
    _decide(session, ctx, found, "discarded", None)
    return _told(session, ctx, found, "discarded")


@command(
    "drafting.accept_draft", permission="imaging.review", rest="POST /drafts/{draft_id}/accept"
)
def accept_draft(session: Session, ctx: RequestContext, cmd: AcceptDraft) -> Identified:
    """Take a draft as one's own summary, changed or not; it is signed like any other.

    Locks the session, then the draft.

    Raises:
        UnknownDraft: There is none, or it is not shown to the actor.
        DraftEnded: It is not ready, or somebody took it or threw it away.
        DraftOvertaken: What was measured, answered or decided has changed since it was asked for.
        InvalidInput: The text is empty.
        NotReviewable, SignedOff, SummaryWaits, ClaimedByAnother, SummaryOvertaken: The summary
            is not the actor's to write now.

    Emits:
        drafting.draft_changed.v1, imaging.summary_written.v1.
    """
    if not cmd.text.strip():
        message = "An empty text is no summary. Discard the draft instead."
        raise InvalidInput(message, fields={"text": message})
    about = _seen(session, ctx, cmd.draft_id)
    held = imaging.writable_session(session, ctx, about["session_id"])
    found = _ready(session, ctx, cmd.draft_id)
    if digest_of(gather(session, ctx, held["id"]).facts) != found["input_digest"]:
        raise DraftOvertaken(
            "What was measured, answered or decided has changed since this draft was asked for."
            " Discard it and ask for another, or write the summary yourself."
        )
    kept = imaging.keep_summary(
        session, ctx, held, cmd.text, cmd.version, drafted_by=found["model"]
    )
    _decide(session, ctx, found, "accepted", kept.id)
    return _told(session, ctx, found, "accepted")


def may_see(found: db.Row, ctx: RequestContext) -> bool:
    """Tell whether the actor may know what a draft says.

    Until a session is decided, what one person answered of its checklist is theirs alone; and
    what a first reader asked is not for the second.
    """
    is_decided = found["qa_state"] in imaging.DECIDED_STATES and not found["awaiting"]
    return bool(is_decided or found["asked_by"] == ctx.user_id)


def _seen(session: Session, ctx: RequestContext, draft_id: UUID) -> db.Row:
    row = db.fetch_one(
        session,
        "select draft.session_id, draft.asked_by, held.qa_state, held.awaiting"
        " from ai_draft draft join imaging_session held"
        " on (held.tenant_id, held.id) = (draft.tenant_id, draft.session_id)"
        " where draft.tenant_id = %s and draft.id = %s",
        (ctx.tenant_id, draft_id),
    )
    if row is None or not may_see(row, ctx):
        raise UnknownDraft("There is no such draft.")
    return row


def _locked(session: Session, ctx: RequestContext, draft_id: UUID) -> db.Row:
    _seen(session, ctx, draft_id)
    row = db.fetch_one(
        session,
        "select id, session_id, status, model, input_digest from ai_draft"
        " where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, draft_id),
    )
    if row is None:
        raise UnknownDraft("There is no such draft.")
    return row


def _ready(session: Session, ctx: RequestContext, draft_id: UUID) -> db.Row:
    found = _locked(session, ctx, draft_id)
    if found["status"] != "ready":
        raise DraftEnded("This draft is not ready, or somebody took it or threw it away.")
    return found


def _decide(
    session: Session, ctx: RequestContext, found: db.Row, status: str, summary_id: UUID | None
) -> None:
    db.execute(
        session,
        "update ai_draft set status = %s, summary_id = %s, decided_by = %s, decided_by_name = %s,"
        " decided_at = %s where tenant_id = %s and id = %s",
        (status, summary_id, ctx.user_id, ctx.user_name, ctx.now, ctx.tenant_id, found["id"]),
    )


def _told(session: Session, ctx: RequestContext, found: db.Row, status: str) -> Identified:
    changed = DraftChanged(draft_id=found["id"], session_id=found["session_id"], status=status)
    emit(session, ctx, found["id"], changed)
    return Identified(id=found["id"])
