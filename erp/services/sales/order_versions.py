"""Versions of a customer's order: kept as they were offered or agreed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, raise_all
from erp.core.ids import new_id
from erp.models.sales import SalesOrderLine, SalesOrderProgress, SalesOrderVersion
from erp.services.party import SaleParty
from erp.services.platform import Command, Day, Text, emit
from erp.services.sales.errors import BelowDelivered
from erp.services.sales.events import SalesOrderMade
from erp.services.sales.order_drawing import DrawnLine, DrawnOrder, OrderedLines
from erp.services.sales.order_holding import Delivered

Reference = Annotated[str, Field(max_length=60)]


class Terms(Command):
    """What quotations, orders and their amendments have in common.

    Attributes:
        deliver_by: When the customer wants the goods.
        valid_until: Last day on which a quotation may be accepted.
        reference: The customer's own number for the order.
        note: For the customer.
    """

    deliver_by: Day | None = None
    valid_until: Day | None = None
    reference: Reference = ""
    note: Text = ""
    lines: OrderedLines


@dataclass(frozen=True, slots=True)
class NewSalesVersion:
    """A version about to be kept."""

    order_id: UUID
    version: int
    reason: str
    terms: Terms
    drawn: DrawnOrder


def keep_version(
    session: Session,
    ctx: RequestContext,
    new: NewSalesVersion,
    buyer: SaleParty,
    done: Sequence[Delivered],
) -> None:
    """Write a version with its lines and put it in force; a product keeps its line number."""
    totals = new.drawn.taxed.totals
    row = {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "order_id": new.order_id,
        "version": new.version,
        "valid_until": new.terms.valid_until,
        "deliver_by": new.terms.deliver_by,
        "reference": new.terms.reference,
        "note": new.terms.note,
        "reason": new.reason,
        "price_mode": new.drawn.mode,
        "place_of_supply": new.drawn.place_of_supply,
        "gross": totals.gross,
        "discount": totals.line_discount,
        "taxable": totals.taxable_value,
        "cgst": totals.cgst,
        "sgst": totals.sgst,
        "igst": totals.igst,
        "round_off": totals.round_off,
        "total": totals.invoice_value,
        "made_by": ctx.user_id,
        "made_at": ctx.now,
    }
    db.insert_rows(session, SalesOrderVersion, [row])
    _write_lines(session, ctx, new, done)
    db.execute(
        session,
        "update sales_order set version = %s where tenant_id = %s and id = %s",
        (new.version, ctx.tenant_id, new.order_id),
    )
    event = SalesOrderMade(
        order_id=new.order_id,
        version=new.version,
        customer_id=buyer.id,
        total=totals.invoice_value,
    )
    emit(session, ctx, new.order_id, event)


def _write_lines(
    session: Session, ctx: RequestContext, new: NewSalesVersion, done: Sequence[Delivered]
) -> None:
    numbers = {one.variant_id: one.line_no for one in done}
    known = set(numbers)
    following = max(numbers.values(), default=0)
    for line in new.drawn.lines:
        if line.goods.variant_id not in numbers:
            following += 1
            numbers[line.goods.variant_id] = following
    key = {"tenant_id": ctx.tenant_id, "order_id": new.order_id}
    fresh = [
        key | {"line_no": number, "variant_id": variant_id, "delivered": 0, "free_delivered": 0}
        for variant_id, number in numbers.items()
        if variant_id not in known
    ]
    db.insert_rows(session, SalesOrderProgress, fresh)
    rows = [
        key | _line_row(line) | {"line_no": numbers[line.goods.variant_id], "version": new.version}
        for line in new.drawn.lines
    ]
    db.insert_rows(session, SalesOrderLine, rows)


def _line_row(line: DrawnLine) -> dict[str, Any]:
    return {
        "id": new_id(),
        "variant_id": line.goods.variant_id,
        "quantity": line.quantity,
        "free_quantity": line.free_quantity,
        "ordered_unit": line.unit,
        "ordered_quantity": line.ordered,
        "unit_price": line.unit_price,
        "list_price": line.list_price,
        "discount_percent": line.discount_percent,
        "gst_rate": line.goods.rate,
        "taxable": line.taxable,
        "tax": line.tax,
        "price_trace": line.trace,
    }


def require_at_least(drawn: DrawnOrder, done: Sequence[Delivered]) -> None:
    """Refuse lines that order less than was delivered.

    Raises:
        BelowDelivered: Names the lines.
    """
    wanted = {line.goods.variant_id: (at, line) for at, line in enumerate(drawn.lines)}
    refusals: list[DomainError] = []
    for one in done:
        if not one.delivered + one.free_delivered:
            continue
        at, line = wanted.get(one.variant_id, (0, None))
        if line is None:
            message = f"Goods of line {one.line_no} were delivered. Keep the line."
            refusals.append(BelowDelivered(message, fields={"lines": message}))
        elif line.quantity < one.delivered or line.free_quantity < one.free_delivered:
            message = (
                f"{one.delivered} and {one.free_delivered} free were delivered."
                " Order that many or more."
            )
            refusals.append(BelowDelivered(message, fields={f"lines.{at}.quantity": message}))
    raise_all(refusals)


def check_days(ctx: RequestContext, terms: Terms) -> None:
    """Refuse days that have gone by."""
    message = "This day has gone by. Choose today or a later day."
    late = [
        InvalidInput(message, fields={field: message})
        for field in ("deliver_by", "valid_until")
        if (day := getattr(terms, field)) is not None and day < ctx.today
    ]
    raise_all(late)
