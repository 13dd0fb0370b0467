"""What goods cost a customer, and why: one pure calculation for till, quotations, orders and invoices."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from erp.core.money import EXACT, PAISA, ZERO, round_money
from erp.models.sales import ALL_GOODS, Audience, Basis, PriceMode, RuleKind
from erp.services.catalog import SaleLine

HUNDRED = Decimal(100)
TWO_HUNDRED = Decimal(200)
TENTH_OF_A_PAISA = Decimal("0.0001")
TIERS = (None, *Audience)
"""The order in which rules are asked: those for the very lot first, then the closest list."""

Key = tuple[RuleKind, Audience | None, UUID]


class Rule(NamedTuple):
    """A rule of a list that is open to the customer; a tuple, as hundreds are made for a cart.

    Attributes:
        tier: Audience of its list. target: lot, variant, product, brand, or `ALL_GOODS`.
        mode: Whether `amount` holds the tax.
    """

    kind: RuleKind
    tier: Audience
    mode: PriceMode
    basis: Basis
    id: UUID
    list_code: str
    is_for_lot: bool
    target: UUID
    min_quantity: int
    amount: Decimal | None
    percent: Decimal
    round_to: Decimal | None
    free_quantity: int | None
    free_variant_id: UUID | None
    repeats: bool
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Paid units of a variant in a cart, all its lines together.

    Attributes:
        of_product, of_brand, of_all: Paid units of its product, of its brand and of all goods in
            that cart; fewer than its own are read as its own.
    """

    variant_id: UUID
    product_id: UUID
    brand_id: UUID
    quantity: int
    of_product: int = 0
    of_brand: int = 0
    of_all: int = 0

    def units_for(self, rule: Rule) -> int:
        """Return the units a rule counts: a price those of its goods, a scheme those of the variant."""
        if rule.kind is RuleKind.SCHEME or rule.is_for_lot:
            return self.quantity
        if rule.target == ALL_GOODS:
            return max(self.quantity, self.of_all)
        if rule.target == self.brand_id:
            return max(self.quantity, self.of_brand)
        return max(self.quantity, self.of_product if rule.target == self.product_id else 0)


def count_cart(lines: Sequence[tuple[SaleLine, int]]) -> Mapping[UUID, Asked]:
    """Return what a cart asks of each variant, with the paid base units of its product, brand and all goods.

    Services count to nothing but themselves.
    """
    own: Counter[UUID] = Counter()
    family: Counter[UUID] = Counter()
    for goods, units in lines:
        own[goods.variant_id] += units
        if not goods.is_service:
            family.update(dict.fromkeys((goods.product_id, goods.brand_id, ALL_GOODS), units))
    return {
        goods.variant_id: Asked(
            goods.variant_id,
            goods.product_id,
            goods.brand_id,
            own[goods.variant_id],
            of_product=family[goods.product_id],
            of_brand=family[goods.brand_id],
            of_all=family[ALL_GOODS],
        )
        for goods, _ in lines
    }


@dataclass(frozen=True, slots=True)
class LotPrices:
    """A lot whose units a line takes, with what is printed on it and what it cost.

    Attributes:
        mrp: Of a base unit, tax included. ptr, pts: tax excluded, where known.
        unit_cost: Of a base unit, tax excluded.
        rate: GST percent of the goods.
    """

    lot_id: UUID | None
    mrp: Decimal
    ptr: Decimal | None
    pts: Decimal | None
    unit_cost: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True)
class FreeGoods:
    """Whole units that come free, and the rule that gives them."""

    for_variant_id: UUID
    variant_id: UUID
    quantity: int
    trace: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Priced:
    """The price of a base unit in the document's mode, and why it is that."""

    unit_price: Decimal
    trace: Mapping[str, Any]


@dataclass(frozen=True)
class PriceBook:
    """The rules that are open to one customer on one day, found by goods and quantity.

    Of rules for the same goods and `min_quantity` the one that starts last holds; of two that start
    on one day, the later recorded.
    """

    rules: Sequence[Rule]
    on: date
    _index: dict[Key, list[Rule]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", _indexed(self.rules, self.on))

    @cached_property
    def is_empty(self) -> bool:
        """Tell whether everything costs what is printed on it."""
        return not self._index

    def rules_for(self, kind: RuleKind, asked: Asked, lot_id: UUID | None) -> Iterable[Rule]:
        """Yield the rules that hold for goods, the closest first, by falling quantity."""
        if self.is_empty:
            return
        targets = (asked.variant_id, asked.product_id, asked.brand_id, ALL_GOODS)
        if lot_id is not None:
            yield from self._reached(kind, None, lot_id, asked)
        for tier in Audience:
            for target in targets:
                yield from self._reached(kind, tier, target, asked)

    def _reached(
        self, kind: RuleKind, tier: Audience | None, target: UUID, asked: Asked
    ) -> Iterable[Rule]:
        for rule in self._index.get((kind, tier, target), ()):
            if rule.min_quantity <= asked.units_for(rule):
                yield rule


def _indexed(rules: Sequence[Rule], on: date) -> dict[Key, list[Rule]]:
    latest: dict[tuple[Key, str, int], Rule] = {}
    for rule in rules:
        if rule.valid_from > on or (rule.valid_until is not None and rule.valid_until < on):
            continue
        key = (rule.kind, None if rule.is_for_lot else rule.tier, rule.target)
        place = (key, rule.list_code, rule.min_quantity)
        known = latest.get(place)
        if known is None or (known.valid_from, known.id) < (rule.valid_from, rule.id):
            latest[place] = rule
    found: dict[Key, list[Rule]] = defaultdict(list)
    for (key, _, _), rule in latest.items():
        if rule.basis is not Basis.NONE or rule.free_quantity is not None:
            found[key].append(rule)
    for standing in found.values():
        standing.sort(key=lambda rule: (-rule.min_quantity, TIERS.index(rule.tier), rule.list_code))
    return dict(found)


def free_goods(book: PriceBook, cart: Iterable[Asked]) -> list[FreeGoods]:
    """Return what comes free with a cart, worked out from the whole of it, in whole units.

    The closest scheme of a variant gives; its steps are taken from the largest down, each as often
    as it fits where the scheme repeats, or the largest once. No two schemes add up.

    Source: CBIC Circular 92/11/2019-GST; complaint 3.26.
    """
    return [free for asked in cart if (free := _free_with(book, asked)) is not None]


def _free_with(book: PriceBook, asked: Asked) -> FreeGoods | None:
    reached = list(book.rules_for(RuleKind.SCHEME, asked, None))
    if not reached:
        return None
    steps = _one_scheme(reached)
    ways = (_given_again(steps, asked.quantity), _given_once(steps))
    free, step = max(ways, key=lambda way: way[0])
    trace = {
        "source": "scheme",
        "list": step.list_code,
        "rule": str(step.id),
        "scheme": f"{step.min_quantity}+{step.free_quantity}",
        "with": asked.quantity,
    }
    return FreeGoods(asked.variant_id, step.free_variant_id or asked.variant_id, free, trace)


def _given_again(steps: Sequence[Rule], quantity: int) -> tuple[int, Rule]:
    """Return what steps give that repeat, from the largest down.

    A step that gives less for a unit than a smaller one is passed over: who pays more gets no less.
    """
    worth: list[Rule] = []
    for step in reversed([step for step in steps if step.repeats]):
        best = worth[-1] if worth else None
        if best is None or _free(step) * best.min_quantity >= _free(best) * step.min_quantity:
            worth.append(step)
    free, left = 0, quantity
    for step in reversed(worth):
        times, left = divmod(left, step.min_quantity)
        free += times * _free(step)
    return free, (worth or steps)[-1]


def _given_once(steps: Sequence[Rule]) -> tuple[int, Rule]:
    once = max((step for step in steps if not step.repeats), key=_free, default=None)
    return (_free(once), once) if once else (0, steps[0])


def _free(step: Rule) -> int:
    return step.free_quantity or 0


def _one_scheme(steps: Sequence[Rule]) -> list[Rule]:
    """Return the steps that belong with the first: same list, goods and gift; the largest first."""
    first = steps[0]
    mark = (first.list_code, first.tier, first.target, first.free_variant_id)
    return [s for s in steps if (s.list_code, s.tier, s.target, s.free_variant_id) == mark]


def price(book: PriceBook, asked: Asked, lot: LotPrices, mode: PriceMode) -> Priced:
    """Return the price of a base unit of a lot for a customer, with its trace.

    Rules are asked in this order: the lot's own, the customer's contract, their list, their kind's,
    everyone's; within each variant, product, brand, all goods, and the largest quantity reached by
    the goods the rule is for. A rule whose basis the lot does not have (no PTR) is passed over. With
    no rule the price is the MRP. No price exceeds the MRP, tax included, or is below zero.
    Tax-inclusive prices are whole paise, exclusive ones have four places.

    Source: Legal Metrology (Packaged Commodities) Rules 2011 r.18(2); CGST Rules r.35.
    """
    return next(priced for _, priced in offers(book, asked, lot, mode))


def offers(
    book: PriceBook, asked: Asked, lot: LotPrices, mode: PriceMode
) -> Iterator[tuple[Rule | None, Priced]]:
    """Yield the prices that are open to what is asked, the one that holds first, the MRP last."""
    for rule in book.rules_for(RuleKind.PRICE, asked, lot.lot_id):
        base = _base(rule, lot)
        if base is not None:
            yield rule, _by_rule(rule, base, asked, lot, mode)
    trace = {"source": "lot_mrp", "mrp": str(lot.mrp)}
    yield None, Priced(_in_mode(lot.mrp, PriceMode.INCLUSIVE, mode, lot.rate), trace)


def _by_rule(rule: Rule, base: Decimal, asked: Asked, lot: LotPrices, mode: PriceMode) -> Priced:
    own_mode = _mode_of(rule)
    wanted = base * (HUNDRED + rule.percent) / HUNDRED
    if rule.round_to:
        wanted = (wanted / rule.round_to).quantize(Decimal(1), ROUND_HALF_UP) * rule.round_to
    wanted = _in_mode(wanted, own_mode, mode, lot.rate)
    top = _in_mode(lot.mrp, PriceMode.INCLUSIVE, mode, lot.rate)
    trace: dict[str, Any] = {
        "source": "lot" if rule.is_for_lot else rule.tier.value,
        "list": rule.list_code,
        "rule": str(rule.id),
        "basis": rule.basis.value,
        "base": str(base),
        "percent": str(rule.percent),
        "mrp": str(lot.mrp),
    }
    if rule.min_quantity > 1:
        trace |= {"from_quantity": rule.min_quantity, "quantity": asked.units_for(rule)}
    if wanted > top:
        trace["capped_at_mrp"] = True
    return Priced(min(wanted, top), trace)


def _base(rule: Rule, lot: LotPrices) -> Decimal | None:
    return {
        Basis.FIXED: rule.amount,
        Basis.MRP: lot.mrp,
        Basis.PTR: lot.ptr,
        Basis.PTS: lot.pts,
        Basis.COST: lot.unit_cost,
    }[rule.basis]


def _mode_of(rule: Rule) -> PriceMode:
    if rule.basis is Basis.FIXED:
        return rule.mode
    return PriceMode.INCLUSIVE if rule.basis is Basis.MRP else PriceMode.EXCLUSIVE


def _in_mode(price_: Decimal, given: PriceMode, wanted: PriceMode, rate: Decimal) -> Decimal:
    """Return a price with or without tax; what is taken out is rounded so that no MRP is exceeded."""
    if wanted is PriceMode.INCLUSIVE:
        whole = price_ if given is wanted else price_ * (HUNDRED + rate) / HUNDRED
        return round_money(whole)
    if given is wanted:
        return price_.quantize(TENTH_OF_A_PAISA, ROUND_HALF_UP, EXACT)
    return (price_ * HUNDRED / (HUNDRED + rate)).quantize(TENTH_OF_A_PAISA, ROUND_DOWN, EXACT)


def within_mrp(
    mode: PriceMode, unit_price: Decimal, quantity: int, mrp: Decimal, rate: Decimal
) -> Decimal:
    """Lower an agreed price until a line of one lot, however its tax is rounded, is within its MRP.

    Tax on top is rounded per head and line, so a price that fits by itself may be a paisa above.
    """
    if mode is PriceMode.INCLUSIVE:
        return min(unit_price, mrp)
    most, taxable = mrp * quantity, round_money(unit_price * quantity)
    if _largest_total(taxable, rate) <= most:
        return unit_price
    taxable = min(taxable, round_money(most * HUNDRED / (HUNDRED + rate)))
    while _largest_total(taxable, rate) > most:
        taxable -= PAISA
    return max(taxable / quantity, ZERO).quantize(TENTH_OF_A_PAISA, ROUND_DOWN, EXACT)


def _largest_total(taxable: Decimal, rate: Decimal) -> Decimal:
    halves = 2 * round_money(taxable * rate / TWO_HUNDRED)
    return taxable + max(halves, round_money(taxable * rate / HUNDRED))
