"""Days and amounts as banks write them."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from erp.core.money import PAISA

LARGEST: Final = Decimal(10) ** 13
"""Rupees of a line or a balance; more is a number in the wrong column."""
_AMOUNT: Final = re.compile(
    r"(?P<sign>[+-]?)\s*(?:₹|rs\.?|inr)?\s*(?P<sign2>-?)(?P<number>[0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)"
    r"\s*(?P<side>cr|dr|c|d)?\.?",
    re.IGNORECASE,
)
_COMMA: Final = re.compile(r"(?<![0-9.,])([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),([0-9]{2})(?![0-9.,])")
"""An amount with a decimal comma: Indian groups before the point have three digits last, never two."""
_DAY: Final = re.compile(
    r"([0-9]{1,4}|[A-Za-z]{3,9})[-/. ,]+([0-9]{1,2}|[A-Za-z]{3,9})[-/. ,]+([0-9]{1,4})"
)
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_DEBIT_WORDS: Final = frozenset({"d", "dr", "debit", "withdrawal", "w"})
_CREDIT_WORDS: Final = frozenset({"c", "cr", "credit", "deposit"})


class DateOrder(StrEnum):
    """Which part of a day comes first."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


def read_day(text: str, order: DateOrder) -> date | None:
    """Return the day of a text such as `21/11/26`, `21-Nov-2026` or `2026-11-21T10:00`; or nothing."""
    found = _DAY.match(text.strip())
    if found is None:
        return None
    first, second, third = found.groups()
    is_year_first = len(first) == len("2026") and first.isdigit()
    order = DateOrder.YMD if is_year_first else order
    if first[:1].isalpha():
        order = DateOrder.MDY
    elif second[:1].isalpha() and not is_year_first:
        order = DateOrder.DMY
    parts = dict(zip(order.value, (first, second, third), strict=True))
    month = parts["m"][:3].lower()
    try:
        return date(
            _year(parts["y"]),
            _MONTHS.index(month) + 1 if month.isalpha() else int(month),
            int(parts["d"]),
        )
    except ValueError:
        return None


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) <= len("26") else 0)


def guess_order(texts: Sequence[str]) -> DateOrder:
    """Return the order in which all days can be read; the Indian one where both fit, or none.

    A year of four digits that comes first is read in any order.
    """
    for order in (DateOrder.DMY, DateOrder.MDY):
        if all(read_day(text, order) for text in texts):
            return order
    return DateOrder.DMY


def read_amount(text: str) -> Decimal | None:
    """Return an exact amount of two places; `Dr`, a minus or brackets make it negative; or nothing.

    A decimal comma is read where nothing else can be meant: `1.234,56`, never `1,234`.
    """
    bare = _COMMA.sub(lambda found: f"{found[1].replace('.', '')}.{found[2]}", text.strip())
    is_bracketed = bare.startswith("(") and bare.endswith(")")
    found = _AMOUNT.fullmatch(bare[1:-1] if is_bracketed else bare)
    if found is None:
        return None
    number = Decimal(found["number"].replace(",", "").rstrip(".") or "0")
    if number >= LARGEST or number != number.quantize(PAISA):
        return None
    is_debit = (found["side"] or "").lower() in _DEBIT_WORDS
    is_negative = is_bracketed or is_debit or "-" in (found["sign"], found["sign2"])
    return -number.quantize(PAISA) if is_negative else number.quantize(PAISA)


def side_of(text: str) -> int:
    """Return -1 for a word of money that went, 1 for money that came, 0 for neither."""
    word = text.strip().strip(".").lower()
    return -1 if word in _DEBIT_WORDS else 1 if word in _CREDIT_WORDS else 0
