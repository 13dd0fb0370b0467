"""A cart drawn up as a bill: lots allocated, prices and schemes found, tax worked out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.money import ZERO, round_to_rupee
from erp.services import billing, catalog, inventory, sales
from erp.services.billing import (
    ComingBack,
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
from erp.services.pos.basket import Basket, CartLine
from erp.services.pos.errors import AboveMrp, PriceChanged
from erp.services.pos.giving import all_handed, giver_of, handed_over
from erp.services.pos.shifts import OpenShift
from erp.services.sales import Asked, Discount, FreeGoods, LotPrices, PriceBook

HUNDRED = Decimal(100)
LEVEL_PLACES = Decimal("0.0001")
REGISTERED = frozenset({"regular", "composition", "sez"})


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a bill is drawn up for.

    Attributes:
        purpose: A sale; one that was `paid` already; or a `quote`, which holds nothing.
        back: Goods of an earlier bill that come back for what goes out.
        freed_id: That bill's sale, where nothing of it is left: its coupon may be used for what goes out.
    """

    purpose: Literal["sale", "paid", "quote"] = "sale"
    back: ComingBack | None = None
    freed_id: UUID | None = None

    @property
    def is_held(self) -> bool:
        """Whether goods, coupon and customer are held until the transaction ends."""
        return self.purpose != "quote"


SALE = Occasion()


@dataclass(frozen=True, slots=True)
class Part:
    """Units of one lot on the bill: a line, or a piece of it, or what comes free with it.

    Attributes:
        line: Place of the cart line, from 0.
        asked: The cart line, its quantity in base units.
        unit_price: Of a base unit, tax included; zero for free units.
        trace: Why the price is that.
    """

    line: int
    asked: CartLine
    goods: SaleLine
    pick: Pick
    unit_price: Decimal
    trace: Mapping[str, Any]
    is_free: bool = False


@dataclass(frozen=True, slots=True)
class Bill:
    """A cart with its lots, prices and tax, before it is paid.

    Attributes:
        ceilings: Of discounts, by variant, as far as they bind the actor.
    """

    parts: tuple[Part, ...]
    taxed: TaxedSupply
    place_of_supply: str
    discount: Discount
    ceilings: Mapping[UUID, Decimal]

    @property
    def totals(self) -> SupplyTotals:
        """Sums of the bill."""
        return self.taxed.totals

    @property
    def discount_level(self) -> Decimal:
        """The largest discount in percent that any line is given, its share of the bill's included.

        As asked for, to four places: a paisa that rounding adds to a line needs no approval. What
        lists, schemes and coupons give is no discount of the cashier's.
        """
        return max(self.level_of(part) for part in self.parts)

    def level_of(self, part: Part) -> Decimal:
        """Return the discount in percent that a part is given, its share of the bill's included."""
        net = self.totals.gross - self.totals.line_discount
        asked = HUNDRED - part.asked.discount_percent
        kept = asked * (net - self.discount.by_person) / net if net else ZERO
        return (HUNDRED - kept).quantize(LEVEL_PLACES, ROUND_HALF_UP)

    def beyond(self, ceilings: Mapping[UUID, Decimal]) -> str:
        """Say which goods are given more than their ceiling; nothing where none are."""
        for part in self.parts:
            most = ceilings.get(part.pick.variant_id)
            if most is not None and not part.is_free and self.level_of(part) > most:
                return f"{part.goods.label} has a ceiling of {most.normalize():f}%"
        return ""

    def rounded_against(self, credit: Decimal) -> "Bill":
        """Return the bill rounded so that what it costs beyond a credit is whole rupees."""
        totals = self.totals
        due = totals.total - credit
        off = round_to_rupee(due) - due
        off = off if totals.total + off >= 0 else ZERO
        value = replace(totals, round_off=off, invoice_value=totals.total + off)
        return replace(self, taxed=replace(self.taxed, totals=value))


def draw_up(
    session: Session,
    ctx: RequestContext,
    shift: OpenShift,
    buyer: SaleParty,
    basket: Basket,
    occasion: Occasion = SALE,
) -> Bill:
    """Allocate lots to a cart and work out its prices, free goods, discounts and tax.

    Prices are those of the customer's lists, the MRP of the lot where there is none, tax included; a
    line over several lots becomes several. Locks the balances of the basket, its coupon, and the customer
    where goods are capped for each.

    A bill that is `paid` books what was paid already: a price of a line stands within the MRP of its lot,
    and its trace keeps what the goods would cost now. For a `quote` neither goods nor the customer are
    locked. What comes back in the same transaction is not counted to what the customer had.

    Raises:
        InvalidInput: A line is a service, which has no MRP.
        UnknownUnit, NotWholeUnits: Goods are not traded in a line's unit, or it does not come out
            whole in base units.
        CustomerLicenceMissing: A reseller has no drug licence in force.
        BeyondCap: More of a product than may be sold at once, or to this customer in a day or month;
            all lines are named.
        MoreThanScheme: A line hands over more free units than its scheme gives.
        InsufficientStock: Lines are short; all are named.
        PriceChanged: A price is not the one the customer was shown.
        AboveMrp: What was paid is more than the MRP of a lot.
        CouponRefused: The coupon does not hold for this bill.
    """
    ids = [line.variant_id for line in basket.lines]
    goods = catalog.get_lines_for_sale(session, ctx, ids, ctx.today)
    lines = _counted(goods, basket.lines)
    _refuse_services(goods, lines)
    book = sales.load_prices(session, ctx, buyer, goods.values())
    asked = sales.count_cart([(goods[line.variant_id], line.quantity) for line in lines])
    free = handed_over(sales.free_goods(book, asked.values()), lines)
    goods = {**goods, **_gifts(session, ctx, goods, free)}
    sales.require_licence(session, ctx, buyer, goods.values())
    handed = all_handed(lines, goods, asked, free)
    sales.require_within_cap(handed)
    choose = inventory.allocate if occasion.is_held else inventory.foresee
    picks = choose(session, ctx, shift.location_id, _wanted(lines, free), with_parts=True)
    parts = _parts(lines, goods, picks, free)
    parts = [_priced(book, asked, part) for part in parts]
    if occasion.purpose == "paid":
        parts = [_as_paid(part) for part in parts]
    _check_prices(parts)
    bill = _taxed(session, ctx, shift, buyer, (basket, occasion), parts)
    billing.require_within_period(
        session, ctx, buyer, handed, is_held=occasion.is_held, back=occasion.back
    )
    return bill


def _counted(goods: Mapping[UUID, SaleLine], lines: Sequence[CartLine]) -> tuple[CartLine, ...]:
    """Return the lines with their quantities in base units."""
    asked = [(line.variant_id, line.quantity, line.unit) for line in lines]
    units = catalog.count_base_units(goods, asked)
    return tuple(
        line if line.quantity == count else line.model_copy(update={"quantity": count})
        for line, count in zip(lines, units, strict=True)
    )


def _gifts(
    session: Session, ctx: RequestContext, goods: Mapping[UUID, SaleLine], free: Iterable[FreeGoods]
) -> Mapping[UUID, SaleLine]:
    """Return the goods that come free and are not in the cart themselves."""
    missing = sorted({gift.variant_id for gift in free} - goods.keys())
    return catalog.get_lines_for_sale(session, ctx, missing, ctx.today) if missing else {}


def _wanted(lines: Sequence[CartLine], free: Sequence[FreeGoods]) -> list[Wanted]:
    """Return what is asked of the stock: units that come free after all paid ones of the same goods."""
    last = {line.variant_id: at for at, line in enumerate(lines, start=1)}
    same = {last[gift.variant_id]: gift.quantity for gift in free if _is_same(gift)}
    wanted = [
        Wanted(at, line.variant_id, line.quantity + same.get(at, 0), line.lot_id, line.reason)
        for at, line in enumerate(lines, start=1)
    ]
    others = [gift for gift in free if not _is_same(gift)]
    return wanted + [
        Wanted(len(lines) + at, gift.variant_id, gift.quantity)
        for at, gift in enumerate(others, start=1)
    ]


def _is_same(gift: FreeGoods) -> bool:
    return gift.variant_id == gift.for_variant_id


def _parts(
    lines: Sequence[CartLine],
    goods: Mapping[UUID, SaleLine],
    picks: Sequence[Pick],
    free: Sequence[FreeGoods],
) -> list[Part]:
    """Return the pieces of the bill: paid units first, lot by lot, then free ones."""
    unpaid = {gift.variant_id: gift for gift in free if _is_same(gift)}
    others = [gift for gift in free if not _is_same(gift)]
    left = [line.quantity for line in lines]
    parts: list[Part] = []
    for pick in picks:
        at = pick.line_no - 1
        if at >= len(lines):
            gift = others[at - len(lines)]
            parts.append(_gift(giver_of(lines, gift), lines, goods, pick, gift))
            continue
        units = min(left[at], pick.quantity)
        left[at] -= units
        if units == pick.quantity:
            parts.append(Part(at, lines[at], goods[pick.variant_id], pick, ZERO, {}))
            continue
        paid, rest = pick.split(units)
        if units:
            parts.append(Part(at, lines[at], goods[pick.variant_id], paid, ZERO, {}))
        parts.append(_gift(at, lines, goods, rest, unpaid[pick.variant_id]))
    return parts


def _gift(
    at: int,
    lines: Sequence[CartLine],
    goods: Mapping[UUID, SaleLine],
    pick: Pick,
    gift: FreeGoods,
) -> Part:
    asked = lines[at].model_copy(update={"discount_percent": ZERO})
    return Part(at, asked, goods[pick.variant_id], pick, ZERO, gift.trace, is_free=True)


def _priced(book: PriceBook, asked: Mapping[UUID, Asked], part: Part) -> Part:
    if part.is_free:
        return part
    pick = part.pick
    lot = LotPrices(
        lot_id=pick.lot_id,
        mrp=pick.mrp,
        ptr=pick.ptr,
        pts=pick.pts,
        unit_cost=pick.value / pick.quantity,
        rate=part.goods.rate,
    )
    priced = sales.price(book, asked[pick.variant_id], lot, sales.PriceMode.INCLUSIVE)
    return replace(part, unit_price=priced.unit_price, trace=priced.trace)


def _as_paid(part: Part) -> Part:
    paid = part.asked.unit_price
    if paid is None or paid == part.unit_price:
        return part
    if paid > part.pick.mrp:
        message = (
            f"{part.goods.label} was paid at {paid}, above the MRP of lot {part.pick.lot_number}."
        )
        raise AboveMrp(message, fields={f"lines.{part.line}.unit_price": message})
    trace = {"source": "paid", "paid": str(paid), "now": str(part.unit_price)}
    return replace(part, unit_price=paid, trace=trace)


def _taxed(
    session: Session,
    ctx: RequestContext,
    shift: OpenShift,
    buyer: SaleParty,
    wanted: tuple[Basket, Occasion],
    parts: Sequence[Part],
) -> Bill:
    basket, occasion = wanted
    place = _place_of_supply(shift, buyer)
    supply = Supply(
        seller_state=shift.seller_state,
        place_of_supply=place,
        price_mode=PriceMode.INCLUSIVE,
        lines=[_supply_line(part) for part in parts],
        is_rounded=True,
        is_sez=buyer.gst_category == "sez",
        is_composition=shift.is_composition,
        is_unregistered=shift.is_unregistered,
    )
    discount = Discount(basket.bill_discount)
    if basket.coupon:
        plain = billing.tax_supply(supply).totals
        value = plain.gross - plain.line_discount - basket.bill_discount
        discount = sales.with_coupon(
            session,
            ctx,
            discount,
            basket.coupon,
            buyer,
            value,
            is_held=occasion.is_held,
            freed_id=occasion.freed_id,
        )
    taxed = billing.tax_supply(replace(supply, bill_discount=discount.total))
    return Bill(tuple(parts), taxed, place, discount, _ceilings(session, ctx, basket, parts))


def _ceilings(
    session: Session, ctx: RequestContext, basket: Basket, parts: Sequence[Part]
) -> Mapping[UUID, Decimal]:
    """Return the ceilings of the goods; asked only where a person takes something off."""
    if not basket.bill_discount and not any(line.discount_percent for line in basket.lines):
        return {}
    return sales.discount_ceilings(session, ctx, [part.pick.variant_id for part in parts])


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


def _check_prices(parts: Sequence[Part]) -> None:
    stale: dict[str, str] = {}
    for part in parts:
        shown = part.asked.unit_price
        if shown is not None and shown != part.unit_price and not part.is_free:
            stale[f"lines.{part.line}.unit_price"] = (
                f"{part.goods.label} now costs {part.unit_price}, not {shown}"
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


def _supply_line(part: Part) -> SupplyLine:
    return SupplyLine(
        ref=str(part.line),
        quantity=Decimal(part.pick.quantity),
        unit_price=part.unit_price,
        gst_rate=part.goods.rate,
        treatment=Treatment(part.goods.treatment.upper()),
        discount_pct=part.asked.discount_percent or None,
        is_free=part.is_free,
    )
