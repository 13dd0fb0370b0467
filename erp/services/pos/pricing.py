"""A cart drawn up as a bill: lots allocated, prices checked, tax worked out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.money import ZERO
from erp.services import billing, catalog, inventory
from erp.services.billing import (
    Delivery,
    PriceMode,
    Supply,
    SupplyKind,
    SupplyLine,
    SupplyTotals,
    TaxedSupply,
    Treatment,
)
from erp.services.catalog import SaleLine
from erp.services.inventory import Pick, Wanted
from erp.services.party import SaleParty
from erp.services.platform import (
    Closed,
    Percent,
    Quantity,
    Text,
    UnitPrice,
)
from erp.services.pos.errors import PriceChanged
from erp.services.pos.shifts import OpenShift

HUNDRED = Decimal(100)
LEVEL_PLACES = Decimal("0.0001")
REGISTERED = frozenset({"regular", "composition", "sez"})
MAX_LINES = 200


class CartLine(Closed):
    """A line of the cart, in base units.

    Attributes:
        unit_price: The price the customer was shown; another price now is refused.
        lot_id: A lot the cashier insists on, e.g. the pack in hand; `reason` says why.
    """

    variant_id: UUID
    quantity: Quantity
    unit_price: UnitPrice | None = None
    discount_percent: Percent = ZERO
    lot_id: UUID | None = None
    reason: Text = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """A cart with its lots, prices and tax, before it is paid."""

    lines: tuple[tuple[CartLine, SaleLine, Pick], ...]
    taxed: TaxedSupply
    place_of_supply: str

    @property
    def totals(self) -> SupplyTotals:
        """Sums of the bill."""
        return self.taxed.totals

    @property
    def discount_level(self) -> Decimal:
        """The largest discount in percent that any line is given, its share of the bill's included.

        As asked for, to four places: a paisa that rounding adds to a line needs no approval.
        """
        asked = max(line.discount_percent for line, _, _ in self.lines)
        net = self.totals.gross - self.totals.line_discount
        kept = (HUNDRED - asked) * (net - self.totals.bill_discount) / net if net else ZERO
        return (HUNDRED - kept).quantize(LEVEL_PLACES, ROUND_HALF_UP)


def draw_up(
    session: Session,
    ctx: RequestContext,
    shift: OpenShift,
    buyer: SaleParty,
    lines: Sequence[CartLine],
    bill_discount: Decimal,
) -> Bill:
    """Allocate lots to a cart and work out its prices and tax.

    Prices are the MRP of the lot, tax included; a line over several lots becomes several.
    Locks the balances of the basket.

    Raises:
        InvalidInput: A line is a service, which has no MRP.
        InsufficientStock: Lines are short; all are named.
        PriceChanged: A price is not the one the customer was shown.
    """
    goods = catalog.get_lines_for_sale(session, ctx, [line.variant_id for line in lines], ctx.today)
    picks = _allocate(session, ctx, shift, goods, lines)
    parts = tuple((lines[pick.line_no - 1], goods[pick.variant_id], pick) for pick in picks)
    _check_prices(parts)
    place = _place_of_supply(shift, buyer)
    taxed = billing.tax_supply(
        Supply(
            seller_state=shift.seller_state,
            place_of_supply=place,
            price_mode=PriceMode.INCLUSIVE,
            lines=[_supply_line(*part) for part in parts],
            bill_discount=bill_discount,
            is_rounded=True,
            is_sez=buyer.gst_category == "sez",
            is_composition=shift.is_composition,
            is_unregistered=shift.is_unregistered,
        )
    )
    return Bill(parts, taxed, place)


def _allocate(
    session: Session,
    ctx: RequestContext,
    shift: OpenShift,
    goods: Mapping[UUID, SaleLine],
    lines: Sequence[CartLine],
) -> list[Pick]:
    _refuse_services(goods, lines)
    wanted = [
        Wanted(number, line.variant_id, line.quantity, line.lot_id, line.reason)
        for number, line in enumerate(lines, start=1)
    ]
    return inventory.allocate(session, ctx, shift.location_id, wanted)


def _refuse_services(goods: Mapping[UUID, SaleLine], lines: Sequence[CartLine]) -> None:
    """A till sells at the MRP of a lot, which a service has not."""
    services = {
        f"lines.{at}.variant_id": f"{goods[line.variant_id].label} is a service and has no MRP"
        for at, line in enumerate(lines)
        if goods[line.variant_id].is_service
    }
    if services:
        message = "; ".join(services.values()) + ". Take it off the bill."
        raise InvalidInput(message, fields=services)


def _check_prices(parts: Sequence[tuple[CartLine, SaleLine, Pick]]) -> None:
    stale: dict[str, str] = {}
    for line, goods, pick in parts:
        if line.unit_price is not None and line.unit_price != pick.mrp:
            stale[f"lines.{pick.line_no - 1}.unit_price"] = (
                f"{goods.label} now costs {pick.mrp}, not {line.unit_price}"
            )
    if stale:
        raise PriceChanged(
            "Prices have changed: "
            + "; ".join(stale.values())
            + ". Show the customer and try again.",
            fields=stale,
        )


def _place_of_supply(shift: OpenShift, buyer: SaleParty) -> str:
    is_registered = buyer.gst_category in REGISTERED
    return billing.place_of_supply(
        Delivery(
            kind=SupplyKind.GOODS,
            seller_state=shift.seller_state,
            is_recipient_registered=is_registered,
            recipient_state=buyer.state_code,
            address_state=None if is_registered or buyer.is_walk_in else buyer.state_code,
        )
    ).state_code


def _supply_line(line: CartLine, goods: SaleLine, pick: Pick) -> SupplyLine:
    return SupplyLine(
        ref=str(pick.line_no),
        quantity=Decimal(pick.quantity),
        unit_price=pick.mrp,
        gst_rate=goods.rate,
        treatment=Treatment(goods.treatment.upper()),
        discount_pct=line.discount_percent or None,
    )
