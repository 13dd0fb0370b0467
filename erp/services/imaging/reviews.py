"""How the review of one session stands: who, until when, by which checklist, what was found."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.imaging.asking_for import GetSession
from erp.services.imaging.checklists import lack_of
from erp.services.imaging.locking import DECIDED, own_answers, unknown_session
from erp.services.imaging.protocols import rules_for
from erp.services.imaging.queueing import due_standing
from erp.services.imaging.words import DECISIONS, REASONS, URGENCIES
from erp.services.platform import Result, query


class AnsweredItem(Result):
    """An item of the checklist with its answer; `lack` says why it holds acceptance up."""

    key: str
    label: str
    kind: str
    is_required: bool
    allows_na: bool
    choices: list[str]
    low: str | None
    high: str | None
    unit: str
    answer: str
    lack: str


class ReadingRow(Result):
    """What one reader found."""

    id: UUID
    place: int
    verdict: str
    verdict_words: str
    reason: str
    note: str
    reader_id: UUID
    reader_name: str
    read_at: datetime


class LinkedSession(Result):
    """The session that this one repeats, or that repeats it."""

    id: UUID
    number: str
    qa_state: str


class AddendumRow(Result):
    """What was added after the sign-off."""

    id: UUID
    text: str
    author_name: str
    added_at: datetime


class SignatureRow(Result):
    """The sign-off in force; `later_objects` came after it and are not part of it."""

    id: UUID
    signer_name: str
    signed_at: datetime
    content_hash: str
    later_objects: int


class ReviewDetail(Result):
    """The review of a session.

    Attributes:
        claimed_name, claimed_until: Who is at it now; empty while nobody is.
        is_mine: The asking person is. has_read: they read it already in this review.
        checklist_version: What it was judged by, or will be; 0 without a checklist.
        readings: Of this review. While a second reader is awaited, only one's own.
    """

    id: UUID
    number: str
    qa_state: str
    awaiting: str
    version: int
    urgency: str
    due_at: datetime | None
    due_is: str
    decided_at: datetime | None
    claimed_by: UUID | None
    claimed_name: str
    claimed_until: datetime | None
    is_mine: bool
    has_read: bool
    assigned_to: UUID | None
    assigned_name: str
    checklist_version: int
    items: list[AnsweredItem]
    readings: list[ReadingRow]
    repeat_of: LinkedSession | None
    repeated_by: LinkedSession | None
    signature: SignatureRow | None
    addenda: list[AddendumRow]


@query(
    "imaging.get_review",
    permission="imaging.view",
    rest="GET /imaging/sessions/{session_id}/review",
)
def get_review(session: Session, ctx: RequestContext, wanted: GetSession) -> ReviewDetail:
    """Return how the review of a session stands.

    Raises:
        UnknownSession: There is none.
    """
    row = db.fetch_one(
        session,
        "select * from imaging_session where tenant_id = %s and id = %s",
        (ctx.tenant_id, wanted.session_id),
    )
    if row is None:
        raise unknown_session()
    readings = _readings(session, ctx, row)
    is_live = row["claimed_by"] is not None and row["claimed_until"] > ctx.now
    version, items = _checklist(session, ctx, row, readings)
    plain = {name: row[name] for name in ReviewDetail.model_fields if name in row}
    return ReviewDetail(
        **plain
        | {
            "urgency": URGENCIES[row["urgency"]],
            "due_is": due_standing(row, ctx.now),
            "claimed_by": row["claimed_by"] if is_live else None,
            "claimed_name": row["claimed_name"] if is_live else "",
            "claimed_until": row["claimed_until"] if is_live else None,
            "is_mine": is_live and row["claimed_by"] == ctx.user_id,
            "has_read": any(found["reader_id"] == ctx.user_id for found in readings),
            "checklist_version": version,
            "items": items,
            "readings": [_reading(found) for found in _unveiled(row, readings, ctx)],
            "repeat_of": _linked(session, ctx, "id", row["repeat_of"]),
            "repeated_by": _linked(session, ctx, "repeat_of", row["id"]),
            "signature": _signature(session, ctx, row),
            "addenda": _addenda(session, ctx, row["id"]),
        }
    )


def _readings(session: Session, ctx: RequestContext, row: db.Row) -> list[db.Row]:
    return db.fetch_all(
        session,
        "select read.*, list.version as checklist_version, list.items from qa_reading read"
        " left join qa_checklist list"
        " on (list.tenant_id, list.id) = (read.tenant_id, read.checklist_id)"
        " where read.tenant_id = %s and read.session_id = %s and read.review_round = %s"
        " order by read.place",
        (ctx.tenant_id, row["id"], row["review_round"]),
    )


def _unveiled(row: db.Row, readings: list[db.Row], ctx: RequestContext) -> list[db.Row]:
    """Return what may be seen: a second reader does not know what the first found."""
    if row["awaiting"] == "second":
        return [found for found in readings if found["reader_id"] == ctx.user_id]
    return readings


def _reading(row: db.Row) -> ReadingRow:
    shown = row | {
        "verdict_words": DECISIONS[row["verdict"]],
        "reason": REASONS.get(row["reason_code"], row["reason_code"]),
    }
    return ReadingRow(**{name: shown[name] for name in ReadingRow.model_fields})


def _checklist(
    session: Session, ctx: RequestContext, row: db.Row, readings: list[db.Row]
) -> tuple[int, list[AnsweredItem]]:
    """Return the version it was judged by with those answers; while it is open, the one in force.

    Answers of an open session are shown to who claimed it alone.
    """
    if row["qa_state"] in DECIDED and readings:
        judged = readings[-1]
        version, items, answers = judged["checklist_version"], judged["items"], judged["answers"]
    else:
        rules = rules_for(session, ctx, row["protocol"])
        version, items = rules.checklist_version, rules.items
        answers = own_answers(row, ctx)
    return version or 0, [_item(item, answers.get(item["key"], "")) for item in items or ()]


def _item(item: dict[str, Any], answer: str) -> AnsweredItem:
    lack = lack_of(item, answer) if item["is_required"] else ""
    return AnsweredItem(**item | {"answer": answer, "lack": lack})


def _linked(
    session: Session, ctx: RequestContext, column: str, value: UUID | None
) -> LinkedSession | None:
    if value is None:
        return None
    sql = {
        "id": "select id, number, qa_state from imaging_session where tenant_id = %s and id = %s",
        "repeat_of": "select id, number, qa_state from imaging_session"
        " where tenant_id = %s and repeat_of = %s",
    }
    found = db.fetch_one(session, sql[column], (ctx.tenant_id, value))
    return LinkedSession(**found) if found else None


def _signature(session: Session, ctx: RequestContext, row: db.Row) -> SignatureRow | None:
    if row["qa_state"] != "signed_off":
        return None
    found = db.fetch_one(
        session,
        "select id, signer_name, signed_at, content_hash,"
        " greatest(0, %s - jsonb_array_length(content::jsonb -> 'objects')) as later_objects"
        " from qa_signature where tenant_id = %s and session_id = %s and review_round = %s",
        (row["stored"], ctx.tenant_id, row["id"], row["review_round"]),
    )
    return SignatureRow(**found) if found else None


def _addenda(session: Session, ctx: RequestContext, session_id: UUID) -> list[AddendumRow]:
    rows = db.fetch_all(
        session,
        "select id, text, author_name, added_at from qa_addendum"
        " where tenant_id = %s and session_id = %s order by id desc limit 100",
        (ctx.tenant_id, session_id),
    )
    return [AddendumRow(**row) for row in rows]
