"""The periods that figures of buying are shown for."""

from datetime import date, timedelta

from erp.core.clock import fiscal_year

FIRST_SHOWN = "quarter"
PERIODS = {
    "month": "This month",
    "last_month": "Last month",
    FIRST_SHOWN: "Last 90 days",
    "year": "This financial year",
}
NINETY = 90


def days_of(period: str, today: date) -> tuple[date, date]:
    """Return the first and the last day of a period; one that is not known is the first shown."""
    month = today.replace(day=1)
    if period == "month":
        return month, today
    if period == "last_month":
        last = month - timedelta(days=1)
        return last.replace(day=1), last
    if period == "year":
        return date(int(fiscal_year(today)[:4]), 4, 1), today
    return today - timedelta(days=NINETY - 1), today
