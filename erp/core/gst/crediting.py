"""Until when the tax on a bill may become a credit."""

from datetime import date

from erp.core.clock import fiscal_year_start


def credit_until(bill_day: date) -> date:
    """Return the last day on which the credit of a bill may be taken.

    Source: CGST Act s.16(4), 30 November after the end of the bill's financial year.
    """
    return date(fiscal_year_start(bill_day).year + 1, 11, 30)
