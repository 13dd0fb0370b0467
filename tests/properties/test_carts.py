"""Any cart at the till: what it costs, whatever the order of its lines and whatever the discounts."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from erp.core import db
from tests.factories import make_shop, receipt_line

PRICES = ("0.05", "1.00", "9.99", "95.50", "1234.00")
lines = st.lists(
    st.tuples(st.integers(0, 4), st.integers(1, 40), st.decimals(0, 100, places=2)),
    min_size=1,
    max_size=6,
    unique_by=lambda line: line[0],
)
bounded = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def shop(environment):
    """Five products of different prices, two lots each, the first of which soon runs out."""
    assert environment
    made = make_shop("carts", products=5, lots=0)
    delivery = [
        receipt_line(made.ctx, variant_id, quantity, days=days, mrp=Decimal(price) + more)
        for variant_id, price in zip(made.variant_ids, PRICES, strict=True)
        for quantity, days, more in ((7, 300, 0), (100, 500, 1))
    ]
    made.run("inventory.receive_goods", {"lines": delivery})
    return made


def quote(shop, wanted, bill_discount=0):
    cart = {
        "shift_id": shop.shift_id,
        "bill_discount": bill_discount,
        "lines": [
            {"variant_id": shop.variant_ids[at], "quantity": units, "discount_percent": percent}
            for at, units, percent in wanted
        ],
    }
    return shop.run("pos.quote_cart", cart)


@bounded
@given(wanted=lines, share=st.integers(0, 100))
def test_no_line_costs_more_than_its_mrp_and_nothing_is_negative(shop, wanted, share):
    gross = quote(shop, [(at, units, 0) for at, units, _ in wanted]).gross
    net = quote(shop, wanted)
    off = ((net.gross - net.discount) * share / 100).quantize(Decimal("0.01"))
    priced = quote(shop, wanted, off)
    assert priced.gross == gross
    for line in priced.lines:
        assert 0 <= line.total <= line.mrp * line.quantity
        assert line.discount >= 0
        assert line.tax >= 0
    assert sum(line.total for line in priced.lines) + priced.round_off == priced.total
    assert (
        priced.taxable + priced.cgst + priced.sgst + priced.igst + priced.round_off == priced.total
    )
    assert priced.total >= 0
    assert abs(priced.round_off) <= Decimal("0.50")
    assert sum(line.quantity for line in priced.lines) == sum(units for _, units, _ in wanted)


@bounded
@given(wanted=lines, random=st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_total(shop, wanted, random):
    shuffled = list(wanted)
    random.shuffle(shuffled)
    first, second = quote(shop, wanted), quote(shop, shuffled)
    for figure in ("gross", "discount", "taxable", "cgst", "sgst", "igst", "total"):
        assert getattr(first, figure) == getattr(second, figure), figure
    by_lot = [{x.lot_id: (x.quantity, x.total) for x in q.lines} for q in (first, second)]
    assert by_lot[0] == by_lot[1]


@bounded
@given(wanted=lines)
def test_what_is_quoted_is_what_is_paid(shop, wanted):
    whole = [line for line in wanted if line[2] < 100] or [(4, 1, Decimal(0))]
    quoted = quote(shop, whole)
    if quoted.total == 0:
        return
    cart = shop.cart({}) | {
        "lines": [
            {"variant_id": shop.variant_ids[at], "quantity": units, "discount_percent": percent}
            for at, units, percent in whole
        ]
    }
    posted = shop.answer("pos.post_sale", cart)
    with db.unit_of_work(shop.ctx) as session:
        paid = db.fetch_one(
            session,
            "select total from sale where tenant_id = %s and id = %s",
            (shop.tenant_id, cart["sale_id"]),
        )
    assert paid == {"total": quoted.total}
    assert [(x.lot_number, x.total) for x in posted.result.lines] == [
        (x.lot_number, x.total) for x in quoted.lines
    ]
    refill = [
        receipt_line(shop.ctx, shop.variant_ids[at], units, days=900 + at, mrp=Decimal(PRICES[at]))
        for at, units, _ in whole
    ]
    shop.run("inventory.receive_goods", {"lines": refill})
