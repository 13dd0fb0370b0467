"""The order of periods: returns are filed one after another, and each takes up what the last one left."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.gst_returns import ReturnForm
from erp.services.gst_returns.errors import ReturnFiled, ReturnNotReady
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.schemes import ONE_DAY, first_day_for, is_for, spans_of
from erp.services.gst_returns.tax_period import TaxPeriod

_FIRST = """
    select date_trunc('month', min(day)::timestamp)::date as day from (
        select min(issued_on) as day from invoice
         where tenant_id = %(tenant)s and branch_id = any(%(branches)s)
           and issued_on between %(from)s and %(to)s
        union all select min(received_on) from service_advance
         where tenant_id = %(tenant)s and branch_id = any(%(branches)s)
           and received_on between %(from)s and %(to)s
        union all select min(booked_on) from supplier_bill
         where tenant_id = %(tenant)s and branch_id = any(%(branches)s) and status = 'posted' and %(is_3b)s
           and booked_on between %(from)s and %(to)s
        union all select min(booked_on) from gst_reverse_charge
         where tenant_id = %(tenant)s and branch_id = any(%(branches)s) and %(is_3b)s and cancelled_at is null
           and booked_on between %(from)s and %(to)s) documents
"""


def require_in_order(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    form: ReturnForm,
    period: TaxPeriod,
) -> None:
    """Refuse to file a period while an earlier one is open, or when a later one is filed.

    Counted from the first filed return, else from the month of the first document. The caller holds the form.

    Raises:
        ReturnNotReady: An earlier period is not filed.
        ReturnFiled: A later one is.

    Source: CGST Act s.37(4), s.39(10).
    """
    filed = db.fetch_all(
        session,
        "select starts_on, ends_on from gst_return where tenant_id = %s and company_id = %s and gstin = %s"
        " and form = %s and status = 'filed' order by starts_on",
        (ctx.tenant_id, ctx.company_id, registration.gstin, form),
    )
    if filed and filed[-1]["starts_on"] > period.ends_on:
        raise ReturnFiled(
            f"The return of {filed[-1]['starts_on']:%m/%Y} is filed already, and took up what came before it."
        )
    spans = spans_of(session, ctx)
    wanted = filed[0]["starts_on"] if filed else _first(session, ctx, registration, form)
    for row in filed:
        if row["starts_on"] <= wanted:
            wanted = row["ends_on"] + ONE_DAY
    wanted = first_day_for(spans, form, wanted) if wanted else None
    if wanted is not None and wanted < period.starts_on:
        raise ReturnNotReady(f"File the return of {wanted:%m/%Y} first: returns go in order.")


def _first(
    session: Session, ctx: RequestContext, registration: Registration, form: ReturnForm
) -> date | None:
    """Return the month of the first document on a day that the form is for."""
    for span in spans_of(session, ctx):
        given = {
            "tenant": ctx.tenant_id,
            "branches": list(registration.branch_ids),
            "is_3b": form is ReturnForm.GSTR3B,
            "from": span.starts_on,
            "to": span.ends_on,
        }
        row = db.fetch_one(session, _FIRST, given) if is_for(form, span) else None
        if row and row["day"]:
            day: date = row["day"]
            return day
    return None


def filed_of(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> dict[str, Any] | None:
    """Return the figures of the filed GSTR-3B that a period's last day is of; nothing where it is not filed."""
    row = db.fetch_one(
        session,
        "select figures from gst_return where tenant_id = %s and company_id = %s and gstin = %s"
        " and form = 'gstr3b' and status = 'filed' and %s between starts_on and ends_on",
        (ctx.tenant_id, ctx.company_id, registration.gstin, period.ends_on),
    )
    return row["figures"] if row else None


def open_since(session: Session, ctx: RequestContext, registration: Registration) -> date:
    """Return the first day of which no GSTR-3B is filed."""
    row = db.fetch_one(
        session,
        "select max(ends_on) as day from gst_return where tenant_id = %s and company_id = %s and gstin = %s"
        " and form = 'gstr3b' and status = 'filed'",
        (ctx.tenant_id, ctx.company_id, registration.gstin),
    )
    return row["day"] + ONE_DAY if row and row["day"] else date.min


def last_filed(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    period: TaxPeriod,
    form: ReturnForm = ReturnForm.GSTR3B,
) -> dict[str, Any]:
    """Return the figures of the last return of a form filed before a period; nothing where there is none."""
    row = db.fetch_one(
        session,
        "select figures from gst_return where tenant_id = %s and company_id = %s"
        " and gstin = %s and form = %s and status = 'filed' and ends_on < %s"
        " order by ends_on desc limit 1",
        (ctx.tenant_id, ctx.company_id, registration.gstin, form, period.starts_on),
    )
    found: dict[str, Any] = row["figures"] if row else {}
    return found
