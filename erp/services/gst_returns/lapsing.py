"""Which credit a GSTR-3B may still claim: by the day on which it is filed, not by its period (CGST Act s.16(4))."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.gst.crediting import claimable_since
from erp.services.gst_returns.errors import WrongTaxPeriod
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.schemes import ONE_DAY
from erp.services.gst_returns.tax_period import TaxPeriod

SINCE: Final = "claimable_since"
"""Figure of a version: first day of the oldest financial year whose bills it claims."""


def filing_day(ctx: RequestContext, period: TaxPeriod, given: date | None) -> date:
    """Return the day on which a period's return is filed: as given, else today, but after the period.

    Raises:
        WrongTaxPeriod: The day that was given lies in the period or before.
    """
    first = period.ends_on + ONE_DAY
    if given is not None and given < first:
        message = "A return is filed after the last day of its period. Choose a later day."
        raise WrongTaxPeriod(message, fields={"filed_on": message})
    return given or max(ctx.today, first)


def annual_returns(
    session: Session, ctx: RequestContext, registration: Registration
) -> dict[date, date]:
    """Return when the annual return of each financial year was filed, by the year's first day."""
    rows = db.fetch_all(
        session,
        "select distinct on (year_from) year_from, filed_on from gst_annual_return"
        " where tenant_id = %s and company_id = %s and gstin = %s order by year_from, id desc",
        (ctx.tenant_id, ctx.company_id, registration.gstin),
    )
    return {row["year_from"]: row["filed_on"] for row in rows if row["filed_on"] is not None}


def since_when_filed(
    session: Session, ctx: RequestContext, registration: Registration, filed_on: date
) -> date:
    """Return the first day whose bills a return may claim that is filed on a day."""
    return claimable_since(filed_on, annual_returns(session, ctx, registration))


def since_of_version(figures: Mapping[str, Any], period: TaxPeriod) -> date:
    """Return the first day whose bills a version claims; a version that does not say went by its period."""
    kept = figures.get(SINCE)
    return date.fromisoformat(kept) if kept else claimable_since(period.ends_on + ONE_DAY, {})


def since_of_period(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> date:
    """Return the first day whose bills the return of a period claims: as it was filed, else as of today."""
    row = db.fetch_one(
        session,
        "select figures, starts_on, ends_on from gst_return where tenant_id = %s and company_id = %s and gstin = %s"
        " and form = 'gstr3b' and status = 'filed' and starts_on <= %s and ends_on >= %s",
        (ctx.tenant_id, ctx.company_id, registration.gstin, period.starts_on, period.ends_on),
    )
    if row is not None:
        return since_of_version(row["figures"], TaxPeriod(row["starts_on"], row["ends_on"]))
    return since_when_filed(session, ctx, registration, filing_day(ctx, period, None))
