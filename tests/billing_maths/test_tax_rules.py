"""Rules of the tax calculation that no worked example shows, and what it refuses."""

import csv
from dataclasses import replace
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from erp.core.errors import InvalidInput
from erp.core.gst.taxing import (
    UTGST_STATES,
    PriceMode,
    StateTaxHead,
    Supply,
    SupplyLine,
    SupplyNature,
    Treatment,
    UntaxableSupply,
    tax_supply,
)
from erp.core.money import ZERO

D = Decimal

SEED = Path(__file__).parents[2] / "erp/seed/data"
MEDICINE = SupplyLine("medicine", D(10), D("72.38"), D(5))
OIL = SupplyLine("oil", D(2), D("142.37"), D(18))
DELIVERY = SupplyLine("delivery", D(1), D("100.00"), follows_goods=True)


def sale(*lines, **changes):
    given = {"seller_state": "27", "place_of_supply": "27", "price_mode": PriceMode.EXCLUSIVE}
    return Supply(lines=list(lines), **(given | changes))


money = st.decimals(min_value=0, max_value=20000, places=2)
lines = st.builds(
    SupplyLine,
    ref=st.uuids().map(str),
    quantity=st.decimals(min_value=D("0.001"), max_value=500, places=3),
    unit_price=st.decimals(min_value=0, max_value=5000, places=4),
    gst_rate=st.sampled_from([D(0), D(3), D(5), D(12), D(18), D(28), D(40)]),
    discount_pct=st.none() | st.decimals(min_value=0, max_value=100, places=2),
    is_free=st.just(value=False),
)
supplies = st.builds(
    Supply,
    seller_state=st.just("27"),
    place_of_supply=st.sampled_from(["27", "24", "96"]),
    price_mode=st.sampled_from(PriceMode),
    lines=st.lists(lines, min_size=1, max_size=12),
    bill_discount=st.just(ZERO),
    is_rounded=st.booleans(),
    is_sez=st.booleans(),
)


@st.composite
def discounted(draw):
    supply = draw(supplies)
    before = tax_supply(supply).totals
    most = before.gross - before.line_discount
    return replace(supply, bill_discount=draw(st.decimals(0, most, places=2)))


@given(discounted())
def test_shares_add_up_and_totals_are_sums_of_lines(supply):
    taxed = tax_supply(supply)
    totals = taxed.totals
    assert totals.bill_discount == supply.bill_discount
    for name in ("gross", "line_discount", "taxable_value", "cgst", "sgst", "igst", "total"):
        assert getattr(totals, name) == sum(getattr(line, name) for line in taxed.lines)
    assert totals.invoice_value == totals.total + totals.round_off


@given(discounted())
def test_nothing_is_negative_and_heads_are_equal(supply):
    for line in tax_supply(supply).lines:
        assert min(line.taxable_value, line.cgst, line.sgst, line.igst, line.total) >= 0
        assert line.bill_discount_share <= line.gross - line.line_discount
        assert line.cgst == line.sgst
        assert not (line.cgst and line.igst)


@given(discounted())
def test_an_inclusive_line_costs_its_price(supply):
    for line in tax_supply(replace(supply, price_mode=PriceMode.INCLUSIVE)).lines:
        assert line.total == line.gross - line.line_discount - line.bill_discount_share


@given(discounted())
def test_round_off_stays_within_half_a_rupee(supply):
    totals = tax_supply(replace(supply, is_rounded=True)).totals
    assert D("-0.49") <= totals.round_off <= D("0.50")
    assert totals.invoice_value == totals.invoice_value.to_integral_value()
    assert tax_supply(replace(supply, is_rounded=False)).totals.round_off == 0


@given(supplies, st.randoms())
def test_order_of_lines_does_not_matter(supply, random):
    shuffled = list(supply.lines)
    random.shuffle(shuffled)
    again = tax_supply(replace(supply, lines=shuffled))
    by_ref = {line.ref: replace(line, line=0) for line in again.lines}
    first = tax_supply(supply)
    assert by_ref == {line.ref: replace(line, line=0) for line in first.lines}
    assert again.totals == first.totals


@given(discounted(), st.randoms())
def test_order_moves_a_discount_share_by_one_paisa_at_most(supply, random):
    shuffled = list(supply.lines)
    random.shuffle(shuffled)
    again = {one.ref: one for one in tax_supply(replace(supply, lines=shuffled)).lines}
    for line in tax_supply(supply).lines:
        moved = abs(again[line.ref].bill_discount_share - line.bill_discount_share)
        assert moved <= D("0.01")


def test_a_tie_of_the_discount_goes_to_the_earlier_line():
    first, second = replace(MEDICINE, ref="first"), replace(MEDICINE, ref="second")
    taxed = tax_supply(sale(first, second, bill_discount=D("0.01")))
    assert [line.bill_discount_share for line in taxed.lines] == [D("0.01"), ZERO]


@given(discounted())
def test_the_ambient_decimal_context_changes_nothing(supply):
    expected = tax_supply(supply)
    with localcontext() as context:
        context.prec = 28
        context.rounding = "ROUND_DOWN"
        assert tax_supply(supply) == expected


def test_huge_numbers_are_rounded_once():
    line = SupplyLine("bulk", D("123456789.123"), D("9876543.2109"), D(5))
    taxed = tax_supply(sale(line, place_of_supply="24")).lines[0]
    value = Fraction(line.quantity) * Fraction(line.unit_price)
    assert taxed.gross == half_up(value)
    assert taxed.igst == half_up(Fraction(taxed.gross) / 20)


def half_up(value):
    return D(int(value * 100 + Fraction(1, 2))) / 100


def test_utgst_states_are_those_of_the_state_list():
    with (SEED / "state_codes.csv").open(encoding="utf-8", newline="") as rows:
        states = list(csv.DictReader(rows))
    live = [state for state in states if state["kind"] != "INACTIVE"]
    assert {row["code"] for row in live if row["state_tax_head"] == "UTGST"} == UTGST_STATES


@pytest.mark.parametrize("state", ["04", "97", "27", "07"])
def test_state_head_of_a_supply_within_the_state(state):
    taxed = tax_supply(sale(MEDICINE, seller_state=state, place_of_supply=state))
    expected = StateTaxHead.UTGST if state in {"04", "97"} else StateTaxHead.SGST
    assert taxed.state_tax_head is expected


def test_between_states_there_is_no_state_head():
    assert tax_supply(sale(MEDICINE, place_of_supply="24")).state_tax_head is None


@pytest.mark.parametrize("changes", [{"is_sez": True}, {"place_of_supply": "96"}])
def test_sez_and_export_are_between_states_even_at_home(changes):
    taxed = tax_supply(sale(MEDICINE, **changes))
    assert taxed.nature is SupplyNature.INTER
    assert (taxed.totals.cgst, taxed.totals.igst) == (ZERO, D("36.19"))


def test_a_composition_seller_collects_no_tax():
    taxed = tax_supply(sale(MEDICINE, is_composition=True))
    assert taxed.totals.total == taxed.totals.taxable_value == D("723.80")
    assert taxed.lines[0].cgst == ZERO


def test_a_free_line_is_worth_nothing_and_keeps_its_rate():
    taxed = tax_supply(sale(MEDICINE, replace(MEDICINE, ref="free", is_free=True)))
    free = taxed.lines[1]
    assert (free.gross, free.total, free.gst_rate) == (ZERO, ZERO, D(5))
    assert taxed.totals.total == D("760.00")


def test_delivery_takes_the_rate_of_the_goods():
    taxed = tax_supply(sale(MEDICINE, DELIVERY))
    delivery = taxed.lines[1]
    assert (delivery.gst_rate, delivery.cgst, delivery.total) == (D(5), D("2.50"), D("105.00"))


def test_delivery_of_mixed_goods_is_shared_over_their_rates():
    taxed = tax_supply(sale(MEDICINE, DELIVERY, OIL))
    parts = [line for line in taxed.lines if line.ref == "delivery"]
    assert [(part.line, part.gst_rate) for part in parts] == [(1, D(18)), (1, D(5))]
    assert [part.gross for part in parts] == [D("28.23"), D("71.77")]
    assert sum(part.gross for part in parts) == D("100.00")


def test_delivery_of_exempt_goods_is_exempt():
    book = SupplyLine("book", D(1), D("360"), treatment=Treatment.NIL_RATED)
    delivery = tax_supply(sale(DELIVERY, book)).lines[0]
    assert (delivery.treatment, delivery.cgst) == (Treatment.NIL_RATED, ZERO)


@pytest.mark.parametrize("order", [[MEDICINE, OIL, DELIVERY], [DELIVERY, OIL, MEDICINE]])
def test_shared_delivery_does_not_depend_on_order(order):
    assert tax_supply(sale(*order)).totals.total == D("1204.66")


REFUSED = {
    "no line": sale(),
    "zero quantity": sale(replace(MEDICINE, quantity=D(0))),
    "negative quantity": sale(replace(MEDICINE, quantity=D(-1))),
    "endless quantity": sale(replace(MEDICINE, quantity=D("Infinity"))),
    "no number": sale(replace(MEDICINE, quantity=D("NaN"))),
    "negative price": sale(replace(MEDICINE, unit_price=D("-0.01"))),
    "negative rate": sale(replace(MEDICINE, gst_rate=D(-5))),
    "rate is no number": sale(replace(MEDICINE, gst_rate=D("NaN"))),
    "discount is no number": sale(replace(MEDICINE, discount_pct=D("NaN"))),
    "bill discount is no number": sale(MEDICINE, bill_discount=D("NaN")),
    "absurd rate": sale(replace(MEDICINE, gst_rate=D(101))),
    "absurd amount": sale(replace(MEDICINE, quantity=D("1e15"), unit_price=D("1e6"))),
    "exempt with a rate": sale(replace(MEDICINE, treatment=Treatment.EXEMPT)),
    "both discounts": sale(replace(MEDICINE, discount_pct=D(1), discount_amount=D(1))),
    "discount above the line": sale(replace(MEDICINE, discount_amount=D("723.81"))),
    "discount below zero": sale(replace(MEDICINE, discount_amount=D("-1"))),
    "percent above hundred": sale(replace(MEDICINE, discount_pct=D("100.01"))),
    "discount on a free line": sale(replace(MEDICINE, is_free=True, discount_pct=D(1))),
    "discount on delivery": sale(MEDICINE, replace(DELIVERY, discount_pct=D(1))),
    "delivery without goods": sale(DELIVERY),
    "bill discount above the bill": sale(MEDICINE, bill_discount=D("723.81")),
    "negative bill discount": sale(MEDICINE, bill_discount=D("-0.01")),
    "bill discount of half a paisa": sale(MEDICINE, bill_discount=D("0.005")),
    "untaxed at home": sale(MEDICINE, is_without_payment_of_tax=True),
    "composition to another state": sale(MEDICINE, place_of_supply="24", is_composition=True),
}


@pytest.mark.parametrize("supply", REFUSED.values(), ids=REFUSED.keys())
def test_refuses(supply):
    with pytest.raises(InvalidInput):
        tax_supply(supply)


def test_a_refusal_names_the_line_and_the_field():
    with pytest.raises(UntaxableSupply) as refused:
        tax_supply(sale(MEDICINE, replace(OIL, quantity=D(0))))
    assert "Line 2" in refused.value.message
    assert list(refused.value.fields) == ["lines.1.quantity"]


@given(supplies)
def test_a_percentage_never_takes_more_than_the_line(supply):
    assume(any(line.discount_pct for line in supply.lines))
    for line in tax_supply(supply).lines:
        assert ZERO <= line.line_discount <= line.gross
