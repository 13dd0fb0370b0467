"""An appointment that was cancelled or noted as missed by mistake, put back where it was."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import business_date
from erp.core.context import RequestContext
from erp.services.imaging.booking import hold_device
from erp.services.imaging.errors import OrderClosed, UnknownOrder
from erp.services.imaging.events import OrderChanged
from erp.services.imaging.ordering import modality_of
from erp.services.platform import Command, Identified, command, emit


class TakeBackAppointment(Command):
    """Undo that an appointment was cancelled, or that its patient did not come."""

    order_id: UUID


@command(
    "imaging.take_back_appointment",
    permission="imaging.operate",
    rest="POST /imaging/appointments/{order_id}/take-back",
)
def take_back_appointment(
    session: Session, ctx: RequestContext, cmd: TakeBackAppointment
) -> Identified:
    """Put a cancelled or missed appointment back on its device and the worklist, under its number.

    It may be until its day is over, by the clocks of the organisation. Locks the order.

    Raises:
        UnknownOrder: There is no such appointment.
        OrderClosed: It was not cancelled, is a repeat that was withdrawn, or its day is over.
        InvalidInput: Its device was retired.
        DeviceTaken: Somebody else has the time by now.

    Emits:
        imaging.order_changed.v1
    """
    row = _given_up(session, ctx, cmd.order_id)
    modality_of(session, ctx, row["device_id"], row["modality"], row["branch_id"])
    db.execute(
        session,
        "update imaging_order set status = 'scheduled', attendance = '', arrived_at = null"
        " where tenant_id = %s and id = %s",
        (ctx.tenant_id, cmd.order_id),
    )
    if row["minutes"] is not None:
        place = row["device_id"], row["scheduled_at"], row["minutes"]
        hold_device(session, ctx, cmd.order_id, *place)
    changed = OrderChanged(order_id=row["id"], accession=row["accession"], status="scheduled")
    emit(session, ctx, row["id"], changed)
    return Identified(id=cmd.order_id)


def _given_up(session: Session, ctx: RequestContext, order_id: UUID) -> db.Row:
    """Return a cancelled or missed examination of today or later, locked."""
    row = db.fetch_one(
        session,
        "select * from imaging_order where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, order_id),
    )
    if row is None:
        raise UnknownOrder("There is no such examination.")
    if row["status"] != "cancelled":
        raise OrderClosed(f"{row['accession']} is {row['status']}; there is nothing to take back.")
    if row["repeat_of"] is not None:
        raise OrderClosed("The repeat was withdrawn with its decision. Ask for it there again.")
    ends = row["scheduled_at"] + timedelta(minutes=row["minutes"] or 0)
    if business_date(ends, ctx.time_zone) < ctx.today:
        raise OrderClosed(f"The day of {row['accession']} is over. Book another appointment.")
    return row
