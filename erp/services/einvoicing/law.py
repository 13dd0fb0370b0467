"""Limits of the portals, as dated rows where the law dates them. Source: domain rules 1.3, 1.4, 1.11, 1.12."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

NUMBER_PATTERN: Final = r"[A-Z1-9][A-Z0-9/-]{0,15}"
"""The portal's own; it stores upper case since 1 June 2025."""

HSN_DIGITS: Final = 6
MOST_ITEMS: Final = 1000
CANCEL_WITHIN: Final = timedelta(hours=24)
"""Both of an e-invoice (whole, never in part) and of a way bill (r.138(9))."""

WARN_BEFORE: Final = 10
"""Days before a document grows too old for the portal that people are told."""

KILOMETRES_A_DAY: Final = 200
OVERSIZE_KILOMETRES_A_DAY: Final = 20
"""CGST Rules r.138(10)."""

OLDEST_CONSIGNMENT: Final = 180
"""Days between a document and its way bill; portal rule from 1 January 2025."""

INDIA: Final = ZoneInfo("Asia/Kolkata")
"""The portals' clock."""


@dataclass(frozen=True, slots=True)
class ReportingRule:
    """Within how many days a document is reported, from a day on."""

    valid_from: date
    days: int
    source: str


REPORTING: Final = (
    ReportingRule(
        date(2025, 4, 1), 30, "Advisory of 5 November 2024: turnover of 10 crore or more"
    ),
    ReportingRule(date(2023, 11, 1), 30, "Advisory of 13 September 2023: 100 crore or more"),
)
"""The newest first."""


def reported_by(issued_on: date) -> date | None:
    """Return the last day on which the portal takes a document of a large business."""
    found = next((rule for rule in REPORTING if rule.valid_from <= issued_on), None)
    return issued_on + timedelta(days=found.days) if found else None


def valid_until(made_at: datetime, distance_km: int, *, is_oversize: bool = False) -> datetime:
    """Return when a way bill ends: midnight of the last of its days, a day per 200 km or part.

    The first day ends at the midnight after the day on which it was made.
    """
    a_day = OVERSIZE_KILOMETRES_A_DAY if is_oversize else KILOMETRES_A_DAY
    days = -(-distance_km // a_day)
    last = made_at.astimezone(INDIA).date() + timedelta(days=days)
    return datetime.combine(last, time(23, 59), INDIA)
