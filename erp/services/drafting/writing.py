"""The three short transactions of a draft's making; the model is asked between them, in none."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.drafting.events import DraftChanged
from erp.services.drafting.judging import judged
from erp.services.drafting.ports import LanguageModel, ModelAnswer
from erp.services.platform import emit


@dataclass(frozen=True, slots=True)
class DraftToWrite:
    """A draft that somebody waits for, and exactly what is to be sent."""

    draft_id: UUID
    session_id: UUID
    request: str


def begin_draft(session: Session, ctx: RequestContext, draft_id: UUID) -> DraftToWrite | None:
    """Say that a draft is being written; nothing where it was begun, cancelled or is gone."""
    row = db.fetch_one(
        session,
        "update ai_draft set status = 'running', started_at = %s"
        " where tenant_id = %s and id = %s and status = 'queued' returning session_id, request",
        (ctx.now, ctx.tenant_id, draft_id),
    )
    if row is None:
        return None
    return DraftToWrite(draft_id, row["session_id"], row["request"])


def is_wanted(session: Session, ctx: RequestContext, draft_id: UUID) -> bool:
    """Tell whether a draft is still waited for."""
    row = db.fetch_one(
        session,
        "select 1 from ai_draft where tenant_id = %s and id = %s and status = 'running'",
        (ctx.tenant_id, draft_id),
    )
    return row is not None


def written(draft: DraftToWrite, model: LanguageModel, still: Callable[[], bool]) -> ModelAnswer:
    """Return what the model says to a request, made plain; with why it may not be used, if so."""
    answer = model.complete(draft.request, still)
    return answer if answer.problem else judged(answer.text)


def end_draft(
    session: Session, ctx: RequestContext, draft: DraftToWrite, answer: ModelAnswer
) -> None:
    """Write down what came; what was cancelled meanwhile stays so.

    Emits:
        drafting.draft_changed.v1.
    """
    status = "failed" if answer.problem else "ready"
    row = db.fetch_one(
        session,
        "update ai_draft set status = %s, answer = %s, problem = %s, ended_at = %s"
        " where tenant_id = %s and id = %s and status = 'running' returning id",
        (status, answer.text, answer.problem, ctx.now, ctx.tenant_id, draft.draft_id),
    )
    if row is not None:
        ended = DraftChanged(draft_id=draft.draft_id, session_id=draft.session_id, status=status)
        emit(session, ctx, draft.draft_id, ended)
