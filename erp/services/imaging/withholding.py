"""What is kept from a second reader: the first one's words must not guide the second."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import platform


def withheld_papers(session: Session, ctx: RequestContext, ids: Collection[UUID]) -> set[UUID]:
    """Return those of some papers of sessions that wait for a second reader and are not the actor's."""
    rows = db.fetch_all(
        session,
        "select paper.id from stored_document paper join imaging_session held"
        " on (held.tenant_id, held.id) = (paper.tenant_id, paper.origin_id)"
        " where paper.tenant_id = %(tenant)s and paper.id = any(%(ids)s) and held.awaiting = 'second'"
        " and not exists (select from imaging_report made where made.tenant_id = paper.tenant_id"
        "   and made.document_id = paper.id and made.requested_by = %(actor)s)",
        {"tenant": ctx.tenant_id, "ids": list(ids), "actor": ctx.user_id},
    )
    return {row["id"] for row in rows}


def withheld_history(session: Session, ctx: RequestContext, record_id: UUID) -> bool:
    """Tell whether a record is a session that waits for a second reader, and the actor was not the first."""
    row = db.fetch_one(
        session,
        "select held.id from imaging_session held where held.tenant_id = %(tenant)s and held.id = %(record)s"
        " and held.awaiting = 'second' and not exists (select from qa_reading read"
        "   where read.tenant_id = held.tenant_id and read.session_id = held.id"
        "   and read.review_round = held.review_round and read.reader_id = %(actor)s)",
        {"tenant": ctx.tenant_id, "record": record_id, "actor": ctx.user_id},
    )
    return row is not None


def withheld_audit(session: Session, ctx: RequestContext, ids: Collection[UUID]) -> set[UUID]:
    """Return those of some acts that say what the first reader found of a session that a second reads.

    Who read first goes on seeing their own.
    """
    rows = db.fetch_all(
        session,
        "select act.id from command_log act join imaging_session held"
        " on held.tenant_id = act.tenant_id and held.id::text = act.input ->> 'session_id'"
        " join qa_reading read on (read.tenant_id, read.session_id, read.review_round)"
        "   = (held.tenant_id, held.id, held.review_round)"
        " where act.tenant_id = %(tenant)s and act.id = any(%(ids)s)"
        " and act.command like 'imaging.%%' and held.awaiting = 'second'"
        " and act.user_id = read.reader_id and act.user_id <> %(actor)s",
        {"tenant": ctx.tenant_id, "ids": list(ids), "actor": ctx.user_id},
    )
    return {row["id"] for row in rows}


platform.withhold_history(withheld_history)
platform.withhold_audit(withheld_audit)
