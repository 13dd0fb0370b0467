"""Quotations and orders: made, and amended by versions."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.sales import OrderStatus, SalesOrder
from erp.services import inventory, party
from erp.services.platform import Series, ShortText, command, next_number
from erp.services.sales.order_confirming import SalesOrderAnswer, confirm, order_number
from erp.services.sales.order_drawing import DrawnOrder, draw_order
from erp.services.sales.order_holding import (
    Delivered,
    HeldSalesOrder,
    delivered_of,
    hold_order,
    require_version,
)
from erp.services.sales.order_versions import (
    NewSalesVersion,
    Terms,
    check_days,
    keep_version,
    require_at_least,
)


class MakeQuotation(Terms):
    """Offer goods to a customer.

    Attributes:
        location_id: Where they would leave from; the branch's first storage where none is named.
    """

    customer_id: UUID
    location_id: UUID | None = None


class TakeOrder(Terms):
    """Take a customer's order.

    Attributes:
        location_id: Where the goods leave from; the branch's first storage where none is named.
    """

    customer_id: UUID
    location_id: UUID | None = None


class AmendSalesOrder(Terms):
    """Replace what was offered or agreed.

    Attributes:
        version: The version in force, which the person looked at.
        lines: All lines as they shall be, changed or not.
    """

    order_id: UUID
    version: int
    reason: ShortText


@command("sales.make_quotation", permission="sales.order", rest="POST /quotations")
def make_quotation(session: Session, ctx: RequestContext, cmd: MakeQuotation) -> SalesOrderAnswer:
    """Offer goods at today's prices; nothing is kept of the stock.

    Raises:
        UnknownParty, InactiveParty: The customer is not known here, or closed.
        InvalidInput: A day has gone by, or a line is wrong (`draw_order`).

    Emits:
        sales.order_made.v1
    """
    buyer = party.get_party_for_sale(session, ctx, cmd.customer_id)
    check_days(ctx, cmd)
    place = inventory.get_owned_place(session, ctx, cmd.location_id)
    drawn = draw_order(session, ctx, buyer, place.id, cmd.lines)
    series = Series(ctx.branch_id, "quotation", fiscal_year(ctx.today), "QT")
    number = next_number(session, ctx, series)
    order = HeldSalesOrder(
        new_id(), None, number, cmd.customer_id, place.id, OrderStatus.QUOTED, version=1
    )
    _write_head(session, ctx, order, {})
    keep_version(session, ctx, NewSalesVersion(order.id, 1, "", cmd, drawn), buyer, [])
    return _answer(order, drawn)


@command("sales.take_order", permission="sales.order", rest="POST /sales-orders")
def take_order(session: Session, ctx: RequestContext, cmd: TakeOrder) -> SalesOrderAnswer:
    """Take an order: within the customer's credit, and with goods kept as far as there are any.

    Locks the stock balances of the goods, then the customer.

    Raises:
        UnknownParty, InactiveParty: The customer is not known here, or closed.
        InvalidInput: A day has gone by, or a line is wrong (`draw_order`).
        CreditRefused, Overdue: The customer may not owe that much, or owes for too long.

    Emits:
        sales.order_made.v1, sales.order_confirmed.v1
    """
    buyer = party.get_party_for_sale(session, ctx, cmd.customer_id)
    check_days(ctx, cmd)
    place = inventory.get_owned_place(session, ctx, cmd.location_id)
    drawn = draw_order(session, ctx, buyer, place.id, cmd.lines)
    number = order_number(session, ctx)
    order = HeldSalesOrder(
        new_id(), number, None, cmd.customer_id, place.id, OrderStatus.CONFIRMED, version=1
    )
    _write_head(session, ctx, order, {"confirmed_at": ctx.now, "confirmed_by": ctx.user_id})
    keep_version(session, ctx, NewSalesVersion(order.id, 1, "", cmd, drawn), buyer, [])
    total = drawn.taxed.totals.invoice_value
    kept = confirm(session, ctx, order, buyer, total, cmd.deliver_by)
    return _answer(order, drawn, kept)


@command(
    "sales.amend_order", permission="sales.order", rest="POST /sales-orders/{order_id}/versions"
)
def amend_order(session: Session, ctx: RequestContext, cmd: AmendSalesOrder) -> SalesOrderAnswer:
    """Make the next version of a quotation or order; what it was stays readable.

    Prices are today's, but for those the lines give. Locks the order and its goods' balances.

    Raises:
        UnknownSalesOrder, SalesOrderEnded, SalesOrderChanged: It is gone, over, or was amended.
        BelowDelivered: Less is ordered than was delivered.
        InvalidInput: A day has gone by, or a line is wrong (`draw_order`).
        CreditRefused, Overdue: The customer may not owe that much, or owes for too long.

    Emits:
        sales.order_made.v1; sales.order_confirmed.v1 where it is an order
    """
    order = hold_order(session, ctx, cmd.order_id)
    require_version(order, cmd.version)
    check_days(ctx, cmd)
    buyer = party.get_party_for_sale(session, ctx, order.customer_id)
    drawn = draw_order(session, ctx, buyer, order.location_id, cmd.lines)
    done = delivered_of(session, ctx, order.id)
    require_at_least(drawn, done)
    new = NewSalesVersion(order.id, order.version + 1, cmd.reason, cmd, drawn)
    keep_version(session, ctx, new, buyer, done)
    order = replace(order, version=new.version)
    if order.status is OrderStatus.QUOTED:
        return _answer(order, drawn)
    kept = confirm(session, ctx, order, buyer, _value_left(drawn, done), cmd.deliver_by)
    return _answer(order, drawn, kept)


def _write_head(
    session: Session, ctx: RequestContext, order: HeldSalesOrder, confirmed: dict[str, Any]
) -> None:
    row = {
        "tenant_id": ctx.tenant_id,
        "id": order.id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "customer_id": order.customer_id,
        "location_id": order.location_id,
        "number": order.number,
        "quotation_number": order.quotation_number,
        "status": order.status,
        "version": order.version,
        "end_reason": "",
    }
    db.insert_rows(session, SalesOrder, [row | confirmed])


def _value_left(drawn: DrawnOrder, done: Sequence[Delivered]) -> Decimal:
    """Return what the customer will owe for what is not delivered yet."""
    delivered = {one.variant_id: one.delivered for one in done}
    return sum(
        (
            (line.taxable + line.tax) * (line.quantity - delivered.get(line.goods.variant_id, 0))
            / line.quantity
            for line in drawn.lines
            if line.quantity
        ),
        Decimal(0),
    )  # fmt: skip


def _answer(
    order: HeldSalesOrder, drawn: DrawnOrder, kept: tuple[int, int] = (0, 0)
) -> SalesOrderAnswer:
    return SalesOrderAnswer(
        id=order.id,
        number=order.name,
        status=order.status,
        version=order.version,
        total=drawn.taxed.totals.invoice_value,
        reserved=kept[0],
        short=kept[1],
    )
