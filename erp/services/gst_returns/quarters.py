"""A composition dealer's quarter against the books: turnover, reverse charge, and credit that nobody may take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.money import ZERO
from erp.models.gst_returns import Trade
from erp.services.gst_returns.checking import Problem, foreign_notes
from erp.services.gst_returns.cmp08 import RATES, RateOn, own_notes, turnover
from erp.services.gst_returns.gstr3b import Inward, InwardKind
from erp.services.gst_returns.heads import Heads
from erp.services.gst_returns.law import limit_on
from erp.services.gst_returns.limits import limits_of
from erp.services.gst_returns.outward import Outward
from erp.services.gst_returns.proving import Difference
from erp.services.gst_returns.reading_inward import read_inward
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.schemes import Span, span_on
from erp.services.gst_returns.tax_period import TaxPeriod


@dataclass(frozen=True, slots=True)
class Quarter:
    """What a quarter comes to.

    Attributes:
        supplied: Turnover with the tax on it, notes taken off; maybe below zero.
        booked: Turnover on the accounts of income, with the tax on the accounts of reverse charge.
    """

    supplied: Heads
    reverse: tuple[Inward, ...]
    booked: Heads
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]


_INCOME = """
    select e.origin_id, min(e.id::text)::uuid as entry_id, min(e.narration) as narration,
           sum(l.credit - l.debit) as amount
      from account a
      join journal_line l on (l.tenant_id, l.account_id) = (a.tenant_id, a.id)
           and l.effective_on between %(from)s and %(to)s
      join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
     where a.tenant_id = %(tenant)s and a.company_id = %(company)s
       and (a.key ~ '^sales_([0-9]|returns)' or a.key = 'consultation_income'
            or a.key = 'interest_income' and e.origin_type in ('sales_invoice', 'sales_return'))
       and e.branch_id = any(%(branches)s) and e.origin_type <> 'invoice_cancellation'
       and not exists (select 1 from invoice_cancellation c
                        where (c.tenant_id, c.invoice_id) = (e.tenant_id, e.origin_id))
     group by e.origin_id
"""
_DOCUMENTED = """
    select i.origin_id, min(i.id::text)::uuid as invoice_id, string_agg(i.number, ', ' order by i.id) as numbers,
           sum(case i.kind when 'credit_note' then -i.taxable else i.taxable end) as amount
      from invoice i
     where i.tenant_id = %(tenant)s and i.branch_id = any(%(branches)s) and i.origin_type <> 'asset_sale'
       and i.issued_on between %(from)s and %(to)s
       and not exists (select 1 from invoice_cancellation c
                        where (c.tenant_id, c.invoice_id) = (i.tenant_id, i.id))
     group by i.origin_id
"""
_OWED = """
    select e.origin_id, min(e.id::text)::uuid as entry_id, min(e.narration) as narration,
           coalesce(sum(l.credit - l.debit) filter (where a.key = 'rcm_igst'), 0) as igst,
           coalesce(sum(l.credit - l.debit) filter (where a.key = 'rcm_cgst'), 0) as cgst,
           coalesce(sum(l.credit - l.debit) filter (where a.key = 'rcm_sgst'), 0) as sgst
      from account a
      join journal_line l on (l.tenant_id, l.account_id) = (a.tenant_id, a.id)
           and l.effective_on between %(from)s and %(to)s
      join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
     where a.tenant_id = %(tenant)s and a.company_id = %(company)s and a.key ~ '^rcm_'
       and e.branch_id = any(%(branches)s) and e.origin_type <> 'gst_return'
     group by e.origin_id
"""


def read_quarter(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    days: TaxPeriod,
    facts: tuple[Sequence[Outward], Sequence[Span]],
) -> Quarter:
    """Work out the days of a quarter that are paid by composition, each document against its entry.

    Args:
        days: Days on which composition holds.
        facts: The documents of these days; the company's schemes.
    """
    documents, spans = facts
    own, foreign = own_notes(documents, lambda day: span_on(spans, day).is_composition)
    given = {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "branches": list(registration.branch_ids),
        "from": days.starts_on,
        "to": days.ends_on,
    }
    side = read_inward(session, ctx, registration, days)
    reverse = tuple(one for one in side.inward if one.kind is InwardKind.REVERSE_CHARGE)
    income = db.fetch_all(session, _INCOME, given)
    owed = db.fetch_all(session, _OWED, given)
    found = [
        *_income_differences(income, db.fetch_all(session, _DOCUMENTED, given)),
        *_owed_differences(owed, reverse),
    ]
    booked = sum((_heads(row) for row in owed), Heads(sum((row["amount"] for row in income), ZERO)))
    return Quarter(
        supplied=turnover(own, rates_of(session, ctx, spans)),
        reverse=reverse,
        booked=booked,
        differences=tuple(found),
        problems=(*foreign_notes(foreign), *_credits(side.inward)),
    )


def rates_of(session: Session, ctx: RequestContext, spans: Sequence[Span]) -> RateOn:
    """Return which rate a day's turnover is taxed at, as dated rows have it."""
    limits = limits_of(session, ctx)

    def rate_on(day: date) -> tuple[Decimal, Trade]:
        trade = span_on(spans, day).trade
        return limit_on(limits, RATES[trade], day), trade

    return rate_on


def _heads(row: db.Row) -> Heads:
    return Heads(ZERO, row["igst"], row["cgst"], row["sgst"])


def _income_differences(income: Sequence[db.Row], documented: Sequence[db.Row]) -> list[Difference]:
    """Return turnover that books and documents have otherwise; typed entries that come to nothing are none."""
    booked = {row["origin_id"]: row for row in income}
    found: list[Difference] = []
    for row in documented:
        entry = booked.pop(row["origin_id"], None)
        amount = entry["amount"] if entry else ZERO
        if amount != row["amount"]:
            page = f"/invoices/{row['invoice_id']}"
            found.append(Difference(row["numbers"], page, Heads(row["amount"]), Heads(amount)))
    return found + [
        Difference(row["narration"], _page(row), Heads(), Heads(row["amount"]))
        for row in booked.values()
        if row["amount"]
    ]


def _owed_differences(owed: Sequence[db.Row], reverse: Sequence[Inward]) -> list[Difference]:
    stated: dict[UUID, Heads] = {one.id: one.heads.tax_only() for one in reverse}
    found = [
        Difference(row["narration"], _page(row), said, _heads(row))
        for row in owed
        if (said := stated.pop(row["origin_id"], Heads())) != _heads(row)
    ]
    return found + [
        Difference("A reverse charge without an entry", "/gst/reverse-charges", heads, Heads())
        for heads in stated.values()
    ]


def _page(row: db.Row) -> str:
    return f"/books/journal/{row['entry_id']}"


def _credits(inward: Sequence[Inward]) -> list[Problem]:
    """Return purchases whose tax was booked as a credit: there is none by composition (CGST Act s.10(4))."""
    return [
        Problem(
            "credit_taken",
            one.number,
            f"/books/journal?origin_id={one.document_id}",
            f"{money_text(one.heads.tax)} of {one.supplier} were booked as credit. By composition there is none:"
            " reverse the entry, or accept it with a reason.",
        )
        for one in inward
        if one.kind in {InwardKind.BILL, InwardKind.SPENT} and one.heads.tax > 0
    ]
