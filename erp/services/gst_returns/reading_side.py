"""Reading everything of a period that a registration owes output tax for."""

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.services.gst_returns.advances import read_advances
from erp.services.gst_returns.cmp08 import own_notes
from erp.services.gst_returns.limits import b2cl_limit
from erp.services.gst_returns.outward_side import OutwardSide
from erp.services.gst_returns.reading_amendments import read_amendments
from erp.services.gst_returns.reading_outward import read_outward
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.schemes import span_on, spans_of
from erp.services.gst_returns.tax_period import TaxPeriod


def read_outward_side(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> OutwardSide:
    """Return documents, advances and amendments of days of one scheme."""
    limit = b2cl_limit(session, ctx)
    documents = read_outward(session, ctx, registration, period)
    spans = spans_of(session, ctx)
    is_composition = span_on(spans, period.starts_on).is_composition
    own, _ = own_notes(documents, lambda day: span_on(spans, day).is_composition == is_composition)
    return OutwardSide(
        documents=documents,
        own=own,
        moves=read_advances(session, ctx, registration, period),
        amendments=read_amendments(session, ctx, registration, period, limit),
        limit=limit,
    )
