"""What an order comes to: prices of the customer's lists, free goods, discounts and tax."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, NotFound, raise_all
from erp.core.gst.placing import Delivery, SupplyKind, place_of_supply
from erp.core.gst.taxing import PriceMode as TaxMode
from erp.core.gst.taxing import Supply, SupplyLine, TaxedSupply, Treatment, tax_supply
from erp.core.money import ZERO, round_money
from erp.models.sales import PriceMode
from erp.services import catalog, inventory
from erp.services.catalog import SaleLine
from erp.services.inventory import Wanted
from erp.services.party import GstCategory, SaleParty
from erp.services.platform import Closed, Percent, Quantity, UnitPrice
from erp.services.sales.ceilings import discount_ceilings
from erp.services.sales.errors import AboveListPrice, BeyondDiscount, NoPrice, TwiceOnOrder
from erp.services.sales.gating import Handed, require_licence, require_within_cap
from erp.services.sales.loading import load_prices
from erp.services.sales.pricing import Asked, LotPrices, PriceBook, count_cart, free_goods, price

MOST_LINES = 500
HUNDRED = Decimal(100)
REGISTERED = (GstCategory.REGULAR, GstCategory.COMPOSITION, GstCategory.SEZ)


class OrderedGoods(Closed):
    """Goods a customer wants.

    Attributes:
        quantity: Units to be paid for, of `unit`.
        unit: One the goods are traded in, such as a box of twelve; the base unit where none is named.
            It must come out whole in base units.
        unit_price: The price of a base unit, below the list's, that was agreed; the list's where none
            is given. Without tax for registered customers.
        discount_percent: Taken off the price.
    """

    variant_id: UUID
    quantity: Quantity
    unit: Annotated[str, Field(max_length=20)] = ""
    unit_price: UnitPrice | None = None
    discount_percent: Percent = ZERO


OrderedLines = Annotated[tuple[OrderedGoods, ...], Field(min_length=1, max_length=MOST_LINES)]


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line of an order, decided: what is paid for, what comes free, at which price, and why.

    Attributes:
        quantity, free_quantity: Base units.
        unit, ordered: What it was ordered in and how many of them, where that is not the base unit.
        unit_cost: Of the lot it is priced from; nothing where none is known.
    """

    goods: SaleLine
    quantity: int
    free_quantity: int
    unit_price: Decimal
    list_price: Decimal
    discount_percent: Decimal
    trace: Mapping[str, Any]
    taxable: Decimal = ZERO
    tax: Decimal = ZERO
    unit: str = ""
    ordered: int | None = None
    unit_cost: Decimal | None = None

    @property
    def is_below_cost(self) -> bool:
        """Tell whether paid and free units bring less than they cost, tax left out."""
        units = self.quantity + self.free_quantity
        return self.unit_cost is not None and self.taxable < round_money(self.unit_cost * units)


@dataclass(frozen=True, slots=True)
class DrawnOrder:
    """An order with its sums; prices hold the tax for customers who are not registered."""

    lines: tuple[DrawnLine, ...]
    mode: PriceMode
    place_of_supply: str
    taxed: TaxedSupply

    @property
    def discount_level(self) -> Decimal:
        """The largest part in percent that any line is below its list price."""
        return max((_lowered(line) for line in self.lines), default=ZERO)


@dataclass(frozen=True, slots=True)
class Seller:
    """The acting branch as GST sees it."""

    state: str
    is_composition: bool
    is_unregistered: bool


def mode_for(buyer: SaleParty) -> PriceMode:
    """Return whether a customer's documents tell prices with the tax."""
    return PriceMode.EXCLUSIVE if buyer.gst_category in REGISTERED else PriceMode.INCLUSIVE


def draw_order(
    session: Session,
    ctx: RequestContext,
    buyer: SaleParty,
    location_id: UUID,
    lines: Sequence[OrderedGoods],
) -> DrawnOrder:
    """Price an order from the lots that would go first, or the last one known where none is there.

    Raises:
        UnknownProduct, InactiveProduct, NoTaxRate: As the catalogue says, naming the line.
        UnknownUnit, NotWholeUnits: A line counts in a unit its product has not, or in parts of one.
        TwiceOnOrder: A product stands on two lines.
        CustomerLicenceMissing: A reseller has no drug licence in force.
        BeyondCap: More of a product than may be sold at once.
        NoPrice: A product never came, and the line gives no price.
        AboveListPrice: A line's price is above its list's.
        BeyondDiscount: A line is further below its list price than the actor, or its goods, may go.
    """
    ids = [line.variant_id for line in lines]
    raise_all(_twice(ids))
    goods = dict(catalog.get_lines_for_sale(session, ctx, ids, ctx.today))
    require_licence(session, ctx, buyer, goods.values())
    book = load_prices(session, ctx, buyer, goods.values())
    counted = _in_base_units(goods, lines)
    lots = _lots(session, ctx, location_id, goods, counted)
    mode = mode_for(buyer)
    drawn = _as_ordered(_drawn(book, goods, lots, mode, counted), lines)
    gifts = _gifts(session, ctx, book, drawn)
    drawn += gifts.values()
    require_licence(session, ctx, buyer, [gift.goods for gift in gifts.values()])
    require_within_cap(_handed(drawn, gifts))
    order = tax_order(session, ctx, buyer, mode, drawn)
    _require_within_limit(session, ctx, order)
    return order


def _handed(drawn: Sequence[DrawnLine], gifts: Mapping[int, DrawnLine]) -> list[Handed]:
    """Return what is sold by the lines of the input; goods that only come free stand on their giver's."""
    ordered = list(enumerate(drawn[: len(drawn) - len(gifts)]))
    places = [(at, line, False) for at, line in ordered] + [
        (at, x, True) for at, x in gifts.items()
    ]
    return [
        Handed(f"lines.{at}.quantity", x.goods, x.quantity + x.free_quantity, is_gift)
        for at, x, is_gift in places
    ]


def _twice(ids: Sequence[UUID]) -> list[DomainError]:
    message = "This product is on the order already. Put both quantities on one line."
    return [
        TwiceOnOrder(message, fields={f"lines.{at}.variant_id": message})
        for at, variant_id in enumerate(ids)
        if variant_id in ids[:at]
    ]


def _in_base_units(
    goods: Mapping[UUID, SaleLine], lines: Sequence[OrderedGoods]
) -> list[OrderedGoods]:
    asked = [(line.variant_id, line.quantity, line.unit) for line in lines]
    counts = catalog.count_base_units(goods, asked)
    return [
        line.model_copy(update={"quantity": count, "unit": ""})
        for line, count in zip(lines, counts, strict=True)
    ]


def _as_ordered(drawn: Sequence[DrawnLine], lines: Sequence[OrderedGoods]) -> list[DrawnLine]:
    """Return the lines with what they were ordered in."""
    return [
        line
        if asked.unit in ("", line.goods.unit)
        else replace(line, unit=asked.unit, ordered=asked.quantity)
        for line, asked in zip(drawn, lines, strict=True)
    ]


def _lots(
    session: Session,
    ctx: RequestContext,
    location_id: UUID,
    goods: Mapping[UUID, SaleLine],
    lines: Sequence[OrderedGoods],
) -> Mapping[UUID, LotPrices]:
    """Return the lot each variant is priced from: the first to go, else the last that came."""
    wanted = [
        Wanted(at, line.variant_id, line.quantity, takes_less=True)
        for at, line in enumerate(lines, start=1)
        if not goods[line.variant_id].is_service
    ]
    found: dict[UUID, LotPrices] = {}
    for pick in inventory.allocate(session, ctx, location_id, wanted, with_parts=True):
        rate = goods[pick.variant_id].rate
        cost = pick.value / pick.quantity
        lot = LotPrices(pick.lot_id, pick.mrp, pick.ptr, pick.pts, cost, rate)
        found.setdefault(pick.variant_id, lot)
    missing = [variant_id for variant_id in goods if variant_id not in found]
    for row in inventory.latest_lots(session, ctx, missing):
        rate = goods[row.variant_id].rate
        found[row.variant_id] = LotPrices(None, row.mrp, row.ptr, row.pts, row.unit_cost, rate)
    return found


def _drawn(
    book: PriceBook,
    goods: Mapping[UUID, SaleLine],
    lots: Mapping[UUID, LotPrices],
    mode: PriceMode,
    lines: Sequence[OrderedGoods],
) -> list[DrawnLine]:
    asked = count_cart([(goods[line.variant_id], line.quantity) for line in lines])
    refusals: list[DomainError] = []
    drawn: list[DrawnLine] = []
    for at, line in enumerate(lines):
        try:
            own = line.variant_id
            drawn.append(_line(book, goods[own], asked[own], lots.get(own), mode, line))
        except InvalidInput as error:
            named = {f"lines.{at}.unit_price": error.message}
            refusals.append(type(error)(error.message, fields=named))
    raise_all(refusals)
    return drawn


def _line(
    book: PriceBook,
    goods: SaleLine,
    asked: Asked,
    lot: LotPrices | None,
    mode: PriceMode,
    line: OrderedGoods,
) -> DrawnLine:
    if lot is None:
        if line.unit_price is None:
            raise NoPrice(f"{goods.label} has not come yet, so no price is known. Give its price.")
        list_price, trace = line.unit_price, {"source": "agreed"}
    else:
        priced = price(book, asked, lot, mode)
        list_price, trace = priced.unit_price, dict(priced.trace)
    agreed = list_price if line.unit_price is None else line.unit_price
    if agreed > list_price:
        raise AboveListPrice(f"{goods.label} costs {list_price}. Ask for no more than that.")
    cost = None if lot is None else lot.unit_cost
    return DrawnLine(
        goods,
        line.quantity,
        0,
        agreed,
        list_price,
        line.discount_percent,
        trace,
        unit_cost=cost,
    )


def _gifts(
    session: Session, ctx: RequestContext, book: PriceBook, drawn: list[DrawnLine]
) -> dict[int, DrawnLine]:
    """Put free units on the lines of their goods; return lines of others by the place of their giver."""
    cart = count_cart([(line.goods, line.quantity) for line in drawn]).values()
    places = {line.goods.variant_id: at for at, line in enumerate(drawn)}
    others: dict[UUID, tuple[int, int, Mapping[str, Any]]] = {}
    for gift in free_goods(book, cart):
        at = places.get(gift.variant_id)
        if at is None:
            giver = places[gift.for_variant_id]
            first, known, _ = others.get(gift.variant_id, (giver, 0, gift.trace))
            others[gift.variant_id] = (first, known + gift.quantity, gift.trace)
            continue
        line = drawn[at]
        told = dict(line.trace) | {
            "scheme": gift.trace["scheme"],
            "scheme_list": gift.trace["list"],
        }
        free = line.free_quantity + gift.quantity
        drawn[at] = replace(line, free_quantity=free, trace=told)
    if not others:
        return {}
    goods = catalog.get_lines_for_sale(session, ctx, sorted(others), ctx.today)
    return {
        giver: DrawnLine(goods[variant_id], 0, units, ZERO, ZERO, ZERO, trace)
        for variant_id, (giver, units, trace) in others.items()
    }


def tax_order(
    session: Session,
    ctx: RequestContext,
    buyer: SaleParty,
    mode: PriceMode,
    drawn: Sequence[DrawnLine],
) -> DrawnOrder:
    """Work out the tax of an order's paid units, as its invoice will."""
    seller = get_seller(session, ctx)
    place = place_for(seller, buyer)
    taxed = tax_supply(
        Supply(
            seller_state=seller.state,
            place_of_supply=place,
            price_mode=TaxMode(mode.value),
            lines=[_supply_line(at, line) for at, line in enumerate(drawn)],
            is_rounded=True,
            is_sez=buyer.gst_category == GstCategory.SEZ,
            is_composition=seller.is_composition,
            is_unregistered=seller.is_unregistered,
        )
    )
    lines = tuple(
        replace(line, taxable=tax.taxable_value, tax=tax.cgst + tax.sgst + tax.igst)
        for line, tax in zip(drawn, taxed.lines, strict=True)
    )
    return DrawnOrder(lines, mode, place, taxed)


def _supply_line(at: int, line: DrawnLine) -> SupplyLine:
    is_free = not line.quantity
    return SupplyLine(
        ref=str(at),
        quantity=Decimal(line.free_quantity if is_free else line.quantity),
        unit_price=line.unit_price,
        gst_rate=line.goods.rate,
        treatment=Treatment(line.goods.treatment.upper()),
        discount_pct=line.discount_percent or None,
        is_free=is_free,
    )


def get_seller(session: Session, ctx: RequestContext, on_day: date | None = None) -> Seller:
    """Return the acting branch as GST sees it on a day, or today."""
    row = db.fetch_one(
        session,
        "select b.state_code as state, sec.gst_scheme(c.tenant_id, c.id, %s) = 'composition' as is_composition,"
        " sec.gst_scheme(c.tenant_id, c.id, %s) = 'unregistered' or b.gstin is null as is_unregistered"
        " from branch b join company c on (c.tenant_id, c.id) = (b.tenant_id, b.company_id)"
        " where b.tenant_id = %s and b.id = %s",
        (on_day or ctx.today, on_day or ctx.today, ctx.tenant_id, ctx.branch_id),
    )
    if row is None:
        raise NotFound("This branch is not known here.")
    return Seller(**row)


def place_for(seller: Seller, buyer: SaleParty) -> str:
    """Return the state goods brought to a customer are supplied in. Source: IGST Act s.10(1)(a), (ca)."""
    is_registered = buyer.gst_category in REGISTERED
    found = place_of_supply(
        Delivery(
            kind=SupplyKind.GOODS,
            seller_state=seller.state,
            is_recipient_registered=is_registered,
            recipient_state=buyer.state_code,
            address_state=None if is_registered else buyer.state_code,
            delivery_state=buyer.state_code,
        )
    )
    return found.state_code


def _lowered(line: DrawnLine) -> Decimal:
    if not line.list_price:
        return ZERO
    kept = line.unit_price * (HUNDRED - line.discount_percent) / line.list_price
    return (HUNDRED - kept).quantize(Decimal("0.0001"))


def _require_within_limit(session: Session, ctx: RequestContext, order: DrawnOrder) -> None:
    own = ctx.limit("discount_percent")
    lowered = [line.goods.variant_id for line in order.lines if _lowered(line) > 0]
    ceilings = discount_ceilings(session, ctx, lowered)
    refusals: list[DomainError] = []
    for at, line in enumerate(order.lines):
        limit = min(own, ceilings.get(line.goods.variant_id, own))
        if _lowered(line) > limit:
            message = (
                f"{line.goods.label} is {_lowered(line).normalize():f}% below its price; you may go to"
                f" {limit.normalize():f}%. Ask a manager to make the order."
            )
            fields = {f"lines.{at}.discount_percent": message}
            refusals.append(BeyondDiscount(message, fields=fields))
    raise_all(refusals)
