"""Goods that come against an order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, raise_all
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.core.quantity import to_base_units
from erp.models.purchasing import OrderStatus, PurchaseOrderReceipt
from erp.services import inventory
from erp.services.inventory import LotNumber, UnitQuantity
from erp.services.platform import (
    Amount,
    Closed,
    Command,
    Day,
    Result,
    Text,
    UnitPrice,
    command,
    emit,
)
from erp.services.purchasing.errors import (
    CostDiffers,
    NothingInForce,
    NotOnOrder,
    OverDelivery,
)
from erp.services.purchasing.events import OrderReceived
from erp.services.purchasing.finishing import end_order
from erp.services.purchasing.holding import HeldOrder, hold_order
from erp.services.purchasing.lines import MOST_LINES


class ArrivedLine(Closed):
    """Goods of one lot that came for a line of the order; a line may come in several lots.

    Attributes:
        line_no: The order's line.
        quantity: To be paid for, in the order's unit. free_quantity: not; they may come alone.
        unit_cost: As billed, where it is not the order's.
        mrp, ptr, pts: Of one base unit, as in a goods receipt; checks as there.
    """

    line_no: int
    lot_number: LotNumber = ""
    maker: Text = ""
    manufactured_on: Day | None = None
    expires_on: Day | None = None
    mrp: Annotated[Amount, Field(gt=0)]
    ptr: UnitPrice | None = None
    pts: UnitPrice | None = None
    quantity: UnitQuantity
    free_quantity: UnitQuantity = Decimal(0)
    unit_cost: UnitPrice | None = None
    checks: inventory.PointAnswers = ()


class ReceiveOrder(Command):
    """Put goods on hand that were ordered.

    Attributes:
        reference: The supplier's document.
        received_on: Business date; today where none is given.
    """

    order_id: UUID
    reference: Text = ""
    received_on: Day | None = None
    lines: Annotated[tuple[ArrivedLine, ...], Field(min_length=1, max_length=MOST_LINES)]


class OrderReceipt(Result):
    """The goods receipt, and the order after it."""

    receipt_id: UUID
    order_id: UUID
    status: OrderStatus
    value: Decimal
    lines: list[inventory.ReceivedLine]


@dataclass(frozen=True, slots=True)
class _Ordered:
    """A line in force with what has come of it, in base units."""

    line_no: int
    variant_id: UUID
    label: str
    unit: str
    quantity: Decimal
    base_quantity: int
    base_free: int
    unit_cost: Decimal
    received: int
    free_received: int

    def base(self, quantity: Decimal) -> int:
        """Return a quantity of the order's unit in base units."""
        return to_base_units(quantity, Fraction(self.base_quantity) / Fraction(self.quantity))


@dataclass(frozen=True, slots=True)
class _Came:
    """Base units that came for a line; `at` is the index of the delivery's line."""

    at: int
    line_no: int
    paid: int
    free: int


@command(
    "purchasing.receive_order",
    permission="inventory.receive",
    rest="POST /purchase-orders/{order_id}/receipts",
)
def receive_order(session: Session, ctx: RequestContext, cmd: ReceiveOrder) -> OrderReceipt:
    """Take in a delivery against the version in force; the order closes when all has come.

    What came is stock at once, as by `inventory.receive_goods`. Locks the order.

    Raises:
        UnknownOrder: The acting branch has no such order. OrderEnded: it is over.
        NothingInForce: No version was approved yet.
        NotOnOrder: A line is not in the version in force; names it.
        OverDelivery: More came than is still to come; may be confirmed.
        CostDiffers: A price is not the order's; may be confirmed.
        DomainError: Whatever `inventory.receive_goods` refuses, at the same fields.

    Emits:
        inventory.goods_received.v1 and purchasing.order_received.v1, in the same transaction.
    """
    order = hold_order(session, ctx, cmd.order_id)
    ordered = _in_force(session, ctx, order)
    _require_on_order(cmd.lines, ordered)
    came = _count(cmd.lines, ordered)
    _check_amounts(ctx, cmd.lines, came, ordered)
    receipt = inventory.receive_goods(session, ctx, _goods(order, cmd, ordered))
    received_on = cmd.received_on or ctx.today
    _write(session, ctx, order, (came, receipt, received_on))
    is_complete = _is_complete(came, ordered)
    event = OrderReceived(
        order_id=order.id,
        receipt_id=receipt.receipt_id,
        received_on=received_on,
        is_complete=is_complete,
    )
    emit(session, ctx, order.id, event)
    status = OrderStatus.PLACED
    if is_complete and order.waiting_version is None:
        status = OrderStatus.CLOSED
        end_order(session, ctx, order, status, "Everything came.")
    return OrderReceipt(
        receipt_id=receipt.receipt_id,
        order_id=order.id,
        status=status,
        value=receipt.value,
        lines=receipt.lines,
    )


def _in_force(session: Session, ctx: RequestContext, order: HeldOrder) -> dict[int, _Ordered]:
    if not order.version:
        raise NothingInForce(
            f"Order {order.number} waits for its approval. Goods may come once it is given."
        )
    rows = db.fetch_all(
        session,
        """
        select l.line_no, l.variant_id, v.label, l.unit, l.quantity, l.base_quantity, l.base_free,
               l.unit_cost, p.received, p.free_received
          from purchase_order_line l
          join purchase_order_progress p using (tenant_id, order_id, line_no)
          join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)
         where l.tenant_id = %s and l.order_id = %s and l.version = %s
        """,
        (ctx.tenant_id, order.id, order.version),
    )
    return {row["line_no"]: _Ordered(**row) for row in rows}


def _require_on_order(lines: Sequence[ArrivedLine], ordered: Mapping[int, _Ordered]) -> None:
    message = "The order has no such line. Amend the order, or receive the goods without it."
    raise_all(
        [
            NotOnOrder(message, fields={f"lines.{at}.line_no": message})
            for at, line in enumerate(lines)
            if line.line_no not in ordered
        ]
    )


def _count(lines: Sequence[ArrivedLine], ordered: Mapping[int, _Ordered]) -> list[_Came]:
    """Return what came in base units; all fields at fault are named at once."""
    refusals: list[DomainError] = []
    came: list[_Came] = []
    for at, line in enumerate(lines):
        about = ordered[line.line_no]
        try:
            paid, free = about.base(line.quantity), about.base(line.free_quantity)
        except DomainError as error:
            named = {f"lines.{at}.quantity": error.message}
            refusals.append(type(error)(error.message, fields=named))
        else:
            came.append(_Came(at, line.line_no, paid, free))
    raise_all(refusals)
    return came


def _check_amounts(
    ctx: RequestContext,
    lines: Sequence[ArrivedLine],
    came: Sequence[_Came],
    ordered: Mapping[int, _Ordered],
) -> None:
    """Ask a person where more came, or at another price, than was ordered."""
    if OverDelivery.code not in ctx.confirmed:
        raise_all(_over(came, ordered))
    if CostDiffers.code not in ctx.confirmed:
        raise_all(_other_cost(lines, ordered))


def _over(came: Sequence[_Came], ordered: Mapping[int, _Ordered]) -> list[DomainError]:
    paid: Counter[int] = Counter()
    free: Counter[int] = Counter()
    refusals: list[DomainError] = []
    for line in came:
        about = ordered[line.line_no]
        paid[line.line_no] += line.paid
        free[line.line_no] += line.free
        for field, total, left in (
            ("quantity", paid[line.line_no], about.base_quantity - about.received),
            ("free_quantity", free[line.line_no], about.base_free - about.free_received),
        ):
            if total > max(left, 0):
                message = (
                    f"{total} of {about.label} came and {max(left, 0)} were still to come."
                    " Send the rest back, or confirm to keep it."
                )
                refusals.append(OverDelivery(message, fields={f"lines.{line.at}.{field}": message}))
    return refusals


def _other_cost(lines: Sequence[ArrivedLine], ordered: Mapping[int, _Ordered]) -> list[DomainError]:
    refusals: list[DomainError] = []
    for at, line in enumerate(lines):
        about = ordered[line.line_no]
        if line.unit_cost is not None and line.unit_cost != about.unit_cost:
            message = (
                f"{about.label} was ordered at {money_text(about.unit_cost)} a {about.unit}, not"
                f" {money_text(line.unit_cost)}. Confirm to take it in at the new price."
            )
            refusals.append(CostDiffers(message, fields={f"lines.{at}.unit_cost": message}))
    return refusals


def _goods(
    order: HeldOrder, cmd: ReceiveOrder, ordered: Mapping[int, _Ordered]
) -> inventory.ReceiveGoods:
    lines = tuple(_goods_line(line, ordered[line.line_no]) for line in cmd.lines)
    return inventory.ReceiveGoods(
        idempotency_key=cmd.idempotency_key,
        location_id=order.location_id,
        supplier_id=order.supplier_id,
        reference=cmd.reference or order.number,
        received_on=cmd.received_on,
        lines=lines,
    )


def _goods_line(line: ArrivedLine, about: _Ordered) -> inventory.ReceiptLine:
    given = line.model_dump(exclude={"line_no", "unit_cost"})
    cost = about.unit_cost if line.unit_cost is None else line.unit_cost
    return inventory.ReceiptLine(
        **given, variant_id=about.variant_id, unit=about.unit, unit_cost=cost
    )


def _write(
    session: Session,
    ctx: RequestContext,
    order: HeldOrder,
    delivery: tuple[Sequence[_Came], inventory.ReceivedGoods, date],
) -> None:
    """Keep what came, line by line, and add it up."""
    came, receipt, received_on = delivery
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "order_id": order.id,
            "line_no": line.line_no,
            "receipt_id": receipt.receipt_id,
            "receipt_line_no": goods.line_no,
            "lot_id": goods.lot_id,
            "received": line.paid,
            "free_received": line.free,
            "value": goods.value,
            "received_on": received_on,
            "received_by": ctx.user_id,
            "received_at": ctx.now,
        }
        for line, goods in zip(came, receipt.lines, strict=True)
    ]
    db.insert_rows(session, PurchaseOrderReceipt, rows)
    db.execute(
        session,
        """
        update purchase_order_progress p
           set received = p.received + x.paid, free_received = p.free_received + x.free
          from (select line_no, sum(paid)::bigint as paid, sum(free)::bigint as free
                  from unnest(%s::int[], %s::bigint[], %s::bigint[]) as x (line_no, paid, free)
                 group by line_no) x
         where p.tenant_id = %s and p.order_id = %s and p.line_no = x.line_no
        """,
        (
            [line.line_no for line in came],
            [line.paid for line in came],
            [line.free for line in came],
            ctx.tenant_id,
            order.id,
        ),
    )


def _is_complete(came: Sequence[_Came], ordered: Mapping[int, _Ordered]) -> bool:
    paid: Counter[int] = Counter()
    free: Counter[int] = Counter()
    for line in came:
        paid[line.line_no] += line.paid
        free[line.line_no] += line.free
    return all(
        x.received + paid[x.line_no] >= x.base_quantity
        and x.free_received + free[x.line_no] >= x.base_free
        for x in ordered.values()
    )
