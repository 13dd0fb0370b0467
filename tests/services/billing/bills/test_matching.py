"""Matching is pure: quantities, prices and rates beside what was ordered and what came."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.core.ids import new_id
from erp.services.billing import Delivered, Finding, Tolerance, match_line

PLAIN = Tolerance(Decimal(1), Decimal(10))


def delivered(*, paid=100, value="6000.00", cost="60", billed=0, billed_value="0.00", per=1):
    return Delivered(
        receipt_id=new_id(),
        line_no=1,
        variant_id=new_id(),
        lot_id=new_id(),
        label="Arnica 30C",
        unit="BOX" if per > 1 else "BTL",
        quantity=Decimal(paid) / per,
        paid=paid,
        value=Decimal(value),
        billed=billed,
        billed_value=Decimal(billed_value),
        expected_cost=Decimal(cost),
        gst_rate=Decimal(5),
    )


def match(units, taxable, came, rate=5, tolerance=PLAIN):
    return match_line((units, Decimal(taxable), Decimal(rate)), came, tolerance)


@pytest.mark.parametrize(
    ("units", "taxable", "rate", "findings", "excess"),
    [
        (100, "6000.00", 5, (), "0.00"),
        (100, "6060.00", 5, (), "0.00"),  # one percent
        (100, "6060.01", 5, ("price",), "60.01"),
        (100, "5939.99", 5, ("price",), "0.00"),
        (1, "70.00", 5, (), "0.00"),  # ten rupees on the line
        (1, "70.01", 5, ("price",), "10.01"),
        (110, "6600.00", 5, ("quantity",), "600.00"),
        (110, "7700.00", 5, ("price", "quantity"), "1700.00"),
        (100, "6000.00", 12, ("tax_rate",), "0.00"),
    ],
)
def test_what_differs_beyond_the_tolerance_is_found(units, taxable, rate, findings, excess):
    found = match(units, taxable, delivered(), rate)
    assert found.findings == tuple(Finding(name) for name in findings)
    assert found.excess == Decimal(excess)
    assert (found.units, found.value) == (min(units, 100), Decimal(min(units, 100) * 60))


def test_a_price_is_of_the_order_where_the_delivery_took_another():
    came = delivered(value="7000.00", cost="60")
    assert match(100, "6000.00", came).findings == ()
    assert match(100, "7000.00", came).findings == (Finding.PRICE,)


def test_a_box_is_matched_in_bottles():
    came = delivered(paid=24, value="1440.00", cost="720", per=12)
    found = match(12, "720.00", came)
    assert (found.units, found.value, found.findings) == (12, Decimal("720.00"), ())


def test_what_was_billed_before_is_not_matched_again():
    came = delivered(billed=100, billed_value="6000.00")
    found = match(10, "600.00", came)
    assert (found.units, found.value) == (0, Decimal("0.00"))
    assert (found.findings, found.excess) == ((Finding.QUANTITY,), Decimal("600.00"))


@given(
    st.integers(1, 500).flatmap(
        lambda paid: st.tuples(st.just(paid), st.lists(st.integers(1, paid), max_size=6))
    ),
    st.decimals(0, 99999, places=2),
)
def test_whatever_parts_are_billed_they_use_up_the_value_exactly(parts, value):
    paid, bills = parts
    billed, billed_value = 0, Decimal("0.00")
    for units in [*bills, paid]:
        came = delivered(paid=paid, value=value, billed=billed, billed_value=billed_value)
        found = match(units, "0.00", came)
        assert found.value >= 0
        billed, billed_value = billed + found.units, billed_value + found.value
    assert (billed, billed_value) == (paid, value)


def test_goods_of_no_worth_to_speak_of_never_come_below_nothing():
    came = delivered(paid=1000, value="1.00", cost="0.001", billed=1, billed_value="0.01")
    assert match(1, "0.00", came).value == Decimal("0.00")
