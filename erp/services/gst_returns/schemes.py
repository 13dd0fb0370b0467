"""Which way a company pays GST on which days, and the part of a period that a return is for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.gst_returns import ReturnForm, Trade
from erp.services.gst_returns.tax_period import TaxPeriod

REGULAR, COMPOSITION = "regular", "composition"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which one scheme holds, without a gap to the next.

    Attributes:
        trade: Of a dealer by composition; a trader where nobody said.
    """

    starts_on: date
    ends_on: date
    scheme: str
    trade: Trade = Trade.TRADER

    @property
    def is_composition(self) -> bool:
        """Whether it is paid on turnover."""
        return self.scheme == COMPOSITION


_SPANS = """
    select distinct on (valid_from) valid_from, scheme, trade
      from (select date '0001-01-01' as valid_from, gst_scheme as scheme, '' as trade,
                   '-infinity'::timestamptz as recorded_at, id
              from company where tenant_id = %(tenant)s and id = %(company)s
            union all
            select valid_from, scheme, trade, recorded_at, id from gst_scheme_change
             where tenant_id = %(tenant)s and company_id = %(company)s) dated
     order by valid_from, recorded_at desc, id desc
"""


def spans_of(session: Session, ctx: RequestContext) -> list[Span]:
    """Return the schemes of the acting company from the beginning, one after the other."""
    given = {"tenant": ctx.tenant_id, "company": ctx.company_id}
    rows = db.fetch_all(session, _SPANS, given)
    ends = [row["valid_from"] - ONE_DAY for row in rows[1:]]
    return [
        Span(row["valid_from"], end, row["scheme"], Trade(row["trade"] or Trade.TRADER))
        for row, end in zip(rows, [*ends, date.max], strict=True)
    ]


def span_on(spans: Sequence[Span], day: date) -> Span:
    """Return what holds on a day."""
    return next(span for span in spans if span.starts_on <= day <= span.ends_on)


def is_for(form: ReturnForm, span: Span) -> bool:
    """Tell whether a form is filed for days of a scheme."""
    return span.scheme == (COMPOSITION if form is ReturnForm.CMP08 else REGULAR)


def days_for(spans: Sequence[Span], form: ReturnForm, period: TaxPeriod) -> TaxPeriod | None:
    """Return the days of a period that a form is for, named as the period is; nothing where there are none.

    Days of one form lie together, but for a scheme that came and went within the period: the last ones count.
    """
    for span in reversed(spans):
        first, last = max(span.starts_on, period.starts_on), min(span.ends_on, period.ends_on)
        if first <= last and is_for(form, span):
            before = _days_before(spans, form, period, first)
            return TaxPeriod(before, last, named_by=period.ends_on)
    return None


def _days_before(spans: Sequence[Span], form: ReturnForm, period: TaxPeriod, first: date) -> date:
    """Follow spans of the same form back to the period's begin."""
    while first > period.starts_on and is_for(form, span_on(spans, first - ONE_DAY)):
        first = max(span_on(spans, first - ONE_DAY).starts_on, period.starts_on)
    return first


def first_day_for(spans: Sequence[Span], form: ReturnForm, day: date) -> date | None:
    """Return the first day from a day on that a form is for; nothing where there is none."""
    later = (
        max(span.starts_on, day) for span in spans if span.ends_on >= day and is_for(form, span)
    )
    return next(later, None)
