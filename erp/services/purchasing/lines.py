"""The lines of an order: checked, turned into base units, and kept as a version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, raise_all
from erp.core.ids import new_id
from erp.core.money import ZERO, round_money
from erp.core.quantity import to_base_units
from erp.models.purchasing import PurchaseOrderLine, PurchaseOrderProgress
from erp.services import catalog
from erp.services.inventory import UnitQuantity
from erp.services.platform import Closed, UnitPrice
from erp.services.purchasing.errors import BelowReceived, TwiceOnOrder
from erp.services.purchasing.holding import Progress

MOST_LINES = 500
HUNDRED = Decimal(100)


class OrderLine(Closed):
    """Goods to order.

    Attributes:
        quantity: Units to be paid for, in `unit`. free_quantity: units on top that are not.
        unit: A unit of the product; empty for its base unit.
        unit_cost: Price of one `unit`, tax excluded, free units not counted.
    """

    variant_id: UUID
    quantity: Annotated[UnitQuantity, Field(gt=0)]
    free_quantity: UnitQuantity = Decimal(0)
    unit: Annotated[str, Field(max_length=20)] = ""
    unit_cost: UnitPrice


OrderLines = Annotated[tuple[OrderLine, ...], Field(min_length=1, max_length=MOST_LINES)]


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A line with its base units, its tax rate in percent, and its value without tax."""

    asked: OrderLine
    unit: str
    base_quantity: int
    base_free: int
    rate: Decimal
    value: Decimal

    @property
    def tax(self) -> Decimal:
        """GST to expect on the line."""
        return round_money(self.value * self.rate / HUNDRED)


def lay_out(session: Session, ctx: RequestContext, lines: Sequence[OrderLine]) -> list[LaidOut]:
    """Return the lines in base units with today's tax; all fields at fault are named at once.

    Raises:
        UnknownProduct: A variant is not in the acting tenant. NotStocked: It is a service.
        InactiveProduct: It was taken out of trade. NoTaxRate: It has no tax rate today.
        TwiceOnOrder: A product stands on two lines.
        UnknownUnit: A product is not traded in the unit.
        InvalidInput: A quantity is no whole number of base units.
    """
    ids = [line.variant_id for line in lines]
    variants = catalog.get_stock_variants(session, ctx, ids)
    taxed = catalog.get_lines_for_sale(session, ctx, ids, ctx.today)
    refusals: list[DomainError] = _twice(ids)
    laid: list[LaidOut] = []
    for at, line in enumerate(lines):
        try:
            laid.append(_laid(line, variants[line.variant_id], taxed[line.variant_id].rate))
        except InvalidInput as error:
            field = "unit" if isinstance(error, catalog.UnknownUnit) else "quantity"
            named = {f"lines.{at}.{field}": error.message}
            refusals.append(type(error)(error.message, fields=named))
    raise_all(refusals)
    return laid


def _laid(line: OrderLine, variant: catalog.StockVariant, rate: Decimal) -> LaidOut:
    factor = variant.factor(line.unit)
    return LaidOut(
        asked=line,
        unit=line.unit or variant.base_unit,
        base_quantity=to_base_units(line.quantity, factor),
        base_free=to_base_units(line.free_quantity, factor),
        rate=rate,
        value=round_money(line.quantity * line.unit_cost),
    )


def _twice(ids: Sequence[UUID]) -> list[DomainError]:
    message = "This product is on another line already. Put both quantities on one line."
    return [
        TwiceOnOrder(message, fields={f"lines.{at}.variant_id": message})
        for at, variant_id in enumerate(ids)
        if variant_id in ids[:at]
    ]


def value_of(laid: Sequence[LaidOut]) -> tuple[Decimal, Decimal]:
    """Return the value of lines without tax, and the tax to expect on them."""
    return sum((x.value for x in laid), ZERO), sum((x.tax for x in laid), ZERO)


def require_at_least(laid: Sequence[LaidOut], came: Sequence[Progress]) -> None:
    """Refuse lines that ask for less than has come.

    Raises:
        BelowReceived: Names the lines; a line that is missing is named with its product.
    """
    wanted = {line.asked.variant_id: (at, line) for at, line in enumerate(laid)}
    refusals: list[DomainError] = []
    for done in came:
        if not done.received + done.free_received:
            continue
        if done.variant_id not in wanted:
            message = f"Goods of line {done.line_no} have come already. Keep the line."
            refusals.append(BelowReceived(message, fields={"lines": message}))
            continue
        at, line = wanted[done.variant_id]
        refusals += _less(line.base_quantity, done.received, f"lines.{at}.quantity")
        refusals += _less(line.base_free, done.free_received, f"lines.{at}.free_quantity")
    raise_all(refusals)


def _less(asked: int, received: int, field: str) -> list[DomainError]:
    if asked >= received:
        return []
    message = f"{received} have come already. Ask for that many or more."
    return [BelowReceived(message, fields={field: message})]


def write_lines(
    session: Session,
    ctx: RequestContext,
    version_of: tuple[UUID, int],
    laid: Sequence[LaidOut],
    came: Sequence[Progress],
) -> None:
    """Keep the lines of a version; a product keeps the line number it first had."""
    order_id, version = version_of
    numbers = _numbers(laid, came)
    known = {done.variant_id for done in came}
    fresh = [
        {
            "tenant_id": ctx.tenant_id,
            "order_id": order_id,
            "line_no": numbers[line.asked.variant_id],
            "variant_id": line.asked.variant_id,
            "received": 0,
            "free_received": 0,
        }
        for line in laid
        if line.asked.variant_id not in known
    ]
    db.insert_rows(session, PurchaseOrderProgress, fresh)
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "order_id": order_id,
            "version": version,
            "line_no": numbers[line.asked.variant_id],
            "variant_id": line.asked.variant_id,
            "quantity": line.asked.quantity,
            "free_quantity": line.asked.free_quantity,
            "unit": line.unit,
            "base_quantity": line.base_quantity,
            "base_free": line.base_free,
            "unit_cost": line.asked.unit_cost,
            "gst_rate": line.rate,
            "value": line.value,
        }
        for line in laid
    ]
    db.insert_rows(session, PurchaseOrderLine, rows)


def _numbers(laid: Sequence[LaidOut], came: Sequence[Progress]) -> Mapping[UUID, int]:
    numbers = {done.variant_id: done.line_no for done in came}
    following = max(numbers.values(), default=0)
    for line in laid:
        if line.asked.variant_id not in numbers:
            following += 1
            numbers[line.asked.variant_id] = following
    return numbers
