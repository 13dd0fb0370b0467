"""Appointments: a planned examination with a time of its own on a device."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict, InvalidInput
from erp.core.ids import new_id
from erp.models.imaging import Attendance, ImagingSlot
from erp.services import party
from erp.services.imaging.devices import site_of
from erp.services.imaging.errors import OrderClosed, UnknownOrder
from erp.services.imaging.events import OrderChanged
from erp.services.imaging.ordering import (
    ClockTime,
    Line,
    Modality,
    OrderScheduled,
    instant_of,
    modality_of,
    release_slots,
    set_order_status,
    write_order,
)
from erp.services.platform import (
    Command,
    Day,
    Identified,
    Query,
    Result,
    ShortText,
    Text,
    command,
    emit,
    query,
    refuse_on,
)

GRAIN: Final = timedelta(minutes=5)
_LATE: Final = timedelta(minutes=15)
Minutes = Annotated[int, Field(ge=5, le=480, multiple_of=5)]


class DeviceTaken(Conflict):
    """Another appointment takes the device at that time."""

    code = "device_taken"


class BookAppointment(Command):
    """A patient who comes for an examination on a device, at a time, for so long.

    Attributes:
        minutes: In steps of five.
    """

    patient_id: UUID
    device_id: UUID
    day: Day
    time: ClockTime
    minutes: Minutes = 30
    procedure: Annotated[ShortText, Field(max_length=64)]
    branch_id: UUID | None = None
    modality: Modality = ""
    protocol: Line = ""
    referring_physician: Line = ""
    note: Text = ""


class MoveAppointment(Command):
    """Another time for an appointment, perhaps on another device; what is left out stays."""

    order_id: UUID
    day: Day
    time: ClockTime
    device_id: UUID | None = None
    minutes: Minutes | None = None


class NoteAttendance(Command):
    """Whether the patient came; `expected` takes an arrival back."""

    order_id: UUID
    attendance: Literal["expected", "arrived", "no_show"]


class DayOf(Query):
    """Which day, by the clocks of the organisation; today where none is said."""

    day: Day | None = None
    branch_id: UUID | None = None


class AppointmentRow(Result):
    """An appointment, or an examination of the day without a time of its own (`minutes` is none)."""

    id: UUID
    accession: str
    device_id: UUID | None
    device: str
    starts_at: datetime
    starts: str
    ends: str
    minutes: int | None
    patient_id: UUID | None
    patient: str
    patient_code: str
    procedure: str
    note: str
    status: str
    attendance: str


class DayDevice(Result):
    """A device that may be booked, with what is planned on it."""

    id: UUID | None
    name: str
    booked_minutes: int
    appointments: list[AppointmentRow]


class AppointmentDay(Result):
    """A day of a branch, device by device; what is planned on none comes last."""

    day: date
    devices: list[DayDevice]


@command(
    "imaging.book_appointment", permission="imaging.operate", rest="POST /imaging/appointments"
)
def book_appointment(session: Session, ctx: RequestContext, cmd: BookAppointment) -> OrderScheduled:
    """Book a patient on a device; the worklist that modalities read has it from now on.

    The database lets no two appointments hold the same five minutes of a device.

    Raises:
        UnknownParty: There is no such patient.
        InvalidInput: The device is not of the branch, or the time is past or not of five minutes.
        DeviceTaken: Another appointment takes the device at that time.

    Emits:
        imaging.order_changed.v1
    """
    party.check_known(session, ctx, cmd.patient_id, "patient_id")
    branch_id = cmd.branch_id or ctx.branch_id
    site_of(session, ctx, branch_id)
    modality = modality_of(session, ctx, cmd.device_id, cmd.modality, branch_id)
    starts = _start(ctx, cmd.day, cmd.time)
    made = write_order(
        session,
        ctx,
        {
            "branch_id": branch_id,
            "device_id": cmd.device_id,
            "patient_id": cmd.patient_id,
            "procedure": cmd.procedure,
            "protocol": cmd.protocol,
            "modality": modality,
            "scheduled_at": starts,
            "minutes": cmd.minutes,
            "referring_physician": cmd.referring_physician,
            "note": cmd.note,
            "is_priority": False,
            "repeat_of": None,
        },
    )
    hold_device(session, ctx, made.id, cmd.device_id, starts, cmd.minutes)
    return made


@command(
    "imaging.move_appointment",
    permission="imaging.operate",
    rest="POST /imaging/appointments/{order_id}/move",
)
def move_appointment(session: Session, ctx: RequestContext, cmd: MoveAppointment) -> Identified:
    """Give an appointment another time, or an examination of the worklist a first one.

    Its number stays, so that what a modality has read already still fits. Locks the order.

    Raises:
        UnknownOrder: There is none.
        OrderClosed: Its images came already, or it was cancelled.
        InvalidInput: No device is chosen, or the time is past or not of five minutes.
        DeviceTaken: Another appointment takes the device at that time.

    Emits:
        imaging.order_changed.v1
    """
    row = _held_order(session, ctx, cmd.order_id)
    device_id = cmd.device_id or row["device_id"]
    if device_id is None:
        message = "This examination is on no device yet. Choose one."
        raise InvalidInput(message, fields={"device_id": message})
    modality = modality_of(session, ctx, device_id, "", row["branch_id"])
    same = device_id == row["device_id"]
    starts = _start(ctx, cmd.day, cmd.time)
    minutes = cmd.minutes or row["minutes"] or 30
    release_slots(session, ctx, cmd.order_id)
    db.execute(
        session,
        "update imaging_order set device_id = %s, modality = %s, scheduled_at = %s, minutes = %s,"
        " attendance = '', arrived_at = null where tenant_id = %s and id = %s",
        (
            *(device_id, row["modality"] if same else modality, starts, minutes),
            *(ctx.tenant_id, cmd.order_id),
        ),
    )
    hold_device(session, ctx, cmd.order_id, device_id, starts, minutes)
    _tell(session, ctx, row)
    return Identified(id=cmd.order_id)


@command(
    "imaging.note_attendance",
    permission="imaging.operate",
    rest="POST /imaging/appointments/{order_id}/attendance",
)
def note_attendance(session: Session, ctx: RequestContext, cmd: NoteAttendance) -> Identified:
    """Note that a patient came, or did not: then the examination leaves the worklist.

    Locks the order.

    Raises:
        UnknownOrder: There is none.
        OrderClosed: Its images came already, or it was cancelled.
        InvalidInput: The appointment has not begun, so that nobody can have missed it.

    Emits:
        imaging.order_changed.v1
    """
    row = _held_order(session, ctx, cmd.order_id)
    said = Attendance.EXPECTED if cmd.attendance == "expected" else Attendance(cmd.attendance)
    if said is Attendance.NO_SHOW and row["scheduled_at"] > ctx.now:
        message = "The appointment has not begun yet. Cancel it instead."
        raise InvalidInput(message, fields={"attendance": message})
    if said is Attendance.NO_SHOW:
        set_order_status(session, ctx, cmd.order_id, row["accession"], "cancelled")
    db.execute(
        session,
        "update imaging_order set attendance = %s, arrived_at = %s where tenant_id = %s and id = %s",
        (
            *(said.value, ctx.now if said is Attendance.ARRIVED else None),
            *(ctx.tenant_id, cmd.order_id),
        ),
    )
    if said is not Attendance.NO_SHOW:
        _tell(session, ctx, row)
    return Identified(id=cmd.order_id)


@query("imaging.get_day", permission="imaging.view", rest="GET /imaging/appointments")
def get_day(session: Session, ctx: RequestContext, wanted: DayOf) -> AppointmentDay:
    """Return what is planned on a day of a branch, device by device, by time."""
    branch_id, day = wanted.branch_id or ctx.branch_id, wanted.day or ctx.today
    devices = db.fetch_all(
        session,
        "select id, name from imaging_device where tenant_id = %s and branch_id = %s and is_active"
        " and kind in ('mqtt', 'dicom') order by name, id",
        (ctx.tenant_id, branch_id),
    )
    orders = db.fetch_all(
        session,
        """
        select planned.id, planned.accession, planned.device_id, coalesce(device.name, '') as device,
               planned.scheduled_at as starts_at,
               to_char(planned.scheduled_at at time zone %(zone)s, 'HH24:MI') as starts,
               coalesce(to_char((planned.scheduled_at + planned.minutes * interval '1 minute')
                                at time zone %(zone)s, 'HH24:MI'), '') as ends,
               planned.minutes, planned.patient_id, planned.patient_name as patient,
               planned.patient_code, planned.procedure, planned.note, planned.status,
               planned.attendance
          from imaging_order planned
          left join imaging_device device
            on (device.tenant_id, device.id) = (planned.tenant_id, planned.device_id)
         where planned.tenant_id = %(tenant)s and planned.branch_id = %(branch)s
           and planned.scheduled_at >= (%(day)s::date)::timestamp at time zone %(zone)s
           and planned.scheduled_at < (%(day)s::date + 1)::timestamp at time zone %(zone)s
         order by planned.scheduled_at, planned.id limit 1000
        """,
        {"tenant": ctx.tenant_id, "branch": branch_id, "day": day, "zone": ctx.time_zone},
    )
    rows = [AppointmentRow(**row) for row in orders]
    return AppointmentDay(day=day, devices=_by_device(devices, rows))


def _by_device(devices: list[db.Row], rows: list[AppointmentRow]) -> list[DayDevice]:
    """Return every device with its rows; one that is no longer active shows while it has any."""
    names: dict[UUID | None, str] = {row["id"]: row["name"] for row in devices}
    names |= {
        row.device_id: row.device for row in rows if row.device_id and row.device_id not in names
    }
    if any(row.device_id is None for row in rows):
        names[None] = "Any device"
    return [
        DayDevice(
            id=device_id,
            name=name,
            booked_minutes=sum(row.minutes or 0 for row in own if row.status != "cancelled"),
            appointments=own,
        )
        for device_id, name in names.items()
        for own in [[row for row in rows if row.device_id == device_id]]
    ]


def _start(ctx: RequestContext, day: date, clock: str) -> datetime:
    """Return when an appointment begins.

    Raises:
        InvalidInput: It is past, or between the five minutes.
    """
    starts = instant_of(ctx, day, clock)
    if starts.minute % 5:
        message = "Appointments begin every five minutes, such as 10:05. Choose such a time."
        raise InvalidInput(message, fields={"time": message})
    if starts < ctx.now - _LATE:
        message = "This time is past. Choose a later one."
        raise InvalidInput(message, fields={"time": message})
    return starts


def hold_device(
    session: Session,
    ctx: RequestContext,
    order_id: UUID,
    device_id: UUID,
    starts: datetime,
    minutes: int,
) -> None:
    """Take a device for an appointment; whoever comes second is told who was first.

    Raises:
        DeviceTaken: Another appointment holds some of the time.
    """
    ends = starts + timedelta(minutes=minutes)
    held = db.fetch_one(
        session,
        "select planned.scheduled_at, planned.minutes from imaging_slot slot join imaging_order planned"
        " on (planned.tenant_id, planned.id) = (slot.tenant_id, slot.order_id)"
        " where slot.tenant_id = %s and slot.device_id = %s and slot.is_held"
        " and slot.starts_at >= %s and slot.starts_at < %s order by slot.starts_at limit 1",
        (ctx.tenant_id, device_id, starts, ends),
    )
    if held is not None:
        raise _taken(_span(ctx, held["scheduled_at"], held["minutes"]))
    rows: list[dict[str, Any]] = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "device_id": device_id,
            "order_id": order_id,
            "starts_at": starts + GRAIN * place,
            "is_held": True,
        }
        for place in range(minutes // 5)
    ]
    db.insert_rows(session, ImagingSlot, rows)


def _span(ctx: RequestContext, starts: datetime, minutes: int) -> str:
    local = starts.astimezone(ZoneInfo(ctx.time_zone))
    return f"{local:%H:%M} to {local + timedelta(minutes=minutes):%H:%M}"


def _taken(span: str = "") -> DeviceTaken:
    during = f" from {span}" if span else " at this time"
    message = f"The device has another appointment{during}. Choose another time or device."
    return DeviceTaken(message, fields={"time": message})


def _held_order(session: Session, ctx: RequestContext, order_id: UUID) -> db.Row:
    row = db.fetch_one(
        session,
        "select * from imaging_order where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, order_id),
    )
    if row is None:
        raise UnknownOrder("There is no such examination.")
    if row["status"] != "scheduled":
        raise OrderClosed(f"{row['accession']} is {row['status']}; it is on no worklist any more.")
    return row


def _tell(session: Session, ctx: RequestContext, row: db.Row) -> None:
    changed = OrderChanged(order_id=row["id"], accession=row["accession"], status="scheduled")
    emit(session, ctx, row["id"], changed)


refuse_on("ix_imaging_slot_held", _taken)
