"""Goods receipts: incoming stock becomes on-hand stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, raise_all
from erp.core.ids import new_id
from erp.core.money import round_money
from erp.core.quantity import to_base_units
from erp.models.inventory import LocationKind
from erp.services import catalog, party
from erp.services.inventory.events import GoodsReceived
from erp.services.inventory.labelling import LotLabel, check_label, ensure_lots
from erp.services.inventory.moving import Movement, Origin, write_moves
from erp.services.inventory.places import Place, get_owned_place, outside
from erp.services.inventory.posting import instant_of, post_stock
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

LARGEST_QUANTITY = 10_000_000

UnitQuantity = Annotated[Decimal, Field(ge=0, le=LARGEST_QUANTITY, max_digits=14, decimal_places=6)]


def _upper(value: str) -> str:
    return value.upper()


LotNumber = Annotated[str, Field(max_length=40, pattern=r"^[\x20-\x7e]*$"), AfterValidator(_upper)]
"""As printed on the pack, in upper case; empty for goods that are not tracked by lot."""


class ReceiptLine(Closed):
    """Goods of one lot on a delivery.

    Attributes:
        quantity: Units that are paid for, in `unit`. free_quantity: units on top that are not.
        unit: A unit of the product; empty for its base unit.
        unit_cost: Price of one `unit`, tax excluded, free units not counted.
        mrp: Maximum retail price of one base unit, tax included.
        ptr: Price to retailer of one base unit, tax excluded; pts: price to stockist.
    """

    variant_id: UUID
    lot_number: LotNumber = ""
    maker: Text = ""
    manufactured_on: Day | None = None
    expires_on: Day | None = None
    mrp: Annotated[Amount, Field(gt=0)]
    ptr: UnitPrice | None = None
    pts: UnitPrice | None = None
    quantity: Annotated[UnitQuantity, Field(gt=0)]
    free_quantity: UnitQuantity = Decimal(0)
    unit: Annotated[str, Field(max_length=20)] = ""
    unit_cost: UnitPrice


class ReceiveGoods(Command):
    """Put a delivery on hand.

    Attributes:
        location_id: Where the goods are put; the branch's first storage where none is named.
        reference: The supplier's document.
        received_on: Business date; today where none is given.
    """

    location_id: UUID | None = None
    supplier_id: UUID | None = None
    reference: Text = ""
    received_on: Day | None = None
    lines: Annotated[tuple[ReceiptLine, ...], Field(min_length=1, max_length=500)]


class ReceivedLine(Result):
    """What a line of the delivery became: base units of a lot and their cost."""

    line_no: int
    variant_id: UUID
    lot_id: UUID
    quantity: int
    value: Decimal


class GoodsReceipt(Result):
    """The delivery as it was taken in."""

    receipt_id: UUID
    location_id: UUID
    value: Decimal
    lines: list[ReceivedLine]


@dataclass(frozen=True, slots=True)
class _Counted:
    """A line in base units: `paid` and `free`, with the cost of all of them."""

    line_no: int
    label: LotLabel
    quantity: int
    value: Decimal


@command("inventory.receive_goods", permission="inventory.receive", rest="POST /goods-receipts")
def receive_goods(session: Session, ctx: RequestContext, cmd: ReceiveGoods) -> GoodsReceipt:
    """Record a delivery and raise what is on hand.

    Free units join the lot and share the cost of the paid ones. Debits inventory and credits
    goods received not invoiced with the cost; tax is for the supplier's bill.

    Raises:
        UnknownProduct: A variant is not in the acting tenant.
        InvalidInput: A quantity is no whole number of base units, a lot number or an expiry is
            missing, dates contradict each other, or the day is still to come.
        ExpiredLot: Goods are past their last usable day.
        MrpDiffers: The lot is known with another MRP.
        ShortShelfLife: Goods have less life left than the shop asks for; may be confirmed.
        OtherExpiry: The lot number is known with another expiry; may be confirmed.

    Emits:
        inventory.goods_received.v1, in the same transaction.
    """
    place = get_owned_place(session, ctx, cmd.location_id)
    received_at = instant_of(ctx, cmd.received_on, "received_on")
    received_on = cmd.received_on or ctx.today
    lines = _lines(session, ctx, cmd, received_on)
    value = sum((line.value for line in lines), Decimal("0.00"))
    origin = Origin("goods_receipt", new_id())
    _put_on_hand(session, ctx, place, lines, (origin, received_at, cmd.reference))
    narration = f"Goods received {cmd.reference}".strip()
    changes = {place.account_key: value, "grni": -value}
    post_stock(session, ctx, origin, narration, changes, received_on)
    event = GoodsReceived(
        receipt_id=origin.id,
        location_id=place.id,
        supplier_id=cmd.supplier_id,
        lot_ids=[line.lot_id for line in lines],
        value=value,
    )
    emit(session, ctx, origin.id, event)
    return GoodsReceipt(receipt_id=origin.id, location_id=place.id, value=value, lines=list(lines))


def _lines(
    session: Session, ctx: RequestContext, cmd: ReceiveGoods, received_on: date
) -> list[ReceivedLine]:
    """Return the lines in base units of lots, which are made where they are new."""
    if cmd.supplier_id is not None:
        party.check_known(session, ctx, cmd.supplier_id, "supplier_id")
    counted = _count(session, ctx, cmd, received_on)
    lots = ensure_lots(session, ctx, [line.label for line in counted], cmd.supplier_id)
    return [
        ReceivedLine(
            line_no=line.line_no,
            variant_id=line.label.variant_id,
            lot_id=lots[line.label].id,
            quantity=line.quantity,
            value=line.value,
        )
        for line in counted
    ]


def _count(
    session: Session, ctx: RequestContext, cmd: ReceiveGoods, received_on: date
) -> list[_Counted]:
    """Return the lines in base units after every check; all fields at fault are named at once."""
    variants = catalog.get_stock_variants(session, ctx, [line.variant_id for line in cmd.lines])
    refusals: list[DomainError] = []
    counted: list[_Counted] = []
    for at, line in enumerate(cmd.lines):
        variant = variants[line.variant_id]
        label = _label(line, variant, at)
        refusals += check_label(ctx, label, variant, received_on)
        try:
            counted.append(_counted(line, variant, label))
        except InvalidInput as error:
            field = "unit" if isinstance(error, catalog.UnknownUnit) else "quantity"
            refusals.append(
                type(error)(error.message, fields={f"lines.{at}.{field}": error.message})
            )
    raise_all(refusals)
    return counted


def _label(line: ReceiptLine, variant: catalog.StockVariant, at: int) -> LotLabel:
    is_tracked = variant.is_lot_tracked
    return LotLabel(
        at=at,
        variant_id=line.variant_id,
        lot_number=line.lot_number if is_tracked else line.lot_number or f"MRP {line.mrp:.2f}",
        maker=line.maker,
        manufactured_on=line.manufactured_on,
        expires_on=line.expires_on,
        mrp=round_money(line.mrp),
        ptr=line.ptr,
        pts=line.pts,
        unit_cost=_cost_of_base_unit(line, variant),
    )


def _cost_of_base_unit(line: ReceiptLine, variant: catalog.StockVariant) -> Decimal:
    """Return the cost of one base unit, paid and free together, to four places."""
    units = Fraction(line.quantity + line.free_quantity) * variant.units.get(line.unit, Fraction(1))
    cost = Fraction(line.unit_cost) * Fraction(line.quantity) / units
    return (Decimal(cost.numerator) / Decimal(cost.denominator)).quantize(Decimal("0.0001"))


def _counted(line: ReceiptLine, variant: catalog.StockVariant, label: LotLabel) -> _Counted:
    factor = variant.factor(line.unit)
    paid, free = to_base_units(line.quantity, factor), to_base_units(line.free_quantity, factor)
    value = round_money(line.unit_cost * line.quantity)
    return _Counted(label.at + 1, label, paid + free, value)


def _put_on_hand(
    session: Session,
    ctx: RequestContext,
    place: Place,
    lines: Sequence[ReceivedLine],
    at: tuple[Origin, datetime, str],
) -> None:
    origin, received_at, reference = at
    suppliers = outside(session, ctx, LocationKind.SUPPLIER)
    movements = [
        Movement(
            line.variant_id, line.lot_id, suppliers, place.id, line.quantity, line.value,
            line.line_no, reference,
        )
        for line in lines
    ]  # fmt: skip
    write_moves(session, ctx, origin, movements, received_at)
