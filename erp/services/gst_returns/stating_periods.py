"""Which filed GSTR-1 states a day."""

from datetime import date

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.tax_period import TaxPeriod


def stating_period(
    session: Session, ctx: RequestContext, registration: Registration, day: date
) -> TaxPeriod:
    """Return the period of the filed GSTR-1 that states documents of a day; amendments have one."""
    return filed_period(session, ctx, registration, day) or TaxPeriod(day, day)


def filed_period(
    session: Session, ctx: RequestContext, registration: Registration, day: date
) -> TaxPeriod | None:
    """Return the period of the filed GSTR-1 that a day lies in."""
    row = db.fetch_one(
        session,
        "select starts_on, ends_on from gst_return where tenant_id = %s and company_id = %s and gstin = %s"
        " and form = 'gstr1' and status = 'filed' and %s between starts_on and ends_on",
        (ctx.tenant_id, ctx.company_id, registration.gstin, day),
    )
    return TaxPeriod(row["starts_on"], row["ends_on"]) if row else None
