"""Decisions as rows: each says what the session held when it was made."""

import hashlib
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services.imaging.events import SessionReviewed
from erp.services.imaging.locking import DECIDED, VERDICTS
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

    Claims and answers outlive it only where the review goes on; leaving a decision, or a first
    reading, begins another review.

    Emits:
        imaging.session_reviewed.v1.
    """
    begins_anew = is_another_review(found, to_state)
    db.execute(
        session,
        """
        update imaging_session
           set qa_state = %(to)s, qa_by = %(me)s, qa_at = %(now)s, qa_reason = %(reason)s,
               version = version + 1, review_round = review_round + %(anew)s, awaiting = '',
               decided_at = case when %(is_signing)s then decided_at
                                 when %(is_verdict)s then %(now)s end,
               claimed_by = case when %(keeps)s then claimed_by end,
               claimed_name = case when %(keeps)s then claimed_name else '' end,
               claimed_until = case when %(keeps)s then claimed_until end,
               answers = case when %(keeps)s then answers else '{}' end
         where tenant_id = %(tenant)s and id = %(id)s
        """,
        {
            "to": to_state,
            "me": ctx.user_id,
            "now": ctx.now,
            "reason": reason_code,
            "anew": int(begins_anew),
            "is_signing": to_state == "signed_off",
            "is_verdict": to_state in VERDICTS,
            "keeps": to_state == "in_review" and not begins_anew,
            "tenant": ctx.tenant_id,
            "id": found["id"],
        },
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


def is_another_review(found: db.Row, to_state: str) -> bool:
    """Tell whether a move ends a decision or a first reading, so that all is read anew."""
    is_open = to_state in {"new", "in_review"}
    restarts = bool(found["awaiting"]) and to_state == "new"
    return is_open and (found["qa_state"] in DECIDED or restarts)


def reopen_for_new_objects(session: Session, ctx: RequestContext, session_id: UUID) -> None:
    """Put a decided or half-read session back: what was judged is not what it holds now.

    A session that is signed off stays so; its page says what came later.
    """
    found = db.fetch_one(
        session,
        "select id, qa_state, awaiting from imaging_session where tenant_id = %s and id = %s"
        " and (qa_state in ('accepted', 'rejected', 'repeat_requested') or awaiting <> '')",
        (ctx.tenant_id, session_id),
    )
    if found is not None:
        record_decision(session, ctx, found, "new", reason_code="objects_added")
