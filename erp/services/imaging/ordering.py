"""Planned examinations: put on the worklist, taken off it, asked for again."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.services import party
from erp.services.imaging.devices import site_of
from erp.services.imaging.errors import OrderClosed, UnknownOrder
from erp.services.imaging.events import OrderChanged
from erp.services.imaging.queries import party_row
from erp.services.platform import (
    Command,
    Day,
    Identified,
    Series,
    ShortText,
    Text,
    command,
    emit,
    next_number,
)

Modality = Annotated[str, Field(max_length=16, pattern=r"^[A-Z0-9_ ]*$")]
Line = Annotated[str, Field(max_length=64, pattern=r"^[^\\\x00-\x1f\x7f]*$")]


ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
SEXES: Final = {"female": "F", "male": "M", "other": "O"}


class ScheduleOrder(Command):
    """An examination to put on the worklist.

    Attributes:
        day, time: When, by the clocks of the organisation.
        device_id: The device it is planned on; empty where any of the branch will do.
        procedure: What is to be done, as the technician reads it.
        protocol: The device's own name for it, if it has one.
    """

    patient_id: UUID
    procedure: Annotated[ShortText, Field(max_length=64)]
    day: Day
    time: ClockTime = "09:00"
    device_id: UUID | None = None
    branch_id: UUID | None = None
    modality: Modality = ""
    protocol: Line = ""
    referring_physician: Line = ""
    note: Text = ""
    is_priority: bool = False


class CancelOrder(Command):
    """Take an examination off the worklist."""

    order_id: UUID


class OrderScheduled(Identified):
    """The examination and the number devices write into its images."""

    accession: str


@command("imaging.schedule_order", permission="imaging.operate", rest="POST /imaging/orders")
def schedule_order(session: Session, ctx: RequestContext, cmd: ScheduleOrder) -> OrderScheduled:
    """Put an examination on the worklist that modalities read.

    Raises:
        UnknownParty: There is no such patient.
        InvalidInput: The device or the branch is not known.

    Emits:
        imaging.order_changed.v1.
    """
    party.check_known(session, ctx, cmd.patient_id, "patient_id")
    branch_id = cmd.branch_id or ctx.branch_id
    site_of(session, ctx, branch_id)
    modality = modality_of(session, ctx, cmd.device_id, cmd.modality, branch_id)
    return write_order(
        session,
        ctx,
        {
            "branch_id": branch_id,
            "device_id": cmd.device_id,
            "patient_id": cmd.patient_id,
            "procedure": cmd.procedure,
            "protocol": cmd.protocol,
            "modality": modality,
            "scheduled_at": instant_of(ctx, cmd.day, cmd.time),
            "referring_physician": cmd.referring_physician,
            "note": cmd.note,
            "is_priority": cmd.is_priority,
            "repeat_of": None,
        },
    )


@command(
    "imaging.cancel_order",
    permission="imaging.operate",
    rest="POST /imaging/orders/{order_id}/cancel",
)
def cancel_order(session: Session, ctx: RequestContext, cmd: CancelOrder) -> Identified:
    """Take an examination off the worklist; modalities see it no more at their next look.

    Raises:
        UnknownOrder: There is none.
        OrderClosed: Its images came already, or it was cancelled.

    Emits:
        imaging.order_changed.v1.
    """
    row = db.fetch_one(
        session,
        "select status, accession from imaging_order"
        " where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, cmd.order_id),
    )
    if row is None:
        raise UnknownOrder("There is no such examination.")
    if row["status"] != "scheduled":
        raise OrderClosed(f"{row['accession']} is {row['status']}; it is on no worklist any more.")
    set_order_status(session, ctx, cmd.order_id, row["accession"], "cancelled")
    return Identified(id=cmd.order_id)


def schedule_repeat(
    session: Session, ctx: RequestContext, imaging_session: db.Row, *, note: str = ""
) -> OrderScheduled:
    """Put the repeat of a session on the worklist, first, for the device that made it; any, where it is gone.

    An operation for review: `imaging_session` is the session's row. What the session does not
    say of its patient its own order says, if it had one.

    Emits:
        imaging.order_changed.v1.
    """
    before = _order_of(session, ctx, imaging_session["order_id"])
    code = imaging_session["patient_code"] or before.get("patient_code", "")
    name = imaging_session["patient_name"] or before.get("patient_name", "")
    procedure = before.get("procedure", "") or imaging_session["protocol"] or "Examination"
    return write_order(
        session,
        ctx,
        {
            "branch_id": imaging_session["branch_id"],
            "device_id": _in_use(session, ctx, imaging_session["device_id"]),
            "patient_id": imaging_session["patient_id"] or before.get("patient_id"),
            "patient_code": code,
            "patient_name": name,
            "birth_on": before.get("birth_on"),
            "sex": before.get("sex", ""),
            "procedure": f"Repeat: {procedure}"[:64],
            "protocol": imaging_session["protocol"] or before.get("protocol", ""),
            "modality": imaging_session["modality"] or before.get("modality", ""),
            "scheduled_at": ctx.now,
            "referring_physician": before.get("referring_physician", ""),
            "note": note[:500],
            "is_priority": True,
            "repeat_of": imaging_session["id"],
        },
    )


def withdraw_repeat(session: Session, ctx: RequestContext, session_id: UUID) -> None:
    """Take the repeat of a session off the worklist, unless its images came already.

    Emits:
        imaging.order_changed.v1 for what was still planned.
    """
    for row in db.fetch_all(
        session,
        "select id, accession from imaging_order where tenant_id = %s and repeat_of = %s"
        " and status = 'scheduled' order by id for no key update",
        (ctx.tenant_id, session_id),
    ):
        set_order_status(session, ctx, row["id"], row["accession"], "cancelled")


def link_order(
    session: Session, ctx: RequestContext, session_id: UUID, accession: str = ""
) -> None:
    """Link a locked session to the examination it fulfils, by accession or by study.

    An accession of another patient, as another hospital may give, links nothing.

    Args:
        accession: What names the examination besides the session itself, which keeps what was
            signed of it.

    Emits:
        imaging.order_changed.v1 when its first images come; done at once where all are here.
    """
    row = db.fetch_one(
        session,
        """
        update imaging_session held set order_id = planned.id
          from imaging_order planned
         where held.tenant_id = %(tenant)s and held.id = %(id)s and held.order_id is null
           and planned.tenant_id = held.tenant_id and planned.status <> 'cancelled'
           and (planned.accession in (held.accession, %(accession)s)
                or planned.study_uid = held.study_uid)
           and ('' in (held.patient_code, planned.patient_code)
                or held.patient_code = planned.patient_code)
        returning planned.id, planned.accession, planned.status, held.settled_at
        """,
        {"tenant": ctx.tenant_id, "id": session_id, "accession": accession},
    )
    if row is not None and row["status"] == "scheduled":
        status = "done" if row["settled_at"] else "started"
        set_order_status(session, ctx, row["id"], row["accession"], status)


def finish_order(session: Session, ctx: RequestContext, found: db.Row) -> None:
    """Note that the session of a planned examination is whole.

    Emits:
        imaging.order_changed.v1.
    """
    if found["order_id"] is None:
        return
    row = _order_of(session, ctx, found["order_id"])
    if row.get("status") == "started":
        set_order_status(session, ctx, row["id"], row["accession"], "done")


def instant_of(ctx: RequestContext, day: date, clock: str) -> datetime:
    """Return the instant of a day and time by the clocks of the organisation."""
    hours, minutes = clock.split(":")
    local = datetime.combine(day, time(int(hours), int(minutes)), ZoneInfo(ctx.time_zone))
    return local.astimezone(UTC)


def modality_of(
    session: Session, ctx: RequestContext, device_id: UUID | None, given: str, branch_id: UUID
) -> str:
    """Return the modality: as given, else the device's, which nobody retires until the end.

    Raises:
        InvalidInput: The device is none of the branch's.
    """
    if device_id is None:
        return given
    row = db.fetch_one(
        session,
        "select modality from imaging_device"
        " where tenant_id = %s and id = %s and branch_id = %s and is_active for share",
        (ctx.tenant_id, device_id, branch_id),
    )
    if row is None:
        message = "This device is not one of the branch. Choose one of the list."
        raise InvalidInput(message, fields={"device_id": message})
    modality: str = given or row["modality"]
    return modality


def _in_use(session: Session, ctx: RequestContext, device_id: UUID) -> UUID | None:
    """Return a device that nobody retires until the end; nothing where it is retired."""
    statement = (
        "select 1 from imaging_device where tenant_id = %s and id = %s and is_active for share"
    )
    found = db.fetch_one(session, statement, (ctx.tenant_id, device_id))
    return None if found is None else device_id


def _order_of(session: Session, ctx: RequestContext, order_id: UUID | None) -> db.Row:
    if order_id is None:
        return {}
    row = db.fetch_one(
        session,
        "select * from imaging_order where tenant_id = %s and id = %s",
        (ctx.tenant_id, order_id),
    )
    return row or {}


def write_order(session: Session, ctx: RequestContext, order: dict[str, Any]) -> OrderScheduled:
    """Write a planned examination under the next number; who its patient is comes from the party.

    Emits:
        imaging.order_changed.v1.
    """
    order_id = new_id()
    if "patient_code" not in order:
        order = order | _identity(session, ctx, order["patient_id"])
    order = {"minutes": None} | order
    series = Series(order["branch_id"], "imaging_order", fiscal_year(ctx.today), "IO")
    accession = next_number(session, ctx, series)
    own = {
        "tenant_id": ctx.tenant_id,
        "id": order_id,
        "accession": accession,
        "sps_id": accession,
        "study_uid": f"2.25.{order_id.int}",
        "requested_by": ctx.on_behalf_of or ctx.user_id,
        "requested_by_name": ctx.user_name,
    }
    db.execute(
        session,
        "insert into imaging_order (tenant_id, id, branch_id, device_id, patient_id, patient_code,"
        " patient_name, birth_on, sex, accession, sps_id, study_uid, procedure, protocol, modality,"
        " scheduled_at, minutes, referring_physician, note, is_priority, repeat_of, status, requested_by,"
        " requested_by_name) values (%(tenant_id)s, %(id)s, %(branch_id)s, %(device_id)s,"
        " %(patient_id)s, %(patient_code)s, %(patient_name)s, %(birth_on)s, %(sex)s, %(accession)s,"
        " %(sps_id)s, %(study_uid)s, %(procedure)s, %(protocol)s, %(modality)s, %(scheduled_at)s, %(minutes)s,"
        " %(referring_physician)s, %(note)s, %(is_priority)s, %(repeat_of)s, 'scheduled',"
        " %(requested_by)s, %(requested_by_name)s)",
        order | own,
    )
    changed = OrderChanged(order_id=order_id, accession=accession, status="scheduled")
    emit(session, ctx, order_id, changed)
    return OrderScheduled(id=order_id, accession=accession)


def _identity(session: Session, ctx: RequestContext, patient_id: UUID) -> dict[str, Any]:
    """Return what devices are told of a patient."""
    person = party_row(session, ctx, patient_id)
    return {
        "patient_code": person["code"],
        "patient_name": person["name"],
        "birth_on": person["birth_on"],
        "sex": SEXES.get(person["sex"] or "", ""),
    }


def release_slots(session: Session, ctx: RequestContext, order_id: UUID) -> None:
    """Let others book the time of an appointment that was moved, cancelled or missed."""
    db.execute(
        session,
        "update imaging_slot set is_held = false"
        " where tenant_id = %s and order_id = %s and is_held",
        (ctx.tenant_id, order_id),
    )


def set_order_status(
    session: Session, ctx: RequestContext, order_id: UUID, accession: str, status: str
) -> None:
    """Move a locked examination on; one that is cancelled takes no device any more.

    Emits:
        imaging.order_changed.v1.
    """
    if status == "cancelled":
        release_slots(session, ctx, order_id)
    db.execute(
        session,
        "update imaging_order set status = %s where tenant_id = %s and id = %s",
        (status, ctx.tenant_id, order_id),
    )
    changed = OrderChanged(order_id=order_id, accession=accession, status=status)
    emit(session, ctx, order_id, changed)
