"""Tax on advances that days by composition took off, which no return gives back: the portal pays it (RFD-01)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text, money_text
from erp.models.gst_returns import ReturnForm
from erp.services.gst_returns.advances import read_advances, total_of_advances
from erp.services.gst_returns.cmp08 import DUE_AGAIN
from erp.services.gst_returns.errors import CreditShort
from erp.services.gst_returns.heads import NAMES, NOTHING, Heads
from erp.services.gst_returns.ordering import last_filed
from erp.services.gst_returns.preparing import hold_form
from erp.services.gst_returns.refunds import last_day_of, less_refunds
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.schemes import ONE_DAY, spans_of
from erp.services.gst_returns.snapshots import carried_of
from erp.services.gst_returns.tax_period import TaxPeriod

REFUND: Final = "gst_refund"
"""Origin of its entry, which no return states."""


def require_refundable(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    wanted: Mapping[str, Decimal],
    day: date,
) -> None:
    """Refuse a head of which the portal would pay back more than waits on a day. Locks the registration's CMP-08.

    Raises:
        CreditShort: Less waits.
        InvalidInput: The day lies in a quarter that is filed.
    """
    hold_form(session, ctx, registration.gstin, ReturnForm.CMP08)
    after = TaxPeriod(date.max, date.max)
    figures = last_filed(session, ctx, registration, after, ReturnForm.CMP08)
    filed_to = last_day_of(figures)
    if day <= filed_to:
        message = f"The CMP-08 until {date_text(filed_to)} is filed. Choose a later day."
        raise InvalidInput(message, fields={"booked_on": message})
    days = (filed_to, date.max)
    carried = less_refunds(session, ctx, registration, carried_of(figures), days)
    left = carried.get(DUE_AGAIN, NOTHING) + _moved(session, ctx, registration, (filed_to, day))
    waiting = (-left).not_negative()
    over = {
        name: f"{money_text(getattr(waiting, name))} {name.upper()} of tax on advances wait to be paid back."
        " Type no more than that."
        for name in NAMES
        if wanted[name] > getattr(waiting, name)
    }
    if over:
        raise CreditShort(" ".join(over.values()), fields=over)


def _moved(
    session: Session, ctx: RequestContext, registration: Registration, days: tuple[date, date]
) -> Heads:
    """Return what advances moved on days by composition, after a day until another."""
    filed_to, until = days
    found = NOTHING
    for span in spans_of(session, ctx):
        first = max(span.starts_on, filed_to + ONE_DAY)
        last = min(span.ends_on, until)
        if span.is_composition and first <= last:
            period = TaxPeriod(first, last)
            found += total_of_advances(read_advances(session, ctx, registration, period))
    return found.tax_only()
