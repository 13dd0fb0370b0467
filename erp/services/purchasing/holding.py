"""Holding an order still while it is changed."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.purchasing import OrderStatus
from erp.services.purchasing.errors import OrderChanged, OrderEnded, UnknownOrder


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """An order nobody else can change until the transaction ends."""

    id: UUID
    number: str
    supplier_id: UUID
    location_id: UUID
    status: str
    version: int
    waiting_version: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """What has come of a line, in base units."""

    line_no: int
    variant_id: UUID
    received: int
    free_received: int


def hold_order(session: Session, ctx: RequestContext, order_id: UUID) -> HeldOrder:
    """Return an order of the acting branch that is still alive, and lock its row.

    Raises:
        UnknownOrder: The branch has no such order.
        OrderEnded: It is closed, refused or cancelled.
    """
    row = db.fetch_one(
        session,
        "select id, number, supplier_id, location_id, status, version, waiting_version"
        " from purchase_order where tenant_id = %s and branch_id = %s and id = %s for update",
        (ctx.tenant_id, ctx.branch_id, order_id),
    )
    if row is None:
        message = "This order is not known here. Choose one of the list."
        raise UnknownOrder(message, fields={"order_id": message})
    if row["status"] not in (OrderStatus.AWAITING, OrderStatus.PLACED):
        raise OrderEnded(f"Order {row['number']} is {row['status']}. Make a new one.")
    return HeldOrder(**row)


def require_newest(order: HeldOrder, version: int) -> None:
    """Refuse whoever looked at an older version than the newest.

    Raises:
        OrderChanged: Another version was made since.
    """
    newest = order.waiting_version or order.version
    if version != newest:
        raise OrderChanged(
            f"Order {order.number} is at version {newest} by now, not {version}. Look at it again.",
            details={"version": newest},
        )


def progress_of(session: Session, ctx: RequestContext, order_id: UUID) -> list[Progress]:
    """Return what has come of every line the order ever had."""
    rows = db.fetch_all(
        session,
        "select line_no, variant_id, received, free_received from purchase_order_progress"
        " where tenant_id = %s and order_id = %s order by line_no",
        (ctx.tenant_id, order_id),
    )
    return [Progress(**row) for row in rows]
