"""Values, ranges and units as laboratories write them: exact, or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.services.laboratory.standard_analytes import STANDARD
from erp.services.laboratory.units import MOLAR_MASS, UNITS, convert, find_unit
from erp.services.laboratory.values import Number, Range, flag_of, read_number, read_range

NUMBERS = st.decimals(min_value=-999999, max_value=999999, places=4)


@given(number=NUMBERS, bound=st.sampled_from(["", "<", ">", "<=", ">="]))
def test_a_number_is_read_to_the_last_digit(number, bound):
    assert read_number(f"{bound}{number:f}") == Number(bound, number)


@pytest.mark.parametrize(
    "text", ["", "5,4", "1,200", "five", "5.6.7", "5 6", "1e5", "NaN", "inf", "--5", "5%", "\u0661"]
)
def test_what_is_no_plain_number_is_none(text):
    assert read_number(text) is None


@given(low=NUMBERS, high=NUMBERS)
def test_a_span_is_read_whole(low, high):
    found = read_range(f"{low:f} - {high:f}")
    assert found == (Range(low, high) if low <= high else None)


@pytest.mark.parametrize(
    ("text", "value", "flag"),
    [
        ("<200", "200", "high"), ("<=200", "200", "normal"), ("up to 35", "35.1", "high"),
        (">40", "40", "low"), (">=40", "40", "normal"), ("4-10", "4", "normal"),
        ("4-10", "<4", "low"), ("4-10", "<5", ""), ("<5", "<5", "normal"), ("4-10", ">10", "high"),
        (">40", ">90", "normal"), ("(4.0 to 10)", "3.9", "low"),
    ],
)  # fmt: skip
def test_flags_say_only_what_follows(text, value, flag):
    limits, number = read_range(text), read_number(value)
    assert limits is not None
    assert number is not None
    assert flag_of(number, limits) == flag


@pytest.mark.parametrize(
    "text", ["Normal: <5.7, prediabetes: 5.7-6.4", "negative", "5-", "10-4", ""]
)
def test_a_range_that_says_more_is_none(text):
    assert read_range(text) is None


@given(number=NUMBERS, data=st.data())
def test_a_conversion_there_and_back_is_where_it_began(number, data):
    analyte = data.draw(st.sampled_from([one for one in STANDARD if one.loinc in MOLAR_MASS]))
    moles = convert(number, analyte.unit, "mmol/L", analyte.loinc)
    assert moles is not None
    back = convert(moles, "mmol/L", analyte.unit, analyte.loinc)
    step = convert(Decimal("0.00000001"), "mmol/L", analyte.unit, analyte.loinc)
    assert back is not None
    assert step is not None
    assert abs(back - number) <= max(step, Decimal("0.00000001"))


def test_every_standard_unit_is_of_the_table_and_every_spelling_of_one_unit():
    assert {one.unit for one in STANDARD if one.kind == "number"} <= UNITS.keys()
    spelled = [s for unit, (_, _, others) in UNITS.items() for s in (unit.lower(), *others.split())]
    assert len(spelled) == len(set(spelled))
    assert [find_unit(text) for text in ("MG/DL", "µIU/mL", "x10³/µL", " gm / dl ", "mg")] == [
        "mg/dL",
        "uIU/mL",
        "10^3/uL",
        "g/dL",
        None,
    ]
    assert convert(Decimal(5), "mg/dL", "U/L", "1742-6") is None
    assert convert(Decimal(5), "mmol/L", "mg/dL", "718-7") is None


def test_codes_of_loinc_have_their_check_digit():
    for one in STANDARD:
        body, check = one.loinc.split("-")
        digits = body[::-1]
        doubled = str(int(digits[0::2][::-1]) * 2)
        total = sum(map(int, doubled)) + sum(map(int, digits[1::2]))
        assert (10 - total % 10) % 10 == int(check), one.code
