"""Rounding, sharing, parsing, unit conversion and the written form of numbers and dates."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.core import formatting, money, quantity
from erp.core.clock import fiscal_year
from erp.core.errors import InvalidInput

D = Decimal

DATA = json.loads((Path(__file__).parents[1] / "data/gst_examples.json").read_text("utf-8"))
FORMATS = DATA["formatting_examples"]


def pairs(key, given_name="input", wanted_name="output"):
    return [(vector[given_name], vector[wanted_name]) for vector in FORMATS[key]]


@pytest.mark.parametrize(("amount", "text"), pairs("digit_grouping"))
def test_grouping(amount, text):
    assert formatting.group_amount(D(amount)) == text


@pytest.mark.parametrize(("amount", "text"), pairs("amount_in_words"))
def test_words(amount, text):
    assert formatting.amount_in_words(D(amount)) == text


@pytest.mark.parametrize(("day", "year"), pairs("financial_year", "date", "fy"))
def test_fiscal_year(day, year):
    assert fiscal_year(date.fromisoformat(day)) == year


@pytest.mark.parametrize(("label", "day"), pairs("expiry", "text", "last_usable_date"))
def test_expiry(label, day):
    assert formatting.last_usable_day(label) == date.fromisoformat(day)
    assert formatting.expiry_text(date.fromisoformat(day)) == label


@pytest.mark.parametrize("label", ["", "13/2026", "00/2026", "3/2026", "03-2026", "03/0000"])
def test_no_expiry(label):
    with pytest.raises(ValueError, match="MM/YYYY"):
        formatting.last_usable_day(label)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("123456", "₹1,23,456.00"),
        ("-2500.5", "-₹2,500.50"),
        ("0", "₹0.00"),
        ("-0.001", "₹0.00"),
        ("0.005", "₹0.01"),
        ("2.675", "₹2.68"),
    ],
)
def test_money_text(amount, text):
    assert formatting.money_text(D(amount)) == text


def test_words_of_a_lakh_crore():
    words = formatting.amount_in_words(D("1234500000000.00"))
    assert words == "Rupees One Lakh Twenty Three Thousand Four Hundred Fifty Crore Only"


@pytest.mark.parametrize(
    ("number", "text"), [("10", "10"), ("12.500", "12.5"), ("5.00", "5"), ("0.0000", "0")]
)
def test_plain_decimal(number, text):
    assert formatting.plain_decimal(D(number)) == text


def test_group_count():
    assert formatting.group_count(1234567) == "12,34,567"


def test_dates_are_those_of_the_business():
    instant = datetime(2025, 3, 31, 20, 0, tzinfo=UTC)
    assert formatting.instant_text(instant, "Asia/Kolkata") == "01-04-2025 01:30"
    assert formatting.date_text(date(2025, 4, 1)) == "01-04-2025"


def test_a_time_without_zone_has_no_date():
    with pytest.raises(TypeError):
        formatting.instant_text(datetime(2025, 4, 1), "Asia/Kolkata")  # noqa: DTZ001 - the refusal
    with pytest.raises(TypeError):
        formatting.date_text(datetime(2025, 4, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.0049", "0.00"), ("2.675", "2.68"), ("1", "1.00")],
)
def test_rounding_is_half_up_on_the_absolute_value(exact, rounded):
    assert f"{money.round_money(D(exact))}" == rounded


@pytest.mark.parametrize("amount", ["1e16", "NaN", "Infinity", "1e70"])
def test_rounding_refuses_what_the_books_cannot_hold(amount):
    with pytest.raises(money.AmountTooLarge):
        money.round_money(D(amount))


@pytest.mark.parametrize(
    ("amount", "rupees"), [("99.49", "99.00"), ("99.50", "100.00"), ("-99.50", "-100.00")]
)
def test_rupee_rounding(amount, rupees):
    assert f"{money.round_to_rupee(D(amount))}" == rupees


amounts = st.decimals(min_value=-(10**6), max_value=10**6, places=2)
weights = st.lists(st.decimals(min_value=0, max_value=10**6, places=4), min_size=1, max_size=20)


@given(amounts, weights.filter(any))
def test_shares_add_up_and_differ_from_the_exact_share_by_less_than_a_paisa(amount, weights):
    shares = money.allocate(amount, weights)
    assert sum(shares) == amount
    total = sum(map(Fraction, weights))
    for share, weight in zip(shares, weights, strict=True):
        assert abs(Fraction(share) - Fraction(amount) * Fraction(weight) / total) < Fraction(1, 100)
        assert weight or not share


def test_ties_go_to_the_earlier_weight():
    assert money.allocate(D("0.02"), [D(1), D(1), D(1)]) == [D("0.01"), D("0.01"), D("0.00")]


@pytest.mark.parametrize(
    ("amount", "weights"), [("1", []), ("1", ["0", "0"]), ("1", ["2", "-1"]), ("0.001", ["1"])]
)
def test_what_cannot_be_shared(amount, weights):
    with pytest.raises(money.UnshareableAmount):
        money.allocate(D(amount), [D(weight) for weight in weights])


def test_nothing_shared_over_nothing_is_nothing():
    assert money.allocate(D("0.00"), [D(0), D(0)]) == [D("0.00"), D("0.00")]


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1250.5", "1250.50"), (" 0 ", "0.00"), ("-3.07", "-3.07"), ("007", "7.00")],
)
def test_parse_money(text, amount):
    assert f"{money.parse_money(text)}" == amount


@pytest.mark.parametrize(
    "text",
    ["", "-", "1,250", "1e5", "NaN", "inf", "1_000", "+1", "\u0663", "1.", ".5", "1.234", "0x1",
     "1 0", "12\x00", "1" * 19, "99999999999999999", "\t1"],
)  # fmt: skip
def test_parse_money_refuses(text):
    with pytest.raises(ValueError, match=r"plain number|at most 2|larger"):
        money.parse_money(text)


def test_parse_decimal_of_a_price():
    assert money.parse_decimal("622.2222", places=4) == D("622.2222")


@pytest.mark.parametrize(
    ("given_quantity", "factor", "units"),
    [
        ("10", quantity.unit_factor(1), 10),
        ("2.5", quantity.unit_factor(12), 30),
        ("3", quantity.unit_factor(1, 3), 1),
        ("-4", quantity.unit_factor(12), -48),
        ("0.100", quantity.unit_factor(10), 1),
    ],
)
def test_conversion_to_base_units(given_quantity, factor, units):
    assert quantity.to_base_units(D(given_quantity), factor) == units


@pytest.mark.parametrize(
    ("given_quantity", "factor"),
    [
        ("0.5", Fraction(1)),
        ("0.3333", Fraction(3)),
        ("NaN", Fraction(1)),
        ("Infinity", Fraction(1)),
    ],
)
def test_what_is_not_whole_is_refused(given_quantity, factor):
    with pytest.raises(quantity.NotWholeUnits):
        quantity.to_base_units(D(given_quantity), factor)


@pytest.mark.parametrize("given_quantity", ["1e19", "9223372036854775808", "1e999999"])
def test_what_the_ledger_cannot_hold_is_refused(given_quantity):
    with pytest.raises(quantity.QuantityTooLarge):
        quantity.to_base_units(D(given_quantity))


@given(st.integers(-(10**12), 10**12), st.integers(1, 1000), st.integers(1, 1000))
def test_conversion_there_and_back(units, numerator, denominator):
    factor = quantity.unit_factor(numerator, denominator)
    assert quantity.from_base_units(units, factor) * factor == units


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 1), (1, 0), (-1, 1), (1, -2)])
def test_a_factor_is_positive(numerator, denominator):
    with pytest.raises(InvalidInput):
        quantity.unit_factor(numerator, denominator)
