"""Ending an order whose rest will not be delivered."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.sales import OrderStatus
from erp.services import inventory
from erp.services.platform import Command, Result, ShortText, command, emit
from erp.services.sales.events import SalesOrderFinished
from erp.services.sales.order_holding import (
    HeldSalesOrder,
    delivered_of,
    hold_order,
    require_version,
)


class FinishSalesOrder(Command):
    """Deliver nothing more of an order; `version` is the one in force that the person looked at."""

    order_id: UUID
    version: int
    reason: ShortText


class FinishedSalesOrder(Result):
    """How the order ended: `cancelled` if nothing was delivered, `closed` otherwise."""

    id: UUID
    number: str
    status: OrderStatus


@command(
    "sales.finish_order", permission="sales.order", rest="POST /sales-orders/{order_id}/finish"
)
def finish_order(
    session: Session, ctx: RequestContext, cmd: FinishSalesOrder
) -> FinishedSalesOrder:
    """Give up what was not delivered, and what was kept for it. Locks the order.

    Raises:
        UnknownSalesOrder: The acting branch has no such order. SalesOrderEnded: It is over.
        SalesOrderChanged: Another version was made since the order was read.

    Emits:
        sales.order_finished.v1
    """
    order = hold_order(session, ctx, cmd.order_id)
    require_version(order, cmd.version)
    inventory.release(session, ctx, order.id)
    done = any(x.delivered + x.free_delivered for x in delivered_of(session, ctx, order.id))
    status = OrderStatus.CLOSED if done else OrderStatus.CANCELLED
    end_order(session, ctx, order, status, cmd.reason)
    return FinishedSalesOrder(id=order.id, number=order.name, status=status)


def end_order(
    session: Session, ctx: RequestContext, order: HeldSalesOrder, status: OrderStatus, reason: str
) -> None:
    """Let nothing more happen to an order.

    Emits:
        sales.order_finished.v1
    """
    db.execute(
        session,
        "update sales_order set status = %s, ended_at = %s, ended_by = %s, end_reason = %s"
        " where tenant_id = %s and id = %s",
        (status, ctx.now, ctx.user_id, reason, ctx.tenant_id, order.id),
    )
    emit(session, ctx, order.id, SalesOrderFinished(order_id=order.id, status=status))
