"""Lists of imaging: the queue, the quarantine, the devices."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.imaging.words import held_in_words
from erp.services.platform import (
    Nothing,
    Page,
    Result,
    Rows,
    decode_cursor,
    encode_cursor,
    query,
)

LATEST = "ffffffff-ffff-ffff-ffff-ffffffffffff"


class ListSessions(Page):
    """Sessions; `show` is `open` for those nobody decided about."""

    show: Literal["", "open", "decided"] = ""
    qa_state: Literal["", "new", "in_review", "accepted", "repeat_requested", "rejected"] = ""
    state: Literal["", "announced", "in_progress", "paused", "complete", "aborted"] = ""
    device_id: UUID | None = None


class SessionRow(Result):
    """A session in a list.

    Attributes:
        delivered: Objects stored of those expected, such as `12 of 20`.
        attention: What needs a look: priority, held objects, missing objects.
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
    stored: int
    expected: int | None
    quarantined: int
    delivered: str
    attention: str
    is_priority: bool
    started_at: datetime
    completed_at: datetime | None


class SessionPage(Rows):
    """A page of sessions: those that come first, first; then the newest."""

    rows: list[SessionRow]


class ListHeld(Page):
    """What waits in quarantine, or what was decided about it."""

    status: Literal["", "open", "retrying", "released", "discarded"] = ""
    kind: Literal["", "object", "message"] = ""


class HeldRow(Result):
    """Something held back; `reason` and `advice` in words, `preview` as plain text."""

    id: UUID
    kind: str
    status: str
    reason_code: str
    reason: str
    advice: str
    detail: str
    device: str
    session_id: UUID | None
    session_number: str
    sop_uid: str
    size: int
    size_text: str
    topic: str
    preview: str
    tries: int
    held_at: datetime
    decided_at: datetime | None


class HeldPage(Rows):
    """A page of the quarantine, newest first."""

    rows: list[HeldRow]


class ListDevices(Page):
    """Active devices; they are few, so one page holds them."""


class DeviceRow(Result):
    """A device in the list; `clock` says how far its clock is off."""

    id: UUID
    name: str
    kind: str
    ae_title: str
    topic: str
    modality: str
    model: str
    serial: str
    state: str
    backlog: int
    clock: str
    firmware: str
    free_mb: int | None
    waiting_sessions: int
    last_seen_at: datetime | None
    last_object_at: datetime | None


class DeviceList(Rows):
    """Devices by site and code."""

    rows: list[DeviceRow]


class WaitingCount(Result):
    """Sessions that wait for a decision, and things held in quarantine."""

    waiting: int
    held: int


@query("imaging.list_sessions", permission="imaging.view", rest="GET /imaging/sessions")
def list_sessions(session: Session, ctx: RequestContext, wanted: ListSessions) -> SessionPage:
    """List sessions: priority first, then the newest."""
    priority, before = decode_cursor(wanted.cursor, 2) or ("1", LATEST)
    rows = db.fetch_all(
        session,
        """
        select held.id, held.number, held.patient_name, held.patient_code, device.name as device,
               coalesce(nullif(held.modality, ''), device.modality) as modality,
               held.protocol, held.state, held.qa_state, held.stored, held.expected,
               held.quarantined, held.is_priority, held.settled_at, held.completed_at,
               coalesce(held.started_at, held.created_at) as started_at
          from imaging_session held
          join imaging_device device
            on (device.tenant_id, device.id) = (held.tenant_id, held.device_id)
         where held.tenant_id = %(tenant)s
           and (%(show)s = '' or (held.qa_state in ('new', 'in_review')) = (%(show)s = 'open'))
           and (%(qa)s = '' or held.qa_state = %(qa)s)
           and (%(state)s = '' or held.state = %(state)s)
           and (%(device)s::uuid is null or held.device_id = %(device)s)
           and (%(search)s = '' or concat_ws(' ', held.number, held.patient_name, held.patient_code,
                held.accession, held.protocol, held.external_id) ilike %(search)s)
           and (held.is_priority::int, held.id) < (%(priority)s::int, %(before)s::uuid)
         order by held.is_priority::int desc, held.id desc limit %(limit)s
        """,
        {
            "tenant": ctx.tenant_id,
            "show": wanted.show,
            "qa": wanted.qa_state,
            "state": wanted.state,
            "device": wanted.device_id,
            "search": _pattern(wanted.search),
            "priority": priority,
            "before": before,
            "limit": wanted.limit + 1,
        },
    )
    page = [_session_row(row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    cursor = encode_cursor(int(page[-1].is_priority), page[-1].id) if more else ""
    return SessionPage(rows=page, next_cursor=cursor)


def _session_row(row: db.Row) -> SessionRow:
    expected = row["expected"]
    delivered = f"{row['stored']} of {expected}" if expected is not None else f"{row['stored']}"
    return SessionRow(
        patient=row["patient_name"] or row["patient_code"] or "Unknown patient",
        delivered=delivered,
        attention=", ".join(_attention(row)),
        **{name: row[name] for name in SessionRow.model_fields if name in row},
    )


def _attention(row: db.Row) -> list[str]:
    found = ["priority"] if row["is_priority"] else []
    if row["quarantined"]:
        found.append(f"{row['quarantined']} held")
    if row["state"] == "complete" and row["settled_at"] is None:
        found.append("objects missing")
    return found


@query("imaging.list_held", permission="imaging.view", rest="GET /imaging/quarantine")
def list_held(session: Session, ctx: RequestContext, wanted: ListHeld) -> HeldPage:
    """List what was held back, newest first."""
    before = (decode_cursor(wanted.cursor, 1) or [LATEST])[0]
    rows = db.fetch_all(
        session,
        """
        select held.id, held.kind, held.status, held.reason_code, held.detail, device.name as device,
               held.session_id, coalesce(visit.number, '') as session_number,
               coalesce(transfer.sop_uid, '') as sop_uid, held.size, held.topic, held.payload,
               held.tries, held.held_at, held.decided_at
          from quarantine held
          join imaging_device device
            on (device.tenant_id, device.id) = (held.tenant_id, held.device_id)
          left join imaging_session visit
            on (visit.tenant_id, visit.id) = (held.tenant_id, held.session_id)
          left join imaging_transfer transfer
            on (transfer.tenant_id, transfer.id) = (held.tenant_id, held.transfer_id)
         where held.tenant_id = %(tenant)s and held.id < %(before)s::uuid
           and (%(status)s = '' or held.status = %(status)s
                or (%(status)s = 'open' and held.status = 'retrying'))
           and (%(kind)s = '' or held.kind = %(kind)s)
           and (%(search)s = '' or concat_ws(' ', held.reason_code, held.detail, visit.number,
                transfer.sop_uid, device.name) ilike %(search)s)
         order by held.id desc limit %(limit)s
        """,
        {
            "tenant": ctx.tenant_id,
            "before": before,
            "status": wanted.status,
            "kind": wanted.kind,
            "search": _pattern(wanted.search),
            "limit": wanted.limit + 1,
        },
    )
    page = [_held_row(row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return HeldPage(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")


def _held_row(row: db.Row) -> HeldRow:
    reason, advice = held_in_words(row["reason_code"])
    return HeldRow(
        reason=reason,
        advice=advice,
        preview=_preview(row["payload"]),
        size_text=size_text(row["size"]),
        **{name: row[name] for name in HeldRow.model_fields if name in row},
    )


def _preview(payload: Any) -> str:  # noqa: ANN401  bytes or nothing
    """Return the start of a message as one line of printable text."""
    text = bytes(payload or b"")[:200].decode("utf-8", "replace")
    return "".join(char if char.isprintable() else "\N{MIDDLE DOT}" for char in text)


def size_text(size: int) -> str:
    """Return a number of bytes as people read it."""
    if size < 1024:  # noqa: PLR2004
        return f"{size} bytes"
    if size < 1024**2:
        return f"{size / 1024:.1f} KiB"
    return f"{size / 1024**2:.1f} MiB"


@query("imaging.list_devices", permission="imaging.view", rest="GET /imaging/devices")
def list_devices(session: Session, ctx: RequestContext, wanted: ListDevices) -> DeviceList:
    """List the active devices with what they last said of themselves."""
    rows = db.fetch_all(
        session,
        """
        select device.id, device.name, device.kind, device.ae_title,
               coalesce(nullif(device.ae_title, ''), device.site || '/' || device.code) as topic,
               device.modality, device.model, device.serial, device.state, device.backlog, device.clock_skew_ms,
               device.firmware, device.free_mb, device.last_seen_at, device.last_object_at,
               (select count(*) from imaging_session held
                 where held.tenant_id = device.tenant_id and held.device_id = device.id
                   and held.qa_state in ('new', 'in_review')) as waiting_sessions
          from imaging_device device
         where device.tenant_id = %(tenant)s and device.is_active
           and (%(search)s = '' or concat_ws(' ', device.name, device.site, device.code,
                device.model, device.serial) ilike %(search)s)
         order by device.site, device.code limit 500
        """,
        {"tenant": ctx.tenant_id, "search": _pattern(wanted.search)},
    )
    shown = [
        DeviceRow(clock=_clock_text(row.pop("clock_skew_ms")), **row) for row in map(dict, rows)
    ]
    return DeviceList(rows=shown)


def _clock_text(skew_ms: int | None) -> str:
    if skew_ms is None:
        return ""
    seconds = abs(skew_ms) // 1000
    if seconds < 5:  # noqa: PLR2004  the message's own way takes a while
        return "right"
    units = ((86_400, "days"), (3600, "h"), (60, "min"), (1, "s"))
    size, unit = next((size, unit) for size, unit in units if seconds >= size)
    return f"{seconds // size} {unit} {'fast' if skew_ms > 0 else 'slow'}"


@query("imaging.count_waiting", permission="imaging.view", rest="GET /imaging/waiting")
def count_waiting(session: Session, ctx: RequestContext, _wanted: Nothing) -> WaitingCount:
    """Count complete sessions that wait for a decision, and what is held in quarantine."""
    row = db.fetch_one(
        session,
        "select (select count(*) from imaging_session where tenant_id = %(tenant)s"
        "   and qa_state in ('new', 'in_review') and state = 'complete') as waiting,"
        " (select count(*) from quarantine where tenant_id = %(tenant)s"
        "   and status in ('open', 'retrying')) as held",
        {"tenant": ctx.tenant_id},
    )
    return WaitingCount(**(row or {"waiting": 0, "held": 0}))


def _pattern(search: str) -> str:
    """Return a LIKE pattern that finds the words as they are."""
    if not search:
        return ""
    plain = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
