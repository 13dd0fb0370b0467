"""One device with everything about it: how it is, its account, its history, its errors by day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.imaging.device_care import next_maintenance
from erp.services.imaging.devices import unknown_device
from erp.services.platform import Query, Result, query

SHOWN_DAYS: Final = 30
SHOWN_COMMANDS: Final = 10
ALARMED: Final = timedelta(days=7)
NEVER: Final = datetime.min.replace(tzinfo=UTC)
WRITES: Final = (
    *("state", "event/{session}", "offer/{transfer}", "done/{transfer}"),
    *("chunk/{transfer}/{index}", "res/{id}"),
)
READS: Final = ("grant/+", "receipt/+", "settle/+", "cmd/+")


class GetDevice(Query):
    """One device."""

    device_id: UUID


class DeviceDay(Result):
    """What became of a device's objects on one day."""

    day: date
    stored: int
    duplicates: int
    quarantined: int
    rejected: int
    conflicts: int


class FirmwareRow(Result):
    """A firmware and when the device first said that it runs it."""

    id: UUID
    firmware: str
    seen_at: datetime


class MaintenanceRow(Result):
    """A maintenance that was recorded."""

    id: UUID
    done_on: date
    note: str
    recorded_name: str


class ToldRow(Result):
    """A command to a device.

    Attributes:
        standing: `answered`, `waiting` for the broker, `sent` to the device, or `expired` without an answer.
    """

    id: UUID
    command: str
    session_number: str
    told_at: datetime
    standing: Literal["answered", "waiting", "sent", "expired"]
    answer: str


class DevicePage(Result):
    """A device with everything about it.

    Attributes:
        standing: What it last said, or `silent`: online by its own word, and not heard for long.
        is_clock_off: Its clock is further off than allowed.
        writes, reads: The topics its broker account may use; empty for other ways in.
        ae_title, called, address, services: What a DICOM peer calls itself, what it may call us,
            from where, and what it may do; empty for other ways in.
        takeovers: Of its session at the broker, since its password; `is_taken_over`: the last was
            within a week.
        errors, objects: Of the last 30 days; errors were held, rejected or in conflict.
    """

    id: UUID
    name: str
    kind: str
    user: str
    ae_title: str
    called: list[str]
    address: str
    services: list[str]
    modality: str
    model: str
    serial: str
    is_active: bool
    standing: str
    last_seen_at: datetime | None
    last_object_at: datetime | None
    backlog: int
    free_mb: int | None
    clock_skew_ms: int | None
    clock_warn_seconds: int
    is_clock_off: bool
    silent_after_minutes: int
    takeovers: int
    taken_over_at: datetime | None
    is_taken_over: bool
    firmware: str
    credential_version: int
    writes: list[str]
    reads: list[str]
    maintenance_days: int | None
    maintained_on: date | None
    maintenance_due_on: date | None
    is_maintenance_due: bool
    sessions: int
    open_sessions: int
    repeats: int
    objects: int
    errors: int
    days: list[DeviceDay]
    firmwares: list[FirmwareRow]
    maintenances: list[MaintenanceRow]
    told: list[ToldRow]


@query("imaging.get_device", permission="imaging.view", rest="GET /imaging/devices/{device_id}")
def get_device(session: Session, ctx: RequestContext, wanted: GetDevice) -> DevicePage:
    """Return one device with everything about it, a retired one too.

    Raises:
        UnknownDevice: There is none.
    """
    row = db.fetch_one(
        session,
        """
        select device.*, counted.* from imaging_device device
          cross join lateral (
               select count(*) as sessions,
                      count(*) filter (where qa_state in ('new', 'in_review', 'on_hold')) as open_sessions,
                      count(*) filter (where qa_state = 'repeat_requested') as repeats
                 from imaging_session held
                where (held.tenant_id, held.device_id) = (device.tenant_id, device.id)) counted
         where device.tenant_id = %s and device.id = %s
        """,
        (ctx.tenant_id, wanted.device_id),
    )
    if row is None:
        raise unknown_device()
    days = _days(session, ctx, wanted.device_id)
    speaks_mqtt = row["kind"] == "mqtt"
    due = next_maintenance(row)
    skew = row["clock_skew_ms"]
    plain = {name: row[name] for name in DevicePage.model_fields if name in row}
    return DevicePage(
        **plain
        | {
            "user": f"{row['site']}/{row['code']}",
            **_peer(session, ctx, row),
            "standing": standing_of(row, ctx.now),
            "is_taken_over": (row["taken_over_at"] or NEVER) > ctx.now - ALARMED,
            "is_clock_off": skew is not None and abs(skew) > 1000 * row["clock_warn_seconds"],
            "writes": [_topic(row, part) for part in WRITES] if speaks_mqtt else [],
            "reads": [_topic(row, part) for part in READS] + [_host(row)] if speaks_mqtt else [],
            "maintenance_due_on": due,
            "is_maintenance_due": due is not None and due <= ctx.today,
            "objects": sum(day.stored + _errors(day) for day in days),
            "errors": sum(_errors(day) for day in days),
            "days": days,
            "firmwares": _firmwares(session, ctx, wanted.device_id),
            "maintenances": _maintenances(session, ctx, wanted.device_id),
            "told": _told(session, ctx, wanted.device_id),
        }
    )


def standing_of(row: db.Row, now: datetime) -> str:
    """Return what a device last said, or `silent` if it says online and is not heard."""
    limit, heard = row["silent_after_minutes"], row["last_seen_at"]
    if row["state"] != "online" or not limit or heard is None:
        return str(row["state"])
    return "silent" if heard < now - timedelta(minutes=limit) else "online"


def _topic(row: db.Row, part: str) -> str:
    return f"vis/v1/{row['site']}/{row['code']}/{part}"


def _host(row: db.Row) -> str:
    return f"vis/v1/{row['site']}/host/state"


def _peer(session: Session, ctx: RequestContext, row: db.Row) -> dict[str, Any]:
    """Return by which titles and from where a DICOM peer may speak to us, and about what."""
    found = db.fetch_one(
        session,
        """
        select peer.address, array(select ae_title from dicom_entity entity
                where (entity.tenant_id, entity.branch_id) = (%(tenant)s, %(branch)s)
                  and entity.is_active order by ae_title) as called,
               array_remove(array[
                    case when may_store then 'send' end, case when may_query then 'search' end,
                    case when may_retrieve then 'fetch' end,
                    case when may_worklist then 'worklist' end], null) as services
          from dicom_peer peer where tenant_id = %(tenant)s and device_id = %(device)s
        """,
        {"tenant": ctx.tenant_id, "branch": row["branch_id"], "device": row["id"]},
    )
    return dict(found) if found else {"address": "", "called": [], "services": []}


def _errors(day: DeviceDay) -> int:
    return day.quarantined + day.rejected + day.conflicts


def _days(session: Session, ctx: RequestContext, device_id: UUID) -> list[DeviceDay]:
    rows = db.fetch_all(
        session,
        """
        select day::date as day,
               count(*) filter (where status = 'stored') as stored,
               count(*) filter (where status = 'duplicate') as duplicates,
               count(*) filter (where status = 'quarantined') as quarantined,
               count(*) filter (where status = 'rejected') as rejected,
               count(*) filter (where status = 'conflict') as conflicts
          from generate_series(%(first)s::date, %(today)s::date, interval '1 day') as day
          left join (select status, (decided_at at time zone %(zone)s)::date as decided_on
                       from imaging_transfer
                      where tenant_id = %(tenant)s and device_id = %(device)s
                        and decided_at >= %(since)s) done on done.decided_on = day::date
         group by day order by day
        """,
        {
            "tenant": ctx.tenant_id,
            "device": device_id,
            "zone": ctx.time_zone,
            "today": ctx.today,
            "first": ctx.today - timedelta(days=SHOWN_DAYS - 1),
            "since": ctx.now - timedelta(days=SHOWN_DAYS + 1),
        },
    )
    return [DeviceDay(**row) for row in rows]


def _firmwares(session: Session, ctx: RequestContext, device_id: UUID) -> list[FirmwareRow]:
    rows = db.fetch_all(
        session,
        "select id, firmware, seen_at from device_firmware"
        " where tenant_id = %s and device_id = %s order by id desc limit 20",
        (ctx.tenant_id, device_id),
    )
    return [FirmwareRow(**row) for row in rows]


def _maintenances(session: Session, ctx: RequestContext, device_id: UUID) -> list[MaintenanceRow]:
    rows = db.fetch_all(
        session,
        "select id, done_on, note, recorded_name from device_maintenance"
        " where tenant_id = %s and device_id = %s order by done_on desc, id desc limit 20",
        (ctx.tenant_id, device_id),
    )
    return [MaintenanceRow(**row) for row in rows]


def _told(session: Session, ctx: RequestContext, device_id: UUID) -> list[ToldRow]:
    rows = db.fetch_all(
        session,
        """
        select said.id, said.payload::jsonb ->> 'command' as command,
               coalesce(held.number, '') as session_number, said.due_at as told_at, said.answer,
               case when said.answered_at is not null then 'answered'
                    when said.expires_at <= %(now)s then 'expired'
                    when said.sent_at is null then 'waiting' else 'sent' end as standing
          from device_message said
          left join imaging_session held
            on held.tenant_id = said.tenant_id and held.device_id = said.device_id
               and held.external_id = said.payload::jsonb ->> 'session_id'
         where said.tenant_id = %(tenant)s and said.device_id = %(device)s and said.channel = 'cmd'
         order by said.due_at desc, said.id desc limit %(most)s
        """,
        {
            "now": ctx.now,
            "tenant": ctx.tenant_id,
            "device": device_id,
            "most": SHOWN_COMMANDS,
        },
    )
    return [ToldRow(**row) for row in rows]
