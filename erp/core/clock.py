"""Time: instants are aware UTC, business dates belong to a tenant's time zone."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """Return the present instant; called at the edges only, never in a command."""
    return datetime.now(UTC)


def business_date(instant: datetime, time_zone: str) -> date:
    """Return the calendar day of an instant where the business is."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


def fiscal_year(day: date, first_month: int = 4) -> str:
    """Return the fiscal year a day falls in, as `2025-26`.

    Source: GST document numbers are unique per financial year (rule 46(b)).
    """
    start = day.year if day.month >= first_month else day.year - 1
    return f"{start}-{(start + 1) % 100:02d}"


def month_end(day: date) -> date:
    """Return the last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def fiscal_year_start(day: date, first_month: int = 4) -> date:
    """Return the first day of a day's fiscal year; the calendar's first where that lies before it."""
    year = day.year - (day.month < first_month)
    return date(year, first_month, 1) if year else date.min


def day_before(day: date) -> date:
    """Return the eve of a day; the first day of the calendar has none and is its own."""
    return day - timedelta(days=1) if day > date.min else day
