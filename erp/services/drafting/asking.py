"""Asking a language model for a draft: what would go is shown, sent once a person says so."""

from datetime import datetime, time, timedelta
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services import imaging
from erp.services.drafting.errors import DraftOvertaken, NoModel, TooManyDrafts
from erp.services.drafting.events import DraftChanged, DraftRequested
from erp.services.drafting.gathering import gather
from erp.services.drafting.prompting import digest_of, facts_text, request_text
from erp.services.imaging import GetSession
from erp.services.platform import Command, Identified, Result, command, emit, query

LOST_AFTER: Final = timedelta(minutes=10)
"""Beyond the model's own time: nobody is writing any more."""
LOST: Final = "Writing was interrupted. Ask again."


class AskDraft(Command):
    """Ask for a draft; `input_digest` is that of the facts which were shown."""

    session_id: UUID
    input_digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class DraftInput(Result):
    """What would be sent, to the letter.

    Attributes:
        facts: The part that is about the session.
        removed: Pieces that were taken out, because they tell who it is, or may.
    """

    session_id: UUID
    model: str
    input_digest: str
    facts: str
    request: str
    removed: int


def is_set_up() -> bool:
    """Tell whether a language model is configured here."""
    settings = get_settings()
    return bool(settings.llm_url and settings.llm_model)


def require_model() -> str:
    """Return the name of the configured model.

    Raises:
        NoModel: There is none.
    """
    if not is_set_up():
        raise NoModel(
            "No language model is set up here. Write the summary yourself, or ask whoever"
            " operates the product to set LLM_URL and LLM_MODEL."
        )
    return get_settings().llm_model


@query(
    "drafting.show_input",
    permission="imaging.review",
    rest="GET /imaging/sessions/{session_id}/draft-input",
)
def show_input(session: Session, ctx: RequestContext, wanted: GetSession) -> DraftInput:
    """Show what a request for a draft would send, before anything is sent.

    Raises:
        NoModel: No language model is set up.
        UnknownSession: There is none.
        NothingToDraft: Nothing was measured, answered, decided or noted.
        IdentityRemains: Something of the person would still be in it.
    """
    imaging.require_session(session, ctx, wanted.session_id)
    model = require_model()
    gathered = gather(session, ctx, wanted.session_id)
    return DraftInput(
        session_id=wanted.session_id,
        model=model,
        input_digest=digest_of(gathered.facts),
        facts=facts_text(gathered.facts),
        request=request_text(model, gathered.facts),
        removed=gathered.removed,
    )


@command(
    "drafting.ask_draft",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/drafts",
)
def ask_draft(session: Session, ctx: RequestContext, cmd: AskDraft) -> Identified:
    """Have a draft of a session's summary written in the background; what is sent is kept.

    Locks the session, and the day's count of the organisation.

    Raises:
        NoModel: No language model is set up.
        UnknownSession, NotReviewable, SignedOff, SummaryWaits, ClaimedByAnother: Nobody, or
            somebody else, may write its summary now.
        NothingToDraft, IdentityRemains: Nothing can be sent.
        DraftOvertaken: The facts are others than those shown.
        DraftRunning: One is being written.
        TooManyDrafts: The organisation had its share of today.

    Emits:
        drafting.draft_requested.v1.
    """
    found = imaging.writable_session(session, ctx, cmd.session_id)
    model = require_model()
    facts = gather(session, ctx, cmd.session_id).facts
    if digest_of(facts) != cmd.input_digest:
        raise DraftOvertaken("The facts have changed since they were shown. Look at them again.")
    _count(session, ctx)
    _give_up_lost(session, ctx, cmd.session_id)
    draft_id = new_id()
    db.execute(
        session,
        "insert into ai_draft (tenant_id, id, session_id, status, model, request, input_digest,"
        " answer, problem, asked_by, asked_by_name, asked_at, decided_by_name)"
        " values (%s, %s, %s, 'queued', %s, %s, %s, '', '', %s, %s, %s, '')",
        (
            *(ctx.tenant_id, draft_id, found["id"], model, request_text(model, facts)),
            *(cmd.input_digest, ctx.user_id, ctx.user_name, ctx.now),
        ),
    )
    emit(session, ctx, draft_id, DraftRequested(draft_id=draft_id, session_id=found["id"]))
    return Identified(id=draft_id)


def asked_today(session: Session, ctx: RequestContext) -> int:
    """Return how many drafts the organisation asked for since its midnight."""
    midnight = datetime.combine(ctx.today, time(), ZoneInfo(ctx.time_zone))
    row = db.fetch_one(
        session,
        "select count(*) as asked from ai_draft where tenant_id = %s and asked_at >= %s",
        (ctx.tenant_id, midnight),
    )
    return row["asked"] if row else 0


def lost_before(ctx: RequestContext) -> datetime:
    """Return since when nobody can be at a draft any more that was asked for before."""
    return ctx.now - LOST_AFTER - timedelta(seconds=get_settings().llm_timeout_seconds)


def _count(session: Session, ctx: RequestContext) -> None:
    """Refuse more than the day's share; those who ask at once follow one another."""
    key = f"drafts-{ctx.tenant_id}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))
    most = get_settings().llm_drafts_per_day
    if asked_today(session, ctx) >= most:
        raise TooManyDrafts(
            f"Your organisation has asked for {most} drafts today, which is its share. Write this"
            " summary yourself, or ask again tomorrow."
        )


def _give_up_lost(session: Session, ctx: RequestContext, session_id: UUID) -> None:
    """End what a worker left behind, so that it stands in nobody's way."""
    rows = db.fetch_all(
        session,
        "update ai_draft set status = 'failed', problem = %s, ended_at = %s"
        " where tenant_id = %s and session_id = %s and status in ('queued', 'running')"
        " and asked_at < %s returning id",
        (LOST, ctx.now, ctx.tenant_id, session_id, lost_before(ctx)),
    )
    for row in rows:
        gone = DraftChanged(draft_id=row["id"], session_id=session_id, status="failed")
        emit(session, ctx, row["id"], gone)
