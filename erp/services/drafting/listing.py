"""The drafts of a session: what was sent, what came back, what became of it."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.settings import get_settings
from erp.services import imaging
from erp.services.drafting.asking import LOST, asked_today, is_set_up, lost_before
from erp.services.drafting.deciding import WAITING, may_see
from erp.services.drafting.errors import IdentityRemains, NothingToDraft
from erp.services.drafting.gathering import gather
from erp.services.drafting.judging import unmeasured
from erp.services.drafting.prompting import digest_of, facts_in
from erp.services.imaging import GetSession
from erp.services.platform import Result, Rows, query

MOST = 50


class DraftRow(Result):
    """A draft.

    Attributes:
        is_hidden: Somebody else's answers or verdict are in it, which are not for the actor yet.
        is_stale: Its facts are no longer those of the session; it cannot be taken.
        unmeasured: Figures in it that stand nowhere in the facts.
        request: What was sent, to the letter. facts: the part about the session.
    """

    id: UUID
    status: str
    model: str
    is_hidden: bool
    is_stale: bool
    request: str
    facts: str
    answer: str
    problem: str
    unmeasured: list[str]
    asked_by_name: str
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    decided_by_name: str
    decided_at: datetime | None


class DraftRows(Rows):
    """A session's drafts, newest first.

    Attributes:
        is_set_up: Whether a language model is configured. left_today: drafts the organisation may
            still ask for.
    """

    rows: list[DraftRow]
    is_set_up: bool
    left_today: int


@query(
    "drafting.list_drafts",
    permission="imaging.review",
    rest="GET /imaging/sessions/{session_id}/drafts",
)
def list_drafts(session: Session, ctx: RequestContext, wanted: GetSession) -> DraftRows:
    """List what was asked of a language model about a session.

    Raises:
        UnknownSession: There is none.
    """
    imaging.require_session(session, ctx, wanted.session_id)
    rows = db.fetch_all(
        session,
        "select draft.*, held.qa_state, held.awaiting from ai_draft draft"
        " join imaging_session held"
        " on (held.tenant_id, held.id) = (draft.tenant_id, draft.session_id)"
        " where draft.tenant_id = %s and draft.session_id = %s order by draft.id desc limit %s",
        (ctx.tenant_id, wanted.session_id, MOST),
    )
    is_asked = any(row["status"] == "ready" and may_see(row, ctx) for row in rows)
    now = _digest_now(session, ctx, wanted.session_id) if is_asked else ""
    left = get_settings().llm_drafts_per_day - asked_today(session, ctx)
    return DraftRows(
        rows=[_row(row, ctx, now) for row in rows],
        is_set_up=is_set_up(),
        left_today=max(0, left),
    )


def _digest_now(session: Session, ctx: RequestContext, session_id: UUID) -> str:
    try:
        return digest_of(gather(session, ctx, session_id).facts)
    except (NothingToDraft, IdentityRemains):
        return ""


def _row(row: db.Row, ctx: RequestContext, now: str) -> DraftRow:
    shown: dict[str, Any] = {name: row[name] for name in DraftRow.model_fields if name in row}
    facts = facts_in(row["request"])
    shown |= {
        "is_hidden": not may_see(row, ctx),
        "is_stale": row["status"] == "ready" and row["input_digest"] != now,
        "facts": json.dumps(facts, ensure_ascii=False, indent=1),
        "unmeasured": unmeasured(row["answer"], facts) if row["status"] == "ready" else [],
    }
    if row["status"] in WAITING and row["asked_at"] < lost_before(ctx):
        shown |= {"status": "failed", "problem": LOST}
    if shown["is_hidden"]:
        shown |= {"request": "", "facts": "", "answer": "", "unmeasured": [], "is_stale": False}
    return DraftRow(**shown)
