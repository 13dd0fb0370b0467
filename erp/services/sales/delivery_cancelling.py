"""Taking back a delivery whose invoice is cancelled: its units are outstanding again."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.sales import OrderStatus
from erp.services.platform import emit
from erp.services.sales.events import SalesDeliveryCancelled
from erp.services.sales.order_reserving import kept_until, reserve_rest


@dataclass(frozen=True, slots=True)
class CancelledDelivery:
    """A delivery whose order nobody else can change until the transaction ends.

    Attributes:
        location_id: Where the order takes its goods from, and where they go back to.
        is_given_up: Somebody ended the order and its rest; it is not opened again.
    """

    id: UUID
    order_id: UUID
    location_id: UUID
    status: OrderStatus
    is_given_up: bool
    deliver_by: date | None


def hold_delivery(
    session: Session, ctx: RequestContext, invoice_id: UUID
) -> CancelledDelivery | None:
    """Lock the order that an invoice delivered of, whatever its state; nothing where there is none."""
    row = db.fetch_one(
        session,
        """
        select d.id, o.id as order_id, o.location_id, o.status, v.deliver_by,
               o.status <> 'confirmed' and o.end_reason <> '' as is_given_up
          from sales_delivery d
          join sales_order o on (o.tenant_id, o.id) = (d.tenant_id, d.order_id)
          join sales_order_version v on (v.tenant_id, v.order_id, v.version) = (o.tenant_id, o.id, o.version)
         where d.tenant_id = %s and d.invoice_id = %s for update of o
        """,
        (ctx.tenant_id, invoice_id),
    )
    return CancelledDelivery(**row | {"status": OrderStatus(row["status"])}) if row else None


def reopen_delivery(
    session: Session, ctx: RequestContext, held: CancelledDelivery, invoice_id: UUID
) -> None:
    """Count the units of a held delivery as not delivered; an order that it completed is open again.

    Emits:
        sales.delivery_cancelled.v1
    """
    db.execute(
        session,
        "update sales_order_progress p set delivered = p.delivered - x.quantity,"
        " free_delivered = p.free_delivered - x.free_quantity from sales_delivery_line x"
        " where x.tenant_id = %s and x.delivery_id = %s"
        " and (p.tenant_id, p.order_id, p.line_no) = (x.tenant_id, %s, x.order_line_no)",
        (ctx.tenant_id, held.id, held.order_id),
    )
    is_reopened = held.status is OrderStatus.CLOSED and not held.is_given_up
    if is_reopened:
        db.execute(
            session,
            "update sales_order set status = 'confirmed', ended_at = null, ended_by = null"
            " where tenant_id = %s and id = %s",
            (ctx.tenant_id, held.order_id),
        )
    event = SalesDeliveryCancelled(
        order_id=held.order_id, invoice_id=invoice_id, is_reopened=is_reopened
    )
    emit(session, ctx, held.order_id, event)


def reserve_again(session: Session, ctx: RequestContext, held: CancelledDelivery) -> None:
    """Keep goods for what is outstanding again, unless the order was given up. Locks the balances."""
    if not held.is_given_up:
        until = kept_until(ctx, held.deliver_by)
        reserve_rest(session, ctx, held.order_id, held.location_id, until)
