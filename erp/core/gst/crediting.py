"""Until when the tax on a bill may become a credit."""

from collections.abc import Mapping
from datetime import date

from erp.core.clock import fiscal_year_start


def credit_until(bill_day: date) -> date:
    """Return the last day on which the credit of a bill may be taken.

    Source: CGST Act s.16(4), 30 November after the end of the bill's financial year.
    """
    return date(fiscal_year_start(bill_day).year + 1, 11, 30)


def last_day_to_claim(bill_day: date, annual_returns: Mapping[date, date]) -> date:
    """Return the last day on which a return may be filed that claims the credit of a bill.

    Args:
        annual_returns: Day on which the annual return of a financial year was filed, by the year's first day.

    Source: CGST Act s.16(4), whichever is earlier.
    """
    until = credit_until(bill_day)
    return min(until, annual_returns.get(fiscal_year_start(bill_day), until))


def claimable_since(filed_on: date, annual_returns: Mapping[date, date]) -> date:
    """Return the first day of the oldest financial year whose bills a return of this day may still claim."""
    this_year = fiscal_year_start(filed_on)
    before = this_year.replace(year=this_year.year - 1)
    return before if filed_on <= last_day_to_claim(before, annual_returns) else this_year
