"""How numbers, money and dates are written in India, on screen and on paper."""

import calendar
import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import NumberPattern, parse_pattern
from num2words import num2words

from erp.core.money import round_money

RUPEE_SIGN = "₹"
MINUS = "-"
CRORE = 10_000_000
_LOCALE = Locale.parse("en_IN")
_MONEY: NumberPattern = parse_pattern("#,##,##0.00")
_WHOLE: NumberPattern = parse_pattern("#,##,##0")
_BROKEN: NumberPattern = parse_pattern("#,##,##0.######")
_EXPIRY = re.compile(r"(0[1-9]|1[0-2])/([0-9]{4})", re.ASCII)


def group_amount(amount: Decimal) -> str:
    """Write an amount with two places and Indian grouping: `12,34,567.89`."""
    return _written(_MONEY, round_money(amount))


def group_count(count: int) -> str:
    """Write a whole number with Indian grouping: `1,00,000`."""
    return _written(_WHOLE, Decimal(count))


def group_number(number: Decimal) -> str:
    """Write a quantity that may be broken with Indian grouping: `1,00,000.5`."""
    return _written(_BROKEN, number)


def counted(count: int, one: str, many: str = "") -> str:
    """Write how many there are of something: `1 lot`, `1,200 lots`."""
    return f"{group_count(count)} {one if count == 1 else many or f'{one}s'}"


def money_text(amount: Decimal) -> str:
    """Write an amount for the screen: `₹1,23,456.00`; a minus stands before the sign."""
    grouped = group_amount(amount)
    sign, digits = (MINUS, grouped[1:]) if grouped.startswith(MINUS) else ("", grouped)
    return f"{sign}{RUPEE_SIGN}{digits}"


def plain_decimal(number: Decimal) -> str:
    """Write a quantity, price or rate without needless zeros: `12.5`, `5`, `622.2222`."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount_in_words(amount: Decimal) -> str:
    """Write an amount as a bill must: `Rupees One Lakh Ten and Five Paise Only`.

    Above 99 crore the count of crores is itself written in Indian words.
    """
    rounded = round_money(amount)
    rupees, paise = divmod(abs(int(rounded.scaleb(2))), 100)
    parts = [f"Rupees {_words(rupees)}"] if rupees or not paise else []
    parts += [f"{_words(paise)} Paise"] if paise else []
    return f"{'Minus ' if rounded < 0 else ''}{' and '.join(parts)} Only"


def date_text(day: date) -> str:
    """Write a calendar day as dd-mm-yyyy.

    An instant has no day until a time zone is named: use `instant_text` or `business_date`.
    """
    if isinstance(day, datetime):
        raise TypeError("An instant needs a time zone: use instant_text.")
    return day.strftime("%d-%m-%Y")


def instant_text(instant: datetime, time_zone: str) -> str:
    """Write an aware instant as `dd-mm-yyyy hh:mm` where the business is."""
    if instant.tzinfo is None:
        raise TypeError("A naive time names no instant.")
    return instant.astimezone(ZoneInfo(time_zone)).strftime("%d-%m-%Y %H:%M")


def expiry_text(expires_on: date) -> str:
    """Write the last usable day of a lot as its label does: `03/2026`."""
    return expires_on.strftime("%m/%Y")


def last_usable_day(label: str) -> date:
    """Read an expiry label `MM/YYYY`: the goods are good through the end of that month.

    Raises:
        ValueError: The text is not a month and a year.
    """
    match = _EXPIRY.fullmatch(label.strip(" "))
    if match is None or int(match[2]) == 0:
        raise ValueError("Write the expiry as MM/YYYY, for example 03/2026.")
    month, year = int(match[1]), int(match[2])
    return date(year, month, calendar.monthrange(year, month)[1])


def _written(pattern: NumberPattern, number: Decimal) -> str:
    return _written_digits(pattern, str(number))


@lru_cache(maxsize=8192)
def _written_digits(pattern: NumberPattern, digits: str) -> str:
    """Write a number given by its digits: a screen writes the same amounts over and over."""
    text: str = pattern.apply(Decimal(digits), _LOCALE)
    return text


@lru_cache(maxsize=4096)
def _words(number: int) -> str:
    crores, rest = divmod(number, CRORE)
    if crores and rest:
        return f"{_words(crores)} Crore {_words(rest)}"
    if crores:
        return f"{_words(crores)} Crore"
    spelled: str = num2words(rest, lang="en_IN")
    return spelled.replace("-", " ").replace(",", "").replace(" and ", " ").title()
