"""The end of a lease: handed in with the device, or ended without it."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict
from erp.models.pos import LeaseStatus
from erp.services.platform import Command, Identified, ShortText, command, give_back_block
from erp.services.pos.errors import BillsOutstanding
from erp.services.pos.offline_leasing import (
    DeviceKey,
    Lease,
    Place,
    hold_lease,
    hold_lease_to_end,
    next_of,
)


class HandIn(Command):
    """Give a lease back; everything sold under it is at the server.

    Attributes:
        used_until: Last number the device gave; the one before the block where it gave none.
    """

    lease_id: UUID
    device_key: DeviceKey
    used_until: Place


@command("pos.hand_in_lease", permission="pos.sell", rest="POST /till-leases/{lease_id}/hand-in")
def hand_in_lease(session: Session, ctx: RequestContext, cmd: HandIn) -> Identified:
    """End a lease whose bills are all here; the numbers it did not use are lent to the next one.

    Its cashier hands it in with the device wherever they work by now, and so does anybody who sells at
    the branch. Locks the lease and its series.

    Raises:
        NotFound: The lease is another cashier's, at another branch.
        PermissionDenied: The device is another.
        Conflict: The lease has ended already.
        BillsOutstanding: A number that was given has not arrived, or one beyond it has.
    """
    lease, there = hold_lease_to_end(session, ctx, cmd.lease_id, cmd.device_key)
    _require_open(lease)
    given = cmd.used_until - lease.first_number + 1
    lent = lease.last_number - lease.first_number + 1
    row = db.fetch_one(
        session,
        "select count(distinct place) as came from offline_sale where tenant_id = %s"
        " and lease_id = %s and place between %s and %s",
        (ctx.tenant_id, lease.id, lease.first_number, lease.last_number),
    )
    came = row["came"] if row else 0
    beyond = next_of(session, ctx, lease) - 1
    if not 0 <= given <= lent or came != given or beyond > cmd.used_until:
        message = f"{max(given - came, 1)} of the device's bills have not arrived. Send them first."
        raise BillsOutstanding(message, fields={"used_until": message})
    db.execute(
        session,
        "update till_lease set status = 'handed_in', used_until = %s, ended_at = %s, ended_by = %s"
        " where tenant_id = %s and id = %s",
        (cmd.used_until, ctx.now, ctx.user_id, ctx.tenant_id, lease.id),
    )
    give_back_block(session, there, lease.series, lease.last_number, cmd.used_until)
    return Identified(id=lease.id)


class EndLease(Command):
    """End a lease without its device, which is lost or broken."""

    lease_id: UUID
    reason: ShortText


@command("pos.end_lease", permission="pos.settle_offline", rest="POST /till-leases/{lease_id}/end")
def end_lease(session: Session, ctx: RequestContext, cmd: EndLease) -> Identified:
    """End a lease for a reason; its numbers that did not arrive are void and not lent again.

    Bills that the device sends afterwards wait to be settled. Locks the lease.

    Raises:
        NotFound: There is no such lease at the acting branch.
        Conflict: The lease has ended already.
    """
    lease = hold_lease(session, ctx, cmd.lease_id)
    _require_open(lease)
    db.execute(
        session,
        "update till_lease set status = 'ended', reason = %s, ended_at = %s, ended_by = %s"
        " where tenant_id = %s and id = %s",
        (cmd.reason, ctx.now, ctx.user_id, ctx.tenant_id, lease.id),
    )
    return Identified(id=lease.id)


def _require_open(lease: Lease) -> None:
    if lease.status != LeaseStatus.OPEN:
        raise Conflict("This lease has ended already.", fields={"lease_id": "ended"})
