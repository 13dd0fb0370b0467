"""The session a person decides about: locked, in the right state, and in nobody else's hands."""

from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import instant_text
from erp.services.imaging.errors import (
    ClaimedByAnother,
    NotReviewable,
    OwnReading,
    ReviewOvertaken,
    UnknownSession,
    UnseenObjects,
)

OPEN: Final = frozenset({"new", "in_review"})
VERDICTS: Final = frozenset({"accepted", "repeat_requested", "rejected"})
DECIDED: Final = VERDICTS | {"signed_off"}


def unknown_session() -> UnknownSession:
    """Return the refusal for a session that is absent or foreign."""
    return UnknownSession("There is no such session.")


def lock_session_row(
    session: Session,
    ctx: RequestContext,
    session_id: UUID,
    version: int | None = None,
    seen: int | None = None,
) -> db.Row:
    """Return a session, locked.

    Raises:
        UnknownSession: There is none.
        UnseenObjects: It holds another number of objects than were `seen`.
        ReviewOvertaken: It was decided about, or objects came, since `version` was shown.
    """
    found = db.fetch_one(
        session,
        "select * from imaging_session where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, session_id),
    )
    if found is None:
        raise unknown_session()
    if seen is not None and seen != found["stored"]:
        count = found["stored"] - seen
        if count < 0:
            raise UnseenObjects(
                f"Session {found['number']} holds {found['stored']} objects, not the {seen} that you"
                " name. Open it again, look at them, then decide.",
                details={"stored": found["stored"]},
            )
        raise UnseenObjects(
            f"{count} object{'s' if count > 1 else ''} of session {found['number']} came since you"
            " opened it. Show the new pictures, look at them, then decide.",
            details={"stored": found["stored"]},
        )
    if version is not None and version != found["version"]:
        raise ReviewOvertaken(
            "Someone decided about this session meanwhile, or objects came. Look again."
        )
    return found


def require_state(found: db.Row, states: frozenset[str], otherwise: str) -> None:
    """Refuse a decision that the session's state does not allow.

    Raises:
        NotReviewable: It does not.
    """
    if found["qa_state"] == "on_hold" and "on_hold" not in states:
        raise NotReviewable(f"Session {found['number']} is on hold. Resume it first.")
    if found["qa_state"] not in states:
        raise NotReviewable(f"Session {found['number']} {otherwise}.")


def is_claimed_by_other(found: db.Row, ctx: RequestContext) -> bool:
    """Tell whether someone else is at a session right now."""
    claimed_by, until = found["claimed_by"], found["claimed_until"]
    return claimed_by is not None and claimed_by != ctx.user_id and until > ctx.now


def own_answers(found: db.Row, ctx: RequestContext) -> dict[str, str]:
    """Return what the actor answered of the checklist; answers of another's claim are theirs alone."""
    return found["answers"] if found["claimed_by"] == ctx.user_id else {}


def refuse_others_claim(found: db.Row, ctx: RequestContext) -> None:
    """Keep everyone but its holder from a session that is claimed.

    Raises:
        ClaimedByAnother: Someone else holds it; named, with the time their claim ends.
    """
    if not is_claimed_by_other(found, ctx):
        return
    until = instant_text(found["claimed_until"], ctx.time_zone)
    raise ClaimedByAnother(
        f"{found['claimed_name']} is reviewing session {found['number']}, until {until} at the"
        " latest. They can give it back, or a manager can take it over.",
        details={"claimed_by": found["claimed_name"]},
    )


def refuse_own_second(session: Session, ctx: RequestContext, found: db.Row) -> None:
    """Keep who read a session already from reading it again in the same review.

    Raises:
        OwnReading: The actor read it.
    """
    if not found["awaiting"]:
        return
    own = db.fetch_one(
        session,
        "select 1 from qa_reading where tenant_id = %s and session_id = %s"
        " and review_round = %s and reader_id = %s",
        (ctx.tenant_id, found["id"], found["review_round"], ctx.user_id),
    )
    if own is not None:
        raise OwnReading(
            f"You have read session {found['number']} already; now somebody else must."
        )
