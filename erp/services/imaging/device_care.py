"""Care of devices: what is watched, maintenance, and the alarm when one falls silent."""

from datetime import date, timedelta
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text, instant_text
from erp.core.ids import new_id
from erp.services import workflows
from erp.services.imaging.device_reports import forget_old_reports, note_standing
from erp.services.imaging.devices import unknown_device
from erp.services.imaging.events import DeviceChanged
from erp.services.imaging.queueing import SensibleDay
from erp.services.platform import Command, Identified, Result, ShortText, command, emit

MANAGE: Final = "imaging.operate"
TOLD: Final = "imaging.operate"
NOTICE_DAYS: Final = 7


class SetDeviceCare(Command):
    """Say what of a device is watched.

    Attributes:
        clock_warn_seconds: Its clock may be off by so much.
        silent_after_minutes: Online and not heard for so long, it counts as silent; 0 for never.
        maintenance_days: Days between two maintenances; empty for none.
    """

    device_id: UUID
    clock_warn_seconds: Annotated[int, Field(ge=1, le=86_400)] = 60
    silent_after_minutes: Annotated[int, Field(ge=0, le=525_600)] = 120
    maintenance_days: Annotated[int, Field(ge=1, le=3_650)] | None = None


class RecordMaintenance(Command):
    """A device was maintained."""

    device_id: UUID
    done_on: SensibleDay
    note: ShortText


class AlertDevices(Command):
    """Look at every device and tell operators what needs them."""


class DevicesAlerted(Result):
    """How many devices fell silent, and how many are due for maintenance."""

    silent: int
    due: int


@command(
    "imaging.set_device_care",
    permission=MANAGE,
    rest="POST /imaging/devices/{device_id}/care",
)
def set_device_care(session: Session, ctx: RequestContext, cmd: SetDeviceCare) -> Identified:
    """Say what of a device is watched.

    Raises:
        UnknownDevice: There is none.

    Emits:
        imaging.device_changed.v1.
    """
    row = db.fetch_one(
        session,
        "update imaging_device set clock_warn_seconds = %s, silent_after_minutes = %s,"
        " maintenance_days = %s where tenant_id = %s and id = %s and is_active returning state",
        (
            *(cmd.clock_warn_seconds, cmd.silent_after_minutes, cmd.maintenance_days),
            *(ctx.tenant_id, cmd.device_id),
        ),
    )
    if row is None:
        raise unknown_device()
    _tell(session, ctx, cmd.device_id, row["state"])
    return Identified(id=cmd.device_id)


@command(
    "imaging.record_maintenance",
    permission=MANAGE,
    rest="POST /imaging/devices/{device_id}/maintenance",
)
def record_maintenance(session: Session, ctx: RequestContext, cmd: RecordMaintenance) -> Identified:
    """Write a maintenance down; the next is due from its day on.

    Raises:
        UnknownDevice: There is none.
        InvalidInput: The day is still to come.

    Emits:
        imaging.device_changed.v1.
    """
    if cmd.done_on > ctx.today:
        message = "This day is still to come. Choose the day it was done."
        raise InvalidInput(message, fields={"done_on": message})
    row = db.fetch_one(
        session,
        "update imaging_device set maintained_on = greatest(maintained_on, %s)"
        " where tenant_id = %s and id = %s and is_active returning state",
        (cmd.done_on, ctx.tenant_id, cmd.device_id),
    )
    if row is None:
        raise unknown_device()
    maintenance_id = new_id()
    db.execute(
        session,
        "insert into device_maintenance (tenant_id, id, device_id, done_on, note, recorded_by,"
        " recorded_name, recorded_at) values (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(ctx.tenant_id, maintenance_id, cmd.device_id, cmd.done_on, cmd.note),
            *(ctx.user_id, ctx.user_name, ctx.now),
        ),
    )
    _tell(session, ctx, cmd.device_id, row["state"])
    return Identified(id=maintenance_id)


@command("imaging.alert_devices", permission=MANAGE)
def alert_devices(session: Session, ctx: RequestContext, _cmd: AlertDevices) -> DevicesAlerted:
    """Tell operators of devices that fell silent and of maintenance that is due, each once.

    A device is silent that was last heard longer ago than its limit and still counts as online:
    its last will never came. It is told again only after it has been heard in between. Reports
    of how devices stood are forgotten after 90 days.

    Emits:
        imaging.device_changed.v1 for each device that fell silent or is heard again.
    """
    silent = _note_silence(session, ctx)
    forget_old_reports(session, ctx)
    due = _due(session, ctx)
    for row in silent:
        _tell_silent(session, ctx, row)
    for row in due:
        _tell_due(session, ctx, row)
    return DevicesAlerted(silent=len(silent), due=len(due))


def next_maintenance(row: db.Row) -> date | None:
    """Return when a device is due: after its last maintenance, else after its registration."""
    if row["maintenance_days"] is None:
        return None
    last: date = row["maintained_on"] or row["created_at"].date()
    return last + timedelta(days=row["maintenance_days"])


def _note_silence(session: Session, ctx: RequestContext) -> list[db.Row]:
    """Mark what fell silent and unmark what was heard; return the former."""
    rows = db.fetch_all(
        session,
        """
        with looked as (
             select id, state = 'online' and silent_after_minutes > 0 and is_active
                        and last_seen_at < %(now)s - make_interval(mins => silent_after_minutes)
                        as is_silent, silent_since is not null as was_silent
               from imaging_device where tenant_id = %(tenant)s order by id for no key update)
        update imaging_device device
           set silent_since = case when looked.is_silent then device.last_seen_at end
          from looked
         where device.tenant_id = %(tenant)s and device.id = looked.id
           and looked.is_silent is distinct from looked.was_silent
        returning device.id, device.name, device.state, device.last_seen_at, looked.is_silent
        """,
        {"tenant": ctx.tenant_id, "now": ctx.now},
    )
    for row in rows:
        standing = "silent" if row["is_silent"] else row["state"]
        note_standing(session, ctx, row["id"], standing, row["last_seen_at"])
        _tell(session, ctx, row["id"], row["state"])
    return [row for row in rows if row["is_silent"]]


def _due(session: Session, ctx: RequestContext) -> list[db.Row]:
    rows = db.fetch_all(
        session,
        "select id, name, maintenance_days, maintained_on, created_at from imaging_device"
        " where tenant_id = %s and is_active and maintenance_days is not null order by id",
        (ctx.tenant_id,),
    )
    soon = ctx.today + timedelta(days=NOTICE_DAYS)
    return [row for row in rows if (next_maintenance(row) or soon) < soon]


def _tell_silent(session: Session, ctx: RequestContext, row: db.Row) -> None:
    heard = instant_text(row["last_seen_at"], ctx.time_zone)
    news = workflows.News(
        kind="imaging.device_silent",
        title=f"{row['name']} is silent",
        body=f"Last heard {heard}, and it never said that it goes off. Look at it and at its network.",
        link=f"/imaging/devices/{row['id']}",
        severity="urgent",
        dedupe_key=f"device-silent-{row['id']}-{row['last_seen_at'].isoformat()}",
    )
    workflows.notify_members(session, ctx, permission=TOLD, news=news)


def _tell_due(session: Session, ctx: RequestContext, row: db.Row) -> None:
    day = next_maintenance(row)
    when = date_text(day) if day else ""
    news = workflows.News(
        kind="imaging.maintenance_due",
        title=f"Maintenance of {row['name']} is due",
        body=f"Due on {when}. Record it on the device's page when it is done.",
        link=f"/imaging/devices/{row['id']}",
        severity="warning",
        dedupe_key=f"maintenance-{row['id']}-{day}",
    )
    workflows.notify_members(session, ctx, permission=TOLD, news=news)


def _tell(session: Session, ctx: RequestContext, device_id: UUID, state: str) -> None:
    changed = DeviceChanged(device_id=device_id, state=state, is_active=True)
    emit(session, ctx, device_id, changed)
