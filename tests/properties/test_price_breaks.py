"""Any rules and any cart of two brands: what a break counts, and that a device counts the same."""

from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from erp.models.sales import ALL_GOODS, Audience, Basis, PriceMode, RuleKind
from erp.services.pos.offline_pricing import SCOPES, price_in, steps_of
from erp.services.sales import LotPrices, PriceBook, Rule, count_cart, price
from tests.properties.test_prices import DAY, scheme

BRANDS = tuple(UUID(int=n) for n in (31, 32))
PRODUCTS = tuple(UUID(int=n) for n in (41, 42, 43))
GOODS = tuple(
    SimpleNamespace(
        variant_id=UUID(int=50 + at),
        product_id=PRODUCTS[product],
        brand_id=BRANDS[product // 2],
        is_service=False,
        rate=Decimal(5),
    )
    for at, product in enumerate((0, 0, 1, 2))
)
TARGETS = (*(each.variant_id for each in GOODS), *PRODUCTS, *BRANDS, ALL_GOODS)
LOT = LotPrices(UUID(int=61), Decimal(105), Decimal(80), None, Decimal(60), Decimal(5))
carts = st.lists(
    st.tuples(st.sampled_from(GOODS), st.integers(1, 12)), min_size=1, max_size=6
)  # a variant may stand on several lines


@st.composite
def rules(draw):
    is_for_lot = draw(st.integers(0, 5)) == 0
    return Rule(
        id=draw(st.uuids()),
        kind=RuleKind.PRICE,
        tier=draw(st.sampled_from((Audience.KIND, Audience.EVERYONE))),
        list_code=draw(st.sampled_from("AB")),
        mode=PriceMode.INCLUSIVE,
        is_for_lot=is_for_lot,
        target=LOT.lot_id if is_for_lot else draw(st.sampled_from(TARGETS)),
        min_quantity=draw(st.integers(1, 25)),
        basis=draw(st.sampled_from((Basis.FIXED, Basis.FIXED, Basis.PTS))),
        amount=Decimal(draw(st.integers(50, 110))),
        percent=Decimal(0),
        round_to=None,
        free_quantity=None,
        free_variant_id=None,
        repeats=True,
        valid_from=DAY,
        valid_until=None,
    )


books = st.lists(rules(), max_size=8).map(lambda told: PriceBook(told, DAY))


def counts(cart, goods):
    """Units by whose they are, counted anew."""

    def units(whose):
        return sum(count for each, count in cart if whose(each))

    of = (
        units(lambda each: each.variant_id == goods.variant_id),
        units(lambda each: each.product_id == goods.product_id),
        units(lambda each: each.brand_id == goods.brand_id),
        sum(count for _, count in cart),
    )
    return dict(zip(("", *SCOPES), of, strict=True))


@settings(max_examples=400, deadline=None)
@given(book=books, cart=carts)
def test_a_device_prices_as_the_server_does(book, cart):
    asked = count_cart(cart)
    for goods, _ in cart:
        ours = price(book, asked[goods.variant_id], LOT, PriceMode.INCLUSIVE).unit_price
        assert price_in(steps_of(book, goods, LOT), counts(cart, goods)) == ours


@settings(max_examples=300, deadline=None)
@given(cart=carts, target=st.sampled_from(TARGETS), start=st.integers(1, 40), turned=st.randoms())
def test_a_break_is_reached_by_the_goods_its_rule_is_for_in_any_order(cart, target, start, turned):
    rule = scheme(start, 1, repeats=True)._replace(
        kind=RuleKind.PRICE,
        target=target,
        basis=Basis.FIXED,
        amount=Decimal(50),
        free_quantity=None,
    )
    book, mixed = PriceBook([rule], DAY), list(cart)
    turned.shuffle(mixed)
    asked = count_cart(mixed)
    for goods, _ in cart:
        mine = (goods.variant_id, goods.product_id, goods.brand_id, ALL_GOODS)
        own = sum(
            units
            for each, units in cart
            if target in (each.variant_id, each.product_id, each.brand_id, ALL_GOODS)
        )
        is_reached = target in mine and own >= start
        found = price(book, asked[goods.variant_id], LOT, PriceMode.INCLUSIVE)
        assert found.unit_price == (50 if is_reached else 105)
