"""Holding a customer's order still while it is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.sales import OrderStatus
from erp.services import inventory
from erp.services.sales.errors import SalesOrderChanged, SalesOrderEnded, UnknownSalesOrder


@dataclass(frozen=True, slots=True)
class HeldSalesOrder:
    """A quotation or order nobody else can change until the transaction ends."""

    id: UUID
    number: str | None
    quotation_number: str | None
    customer_id: UUID
    location_id: UUID
    status: OrderStatus
    version: int

    @property
    def name(self) -> str:
        """Its number, the order's where it is one."""
        return self.number or self.quotation_number or ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was delivered of a line, in base units."""

    line_no: int
    variant_id: UUID
    delivered: int
    free_delivered: int


def hold_order(session: Session, ctx: RequestContext, order_id: UUID) -> HeldSalesOrder:
    """Return a quotation or order of the acting branch that is still alive, and lock its row.

    Raises:
        UnknownSalesOrder: The branch has no such order. SalesOrderEnded: It is closed or cancelled.
    """
    row = db.fetch_one(
        session,
        "select id, number, quotation_number, customer_id, location_id, status, version"
        " from sales_order where tenant_id = %s and branch_id = %s and id = %s for update",
        (ctx.tenant_id, ctx.branch_id, order_id),
    )
    if row is None:
        message = "This order is not known here. Choose one of the list."
        raise UnknownSalesOrder(message, fields={"order_id": message})
    order = HeldSalesOrder(**row | {"status": OrderStatus(row["status"])})
    if order.status not in (OrderStatus.QUOTED, OrderStatus.CONFIRMED):
        raise SalesOrderEnded(f"{order.name} is {order.status}. Make a new one.")
    return order


def require_version(order: HeldSalesOrder, version: int) -> None:
    """Refuse whoever looked at an older version than the one in force.

    Raises:
        SalesOrderChanged: Another version was made since.
    """
    if version != order.version:
        raise SalesOrderChanged(
            f"{order.name} is at version {order.version} by now, not {version}. Look at it again.",
            details={"version": order.version},
        )


def delivered_of(session: Session, ctx: RequestContext, order_id: UUID) -> list[Delivered]:
    """Return what was delivered of every line the order ever had."""
    rows = db.fetch_all(
        session,
        "select line_no, variant_id, delivered, free_delivered from sales_order_progress"
        " where tenant_id = %s and order_id = %s order by line_no",
        (ctx.tenant_id, order_id),
    )
    return [Delivered(**row) for row in rows]


@inventory.tells_what_needs_places
def orders_from_places(
    session: Session, ctx: RequestContext, place_ids: Sequence[UUID]
) -> Sequence[str]:
    """Return the orders of customers whose goods are to leave some places; quotations hold none."""
    rows = db.fetch_all(
        session,
        "select number from sales_order where tenant_id = %s and location_id = any(%s)"
        "   and status = 'confirmed' order by number",
        (ctx.tenant_id, list(place_ids)),
    )
    return [f"goods of customer order {row['number']} leave from it" for row in rows]
