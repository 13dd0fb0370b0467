"""Ending an order whose goods will not come, or not all of them."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.purchasing import OrderStatus
from erp.services.platform import Command, Result, ShortText, command, emit
from erp.services.purchasing.errors import VersionWaits
from erp.services.purchasing.events import OrderFinished
from erp.services.purchasing.holding import HeldOrder, hold_order, progress_of, require_newest
from erp.services.purchasing.requisition_holding import give_back


class FinishOrder(Command):
    """Expect nothing more of an order; `version` is the newest that the person looked at."""

    order_id: UUID
    version: int
    reason: ShortText


class FinishedOrder(Result):
    """How the order ended: `cancelled` if nothing had come, `closed` otherwise."""

    id: UUID
    number: str
    status: OrderStatus


@command(
    "purchasing.finish_order",
    permission="purchasing.order",
    rest="POST /purchase-orders/{order_id}/finish",
)
def finish_order(session: Session, ctx: RequestContext, cmd: FinishOrder) -> FinishedOrder:
    """Give up what has not come; requisitions get it back. Locks the order, then requisitions.

    Raises:
        UnknownOrder: The acting branch has no such order. OrderEnded: it is over.
        OrderChanged: Another version was made since the order was read.
        VersionWaits: A version waits for an approval.

    Emits:
        purchasing.order_finished.v1, and purchasing.requisition_ordered.v1 for each requisition
        that gets goods back, in the same transaction.
    """
    order = hold_order(session, ctx, cmd.order_id)
    require_newest(order, cmd.version)
    if order.waiting_version is not None:
        raise VersionWaits(
            f"Version {order.waiting_version} of order {order.number} waits for an approval."
            " Withdraw or refuse it first."
        )
    came = any(x.received + x.free_received for x in progress_of(session, ctx, order.id))
    status = OrderStatus.CLOSED if came else OrderStatus.CANCELLED
    end_order(session, ctx, order, status, cmd.reason)
    return FinishedOrder(id=order.id, number=order.number, status=status)


def end_order(
    session: Session, ctx: RequestContext, order: HeldOrder, status: OrderStatus, reason: str
) -> None:
    """Let nothing more happen to an order; what did not come of requisitions is free again.

    Emits:
        purchasing.order_finished.v1, and purchasing.requisition_ordered.v1 for each requisition
        that gets goods back, in the same transaction.
    """
    db.execute(
        session,
        "update purchase_order set status = %s, waiting_version = null, ended_at = %s,"
        " ended_by = %s, end_reason = %s where tenant_id = %s and id = %s",
        (status, ctx.now, ctx.user_id, reason, ctx.tenant_id, order.id),
    )
    give_back(session, ctx, order.id)
    emit(session, ctx, order.id, OrderFinished(order_id=order.id, status=status))
