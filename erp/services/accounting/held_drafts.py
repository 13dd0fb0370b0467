"""A draft in the hands of one who changes or posts it."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict, NotFound
from erp.models.accounting import DraftStatus


def held_draft(session: Session, ctx: RequestContext, draft_id: UUID) -> db.Row:
    """Lock a draft that waits, and return it.

    Raises:
        NotFound: The company has no such draft.
        Conflict: It has been posted or thrown away.
    """
    row = db.fetch_one(
        session,
        "select status, branch_id, effective_on, narration, lines from entry_draft"
        " where tenant_id = %s and company_id = %s and id = %s for update",
        (ctx.tenant_id, ctx.company_id, draft_id),
    )
    if row is None:
        raise NotFound("There is no such draft.")
    if row["status"] != DraftStatus.DRAFT:
        raise Conflict("This draft has been posted or thrown away. Look at the list again.")
    return row


def mark_posted(session: Session, ctx: RequestContext, draft_id: UUID, entry_id: UUID) -> None:
    """Remember what a held draft became."""
    db.execute(
        session,
        "update entry_draft set status = 'posted', entry_id = %s, why = '' where tenant_id = %s and id = %s",
        (entry_id, ctx.tenant_id, draft_id),
    )
