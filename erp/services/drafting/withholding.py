"""What of drafts is kept from a second reader: what the first one made of them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import platform


def withheld_history(session: Session, ctx: RequestContext, record_id: UUID) -> bool:
    """Tell whether a record is another's draft of a session which a second reader waits for."""
    row = db.fetch_one(
        session,
        "select draft.id from ai_draft draft join imaging_session held"
        " on (held.tenant_id, held.id) = (draft.tenant_id, draft.session_id)"
        " where draft.tenant_id = %s and draft.id = %s and held.awaiting = 'second'"
        " and draft.asked_by <> %s",
        (ctx.tenant_id, record_id, ctx.user_id),
    )
    return row is not None


def withheld_audit(session: Session, ctx: RequestContext, ids: Collection[UUID]) -> set[UUID]:
    """Return those of some acts that decided about drafts of sessions which a second reader waits for."""
    rows = db.fetch_all(
        session,
        "select act.id from command_log act join ai_draft draft"
        " on draft.tenant_id = act.tenant_id and draft.id::text = act.input ->> 'draft_id'"
        " join imaging_session held"
        " on (held.tenant_id, held.id) = (draft.tenant_id, draft.session_id)"
        " where act.tenant_id = %(tenant)s and act.id = any(%(ids)s)"
        " and act.command like 'drafting.%%' and held.awaiting = 'second'"
        " and act.user_id <> %(actor)s",
        {"tenant": ctx.tenant_id, "ids": list(ids), "actor": ctx.user_id},
    )
    return {row["id"] for row in rows}


platform.withhold_history(withheld_history)
platform.withhold_audit(withheld_audit)
