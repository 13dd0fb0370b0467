"""Months as people type them from a pack: `03/2027`, `3/27`, `0327`, `2027-03`, `31-03-2027`."""

import calendar
import re
from datetime import date

_MONTH_YEAR = re.compile(r"(0?[1-9]|1[0-2])[/. -]?(20[0-9]{2}|[0-9]{2})", re.ASCII)
_YEAR_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)
_DAY = re.compile(r"([0-9]{1,2})[/. -]([0-9]{1,2})[/. -](20[0-9]{2}|[0-9]{2})", re.ASCII)
_CENTURY = 2000
BAD_MONTH = "Type month and year as on the pack, such as 03/2027."


def read_expiry(text: str) -> date | None:
    """Return the last usable day of an expiry as typed; a month is good through its end.

    Nothing where the text is none of the known ways.
    """
    day = _read_day(text)
    if day is not None:
        return day
    found = _read_month(text)
    if found is None:
        return None
    year, month = found
    return date(year, month, calendar.monthrange(year, month)[1])


def read_made(text: str) -> date | None:
    """Return the day of manufacture as typed; a month counts from its first day."""
    day = _read_day(text)
    if day is not None:
        return day
    found = _read_month(text)
    return date(*found, 1) if found else None


def _read_month(text: str) -> tuple[int, int] | None:
    wanted = text.strip()
    if match := _YEAR_MONTH.fullmatch(wanted):
        return int(match[1]), int(match[2])
    if match := _MONTH_YEAR.fullmatch(wanted):
        return _year(match[2]), int(match[1])
    return None


def _read_day(text: str) -> date | None:
    wanted = text.strip()
    try:
        if match := _DAY.fullmatch(wanted):
            return date(_year(match[3]), int(match[2]), int(match[1]))
        return date.fromisoformat(wanted) if wanted.count("-") == 2 else None  # noqa: PLR2004  year-month-day
    except ValueError:
        return None


def _year(text: str) -> int:
    return int(text) if len(text) > 2 else _CENTURY + int(text)  # noqa: PLR2004  two digits
