"""Confirming: a quotation becomes an order, within credit and with goods kept."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text
from erp.models.sales import OrderStatus
from erp.services import party
from erp.services.party import SaleParty
from erp.services.platform import Command, Day, Result, Series, command, emit, next_number
from erp.services.sales.credit import require_credit
from erp.services.sales.errors import AlreadyConfirmed, NotConfirmed, QuotationLapsed
from erp.services.sales.events import SalesGoodsKept, SalesOrderConfirmed
from erp.services.sales.order_holding import HeldSalesOrder, hold_order, require_version
from erp.services.sales.order_reserving import kept_until, reserve_rest


class ConfirmQuotation(Command):
    """Take a quotation as the customer's order; `version` is the one they accepted."""

    order_id: UUID
    version: int


class KeepGoods(Command):
    """Keep goods for an order.

    Attributes:
        until: The last day; two weeks where none is given.
    """

    order_id: UUID
    until: Day | None = None


class KeptGoods(Result):
    """Units that are kept, and units that are not there."""

    id: UUID
    reserved: int
    short: int
    until: date


class SalesOrderAnswer(Result):
    """An order after a command.

    Attributes:
        reserved: Units that are kept for it. short: units that are not there.
    """

    id: UUID
    number: str
    status: OrderStatus
    version: int
    total: Decimal
    reserved: int = 0
    short: int = 0


@command(
    "sales.confirm_quotation",
    permission="sales.order",
    rest="POST /sales-orders/{order_id}/confirm",
)
def confirm_quotation(
    session: Session, ctx: RequestContext, cmd: ConfirmQuotation
) -> SalesOrderAnswer:
    """Make a quotation the customer's order, at the prices that were offered.

    Locks the order, the stock balances of its goods, then the customer.

    Raises:
        UnknownSalesOrder, SalesOrderEnded, SalesOrderChanged: It is gone, over, or was amended.
        AlreadyConfirmed: It is an order already.
        QuotationLapsed: It held until an earlier day; may be confirmed.
        CreditRefused, Overdue: The customer may not owe that much, or owes for too long.

    Emits:
        sales.order_confirmed.v1
    """
    order = hold_order(session, ctx, cmd.order_id)
    if order.status is OrderStatus.CONFIRMED:
        raise AlreadyConfirmed(f"{order.name} is an order already.")
    require_version(order, cmd.version)
    version = _version_of(session, ctx, order)
    _check_valid(ctx, order, version["valid_until"])
    buyer = party.get_party_for_sale(session, ctx, order.customer_id)
    number = order_number(session, ctx)
    db.execute(
        session,
        "update sales_order set status = 'confirmed', number = %s, confirmed_at = %s,"
        " confirmed_by = %s where tenant_id = %s and id = %s",
        (number, ctx.now, ctx.user_id, ctx.tenant_id, order.id),
    )
    total, by = version["total"], version["deliver_by"]
    ordered = replace(order, number=number, status=OrderStatus.CONFIRMED)
    kept = confirm(session, ctx, ordered, buyer, total, by)
    return SalesOrderAnswer(
        id=order.id,
        number=number,
        status=OrderStatus.CONFIRMED,
        version=order.version,
        total=total,
        reserved=kept[0],
        short=kept[1],
    )


@command(
    "sales.keep_goods", permission="sales.order", rest="POST /sales-orders/{order_id}/reservation"
)
def keep_goods(session: Session, ctx: RequestContext, cmd: KeepGoods) -> KeptGoods:
    """Keep goods for an order anew: what has come since, or what was kept and lapsed.

    Locks the order and the balances of its goods.

    Raises:
        UnknownSalesOrder, SalesOrderEnded: It is gone or over. NotConfirmed: It is a quotation.
        InvalidInput: The day has gone by.

    Emits:
        sales.goods_kept.v1
    """
    order = hold_order(session, ctx, cmd.order_id)
    if order.status is not OrderStatus.CONFIRMED:
        raise NotConfirmed(f"Quotation {order.name} is no order yet. Confirm it first.")
    if cmd.until is not None and cmd.until < ctx.today:
        message = "This day has gone by. Choose today or a later day."
        raise InvalidInput(message, fields={"until": message})
    until = cmd.until or kept_until(ctx, None)
    kept, short = keep_until(session, ctx, order, until)
    event = SalesGoodsKept(order_id=order.id, reserved=kept, short=short)
    emit(session, ctx, order.id, event)
    return KeptGoods(id=order.id, reserved=kept, short=short, until=until)


def keep_until(
    session: Session, ctx: RequestContext, order: HeldSalesOrder, until: date
) -> tuple[int, int]:
    """Reserve what is outstanding up to a day; return the units kept and the units missing."""
    kept, short = reserve_rest(session, ctx, order.id, order.location_id, until)
    db.execute(
        session,
        "update sales_order set reserved_until = %s where tenant_id = %s and id = %s",
        (until, ctx.tenant_id, order.id),
    )
    return kept, short


def confirm(
    session: Session,
    ctx: RequestContext,
    order: HeldSalesOrder,
    buyer: SaleParty,
    total: Decimal,
    deliver_by: date | None,
) -> tuple[int, int]:
    """Keep goods for an order that is confirmed, and check the customer's credit for its total.

    Returns how many units are kept, and how many are missing.

    Raises:
        CreditRefused, Overdue: The customer may not owe that much, or owes for too long.

    Emits:
        sales.order_confirmed.v1
    """
    kept, short = keep_until(session, ctx, order, kept_until(ctx, deliver_by))
    require_credit(session, ctx, buyer, total, "customer_id")
    event = SalesOrderConfirmed(order_id=order.id, number=order.name, reserved=kept, short=short)
    emit(session, ctx, order.id, event)
    return kept, short


def _check_valid(ctx: RequestContext, order: HeldSalesOrder, until: date | None) -> None:
    if until and until < ctx.today and QuotationLapsed.code not in ctx.confirmed:
        message = (
            f"Quotation {order.name} held until {date_text(until)}."
            " Amend it to today's prices, or confirm to keep its prices."
        )
        raise QuotationLapsed(message, fields={"order_id": message})


def _version_of(session: Session, ctx: RequestContext, order: HeldSalesOrder) -> db.Row:
    row = db.fetch_one(
        session,
        "select valid_until, deliver_by, total from sales_order_version"
        " where tenant_id = %s and order_id = %s and version = %s",
        (ctx.tenant_id, order.id, order.version),
    )
    assert row is not None  # noqa: S101  every order has its version
    return row


def order_number(session: Session, ctx: RequestContext) -> str:
    """Take the next number of an order; locks its series."""
    series = Series(ctx.branch_id, "sales_order", fiscal_year(ctx.today), "SO")
    return next_number(session, ctx, series)
