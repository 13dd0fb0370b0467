"""Any rules and any cart: no price above the MRP or below zero, free goods whole, order without effect."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from erp.core.ids import new_id
from erp.models.sales import ALL_GOODS, Audience, Basis, PriceMode, RuleKind
from erp.services.billing import PriceMode as TaxMode
from erp.services.billing import Supply, SupplyLine, tax_supply
from erp.services.sales import Asked, LotPrices, PriceBook, Rule, free_goods, price, within_mrp

DAY = date(2026, 11, 21)
VARIANTS = tuple(UUID(int=n) for n in range(1, 4))
LOTS = tuple(UUID(int=n) for n in range(11, 14))
PRODUCT, BRAND = UUID(int=21), UUID(int=22)
TARGETS = (*VARIANTS, PRODUCT, BRAND, ALL_GOODS)
amounts = st.decimals("0", "2000", places=4)


@st.composite
def rules(draw):
    kind = draw(st.sampled_from(RuleKind))
    is_for_lot = kind is RuleKind.PRICE and draw(st.booleans())
    basis = draw(st.sampled_from(Basis)) if kind is RuleKind.PRICE else Basis.NONE
    return Rule(
        id=new_id(),
        kind=kind,
        tier=draw(st.sampled_from(Audience)),
        list_code=draw(st.sampled_from("AB")),
        mode=draw(st.sampled_from(PriceMode)),
        is_for_lot=is_for_lot,
        target=draw(st.sampled_from(LOTS if is_for_lot else TARGETS)),
        min_quantity=draw(st.integers(1, 30)),
        basis=basis,
        amount=draw(amounts) if basis is Basis.FIXED else None,
        percent=draw(st.decimals("-100", "300", places=4)),
        round_to=draw(st.sampled_from((None, Decimal("0.5"), Decimal(10)))),
        free_quantity=draw(st.integers(1, 5)) if kind is RuleKind.SCHEME else None,
        free_variant_id=None,
        repeats=draw(st.booleans()),
        valid_from=DAY,
        valid_until=None,
    )


carts = st.lists(st.integers(1, 60), min_size=1, max_size=3).map(
    lambda units: [Asked(VARIANTS[n], PRODUCT, BRAND, q) for n, q in enumerate(units)]
)
lots = st.builds(
    LotPrices,
    lot_id=st.sampled_from(LOTS),
    mrp=st.decimals("0.05", "1500", places=2),
    ptr=st.none() | amounts,
    pts=st.none() | amounts,
    unit_cost=amounts,
    rate=st.sampled_from([Decimal(r) for r in ("0", "5", "12", "18", "28")]),
)
books = st.lists(rules(), max_size=12)


@settings(max_examples=300, deadline=None)
@given(told=books, cart=carts, lot=lots, mode=st.sampled_from(PriceMode))
def test_no_price_is_above_the_mrp_or_below_zero(told, cart, lot, mode):
    book = PriceBook(told, DAY)
    for asked in cart:
        found = price(book, asked, lot, mode).unit_price
        tax = lot.rate / 100 if mode is PriceMode.EXCLUSIVE else 0
        assert found >= 0
        assert found * (1 + tax) <= lot.mrp


@settings(max_examples=300, deadline=None)
@given(told=books, cart=carts, lot=lots, shuffle=st.randoms(use_true_random=False))
def test_neither_order_of_rules_nor_of_lines_has_an_effect(told, cart, lot, shuffle):
    other, turned = list(told), list(cart)
    shuffle.shuffle(other)
    shuffle.shuffle(turned)
    one, two = PriceBook(told, DAY), PriceBook(other, DAY)
    for asked in cart:
        first = price(one, asked, lot, PriceMode.INCLUSIVE)
        assert first == price(two, asked, lot, PriceMode.INCLUSIVE)
    assert sorted(free_goods(one, cart), key=str) == sorted(free_goods(two, turned), key=str)


@settings(max_examples=300, deadline=None)
@given(told=books, cart=carts)
def test_free_goods_are_whole(told, cart):
    for free in free_goods(PriceBook(told, DAY), cart):
        assert isinstance(free.quantity, int)
        assert free.quantity > 0


STEPS = st.lists(
    st.tuples(st.integers(1, 30), st.integers(1, 5), st.booleans()),
    min_size=1,
    max_size=4,
    unique_by=lambda step: step[0],
)
"""Paid units, free units, and whether the step repeats."""


@settings(max_examples=200, deadline=None)
@given(steps=STEPS)
def test_who_pays_more_gets_no_less_free_and_no_more_than_the_best_step_gives(steps):
    book = PriceBook([scheme(*step) for step in steps], DAY)
    before = 0
    for quantity in range(1, 91):
        found = free_goods(book, [Asked(VARIANTS[0], PRODUCT, BRAND, quantity)])
        units = sum(free.quantity for free in found)
        assert units >= before
        assert units <= max(most(quantity, *step) for step in steps)
        before = units


def scheme(paid, free, repeats):
    return Rule(
        id=new_id(),
        kind=RuleKind.SCHEME,
        tier=Audience.EVERYONE,
        list_code="A",
        mode=PriceMode.INCLUSIVE,
        is_for_lot=False,
        target=VARIANTS[0],
        min_quantity=paid,
        basis=Basis.NONE,
        amount=None,
        percent=Decimal(0),
        round_to=None,
        free_quantity=free,
        free_variant_id=None,
        repeats=repeats,
        valid_from=DAY,
        valid_until=None,
    )


def most(quantity, paid, free, repeats):
    if quantity < paid:
        return 0
    return quantity * free // paid if repeats else free


@settings(max_examples=300, deadline=None)
@given(lot=lots, quantity=st.integers(1, 500), wanted=amounts)
def test_a_line_taxed_on_top_stays_within_the_mrp(lot, quantity, wanted):
    unit_price = within_mrp(PriceMode.EXCLUSIVE, wanted, quantity, lot.mrp, lot.rate)
    assert 0 <= unit_price <= wanted
    for place in ("27", "07"):
        line = SupplyLine("1", Decimal(quantity), unit_price, lot.rate)
        taxed = tax_supply(Supply("27", place, TaxMode.EXCLUSIVE, [line]))
        assert taxed.lines[0].total <= lot.mrp * quantity
