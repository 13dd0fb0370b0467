"""What of an order is handed over: checked against what is outstanding, and noted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, raise_all
from erp.core.ids import new_id
from erp.models.sales import OrderStatus, PriceMode, SalesDelivery, SalesDeliveryLine
from erp.services.platform import Closed, Text, emit
from erp.services.sales.errors import MoreThanOrdered, NotConfirmed
from erp.services.sales.events import SalesOrderDelivered
from erp.services.sales.order_finishing import end_order
from erp.services.sales.order_holding import HeldSalesOrder, hold_order
from erp.services.sales.order_reserving import kept_until, reserve_rest

Units = Annotated[int, Field(ge=0, le=10_000_000)]


class DeliveredLine(Closed):
    """Units of an order's line to be handed over; a line may be named once for each of its lots.

    Attributes:
        quantity: Paid base units. free_quantity: Free ones; where none is said, those that
            belong to the paid units delivered so far, in whole units.
        lot_id: A lot the person insists on; `reason` says why.
    """

    order_line_no: int
    quantity: Units
    free_quantity: Units | None = None
    lot_id: UUID | None = None
    reason: Text = ""


@dataclass(frozen=True, slots=True)
class DueLine:
    """A line of the order that is handed over now, with what was agreed.

    Attributes:
        place: Of the input's line, from 0.
        unit: What it was ordered in; empty for the base unit.
    """

    place: int
    line_no: int
    variant_id: UUID
    quantity: int
    free_quantity: int
    unit_price: Decimal
    discount_percent: Decimal
    trace: Mapping[str, Any]
    lot_id: UUID | None
    reason: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class DueOrder:
    """An order held for a delivery."""

    order: HeldSalesOrder
    mode: PriceMode
    place_of_supply: str
    reference: str
    deliver_by: date | None
    lines: tuple[DueLine, ...]


def hold_due(
    session: Session, ctx: RequestContext, order_id: UUID, wanted: Sequence[DeliveredLine]
) -> DueOrder:
    """Lock an order and return what of it is to be handed over.

    Raises:
        UnknownSalesOrder, SalesOrderEnded: It is gone or over. NotConfirmed: It is a quotation.
        InvalidInput: A line is not on the order, named twice for one lot, or nothing is delivered.
        MoreThanOrdered: More is to be handed over than is outstanding; all lines are named.
    """
    order = hold_order(session, ctx, order_id)
    if order.status is not OrderStatus.CONFIRMED:
        raise NotConfirmed(f"Quotation {order.name} is no order yet. Confirm it first.")
    rows = db.fetch_all(
        session,
        """
        select l.line_no, l.variant_id, l.quantity, l.free_quantity, l.unit_price,
               l.ordered_unit, l.discount_percent, l.price_trace, p.delivered, p.free_delivered
          from sales_order_line l
          join sales_order_progress p
               on (p.tenant_id, p.order_id, p.line_no) = (l.tenant_id, l.order_id, l.line_no)
         where l.tenant_id = %s and l.order_id = %s and l.version = %s
        """,
        (ctx.tenant_id, order.id, order.version),
    )
    lines = _due(wanted, {row["line_no"]: row for row in rows})
    version = db.fetch_one(
        session,
        "select price_mode, place_of_supply, reference, deliver_by from sales_order_version"
        " where tenant_id = %s and order_id = %s and version = %s",
        (ctx.tenant_id, order.id, order.version),
    )
    assert version is not None  # noqa: S101  every order has its version
    mode = PriceMode(version.pop("price_mode"))
    return DueOrder(order=order, mode=mode, lines=lines, **version)


def _due(
    wanted: Sequence[DeliveredLine], rows: Mapping[int, dict[str, Any]]
) -> tuple[DueLine, ...]:
    refusals: list[DomainError] = []
    lines: list[DueLine] = []
    for at, line in enumerate(wanted):
        row = rows.get(line.order_line_no)
        if row is None or _is_repeated(line, lines):
            message = (
                f"Line {line.order_line_no} is not on the order, or is named twice for one lot."
            )
            raise InvalidInput(message, fields={f"lines.{at}.order_line_no": message})
        free = _free_units(line, row)
        refusals += _too_much(at, line.quantity, free, row)
        lines.append(_due_line(at, line, row, free))
        row["delivered"] += line.quantity
        row["free_delivered"] += free
    raise_all(refusals)
    found = tuple(line for line in lines if line.quantity + line.free_quantity)
    if not found:
        message = "Nothing is delivered. Give a quantity on one line or more."
        raise InvalidInput(message, fields={"lines": message})
    return found


def _is_repeated(line: DeliveredLine, before: Sequence[DueLine]) -> bool:
    """Tell whether a line was named already without a lot, or with this one."""
    return any(
        x.line_no == line.order_line_no and (line.lot_id is None or x.lot_id in (None, line.lot_id))
        for x in before
    )


def _free_units(line: DeliveredLine, row: Mapping[str, Any]) -> int:
    """Return the free units that belong to the paid ones delivered so far, whole and never early."""
    if line.free_quantity is not None:
        return line.free_quantity
    if not row["quantity"]:
        return int(row["free_quantity"] - row["free_delivered"])
    paid = row["delivered"] + line.quantity
    due: int = row["free_quantity"] * paid // row["quantity"] - row["free_delivered"]
    return max(due, 0)


def _too_much(at: int, paid: int, free: int, row: Mapping[str, Any]) -> list[DomainError]:
    left = row["quantity"] - row["delivered"]
    free_left = row["free_quantity"] - row["free_delivered"]
    found: list[DomainError] = []
    for field, asked, most in (("quantity", paid, left), ("free_quantity", free, free_left)):
        if asked > most:
            message = f"{most} are still to be delivered. Amend the order to deliver more."
            found.append(MoreThanOrdered(message, fields={f"lines.{at}.{field}": message}))
    return found


def _due_line(at: int, line: DeliveredLine, row: Mapping[str, Any], free: int) -> DueLine:
    return DueLine(
        place=at,
        line_no=line.order_line_no,
        variant_id=row["variant_id"],
        quantity=line.quantity,
        free_quantity=free,
        unit_price=row["unit_price"],
        discount_percent=row["discount_percent"],
        trace=row["price_trace"],
        lot_id=line.lot_id,
        reason=line.reason,
        unit=row["ordered_unit"],
    )


def note_delivered(
    session: Session, ctx: RequestContext, due: DueOrder, invoice_id: UUID, carried: tuple[str, str]
) -> bool:
    """Note what was handed over with an invoice; keep goods for the rest, or close the order.

    Returns whether everything was delivered. The balances of the goods are locked already.

    Emits:
        sales.order_delivered.v1; sales.order_finished.v1 where nothing is outstanding
    """
    for line_no, (paid, free) in _units_by_line(due).items():
        db.execute(
            session,
            "update sales_order_progress set delivered = delivered + %s,"
            " free_delivered = free_delivered + %s"
            " where tenant_id = %s and order_id = %s and line_no = %s",
            (paid, free, ctx.tenant_id, due.order.id, line_no),
        )
    _write_delivery(session, ctx, due, invoice_id, carried)
    until = kept_until(ctx, due.deliver_by)
    order = due.order
    reserve_rest(session, ctx, order.id, order.location_id, until)
    is_complete = not _is_open(session, ctx, order.id)
    emit(
        session,
        ctx,
        order.id,
        SalesOrderDelivered(order_id=order.id, invoice_id=invoice_id, is_complete=is_complete),
    )
    if is_complete:
        end_order(session, ctx, order, OrderStatus.CLOSED, "")
    return is_complete


def _write_delivery(
    session: Session, ctx: RequestContext, due: DueOrder, invoice_id: UUID, carried: tuple[str, str]
) -> None:
    delivery_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": delivery_id,
        "order_id": due.order.id,
        "invoice_id": invoice_id,
        "delivered_on": ctx.today,
        "carrier": carried[0],
        "carrier_reference": carried[1],
        "user_id": ctx.user_id,
    }
    db.insert_rows(session, SalesDelivery, [row])
    lines = [
        {
            "tenant_id": ctx.tenant_id,
            "delivery_id": delivery_id,
            "order_line_no": line_no,
            "quantity": paid,
            "free_quantity": free,
        }
        for line_no, (paid, free) in _units_by_line(due).items()
    ]
    db.insert_rows(session, SalesDeliveryLine, lines)


def _units_by_line(due: DueOrder) -> dict[int, tuple[int, int]]:
    """Return paid and free units of each line of the order, all its lots together."""
    units: dict[int, tuple[int, int]] = {}
    for line in due.lines:
        paid, free = units.get(line.line_no, (0, 0))
        units[line.line_no] = (paid + line.quantity, free + line.free_quantity)
    return units


def _is_open(session: Session, ctx: RequestContext, order_id: UUID) -> bool:
    row = db.fetch_one(
        session,
        "select 1 from sales_order o join sales_order_line l"
        " on (l.tenant_id, l.order_id, l.version) = (o.tenant_id, o.id, o.version)"
        " join sales_order_progress p"
        " on (p.tenant_id, p.order_id, p.line_no) = (l.tenant_id, l.order_id, l.line_no)"
        " where o.tenant_id = %s and o.id = %s"
        " and (p.delivered < l.quantity or p.free_delivered < l.free_quantity) limit 1",
        (ctx.tenant_id, order_id),
    )
    return row is not None
