"""A month, or a quarter of the financial year, that a return is filed for."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from erp.services.gst_returns.errors import WrongTaxPeriod


class Months(IntEnum):
    """How long a period is."""

    MONTH = 1
    QUARTER = 3


@dataclass(frozen=True, slots=True)
class TaxPeriod:
    """The first and the last day.

    Attributes:
        named_by: Last day of the month that names it, where a scheme ended before.
    """

    starts_on: date
    ends_on: date
    named_by: date | None = None

    @property
    def fp(self) -> str:
        """As the portal writes it: the last month, `MMYYYY`."""
        last = self.named_by or self.ends_on
        return f"{last.month:02d}{last.year:04d}"


def period_from(starts_on: date, months: Months) -> TaxPeriod:
    """Return the period that begins on a day.

    Raises:
        WrongTaxPeriod: It is no first of a month, or a quarter of another year than April to March.
    """
    if starts_on.day != 1:
        message = "A period begins on the first of a month."
        raise WrongTaxPeriod(message, fields={"starts_on": message})
    if months is Months.QUARTER and starts_on.month % Months.QUARTER != 1:
        message = "A quarter begins in April, July, October or January."
        raise WrongTaxPeriod(message, fields={"starts_on": message})
    last = starts_on.month + months - 1
    return TaxPeriod(
        starts_on, starts_on.replace(month=last, day=monthrange(starts_on.year, last)[1])
    )
