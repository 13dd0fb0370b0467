"""Lists of imaging: the quarantine, the devices."""

from datetime import datetime
from typing import Annotated, Any, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.imaging.device_page import standing_of
from erp.services.imaging.queueing import READY, pattern_of
from erp.services.imaging.words import held_in_words
from erp.services.platform import (
    Nothing,
    Order,
    Page,
    Result,
    Rows,
    SortedPage,
    fetch_page,
    query,
)


class ListHeld(SortedPage):
    """What waits in quarantine, or what was decided about it."""

    sort: Annotated[str, Order("-id", {"kind": "text", "device": "text", "held_at": "instant"})] = (
        ""
    )
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
    """A device in the list.

    Attributes:
        standing: What it last said, or `silent`: online by its own word, and not heard for long.
        clock: How far its clock is off. is_clock_off: further than allowed.
    """

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
    standing: str
    clock: str
    is_clock_off: bool
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


_HELD: LiteralString = """
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
     where held.tenant_id = %(tenant)s
       and (%(status)s = '' or held.status = %(status)s
            or (%(status)s = 'open' and held.status = 'retrying'))
       and (%(kind)s = '' or held.kind = %(kind)s)
       and (%(search)s = '' or concat_ws(' ', held.reason_code, held.detail, visit.number,
            transfer.sop_uid, device.name) ilike %(search)s)
"""


@query("imaging.list_held", permission="imaging.view", rest="GET /imaging/quarantine")
def list_held(session: Session, ctx: RequestContext, wanted: ListHeld) -> HeldPage:
    """List what was held back, newest first."""
    given = {
        "tenant": ctx.tenant_id,
        "status": wanted.status,
        "kind": wanted.kind,
        "search": pattern_of(wanted.search),
    }
    rows, cursor = fetch_page(session, wanted, _HELD, given)
    return HeldPage(rows=[_held_row(row) for row in rows], next_cursor=cursor)


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
               device.clock_warn_seconds, device.silent_after_minutes,
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
        {"tenant": ctx.tenant_id, "search": pattern_of(wanted.search)},
    )
    return DeviceList(rows=[_device_row(row, ctx) for row in rows])


def _device_row(row: db.Row, ctx: RequestContext) -> DeviceRow:
    skew = row["clock_skew_ms"]
    return DeviceRow(
        standing=standing_of(row, ctx.now),
        clock=clock_text(skew),
        is_clock_off=skew is not None and abs(skew) > 1000 * row["clock_warn_seconds"],
        **{name: row[name] for name in DeviceRow.model_fields if name in row},
    )


def clock_text(skew_ms: int | None) -> str:
    """Return how far a clock is off, in words."""
    if skew_ms is None:
        return ""
    seconds = abs(skew_ms) // 1000
    if seconds < 5:  # noqa: PLR2004  the message's own way takes a while
        return "right"
    units = ((86_400, "days"), (3600, "h"), (60, "min"), (1, "s"))
    size, unit = next((size, unit) for size, unit in units if seconds >= size)
    return f"{seconds // size} {unit} {'fast' if skew_ms > 0 else 'slow'}"


_WAITING: LiteralString = f"""
    select (select count(*) from imaging_session held
             where held.tenant_id = %(tenant)s and {READY}) as waiting,
           (select count(*) from quarantine
             where tenant_id = %(tenant)s and status in ('open', 'retrying')) as held
"""  # noqa: S608  a constant


@query("imaging.count_waiting", permission="imaging.view", rest="GET /imaging/waiting")
def count_waiting(session: Session, ctx: RequestContext, _wanted: Nothing) -> WaitingCount:
    """Count complete sessions that wait for a decision, and what is held in quarantine."""
    row = db.fetch_one(session, _WAITING, {"tenant": ctx.tenant_id})
    return WaitingCount(**(row or {"waiting": 0, "held": 0}))
