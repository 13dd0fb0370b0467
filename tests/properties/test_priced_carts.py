"""Any cart with lists, schemes and a coupon: the order of its lines changes nothing, and no more comes free."""

from collections import Counter
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.services.pos import MoreThanScheme
from tests.factories import make_shop, receipt_line
from tests.services.sales.pricing import make_list, set_price, set_scheme
from tests.services.trading import rows

PRICES = (60, 95, 120, 210)
"""Whole rupees, so that a percentage of any number of units needs no rounding."""
BUY, FREE = 5, 2
carts = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 12)), min_size=2, max_size=7)
bounded = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def shop(environment):
    """Four products of one brand with breaks of every kind, two schemes and a coupon; first lots run out soon."""
    assert environment
    made = make_shop("priced", products=4, lots=0)
    delivery = [
        receipt_line(made.ctx, variant_id, quantity, days=days, mrp=price + more, lot_number=number)
        for variant_id, price in zip(made.variant_ids, PRICES, strict=True)
        for quantity, days, more, number in ((7, 300, 0, "A"), (500, 500, 3, "B"))
    ]
    made.run("inventory.receive_goods", {"lines": delivery})
    brand = rows(made, "select id from brand")[0]["id"]
    first, second, third, _ = made.variant_ids
    every = make_list(made)
    set_price(made, every, scope="variant", goods_id=first, amount="50.00", min_quantity=10)
    set_price(
        made,
        every,
        scope="brand",
        goods_id=brand,
        basis="mrp",
        percent="-10",
        round_to="1.00",
        min_quantity=12,
    )
    set_price(made, every, amount="40.00", min_quantity=30)
    set_scheme(made, every, BUY, FREE, scope="variant", goods_id=second)
    set_scheme(made, every, 3, 1, scope="variant", goods_id=third, free_variant_id=first)
    coupon = {"code": "TEN", "name": "Ten", "percent": "10", "max_discount": "75.00"}
    made.run("sales.create_coupon", coupon | {"max_uses": 1000})
    return made


def quote(shop, lines, **more):
    return shop.run("pos.quote_cart", {"shift_id": shop.shift_id, "lines": lines} | more)


@bounded
@given(
    cart=carts,
    percents=st.lists(st.integers(0, 30), min_size=4, max_size=4),
    off=st.integers(0, 20),
    mixing=st.randoms(use_true_random=False),
)
def test_the_order_of_lines_changes_neither_price_nor_gift_nor_sum(
    shop, cart, percents, off, mixing
):
    lines = [
        {"variant_id": shop.variant_ids[at], "quantity": n, "discount_percent": percents[at]}
        for at, n in cart
    ]
    mixed = list(lines)
    mixing.shuffle(mixed)
    one, two = (quote(shop, each, bill_discount=off, coupon="TEN") for each in (lines, mixed))
    assert told(one) == told(two)
    assert goods_of(one) == goods_of(two)


def told(quoted):
    names = ("gross", "discount", "coupon_discount", "total", "discount_level")
    return {name: getattr(quoted, name) for name in names}


def goods_of(quoted):
    """Units by what they are, from which lot, at which price."""
    units: Counter[tuple[UUID, UUID, Decimal, bool]] = Counter()
    for line in quoted.lines:
        units[(line.variant_id, line.lot_id, line.unit_price, line.is_free)] += line.quantity
    return units


@bounded
@given(
    cart=st.lists(
        st.tuples(st.integers(1, 12), st.none() | st.integers(0, 5)), min_size=1, max_size=3
    )
)
def test_no_more_is_handed_over_free_than_the_scheme_gives(shop, cart):
    goods = shop.variant_ids[1]
    lines = [{"variant_id": goods, "quantity": n, "free_quantity": free} for n, free in cart]
    said = [free for _, free in cart if free is not None]
    most = sum(n for n, _ in cart) // BUY * FREE
    if sum(said) > most:
        with pytest.raises(MoreThanScheme):
            quote(shop, lines)
        return
    free = sum(line.quantity for line in quote(shop, lines).lines if line.is_free)
    assert free == (sum(said) if said else most)
