"""Opening the drawer without a sale: allowed, with a reason that the Z report shows."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.pos import DrawerOpening
from erp.services.platform import Command, DomainEvent, Identified, ShortText, command, emit
from erp.services.pos.shifts import hold_open_shift


class OpenDrawer(Command):
    """Open the drawer though nothing is sold, such as to give change."""

    shift_id: UUID
    reason: ShortText


class DrawerOpened(DomainEvent):
    """The drawer was opened without a sale; the aggregate is the shift."""

    name = "pos.drawer_opened.v1"
    shift_id: UUID
    reason: str


@command("pos.open_drawer", permission="pos.sell", rest="POST /shifts/{shift_id}/drawer-openings")
def open_drawer(session: Session, ctx: RequestContext, cmd: OpenDrawer) -> Identified:
    """Record that the drawer is opened without a sale.

    Raises:
        NotFound: There is no such shift at the acting branch.
        ShiftClosed: The shift is closed.

    Emits:
        pos.drawer_opened.v1
    """
    shift = hold_open_shift(session, ctx, cmd.shift_id)
    opening = DrawerOpening(
        tenant_id=ctx.tenant_id,
        id=new_id(),
        shift_id=shift.id,
        reason=cmd.reason,
        user_id=ctx.user_id,
        opened_at=ctx.now,
    )
    session.add(opening)
    session.flush()
    emit(session, ctx, shift.id, DrawerOpened(shift_id=shift.id, reason=cmd.reason))
    return Identified(id=opening.id)
