"""The worklist of sessions: what comes first, who is at it, when it is due, and what comes next."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Literal, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.imaging.words import AWAITING_WORDS, DUE_WORDS, URGENCIES, soon_text
from erp.services.platform import (
    LAST_ID,
    Page,
    Result,
    Rows,
    Text,
    conditions_of,
    decode_cursor,
    encode_cursor,
    query,
)

FIRST: Final = UUID(int=0)
NEVER: Final = "9999-12-31 00:00:00+00"
SOON: Final = timedelta(hours=1)
SensibleDay = Annotated[date, Field(ge=date(1900, 1, 1), le=date(9000, 1, 1))]


class ListSessions(Page):
    """Sessions by what is asked; `show` is `open` for those nobody decided about.

    Attributes:
        order: `queue` begins with the most urgent, then what is due first; `newest` with the
            newest. Empty: `queue` for those that are open, else `newest`.
        assignee: A user's id, `me` or `nobody`; whoever is assigned, or is at it.
        outcome: The decision in force; `accepted` are those signed off too.
        ready: `yes` for those that are complete and that nobody decided about or put on hold.
        untold: The device did not tell who operated it, or by which protocol.
        from_day, to_day: When the device finished. decided_from, decided_to: when people did.
    """

    show: Literal["", "open", "decided"] = ""
    order: Literal["", "queue", "newest"] = ""
    qa_state: Literal[
        "",
        "new",
        "in_review",
        "on_hold",
        "accepted",
        "signed_off",
        "repeat_requested",
        "rejected",
    ] = ""
    state: Literal["", "announced", "in_progress", "paused", "complete", "aborted"] = ""
    urgency: Literal["", "routine", "urgent", "stat"] = ""
    awaiting: Literal["", "second", "resolution"] = ""
    outcome: Literal["", "accepted", "repeat_requested", "rejected"] = ""
    assignee: UUID | Literal["", "me", "nobody"] = ""
    due: Literal["", "overdue", "soon", "decided_late"] = ""
    device_id: UUID | None = None
    patient_id: UUID | None = None
    modality: Text = ""
    protocol: Text = ""
    operator: Text = ""
    untold: Literal["", "operator", "protocol"] = ""
    ready: Literal["", "yes"] = ""
    from_day: SensibleDay | None = None
    to_day: SensibleDay | None = None
    decided_from: SensibleDay | None = None
    decided_to: SensibleDay | None = None


class NextSession(ListSessions):
    """What follows a session in a list; sessions that others are at are passed over."""

    session_id: UUID


class SessionRow(Result):
    """A session in a list.

    Attributes:
        delivered: Objects stored of those expected, such as `12 of 20`.
        attention: What needs a look: held objects, missing objects, a repeat.
        due: When it is due, as short as it can be. due_is: `overdue`, `soon` or `later`;
            `late` or `kept` once it is decided. due_note: the same in words, where it matters.
        waits_for: Whom it waits for, a second reader for instance, in words.
        reviewer: Who is at it; else who should be.
        is_claimed: Whether somebody is at it right now. holding: the same in words.
    """

    id: UUID
    number: str
    patient: str
    patient_code: str
    device: str
    modality: str
    protocol: str
    state: str
    qa_state: str
    awaiting: str
    urgency: str
    due_at: datetime | None
    due: str
    due_is: str
    due_note: str
    waits_for: str
    reviewer: str
    is_claimed: bool
    holding: str
    stored: int
    expected: int | None
    quarantined: int
    delivered: str
    attention: str
    started_at: datetime
    completed_at: datetime | None
    decided_at: datetime | None


class SessionPage(Rows):
    """A page of sessions."""

    rows: list[SessionRow]


class FoundSession(Result):
    """The session that follows, if any."""

    session_id: UUID | None = None
    number: str = ""


_SELECT: Final[LiteralString] = """
    select held.id, held.number, held.patient_name, held.patient_code, device.name as device,
           coalesce(nullif(held.modality, ''), device.modality) as modality,
           held.protocol, held.state, held.qa_state, held.stored, held.expected,
           held.quarantined, held.urgency, held.settled_at, held.completed_at, held.due_at,
           held.awaiting, held.decided_at, held.assigned_name, held.repeat_of,
           held.claimed_name, held.claimed_until > %(now)s as is_claimed,
           coalesce(held.started_at, held.created_at) as started_at
      from imaging_session held
      join imaging_device device
        on (device.tenant_id, device.id) = (held.tenant_id, held.device_id)
     where held.tenant_id = %(tenant)s
"""
READY: Final[LiteralString] = "held.state = 'complete' and held.qa_state in ('new', 'in_review')"
"""Whether a session `held` waits for its review."""
_WHERE: Final[dict[str, LiteralString]] = {
    "qa_state": "and held.qa_state = %(qa_state)s",
    "state": "and held.state = %(state)s",
    "urgency": "and held.urgency = %(urgency)s",
    "awaiting": "and held.awaiting = %(awaiting)s",
    "outcome": "and (held.qa_state = %(outcome)s::text"
    " or %(outcome)s::text = 'accepted' and held.qa_state = 'signed_off')",
    "device_id": "and held.device_id = %(device_id)s",
    "patient_id": "and held.patient_id = %(patient_id)s",
    "modality": "and lower(coalesce(nullif(held.modality, ''), device.modality)) = lower(%(modality)s)",
    "protocol": "and lower(held.protocol) = lower(%(protocol)s)",
    "operator": "and held.operator = %(operator)s",
    "from_day": "and held.completed_at >= %(from_day)s",
    "to_day": "and held.completed_at < %(to_day)s",
    "decided_from": "and held.decided_at >= %(decided_from)s",
    "decided_to": "and held.decided_at < %(decided_to)s",
    "ready": f"and {READY}",
    "search": "and concat_ws(' ', held.number, held.patient_name, held.patient_code, held.accession,"
    " held.protocol, held.external_id) ilike %(search)s",
}
_SHOW: Final[dict[str, LiteralString]] = {
    "": "",
    "open": "and held.qa_state in ('new', 'in_review', 'on_hold')",
    "decided": "and held.qa_state not in ('new', 'in_review', 'on_hold')",
}
_DUE: Final[dict[str, LiteralString]] = {
    "": "",
    "overdue": "and held.due_at < %(now)s and held.qa_state in ('new', 'in_review', 'on_hold')",
    "soon": "and held.due_at between %(now)s and %(soon)s"
    " and held.qa_state in ('new', 'in_review', 'on_hold')",
    "decided_late": "and held.decided_at > held.due_at",
}
_UNTOLD: Final[dict[str, LiteralString]] = {
    "": "",
    "operator": "and held.operator = ''",
    "protocol": "and held.protocol = ''",
}
_ASSIGNEE: Final[dict[str, LiteralString]] = {
    "nobody": "and held.assigned_to is null"
    " and (held.claimed_by is null or held.claimed_until <= %(now)s)",
    "person": "and (held.assigned_to = %(assignee)s"
    " or (held.claimed_by = %(assignee)s and held.claimed_until > %(now)s))",
}
_ORDER: Final[dict[str, LiteralString]] = {
    "queue": "and (-held.urgency, coalesce(held.due_at, %(never)s::timestamptz), held.id)"
    " > (%(urgent)s::int, %(due_after)s::timestamptz, %(after)s::uuid)"
    " order by -held.urgency, coalesce(held.due_at, %(never)s::timestamptz), held.id",
    "newest": "and held.id < %(after)s::uuid order by held.id desc",
}
_FREE: Final[LiteralString] = (
    "and (held.claimed_by is null or held.claimed_by = %(me)s or held.claimed_until <= %(now)s)"
    " and held.id <> %(session_id)s "
)


@query("imaging.list_sessions", permission="imaging.view", rest="GET /imaging/sessions")
def list_sessions(session: Session, ctx: RequestContext, wanted: ListSessions) -> SessionPage:
    """List sessions, the most urgent and first due in front, or the newest."""
    order = _order_of(wanted)
    given = _given(ctx, wanted) | _start(order, wanted.cursor) | {"limit": wanted.limit + 1}
    sql = _SELECT + _conditions(wanted) + _ORDER[order] + " limit %(limit)s"
    rows = db.fetch_all(session, sql, given)
    page = [_session_row(row, ctx) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    cursor = _cursor(order, rows[wanted.limit - 1]) if more else ""
    return SessionPage(rows=page, next_cursor=cursor)


@query(
    "imaging.next_session",
    permission="imaging.view",
    rest="GET /imaging/sessions/{session_id}/next",
)
def next_session(session: Session, ctx: RequestContext, wanted: NextSession) -> FoundSession:
    """Return the session that follows in a list, from its beginning again after the last.

    What others are at is passed over.
    """
    order = _order_of(wanted)
    here = db.fetch_one(
        session,
        "select id, urgency, due_at from imaging_session where tenant_id = %s and id = %s",
        (ctx.tenant_id, wanted.session_id),
    )
    sql = _SELECT + _conditions(wanted) + _FREE + _ORDER[order] + " limit 1"
    for cursor in (_cursor(order, here) if here else "", ""):
        found = db.fetch_one(session, sql, _given(ctx, wanted) | _start(order, cursor))
        if found is not None:
            return FoundSession(session_id=found["id"], number=found["number"])
    return FoundSession()


def pattern_of(search: str) -> str:
    """Return a LIKE pattern that finds the words as they are."""
    if not search:
        return ""
    plain = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"


def due_standing(row: db.Row, now: datetime) -> str:
    """Return how a session stands to its due time; empty where there is none."""
    due = row["due_at"]
    if due is None:
        return ""
    if row["decided_at"] is not None:
        return "late" if row["decided_at"] > due else "kept"
    if due < now:
        return "overdue"
    return "soon" if due < now + SOON else "later"


def _order_of(wanted: ListSessions) -> str:
    return wanted.order or ("queue" if wanted.show == "open" else "newest")


def _conditions(wanted: ListSessions) -> LiteralString:
    person: LiteralString = ""
    if wanted.assignee:
        person = _ASSIGNEE["nobody" if wanted.assignee == "nobody" else "person"]
    parts = (
        conditions_of(wanted, _WHERE),
        _SHOW[wanted.show],
        _DUE[wanted.due],
        _UNTOLD[wanted.untold],
        person,
        "",
    )
    return " ".join(parts)


def _given(ctx: RequestContext, wanted: ListSessions) -> dict[str, Any]:
    zone = ZoneInfo(ctx.time_zone)

    def midnight(day: date | None, days: int = 0) -> datetime | None:
        after = day + timedelta(days=days) if day else None
        return datetime(after.year, after.month, after.day, tzinfo=zone) if after else None

    return wanted.model_dump() | {
        "tenant": ctx.tenant_id,
        "me": ctx.user_id,
        "now": ctx.now,
        "soon": ctx.now + SOON,
        "never": NEVER,
        "search": pattern_of(wanted.search),
        "urgency": URGENCIES.index(wanted.urgency) if wanted.urgency else None,
        "assignee": ctx.user_id if wanted.assignee == "me" else wanted.assignee,
        "from_day": midnight(wanted.from_day),
        "to_day": midnight(wanted.to_day, 1),
        "decided_from": midnight(wanted.decided_from),
        "decided_to": midnight(wanted.decided_to, 1),
    }


def _start(order: str, cursor: str) -> dict[str, Any]:
    """Return where a page begins."""
    if order == "newest":
        return {"after": (decode_cursor(cursor, 1) or [LAST_ID])[0]}
    urgent, due, after = decode_cursor(cursor, 3) or ("-9", "-infinity", FIRST)
    return {"urgent": urgent, "due_after": due, "after": after}


def _cursor(order: str, row: db.Row) -> str:
    if order == "newest":
        return encode_cursor(row["id"])
    due = row["due_at"].isoformat() if row["due_at"] else NEVER
    return encode_cursor(-row["urgency"], due, row["id"])


def _session_row(row: db.Row, ctx: RequestContext) -> SessionRow:
    expected = row["expected"]
    delivered = f"{row['stored']} of {expected}" if expected is not None else f"{row['stored']}"
    is_claimed, standing = bool(row["is_claimed"]), due_standing(row, ctx.now)
    plain = {name: row[name] for name in SessionRow.model_fields if name in row}
    shown = plain | {
        "patient": row["patient_name"] or row["patient_code"] or "Unknown patient",
        "urgency": URGENCIES[row["urgency"]],
        "due": soon_text(row["due_at"], ctx.today, ctx.time_zone) if row["due_at"] else "",
        "due_is": standing,
        "due_note": DUE_WORDS.get(standing, ""),
        "waits_for": AWAITING_WORDS.get(row["awaiting"], ""),
        "holding": "at it now" if is_claimed else "",
        "reviewer": row["claimed_name"] if is_claimed else row["assigned_name"],
        "is_claimed": is_claimed,
        "delivered": delivered,
        "attention": ", ".join(_attention(row)),
    }
    return SessionRow(**shown)


def _attention(row: db.Row) -> list[str]:
    found = ["repeat"] if row["repeat_of"] else []
    if row["quarantined"]:
        found.append(f"{row['quarantined']} held")
    if row["state"] == "complete" and row["settled_at"] is None:
        found.append("objects missing")
    return found
