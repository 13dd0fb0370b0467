"""Whatever lots there are and whatever is asked, allocation keeps its promises."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.core import db
from erp.services import inventory
from erp.services.inventory import InsufficientStock, Wanted
from tests.factories import make_shop

LOTS = st.lists(
    st.tuples(
        st.integers(0, 6).map(lambda step: 100 + 30 * step),  # days to expiry; ties happen
        st.integers(1, 6),  # base units
        st.sampled_from(["available", "available", "available", "hold", "recalled"]),
    ),
    min_size=1,
    max_size=5,
)
QUANTITIES = st.lists(st.integers(1, 7), min_size=1, max_size=4)
NUMBERS = count(1)


@pytest.fixture(scope="module")
def shop(environment):
    assert environment
    return make_shop("rules", products=1, lots=0)


def stocked(shop, lots):
    """Return a fresh variant with these lots on the shelf."""
    product = shop.run("catalog.list_products", {"limit": 1}).rows[0].product_id
    pack = {"product_id": product, "pack_quantity": 1000 + next(NUMBERS), "pack_unit": "ml"}
    variant = shop.run("catalog.create_variant", pack).id
    for days, quantity, status in lots:
        lot = shop.receive(variant, quantity, days=days, unit_cost="33.3333")
        if status == "hold":
            shop.run("inventory.hold_lot", {"lot_id": lot, "reason": "Label unclear"})
        if status == "recalled":
            shop.run("inventory.recall_lot", {"lot_id": lot, "reason": "Maker's notice"})
    return variant


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lots=LOTS, asked=QUANTITIES, day=st.integers(0, 300))
def test_no_earlier_sellable_lot_is_skipped_and_nothing_is_made_up(shop, lots, asked, day):
    variant = stocked(shop, lots)
    on = shop.ctx.today + timedelta(days=day)
    good = sorted(
        (days, quantity) for days, quantity, status in lots if status == "available" and days >= day
    )
    wanted = [Wanted(line, variant, quantity) for line, quantity in enumerate(asked, start=1)]

    with db.unit_of_work(shop.ctx) as session:
        try:
            picks = inventory.allocate(session, shop.ctx, shop.storage_id, wanted, effective_on=on)
        except InsufficientStock:
            assert sum(asked) > sum(quantity for _, quantity in good)
            return

    assert sum(asked) <= sum(quantity for _, quantity in good)
    for line, quantity in enumerate(asked, start=1):
        assert sum(pick.quantity for pick in picks if pick.line_no == line) == quantity
    expected = [days for days, quantity in good for _ in range(quantity)][: sum(asked)]
    left = [(pick.expires_on - shop.ctx.today).days for pick in picks for _ in range(pick.quantity)]
    assert left == expected


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(quantity=st.integers(1, 12), cost=st.decimals("0", "99.9999", places=4), data=st.data())
def test_whatever_is_taken_in_whatever_steps_the_cost_adds_up(shop, quantity, cost, data):
    product = shop.run("catalog.list_products", {"limit": 1}).rows[0].product_id
    pack = {"product_id": product, "pack_quantity": 1000 + next(NUMBERS), "pack_unit": "ml"}
    variant = shop.run("catalog.create_variant", pack).id
    shop.receive(variant, quantity, unit_cost=cost)
    whole = shop.run("inventory.stock_by_lot", {"variant_id": variant}).rows[0].value
    steps: list[int] = []
    while sum(steps) < quantity:
        steps.append(data.draw(st.integers(1, quantity - sum(steps))))

    wanted = [Wanted(line, variant, step) for line, step in enumerate(steps, start=1)]
    with db.unit_of_work(shop.ctx) as session:
        picks = inventory.allocate(session, shop.ctx, shop.storage_id, wanted)

    assert sum((pick.value for pick in picks), Decimal(0)) == whole
    assert all(pick.value >= 0 for pick in picks)
