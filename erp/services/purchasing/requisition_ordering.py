"""Orders made of what requisitions ask for: one per supplier, of several requisitions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, raise_all
from erp.services.platform import Closed, Command, Day, Quantity, Result, UnitPrice, command
from erp.services.purchasing.errors import MoreThanRequested, UnknownRequisition
from erp.services.purchasing.lines import MOST_LINES, OrderLine
from erp.services.purchasing.placing import PlaceOrder, place_order
from erp.services.purchasing.requisition_holding import (
    Take,
    hold_requisitions,
    require_approved,
    take_goods,
)
from erp.services.purchasing.versions import OrderAnswer


class TakenLine(Closed):
    """Base units of an approved line and who they are ordered from.

    Attributes:
        unit_cost: Price of one base unit, tax excluded.
    """

    requisition_id: UUID
    line_no: int
    quantity: Quantity
    supplier_id: UUID
    unit_cost: UnitPrice


class OrderRequisitions(Command):
    """Order goods of one or several requisitions; a supplier gets one order.

    Attributes:
        location_id: Where they are to be put; the branch's first storage where none is named.
        expected_on: When they should be here.
    """

    location_id: UUID | None = None
    expected_on: Day | None = None
    lines: Annotated[tuple[TakenLine, ...], Field(min_length=1, max_length=MOST_LINES)]


class OrdersMade(Result):
    """The orders, in the order in which their suppliers were named."""

    orders: list[OrderAnswer]


@command(
    "purchasing.order_requisitions",
    permission="purchasing.order",
    rest="POST /requisitions/orders",
)
def order_requisitions(session: Session, ctx: RequestContext, cmd: OrderRequisitions) -> OrdersMade:
    """Order approved goods, all of a line or a part, by `place_order` and in its transaction.

    Locks the requisitions.

    Raises:
        UnknownRequisition: The acting branch has no such requisition, or it no such line.
        RequisitionDone: A requisition is not approved.
        MoreThanRequested: Less of a line is left to order; names it.
        InvalidInput: One product has two prices, or whatever `place_order` refuses, at our lines.

    Emits:
        purchasing.requisition_ordered.v1 for each requisition, besides the orders' events.
    """
    held = hold_requisitions(session, ctx, [line.requisition_id for line in cmd.lines])
    require_approved(held.values())
    variants = _check_left(session, ctx, cmd.lines)
    by_supplier: dict[UUID, list[int]] = {}
    for at, line in enumerate(cmd.lines):
        by_supplier.setdefault(line.supplier_id, []).append(at)
    return OrdersMade(
        orders=[_order(session, ctx, cmd, places, variants) for places in by_supplier.values()]
    )


def _check_left(
    session: Session, ctx: RequestContext, lines: Sequence[TakenLine]
) -> dict[tuple[UUID, int], UUID]:
    """Return the product of each line; of none more may be taken than no order holds."""
    rows = db.fetch_all(
        session,
        "select requisition_id, line_no, variant_id, quantity - ordered as units"
        " from purchase_requisition_line where tenant_id = %s and requisition_id = any(%s)",
        (ctx.tenant_id, sorted({line.requisition_id for line in lines})),
    )
    left = {(row["requisition_id"], row["line_no"]): row["units"] for row in rows}
    refusals: list[DomainError] = []
    for at, line in enumerate(lines):
        key = (line.requisition_id, line.line_no)
        if key not in left:
            message = "The requisition has no such line. Load the list again."
            refusals.append(UnknownRequisition(message, fields={f"lines.{at}.line_no": message}))
        elif line.quantity > left[key]:
            message = f"{left[key]} are left to order of it."
            refusals.append(MoreThanRequested(message, fields={f"lines.{at}.quantity": message}))
        left[key] = left.get(key, 0) - line.quantity
    raise_all(refusals)
    return {(row["requisition_id"], row["line_no"]): row["variant_id"] for row in rows}


def _order(
    session: Session,
    ctx: RequestContext,
    cmd: OrderRequisitions,
    places: Sequence[int],
    variants: Mapping[tuple[UUID, int], UUID],
) -> OrderAnswer:
    """Make the order of one supplier; lines of one product become one."""
    wanted: dict[UUID, list[int]] = {}
    for at in places:
        line = cmd.lines[at]
        wanted.setdefault(variants[line.requisition_id, line.line_no], []).append(at)
    _require_one_price(cmd.lines, wanted.values())
    order = PlaceOrder(
        supplier_id=cmd.lines[places[0]].supplier_id,
        location_id=cmd.location_id,
        expected_on=cmd.expected_on,
        lines=tuple(
            OrderLine(
                variant_id=variant_id,
                quantity=sum(cmd.lines[at].quantity for at in taken),
                unit_cost=cmd.lines[taken[0]].unit_cost,
            )
            for variant_id, taken in wanted.items()
        ),
    )
    placed = placed_for(session, ctx, order, [taken[0] for taken in wanted.values()])
    takes = _takes([cmd.lines[at] for at in places])
    take_goods(session, ctx, (placed.id, placed.number), takes)
    return placed


def _require_one_price(lines: Sequence[TakenLine], alike: Iterable[Sequence[int]]) -> None:
    message = "One order has one price of a product. Give the same price on all its lines."
    raise_all(
        [
            InvalidInput(message, fields={f"lines.{at}.unit_cost": message})
            for first, *others in alike
            for at in others
            if lines[at].unit_cost != lines[first].unit_cost
        ]
    )


def placed_for(
    session: Session, ctx: RequestContext, order: PlaceOrder, places: Sequence[int]
) -> OrderAnswer:
    """Place an order that is made of lines of another command; refusals name that command's lines.

    Args:
        places: Where each line of the order stands there.
    """
    try:
        return place_order(session, ctx, order)
    except DomainError as error:
        named = {_there(field, places): words for field, words in error.fields.items()}
        raise type(error)(error.message, fields=named, details=error.details) from error


def _there(field: str, places: Sequence[int]) -> str:
    first, _, rest = field.partition(".")
    if first == "supplier_id":
        return f"lines.{places[0]}.supplier_id"
    at, _, part = rest.partition(".")
    return f"lines.{places[int(at)]}.{part}" if first == "lines" and at.isdigit() else field


def _takes(lines: Sequence[TakenLine]) -> list[Take]:
    units: dict[tuple[UUID, int], int] = {}
    for line in lines:
        key = (line.requisition_id, line.line_no)
        units[key] = units.get(key, 0) + line.quantity
    return [Take(*key, quantity) for key, quantity in units.items()]
