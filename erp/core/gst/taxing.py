"""GST on a supply: one pure calculation for the till, invoices and quotations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from erp.core.errors import InvalidInput
from erp.core.money import EXACT, LARGEST_AMOUNT, PAISA, ZERO, allocate, round_to_rupee

HUNDRED = Decimal(100)
ONE = Decimal(1)
EXPORT = "96"
"""State code of a place of supply outside India."""

UTGST_STATES = frozenset({"04", "26", "31", "35", "38", "97"})
"""Union territories without a legislature, and Other Territory (UTGST Act s.7)."""


class PriceMode(StrEnum):
    """Whether unit prices hold the tax already, as an MRP does."""

    EXCLUSIVE = "exclusive"
    INCLUSIVE = "inclusive"


class Treatment(StrEnum):
    """What GST makes of a line."""

    TAXABLE = "TAXABLE"
    NIL_RATED = "NIL_RATED"
    EXEMPT = "EXEMPT"
    NON_GST = "NON_GST"


class SupplyNature(StrEnum):
    """Whether CGST and state tax are due, or IGST."""

    INTRA = "INTRA"
    INTER = "INTER"


class StateTaxHead(StrEnum):
    """Name of the state's half of the tax; both are carried in the fields named sgst."""

    SGST = "SGST"
    UTGST = "UTGST"


class UntaxableSupply(InvalidInput):
    """The lines, prices or discounts contradict each other or the law."""

    code = "untaxable_supply"


@dataclass(frozen=True, slots=True)
class SupplyLine:
    """One line to be taxed.

    Attributes:
        ref: What the caller calls the line; handed back untouched.
        quantity: Above zero, up to 3 places; not rounded.
        unit_price: Per unit of `quantity`, up to 4 places, with or without tax by the price mode.
        gst_rate: Percent, both halves together.
        discount_pct: Percent of the gross; not together with `discount_amount`.
        discount_amount: Taken off the gross of the whole line.
        is_free: Given with paid goods: bears no tax (Circular 92/11/2019-GST); keeps its rate.
        follows_goods: A charge that takes the rate of the goods (s.8(a)) instead of its own.
    """

    ref: str
    quantity: Decimal
    unit_price: Decimal
    gst_rate: Decimal = Decimal(0)
    treatment: Treatment = Treatment.TAXABLE
    discount_pct: Decimal | None = None
    discount_amount: Decimal | None = None
    is_free: bool = False
    follows_goods: bool = False


@dataclass(frozen=True, slots=True)
class Supply:
    """Everything the tax of one document depends on.

    Attributes:
        seller_state: State code of the registration that sells.
        place_of_supply: State code; see `placing.place_of_supply`.
        bill_discount: Shared over the lines before tax.
        is_rounded: Whether the document is rounded to the rupee.
        is_sez: To or by an SEZ unit or developer: always inter-state (IGST Act s.7(5)).
        is_without_payment_of_tax: Under a letter of undertaking (IGST Act s.16(3)(a)).
        is_composition, is_unregistered: The seller collects no tax (s.10, s.32(1)).
    """

    seller_state: str
    place_of_supply: str
    price_mode: PriceMode
    lines: Sequence[SupplyLine]
    bill_discount: Decimal = ZERO
    is_rounded: bool = False
    is_sez: bool = False
    is_without_payment_of_tax: bool = False
    is_composition: bool = False
    is_unregistered: bool = False


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """A line with its tax, all amounts in rupees with two places.

    `total` = `taxable_value + cgst + sgst + igst`; `line` is the place of the input line, which
    several taxed lines share where a delivery charge was spread over more than one rate.
    """

    ref: str
    line: int
    quantity: Decimal
    unit_price: Decimal
    gst_rate: Decimal
    treatment: Treatment
    gross: Decimal
    line_discount: Decimal
    bill_discount_share: Decimal
    taxable_value: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class SupplyTotals:
    """Sums of the lines, the rupee round-off and what is to be paid."""

    gross: Decimal
    line_discount: Decimal
    bill_discount: Decimal
    taxable_value: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    total: Decimal
    round_off: Decimal
    invoice_value: Decimal


@dataclass(frozen=True, slots=True)
class TaxedSupply:
    """The tax of a document; `state_tax_head` is empty between states."""

    nature: SupplyNature
    state_tax_head: StateTaxHead | None
    price_mode: PriceMode
    lines: tuple[TaxedLine, ...]
    totals: SupplyTotals


@dataclass(frozen=True, slots=True)
class TaxHeads:
    """The amount of each tax head on one value."""

    cgst: Decimal
    sgst: Decimal
    igst: Decimal

    @property
    def total(self) -> Decimal:
        """All heads together."""
        return self.cgst + self.sgst + self.igst


@dataclass(slots=True)
class _Priced:
    """A line between pricing and tax."""

    source: SupplyLine
    line: int
    gross: Decimal
    discount: Decimal
    share: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        return self.gross - self.discount


def tax_supply(supply: Supply) -> TaxedSupply:
    """Work out the tax of every line and the value of the document.

    Amounts are rounded half up to the paisa once per line and head, never on sums. The bill
    discount is shared over the lines' net amounts by largest remainder, ties to the earlier line;
    but for such a tie no line's result depends on the order of lines. With inclusive prices the
    tax is taken out per head, so the halves are equal and the total is the price to the paisa.

    Raises:
        UntaxableSupply: An amount is negative, a discount exceeds what it is taken from, a
            non-taxable line has a rate, or the document mixes what the law keeps apart.

    Source: CGST Act s.15, s.8; CGST Rules r.35; IGST Act s.7, s.8, s.16; UTGST Act s.7.
    """
    nature = supply_nature(supply)
    priced = [_price(line, place) for place, line in enumerate(supply.lines)]
    if not priced:
        raise UntaxableSupply("A document needs at least one line.", fields={"lines": "Add a line"})
    if any(line.follows_goods for line in supply.lines):
        priced = _spread_charges(supply, priced)
    if supply.bill_discount:
        _share_discount(supply.bill_discount, priced)
    is_untaxed = supply.is_without_payment_of_tax or supply.is_composition or supply.is_unregistered
    lines = tuple(_tax(one, supply.price_mode, nature, is_untaxed=is_untaxed) for one in priced)
    return TaxedSupply(
        nature=nature,
        state_tax_head=state_tax_head(nature, supply.place_of_supply),
        price_mode=supply.price_mode,
        lines=lines,
        totals=_total(lines, is_rounded=supply.is_rounded),
    )


def supply_nature(supply: Supply) -> SupplyNature:
    """Tell whether the supply is within the state or between states.

    Raises:
        UntaxableSupply: The scheme of the seller or the kind of recipient forbids the supply.
    """
    is_inter = (
        supply.seller_state != supply.place_of_supply
        or supply.is_sez
        or supply.place_of_supply == EXPORT
    )
    if supply.is_without_payment_of_tax and not (supply.is_sez or supply.place_of_supply == EXPORT):
        raise UntaxableSupply(
            "Only exports and supplies to an SEZ may leave without payment of tax."
        )
    if supply.is_composition and is_inter:
        raise UntaxableSupply("A composition taxpayer may not sell to another state (s.10(2)).")
    if supply.is_unregistered and is_inter:
        raise UntaxableSupply(
            "Who is not registered for GST may not sell to another state (s.24). Register first."
        )
    return SupplyNature.INTER if is_inter else SupplyNature.INTRA


def state_tax_head(nature: SupplyNature, place_of_supply: str) -> StateTaxHead | None:
    """Name the state's half of the tax: UTGST in a union territory without legislature."""
    if nature is SupplyNature.INTER:
        return None
    return StateTaxHead.UTGST if place_of_supply in UTGST_STATES else StateTaxHead.SGST


def tax_on(
    value: Decimal, gst_rate: Decimal, nature: SupplyNature, price_mode: PriceMode
) -> TaxHeads:
    """Return the tax on a value, or inside it where the price mode is inclusive.

    Each head is rounded half up to the paisa; CGST and state tax are equal.
    """
    base = HUNDRED + gst_rate if price_mode is PriceMode.INCLUSIVE else HUNDRED
    taxed = EXACT.multiply(value, gst_rate)
    if nature is SupplyNature.INTER:
        igst = EXACT.divide(taxed, base).quantize(PAISA, ROUND_HALF_UP, EXACT)
        return TaxHeads(ZERO, ZERO, igst)
    half = EXACT.divide(taxed, base + base).quantize(PAISA, ROUND_HALF_UP, EXACT)
    return TaxHeads(half, half, ZERO)


def _price(line: SupplyLine, place: int) -> _Priced:
    """Value a line before the bill discount."""
    _check_line(line, place)
    if line.is_free:
        return _Priced(line, place, ZERO, ZERO)
    gross = EXACT.multiply(line.quantity, line.unit_price).quantize(PAISA, ROUND_HALF_UP, EXACT)
    if gross > LARGEST_AMOUNT:
        raise _refusal(place, "quantity", "the amount is larger than the books can hold")
    discount = line.discount_amount or ZERO
    if line.discount_pct:
        discount = EXACT.divide(EXACT.multiply(gross, line.discount_pct), HUNDRED)
    discount = discount.quantize(PAISA, ROUND_HALF_UP, EXACT)
    if discount > gross:
        raise _refusal(place, "discount_amount", "the discount exceeds the amount of the line")
    return _Priced(line, place, gross, discount)


def _check_line(line: SupplyLine, place: int) -> None:
    if not (line.quantity.is_finite() and line.quantity > 0):
        raise _refusal(place, "quantity", "the quantity must be above zero")
    if not (line.unit_price.is_finite() and line.unit_price >= 0):
        raise _refusal(place, "unit_price", "the price must not be negative")
    if not (line.gst_rate.is_finite() and 0 <= line.gst_rate <= HUNDRED):
        raise _refusal(place, "gst_rate", "the rate must be between 0 and 100 percent")
    if line.gst_rate and line.treatment is not Treatment.TAXABLE:
        raise _refusal(place, "gst_rate", "only a taxable line has a rate")
    if line.discount_pct is not None or line.discount_amount is not None:
        _check_discount(line, place)


def _check_discount(line: SupplyLine, place: int) -> None:
    if line.is_free or line.follows_goods:
        raise _refusal(place, "discount_pct", "this line takes no discount; lower its price")
    if line.discount_pct is not None and line.discount_amount is not None:
        raise _refusal(place, "discount_pct", "give the discount in percent or as an amount")
    percent, amount = line.discount_pct, line.discount_amount
    if percent is not None and not (percent.is_finite() and 0 <= percent <= HUNDRED):
        raise _refusal(place, "discount_pct", "the discount must be between 0 and 100 percent")
    if amount is not None and not (amount.is_finite() and amount >= 0):
        raise _refusal(place, "discount_amount", "the discount must not be negative")


def _refusal(place: int, field: str, reason: str) -> UntaxableSupply:
    return UntaxableSupply(
        f"Line {place + 1}: {reason}.", fields={f"lines.{place}.{field}": reason.capitalize()}
    )


def _share_discount(discount: Decimal, priced: list[_Priced]) -> None:
    """Give each line its share of the bill discount."""
    nets = [one.net for one in priced]
    if not (discount.is_finite() and 0 <= discount <= sum(nets)):
        raise UntaxableSupply(
            "The bill discount must lie between zero and the sum of the lines.",
            fields={"bill_discount": "Larger than the bill"},
        )
    for one, share in zip(priced, allocate(discount, nets), strict=True):
        one.share = share


def _spread_charges(supply: Supply, priced: list[_Priced]) -> list[_Priced]:
    """Replace each charge that follows the goods by one part per rate of the goods.

    The charge is shared in proportion to the goods' taxable value by rate (s.8(a); the sharing
    over several rates is practice, not a stated rule).
    """
    goods = [line for line in supply.lines if not line.follows_goods]
    if not goods:
        raise UntaxableSupply("A charge that follows the goods needs goods on the same document.")
    weights = _value_by_rate(tax_supply(replace(supply, lines=goods, bill_discount=ZERO)))
    return [part for one in priced for part in _parts(one, weights)]


def _value_by_rate(goods: TaxedSupply) -> dict[tuple[Decimal, Treatment], Decimal]:
    values: dict[tuple[Decimal, Treatment], Decimal] = {}
    for line in goods.lines:
        kind = (line.gst_rate, line.treatment)
        values[kind] = values.get(kind, ZERO) + line.taxable_value
    if len(values) > 1:
        values = {kind: value for kind, value in values.items() if value} or values
    return dict(sorted(values.items(), reverse=True))


def _parts(one: _Priced, weights: dict[tuple[Decimal, Treatment], Decimal]) -> Iterable[_Priced]:
    if not one.source.follows_goods:
        return [one]
    if len(weights) == 1:
        rate, treatment = next(iter(weights))
        return [replace(one, source=replace(one.source, gst_rate=rate, treatment=treatment))]
    amounts = allocate(one.gross, list(weights.values()))
    return [
        _Priced(_part_line(one.source, rate, treatment, amount), one.line, amount, ZERO)
        for (rate, treatment), amount in zip(weights, amounts, strict=True)
        if amount
    ]


def _part_line(
    charge: SupplyLine, rate: Decimal, treatment: Treatment, amount: Decimal
) -> SupplyLine:
    return replace(charge, quantity=ONE, unit_price=amount, gst_rate=rate, treatment=treatment)


def _tax(
    one: _Priced, price_mode: PriceMode, nature: SupplyNature, *, is_untaxed: bool
) -> TaxedLine:
    source, net = one.source, one.net - one.share
    heads = tax_on(net, ZERO if is_untaxed else source.gst_rate, nature, price_mode)
    tax = heads.total
    taxable = net - tax if price_mode is PriceMode.INCLUSIVE else net
    return TaxedLine(
        source.ref, one.line, source.quantity, source.unit_price, source.gst_rate, source.treatment,
        one.gross, one.discount, one.share, taxable, heads.cgst, heads.sgst, heads.igst,
        taxable + tax,
    )  # fmt: skip


def _total(lines: Sequence[TaxedLine], *, is_rounded: bool) -> SupplyTotals:
    gross = discount = bill_discount = taxable = cgst = igst = total = ZERO
    for line in lines:
        gross += line.gross
        discount += line.line_discount
        bill_discount += line.bill_discount_share
        taxable += line.taxable_value
        cgst += line.cgst
        igst += line.igst
        total += line.total
    value = round_to_rupee(total) if is_rounded else total
    return SupplyTotals(
        gross, discount, bill_discount, taxable, cgst, cgst, igst, total, value - total, value
    )
