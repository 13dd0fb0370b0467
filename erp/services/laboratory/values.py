"""Values, ranges and flags as laboratories write them; nothing is rounded, nothing is guessed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from erp.models.laboratory import Flag

_NUMBER = r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,8})?"
_VALUE = re.compile(rf"(?P<bound><=|>=|<|>|≤|≥)?\s*(?P<number>{_NUMBER})")
_BETWEEN = re.compile(rf"({_NUMBER})\s*(?:-|\u2013|to)\s*({_NUMBER})", re.IGNORECASE)
_BELOW = re.compile(rf"(?P<bound><=|<|≤|up\s*to)\s*(?P<number>{_NUMBER})", re.IGNORECASE)
_ABOVE = re.compile(rf"(?P<bound>>=|>|≥)\s*(?P<number>{_NUMBER})")
_BOUNDS: Final = {"≤": "<=", "≥": ">="}
_FLAGS: Final = {
    "n": Flag.NORMAL, "normal": Flag.NORMAL,
    "l": Flag.LOW, "low": Flag.LOW, "<": Flag.LOW,
    "h": Flag.HIGH, "high": Flag.HIGH, ">": Flag.HIGH,
    "ll": Flag.VERY_LOW, "hh": Flag.VERY_HIGH,
    "a": Flag.ABNORMAL, "aa": Flag.ABNORMAL, "abnormal": Flag.ABNORMAL, "*": Flag.ABNORMAL,
}  # fmt: skip
"""HL7 table 0078, and the words laboratories print."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number, or only a bound of it."""

    comparator: str
    number: Decimal


@dataclass(frozen=True, slots=True)
class Range:
    """A reference range; an open end excludes its own value."""

    low: Decimal | None = None
    high: Decimal | None = None
    is_low_open: bool = False
    is_high_open: bool = False


def read_number(text: str) -> Number | None:
    """Return a number such as `5.6` or `<0.01`; nothing where the text is none, a comma included."""
    found = _VALUE.fullmatch(text.strip())
    if found is None:
        return None
    bound = found["bound"] or ""
    return Number(_BOUNDS.get(bound, bound), Decimal(found["number"]))


def read_range(text: str) -> Range | None:
    """Return a range such as `4.0 - 5.6`, `<200`, `up to 35` or `>40`; nothing where it says more."""
    bare = text.strip().strip("()[]").strip()
    if found := _BETWEEN.fullmatch(bare):
        low, high = Decimal(found[1]), Decimal(found[2])
        return Range(low, high) if low <= high else None
    if found := _BELOW.fullmatch(bare):
        return Range(high=Decimal(found["number"]), is_high_open=found["bound"] == "<")
    if found := _ABOVE.fullmatch(bare):
        return Range(low=Decimal(found["number"]), is_low_open=found["bound"] == ">")
    return None


def read_flag(text: str) -> Flag:
    """Return what a laboratory's flag means; none where it means nothing known."""
    return _FLAGS.get(text.strip().lower(), Flag.NONE)


def flag_of(value: Number, limits: Range) -> Flag:
    """Return how a value stands to a range; none where a bound leaves that open."""
    number, at_most, at_least = value.number, "<" in value.comparator, ">" in value.comparator
    low, high = limits.low, limits.high
    if low is not None and not at_least and _is_below(number, low, value, limits):
        return Flag.LOW
    if high is not None and not at_most and _is_above(number, high, value, limits):
        return Flag.HIGH
    is_above_low = (
        low is None
        or number > low
        or (number == low and (not limits.is_low_open or value.comparator == ">"))
    )
    is_below_high = (
        high is None
        or number < high
        or (number == high and (not limits.is_high_open or value.comparator == "<"))
    )
    within = is_above_low and is_below_high
    if at_most:
        return Flag.NORMAL if low is None and high is not None and within else Flag.NONE
    if at_least:
        return Flag.NORMAL if high is None and low is not None and within else Flag.NONE
    return Flag.NORMAL if within else Flag.NONE


def _is_below(number: Decimal, low: Decimal, value: Number, limits: Range) -> bool:
    return number < low or (number == low and (limits.is_low_open or value.comparator == "<"))


def _is_above(number: Decimal, high: Decimal, value: Number, limits: Range) -> bool:
    return number > high or (number == high and (limits.is_high_open or value.comparator == ">"))


def own_range(
    ranges: Sequence[Mapping[str, Any]], sex: str, birth_on: date | None, on: date
) -> Range | None:
    """Return the range that our own catalogue has for a person on a day, the closest first.

    A range for an age counts only where the birthday is known, one for a sex only where that is.
    """
    years = _years(birth_on, on)
    fitting = [row for row in ranges if _fits(row, sex, years)]
    if not fitting:
        return None
    best = max(fitting, key=lambda row: (bool(row["sex"]), row["from_years"]))
    return Range(_end(best["low"]), _end(best["high"]))


def _end(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _years(birth_on: date | None, on: date) -> int | None:
    if birth_on is None or on < birth_on:
        return None
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))


def _fits(row: Mapping[str, Any], sex: str, years: int | None) -> bool:
    if row["sex"] and row["sex"] != sex:
        return False
    if not row["from_years"] and row["to_years"] is None:
        return True
    if years is None:
        return False
    return years >= row["from_years"] and (row["to_years"] is None or years < row["to_years"])
