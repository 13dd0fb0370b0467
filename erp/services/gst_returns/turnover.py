"""What a company turned over, and what the law asks by it."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year_start
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.models.gst_returns import LimitKind
from erp.services.gst_returns.law import FEWEST_DIGITS, MORE_DIGITS, limit_on
from erp.services.gst_returns.limits import limits_of
from erp.services.gst_returns.schemes import ONE_DAY


def turnover_of(session: Session, ctx: RequestContext, first: date, last: date) -> Decimal:
    """Return what the company supplied between two days without tax, exempt supplies too, notes taken off."""
    row = db.fetch_one(
        session,
        "select coalesce(sum(case kind when 'credit_note' then -taxable else taxable end), 0) as amount"
        " from invoice i where tenant_id = %s and company_id = %s and issued_on between %s and %s"
        " and not exists (select 1 from invoice_cancellation c"
        "  where (c.tenant_id, c.invoice_id) = (i.tenant_id, i.id))",
        (ctx.tenant_id, ctx.company_id, first, last),
    )
    amount: Decimal = row["amount"] if row else ZERO
    return amount


def hsn_digits(session: Session, ctx: RequestContext, day: date) -> int:
    """Return how many digits of HSN documents of a day bear, by the turnover of the financial year before.

    Source: Notification 78/2020-CT, whose limit is a dated row.
    """
    limit = limit_on(limits_of(session, ctx), LimitKind.HSN_DIGITS, day)
    year = fiscal_year_start(day)
    if not limit:
        return FEWEST_DIGITS
    before = turnover_of(session, ctx, fiscal_year_start(year - ONE_DAY), year - ONE_DAY)
    return MORE_DIGITS if before > limit else FEWEST_DIGITS
