"""Decisions as rows: each says what the session held when it was made."""

import hashlib
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services.imaging.events import SessionReviewed
from erp.services.platform import emit


def record_decision(
    session: Session,
    ctx: RequestContext,
    found: db.Row,
    to_state: str,
    *,
    reason_code: str = "",
    note: str = "",
) -> None:
    """Move a locked session to a review state and write the decision down.

    Emits:
        imaging.session_reviewed.v1.
    """
    db.execute(
        session,
        "update imaging_session set qa_state = %s, qa_by = %s, qa_at = %s, qa_reason = %s,"
        " version = version + 1 where tenant_id = %s and id = %s",
        (to_state, ctx.user_id, ctx.now, reason_code, ctx.tenant_id, found["id"]),
    )
    db.execute(
        session,
        "insert into qa_review (tenant_id, id, session_id, from_state, to_state, reason_code, note,"
        " reviewer_id, reviewer_name, decided_at, content_hash)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(ctx.tenant_id, new_id(), found["id"], found["qa_state"], to_state, reason_code),
            *(note, ctx.user_id, ctx.user_name, ctx.now),
            content_hash(session, ctx, found["id"]),
        ),
    )
    reviewed = SessionReviewed(
        session_id=found["id"],
        from_state=found["qa_state"],
        to_state=to_state,
        reason_code=reason_code,
    )
    emit(session, ctx, found["id"], reviewed)


def content_hash(session: Session, ctx: RequestContext, session_id: UUID) -> str:
    """Return the SHA-256 over the digests of a session's objects, sorted."""
    rows = db.fetch_all(
        session,
        "select sha256 from dicom_instance where tenant_id = %s and session_id = %s order by sha256",
        (ctx.tenant_id, session_id),
    )
    return hashlib.sha256("\n".join(row["sha256"] for row in rows).encode()).hexdigest()


def reopen_for_new_objects(session: Session, ctx: RequestContext, session_id: UUID) -> None:
    """Put a decided session back into the queue: what was decided on is not what it holds now."""
    found = db.fetch_one(
        session,
        "select id, qa_state from imaging_session where tenant_id = %s and id = %s"
        " and qa_state in ('accepted', 'rejected', 'repeat_requested')",
        (ctx.tenant_id, session_id),
    )
    if found is not None:
        record_decision(session, ctx, found, "new", reason_code="objects_added")
