"""Goods receipts: incoming stock becomes on-hand stock."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, raise_all
from erp.core.formatting import expiry_text
from erp.core.ids import new_id
from erp.core.money import round_money
from erp.core.quantity import to_base_units
from erp.models.inventory import GoodsReceipt, GoodsReceiptLine, LocationKind
from erp.services import catalog, party
from erp.services.inventory.checking_quality import (
    Checked,
    CheckedGoods,
    PointAnswers,
    check_lines,
    keep_checks,
)
from erp.services.inventory.errors import ShortShelfLife
from erp.services.inventory.events import GoodsReceived
from erp.services.inventory.labelling import LotLabel, check_label, ensure_lots
from erp.services.inventory.moving import Movement, Origin, write_moves
from erp.services.inventory.places import Place, get_owned_place, outside
from erp.services.inventory.posting import instant_of, post_stock
from erp.services.inventory.shelf_life import shelf_days
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
        quantity: Units that are paid for, in `unit`. free_quantity: units that are not; they
            may come alone.
        unit: A unit of the product; empty for its base unit.
        unit_cost: Price of one `unit`, tax excluded, free units not counted.
        mrp: Maximum retail price of one base unit, tax included.
        ptr: Price to retailer of one base unit, tax excluded; pts: price to stockist.
        checks: What was found at the points of the product's checklist.
    """

    variant_id: UUID
    lot_number: LotNumber = ""
    maker: Text = ""
    manufactured_on: Day | None = None
    expires_on: Day | None = None
    mrp: Annotated[Amount, Field(gt=0)]
    ptr: UnitPrice | None = None
    pts: UnitPrice | None = None
    quantity: UnitQuantity
    free_quantity: UnitQuantity = Decimal(0)
    unit: Annotated[str, Field(max_length=20)] = ""
    unit_cost: UnitPrice
    checks: PointAnswers = ()


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
    """What a line of the delivery became: base units of a lot and their cost.

    Attributes:
        is_apart: It failed its checklist.
    """

    line_no: int
    variant_id: UUID
    lot_id: UUID
    quantity: int
    value: Decimal
    is_apart: bool = False


class ReceivedGoods(Result):
    """The delivery as it was taken in."""

    receipt_id: UUID
    location_id: UUID
    value: Decimal
    lines: list[ReceivedLine]


@dataclass(frozen=True, slots=True)
class _Counted:
    """A line in base units, `paid` and `free`, with the cost of all of them."""

    source: ReceiptLine
    label: LotLabel
    unit: str
    paid: int
    free: int
    value: Decimal

    @property
    def line_no(self) -> int:
        return self.label.at + 1


@command("inventory.receive_goods", permission="inventory.receive", rest="POST /goods-receipts")
def receive_goods(session: Session, ctx: RequestContext, cmd: ReceiveGoods) -> ReceivedGoods:
    """Record a delivery and raise what is on hand; what fails its checklist is put apart at once.

    Free units join the lot and share the cost of the paid ones. Debits inventory and credits
    goods received not invoiced with the cost; tax is for the supplier's bill.

    Raises:
        UnknownProduct: A variant is not in the acting tenant.
        InvalidInput: A quantity is no whole number of base units, a lot number or an expiry is
            missing, dates contradict each other, or the day is still to come.
        ExpiredLot: Goods are past their last usable day.
        MrpDiffers: The lot is known with another MRP.
        ShortShelfLife: Goods have less life left than is asked of the form and the supplier on the
            day they came; may be confirmed.
        LicenceMissing, LicenceOtherForm, LicenceExpired: Medicines come from a supplier who may not
            sell them to us; may be confirmed.
        OtherExpiry: The lot number is known with another expiry; may be confirmed.
        PointUnanswered: A required point of a checklist has no answer; names `lines.N.checks.POINT`.
        UnknownPlace: Goods fail, and their warehouse has no quarantine.

    Emits:
        inventory.goods_received.v1, in the same transaction; inventory.goods_quarantined.v1 where
        goods fail.
    """
    place = get_owned_place(session, ctx, cmd.location_id)
    received_at = instant_of(ctx, cmd.received_on, "received_on")
    received_on = cmd.received_on or ctx.today
    checked = check_lines(session, ctx, [(line.variant_id, line.checks) for line in cmd.lines])
    counted, lines = _lines(session, ctx, cmd, (received_at, received_on), checked)
    value = sum((line.value for line in lines), Decimal("0.00"))
    origin = Origin("goods_receipt", new_id())
    _keep(
        session, ctx, cmd, (origin.id, place, received_on, value), zip(counted, lines, strict=True)
    )
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
    looked_at = [
        (checked[at], CheckedGoods(line.line_no, line.lot_id, line.quantity))
        for at, line in enumerate(lines)
        if at in checked
    ]
    keep_checks(session, ctx, (origin.id, place), looked_at)
    return ReceivedGoods(receipt_id=origin.id, location_id=place.id, value=value, lines=list(lines))


def _lines(
    session: Session,
    ctx: RequestContext,
    cmd: ReceiveGoods,
    came: tuple[datetime, date],
    checked: Mapping[int, Checked],
) -> tuple[list[_Counted], list[ReceivedLine]]:
    """Return the lines in base units, and of lots, which are made where they are new."""
    received_at, received_on = came
    if cmd.supplier_id is not None:
        party.check_known(session, ctx, cmd.supplier_id, "supplier_id")
        variants = [line.variant_id for line in cmd.lines]
        catalog.require_licensed_source(session, ctx, cmd.supplier_id, variants)
    counted = _count(session, ctx, cmd, received_on)
    lots = ensure_lots(session, ctx, [line.label for line in counted], cmd.supplier_id, received_at)
    return counted, [
        ReceivedLine(
            line_no=line.line_no,
            variant_id=line.label.variant_id,
            lot_id=lots[line.label].id,
            quantity=line.paid + line.free,
            value=line.value,
            is_apart=bool(at in checked and checked[at].refused),
        )
        for at, line in enumerate(counted)
    ]


def _count(
    session: Session, ctx: RequestContext, cmd: ReceiveGoods, received_on: date
) -> list[_Counted]:
    """Return the lines in base units after every check; all fields at fault are named at once."""
    variants = catalog.get_stock_variants(session, ctx, [line.variant_id for line in cmd.lines])
    asked = shelf_days(session, ctx, cmd.supplier_id, variants, received_on)
    refusals: list[DomainError] = []
    counted: list[_Counted] = []
    for at, line in enumerate(cmd.lines):
        variant = variants[line.variant_id]
        label = _label(line, variant, at)
        refusals += check_label(ctx, label, variant, received_on)
        refusals += _short_life(ctx, label, asked[line.variant_id][1], received_on)
        try:
            counted.append(_counted(line, variant, label))
        except InvalidInput as error:
            field = "unit" if isinstance(error, catalog.UnknownUnit) else "quantity"
            refusals.append(
                type(error)(error.message, fields={f"lines.{at}.{field}": error.message})
            )
    raise_all(refusals)
    return counted


def _short_life(
    ctx: RequestContext, label: LotLabel, days: int, received_on: date
) -> Iterator[DomainError]:
    """Yield that goods which may still be sold have less life left than is asked of them."""
    expires = label.expires_on
    if expires is None or expires < max(received_on, ctx.today):
        return
    if expires < received_on + timedelta(days=days) and ShortShelfLife.code not in ctx.confirmed:
        message = (
            f"These goods are good until {expiry_text(expires)}, less than"
            f" {days} days. Confirm to take them all the same."
        )
        yield ShortShelfLife(message, fields={f"lines.{label.at}.expires_on": message})


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
    if not units:
        return Decimal("0.0000")
    cost = Fraction(line.unit_cost) * Fraction(line.quantity) / units
    return (Decimal(cost.numerator) / Decimal(cost.denominator)).quantize(Decimal("0.0001"))


def _counted(line: ReceiptLine, variant: catalog.StockVariant, label: LotLabel) -> _Counted:
    factor = variant.factor(line.unit)
    paid, free = to_base_units(line.quantity, factor), to_base_units(line.free_quantity, factor)
    value = round_money(line.unit_cost * line.quantity)
    if not paid + free:
        raise InvalidInput("Give the units that came, paid for or free.")
    return _Counted(line, label, line.unit or variant.base_unit, paid, free, value)


def _keep(
    session: Session,
    ctx: RequestContext,
    cmd: ReceiveGoods,
    head: tuple[UUID, Place, date, Decimal],
    lines: Iterable[tuple[_Counted, ReceivedLine]],
) -> None:
    """Keep the delivery as a document; bills are matched with it."""
    receipt_id, place, received_on, value = head
    receipt = {
        "tenant_id": ctx.tenant_id,
        "id": receipt_id,
        "branch_id": place.branch_id,
        "location_id": place.id,
        "supplier_id": cmd.supplier_id,
        "reference": cmd.reference,
        "received_on": received_on,
        "value": value,
        "received_by": ctx.user_id,
        "received_at": ctx.now,
    }
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "receipt_id": receipt_id,
            "line_no": line.line_no,
            "variant_id": line.variant_id,
            "lot_id": line.lot_id,
            "unit": counted.unit,
            "quantity": counted.source.quantity,
            "free_quantity": counted.source.free_quantity,
            "paid": counted.paid,
            "free": counted.free,
            "unit_cost": counted.source.unit_cost,
            "value": line.value,
        }
        for counted, line in lines
    ]
    db.insert_rows(session, GoodsReceipt, [receipt])
    db.insert_rows(session, GoodsReceiptLine, rows)


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
