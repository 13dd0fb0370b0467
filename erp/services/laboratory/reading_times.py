"""Times as laboratories write them, with or without an offset, to the day or to the minute."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

_STAMP = re.compile(
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?:(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})?(?:\.[0-9]{1,4})?)?"
    r"(?P<offset>[+-][0-9]{4})?"
)
_WRITTEN = re.compile(
    r"(?P<a>[0-9]{1,4})[-/.](?P<b>[0-9]{1,2}|[A-Za-z]{3,9})[-/.](?P<c>[0-9]{2,4})"
    r"(?:[T ,]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]+)?)?"
    r"\s*(?P<half>[AaPp][Mm])?\s*(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
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
ORDERS: Final = ("dmy", "mdy")
_NOON: Final = 12
_YEARS: Final = range(1900, 2101)
"""What systems write for no time, such as 0001 and 9999, is none."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant; where only its day is known, the day's beginning."""

    at: datetime
    is_time_known: bool


def read_stamp(text: str, time_zone: str) -> Moment | None:
    """Return the instant of an HL7 time such as `20261121` or `202611211030+0530`; or nothing."""
    found = _STAMP.fullmatch(text.strip())
    return (
        _moment(found, "", time_zone, found["year"], found["month"], found["day"])
        if found
        else None
    )


def read_written(text: str, order: str, time_zone: str) -> Moment | None:
    """Return the instant of a text such as `21/11/2026 10:30` or `2026-11-21T10:30+05:30`; or nothing.

    Args:
        order: `dmy` or `mdy`, for days whose year does not come first.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    parts = (found["a"], found["b"], found["c"])
    if len(parts[0]) == len("2026"):
        year, month, day = parts
    elif parts[1].isalpha() or order == "dmy":
        day, month, year = parts
    else:
        month, day, year = parts
    return _moment(found, found["half"] or "", time_zone, year, month, day)


def has_short_year(text: str) -> bool:
    """Tell whether a day is written with a year of two digits, which says no century of a birth."""
    found = _WRITTEN.fullmatch(text.strip())
    return bool(found and max(len(found["a"]), len(found["c"])) < len("2026"))


def _moment(
    found: "re.Match[str]", half: str, time_zone: str, year: str, month: str, day: str
) -> Moment | None:
    try:
        hour = _hour(int(found["hour"] or 0), half.lower())
        local = datetime(  # noqa: DTZ001  its zone follows
            _year(year),
            _month(month),
            int(day),
            hour,
            int(found["minute"] or 0),
            int(found["second"] or 0),
        )
    except ValueError:
        return None
    zone = _zone(found["offset"] or "", time_zone)
    if zone is None or local.year not in _YEARS:
        return None
    return Moment(local.replace(tzinfo=zone).astimezone(UTC), found["hour"] is not None)


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    if not 1 <= hour <= _NOON:
        raise ValueError(half)
    return hour % _NOON + (_NOON if half == "pm" else 0)


def _year(text: str) -> int:
    if len(text) == len("026"):
        raise ValueError(text)
    return int(text) + (2000 if len(text) == len("26") else 0)


def _month(text: str) -> int:
    return _MONTHS.index(text[:3].lower()) + 1 if text.isalpha() else int(text)


def _zone(offset: str, time_zone: str) -> timezone | ZoneInfo | None:
    if not offset:
        return ZoneInfo(time_zone)
    if offset == "Z":
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if hours > 14 or minutes > 59:  # noqa: PLR2004  no offset is larger
        return None
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if offset[0] == "-" else span)
