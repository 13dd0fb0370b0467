"""What a person writes about a session: in versions, a draft until the session is signed."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services.imaging.asking_for import GetSession
from erp.services.imaging.claiming import take_claim
from erp.services.imaging.errors import SignedOff, SummaryOvertaken, SummaryWaits
from erp.services.imaging.events import SummaryWritten
from erp.services.imaging.locking import (
    DECIDED,
    OPEN,
    lock_session_row,
    refuse_others_claim,
    require_state,
    unknown_session,
)
from erp.services.imaging.reopening import record_decision
from erp.services.platform import Command, Result, command, emit, query

LONGEST: Final = 8000
UNSIGNED: Final = (OPEN | DECIDED) - {"signed_off"}
PlainText = Annotated[
    str, Field(max_length=LONGEST, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")
]


class WriteSummary(Command):
    """Write the next version of a session's summary; `version` is the one that was shown, from 0."""

    session_id: UUID
    text: PlainText
    version: Annotated[int, Field(ge=0)]


class SummaryKept(Result):
    """The version that holds now."""

    id: UUID
    version: int


class SummaryVersion(Result):
    """One version of a summary.

    Attributes:
        drafted_by: The language model whose draft somebody took as theirs and this text grew from, if any.
    """

    id: UUID
    version: int
    text: str
    drafted_by: str
    author_name: str
    written_at: datetime


class SummaryDetail(Result):
    """A session's summary.

    Attributes:
        version: 0 while nothing was written.
        is_signed: It was signed as it stands, and does not change.
        is_hidden: A first reader's words wait for the second reader, who must not know them.
        may_write: Whether the actor may write it now.
        versions: Newest first.
    """

    session_id: UUID
    version: int
    text: str
    is_signed: bool
    is_hidden: bool
    may_write: bool
    versions: list[SummaryVersion]


@command(
    "imaging.write_summary",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/summary",
)
def write_summary(session: Session, ctx: RequestContext, cmd: WriteSummary) -> SummaryKept:
    """Write what a report says in words; in an open session this claims it.

    Locks the session.

    Raises:
        UnknownSession: There is none.
        NotReviewable: It is on hold.
        SignedOff: It is signed; an addendum follows it.
        SummaryWaits: A second reader, or somebody to resolve, is waited for.
        ClaimedByAnother: Somebody else is at it.
        SummaryOvertaken: Another version was written since `version` was shown.

    Emits:
        imaging.summary_written.v1; imaging.session_reviewed.v1 when it was new;
        imaging.claim_changed.v1 when it was free.
    """
    found = writable_session(session, ctx, cmd.session_id)
    return keep_summary(session, ctx, found, cmd.text, cmd.version)


def writable_session(session: Session, ctx: RequestContext, session_id: UUID) -> db.Row:
    """Return a session, locked, whose summary the actor may write.

    Raises:
        UnknownSession, NotReviewable, SignedOff, SummaryWaits, ClaimedByAnother: As it stands.
    """
    found = lock_session_row(session, ctx, session_id)
    if found["qa_state"] == "signed_off":
        raise SignedOff(
            f"Session {found['number']} is signed off. Add an addendum, or have it reopened."
        )
    require_state(found, UNSIGNED, "is not under review")
    if found["awaiting"]:
        raise SummaryWaits(
            f"Session {found['number']} waits for another reader. Its summary is written once"
            " it is decided."
        )
    refuse_others_claim(found, ctx)
    return found


def keep_summary(
    session: Session,
    ctx: RequestContext,
    found: db.Row,
    text: str,
    version: int,
    *,
    drafted_by: str = "",
) -> SummaryKept:
    """Write the next version for a session that `writable_session` locked.

    A model's draft that is worked on further still began as one; an emptied summary begins anew.

    Raises:
        SummaryOvertaken: Another version was written since `version` was shown.

    Emits:
        imaging.summary_written.v1; imaging.session_reviewed.v1 when it was new;
        imaging.claim_changed.v1 when it was free.
    """
    last = latest_summary(session, ctx, found["id"])
    current = last["version"] if last else 0
    if current != version:
        author = last["author_name"] if last else ""
        raise SummaryOvertaken(
            f"{author} wrote version {current} meanwhile. Your text is still in the field:"
            " compare it with theirs, then save again.",
            details={"version": current},
        )
    if found["qa_state"] in OPEN:
        if found["qa_state"] == "new":
            record_decision(session, ctx, found, "in_review")
        take_claim(session, ctx, found)
    if not drafted_by and last and last["text"]:
        drafted_by = last["drafted_by"]
    kept = SummaryKept(id=new_id(), version=version + 1)
    db.execute(
        session,
        "insert into imaging_summary (tenant_id, id, session_id, version, review_round, text,"
        " drafted_by, author_id, author_name, written_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(ctx.tenant_id, kept.id, found["id"], kept.version, found["review_round"]),
            *(text.strip(), drafted_by, ctx.user_id, ctx.user_name, ctx.now),
        ),
    )
    emit(session, ctx, found["id"], SummaryWritten(session_id=found["id"], version=kept.version))
    return kept


@query(
    "imaging.get_summary",
    permission="imaging.view",
    rest="GET /imaging/sessions/{session_id}/summary",
)
def get_summary(session: Session, ctx: RequestContext, wanted: GetSession) -> SummaryDetail:
    """Return what was written about a session; not to who must read it without knowing.

    Raises:
        UnknownSession: There is none.
    """
    row = db.fetch_one(
        session,
        "select id, qa_state, awaiting, claimed_by, claimed_until from imaging_session"
        " where tenant_id = %s and id = %s",
        (ctx.tenant_id, wanted.session_id),
    )
    if row is None:
        raise unknown_session()
    rows = db.fetch_all(
        session,
        "select id, version, text, drafted_by, author_id, author_name, written_at"
        " from imaging_summary where tenant_id = %s and session_id = %s"
        " order by version desc limit 50",
        (ctx.tenant_id, wanted.session_id),
    )
    is_hidden = _is_hidden(row, rows, ctx)
    shown = [] if is_hidden else rows
    is_others = row["claimed_by"] not in (None, ctx.user_id) and row["claimed_until"] > ctx.now
    return SummaryDetail(
        session_id=row["id"],
        version=shown[0]["version"] if shown else 0,
        text=shown[0]["text"] if shown else "",
        is_signed=row["qa_state"] == "signed_off",
        is_hidden=is_hidden,
        may_write=row["qa_state"] in UNSIGNED
        and not row["awaiting"]
        and not is_others
        and ctx.may("imaging.review"),
        versions=[_version(one) for one in shown],
    )


def latest_summary(session: Session, ctx: RequestContext, session_id: UUID) -> db.Row | None:
    """Return the version of a session's summary that holds."""
    return db.fetch_one(
        session,
        "select id, version, text, drafted_by, author_id, author_name, written_at"
        " from imaging_summary where tenant_id = %s and session_id = %s"
        " order by version desc limit 1",
        (ctx.tenant_id, session_id),
    )


def summary_for_print(session: Session, ctx: RequestContext, found: db.Row) -> db.Row | None:
    """Return the version that a report of now would print, if it says anything."""
    if found["awaiting"] == "second":
        return None
    last = latest_summary(session, ctx, found["id"])
    return last | {"is_latest": True} if last and last["text"] else None


def _is_hidden(row: db.Row, rows: list[db.Row], ctx: RequestContext) -> bool:
    """Tell whether the words are those of a first reader whom the second must not know."""
    return row["awaiting"] == "second" and any(one["author_id"] != ctx.user_id for one in rows)


def _version(row: dict[str, Any]) -> SummaryVersion:
    return SummaryVersion(**{name: row[name] for name in SummaryVersion.model_fields})
