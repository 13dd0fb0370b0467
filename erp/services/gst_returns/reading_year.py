"""A year by composition, read from documents and compared with the accounts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import counted
from erp.core.money import ZERO, allocate
from erp.models.gst_returns import ReturnForm, Trade
from erp.services.gst_returns.checking import Problem
from erp.services.gst_returns.cmp08 import taxed_by_rate
from erp.services.gst_returns.gstr4 import Row4
from erp.services.gst_returns.heads import NAMES, Heads
from erp.services.gst_returns.outward_side import OutwardSide
from erp.services.gst_returns.proving import Difference, outward_differences
from erp.services.gst_returns.quarters import rates_of, read_quarter
from erp.services.gst_returns.reading_side import read_outward_side
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.schemes import Span, days_for, spans_of
from erp.services.gst_returns.tax_period import Months, TaxPeriod, period_from

QUARTERS: Final = (4, 7, 10, 1)

_BILLS: LiteralString = """
    select b.id as document_id, '/bills/' || b.id as page, b.bill_number as number, b.booked_on as day,
           p.name as party, b.supplier_gstin as gstin, left(b.supplier_gstin, 2) as place, l.gst_rate as rate,
           sum(l.taxable) as taxable, sum(l.igst) as igst, sum(l.cgst) as cgst, sum(l.sgst) as sgst
      from supplier_bill b
      join supplier_bill_line l on (l.tenant_id, l.bill_id) = (b.tenant_id, b.id)
      join party p on (p.tenant_id, p.id) = (b.tenant_id, b.supplier_id)
     where b.tenant_id = %(tenant)s and b.branch_id = any(%(branches)s) and b.status = 'posted'
       and coalesce(b.supplier_gstin, '') <> '' and b.booked_on between %(from)s and %(to)s
     group by b.tenant_id, b.id, p.name, l.gst_rate order by b.booked_on, b.id, l.gst_rate
"""
_BACK: LiteralString = """
    select r.id as document_id, '/returns/' || r.id as page, r.number, r.returned_on as day, p.name as party,
           r.supplier_gstin as gstin, left(r.supplier_gstin, 2) as place, l.gst_rate as rate,
           -sum(l.taxable) as taxable, -sum(l.igst) as igst, -sum(l.cgst) as cgst, -sum(l.sgst) as sgst
      from supplier_return r
      join supplier_return_line l on (l.tenant_id, l.return_id) = (r.tenant_id, r.id)
      join party p on (p.tenant_id, p.id) = (r.tenant_id, r.supplier_id)
     where r.tenant_id = %(tenant)s and r.branch_id = any(%(branches)s) and coalesce(r.supplier_gstin, '') <> ''
       and r.returned_on between %(from)s and %(to)s
     group by r.tenant_id, r.id, p.name, l.gst_rate order by r.returned_on, r.id, l.gst_rate
"""
_CHARGED: LiteralString = """
    select r.id as document_id, '/gst/reverse-charges' as page, r.number, r.booked_on as day, p.name as party,
           coalesce(p.gstin, '') as gstin, %(place)s as place, r.rate, r.taxable, r.igst, r.cgst, r.sgst
      from gst_reverse_charge r
      join party p on (p.tenant_id, p.id) = (r.tenant_id, r.supplier_id)
     where r.tenant_id = %(tenant)s and r.branch_id = any(%(branches)s) and r.cancelled_at is null
       and r.booked_on between %(from)s and %(to)s order by r.booked_on, r.id
"""
_CREDITED: LiteralString = """
    select c.id as document_id, '/claims' as page, c.credit_note as number, e.effective_on as day,
           p.name as party, b.supplier_gstin as gstin, left(b.supplier_gstin, 2) as place, b.id as bill_id,
           c.credited, c.credited_tax
      from supplier_claim c
      join supplier_bill b on (b.tenant_id, b.id) = (c.tenant_id, c.bill_id)
      join party p on (p.tenant_id, p.id) = (b.tenant_id, b.supplier_id)
      join journal_entry e on (e.tenant_id, e.origin_type, e.origin_id) = (c.tenant_id, 'supplier_claim', c.id)
     where c.tenant_id = %(tenant)s and b.branch_id = any(%(branches)s) and coalesce(b.supplier_gstin, '') <> ''
       and c.credited + c.credited_tax > 0 and e.effective_on between %(from)s and %(to)s
     order by e.effective_on, c.id
"""
_RATES: LiteralString = """
    select gst_rate as rate, sum(taxable) as taxable, sum(igst) as igst, sum(cgst) as cgst, sum(sgst) as sgst
      from supplier_bill_line where tenant_id = %s and bill_id = %s group by gst_rate order by gst_rate
"""
_BOOKED: LiteralString = """
    select b.id, b.bill_number as number, b.total,
           coalesce(sum(l.credit - l.debit) filter (where a.key = 'creditors'), 0) as booked
      from supplier_bill b
      left join journal_entry e on (e.tenant_id, e.origin_type, e.origin_id) = (b.tenant_id, 'supplier_bill', b.id)
      left join journal_line l on (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)
      left join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
     where b.tenant_id = %(tenant)s and b.branch_id = any(%(branches)s) and b.status = 'posted'
       and coalesce(b.supplier_gstin, '') <> '' and b.booked_on between %(from)s and %(to)s
     group by b.tenant_id, b.id
    having b.total <> coalesce(sum(l.credit - l.debit) filter (where a.key = 'creditors'), 0)
     order by b.id
"""
_ELSEWHERE: LiteralString = """
    select count(distinct u.bill_id) as bills
      from seen_bill_use u join seen_bill b on (b.tenant_id, b.id) = (u.tenant_id, u.bill_id)
     where u.tenant_id = %(tenant)s and u.branch_id = any(%(branches)s) and u.source <> 'purchase'
       and b.supplier_gstin <> '' and u.ended_on is null and u.dated_on between %(from)s and %(to)s
"""
_STATED: LiteralString = """
    select id, starts_on, ends_on, figures -> 'cells' as cells from gst_return
     where tenant_id = %(tenant)s and company_id = %(company)s and gstin = %(gstin)s and form = 'cmp08'
       and status = 'filed' and starts_on between %(from)s and %(to)s order by starts_on
"""


@dataclass(frozen=True, slots=True)
class Year4:
    """What a year by composition comes to.

    Attributes:
        rows: Everything that counts in a figure. is_any: some day of the year is by composition.
    """

    rows: tuple[Row4, ...]
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]
    is_any: bool


def read_year(
    session: Session, ctx: RequestContext, registration: Registration, year: TaxPeriod
) -> Year4:
    """Read the days of a year on which composition holds, each document against its entry."""
    spans = spans_of(session, ctx)
    given = _given(ctx, registration, year)
    stated = db.fetch_all(session, _STATED, given)
    rows = [row for one in stated for row in _stated(one)]
    differences: list[Difference] = []
    problems: list[Problem] = []
    parts = _quarters(spans, year)
    for quarter, days in parts:
        rows += _bought(session, ctx, registration, days)
        outward = read_outward_side(session, ctx, registration, days)
        rows += _sold(session, ctx, outward, (days, spans))
        worked = read_quarter(session, ctx, registration, days, (outward.documents, spans))
        _, taxed = outward_differences(session, ctx, registration, days, outward.told())
        differences += [*taxed, *worked.differences, *_unequal(session, ctx, registration, days)]
        problems += worked.problems
        if quarter.starts_on not in {one["starts_on"] for one in stated}:
            message = "File the CMP-08 of this quarter first: table 5 is what they state."
            problems.append(Problem("cmp08_missing", f"CMP-08 {quarter.fp}", "/gst", message))
        problems += _elsewhere(session, _given(ctx, registration, days), quarter)
    return Year4(tuple(rows), tuple(differences), tuple(problems), bool(parts))


def _quarters(spans: Sequence[Span], year: TaxPeriod) -> list[tuple[TaxPeriod, TaxPeriod]]:
    """Return the quarters of a year with their days by composition."""
    found = []
    for month in QUARTERS:
        first = year.starts_on.replace(month=month, year=year.starts_on.year + (month == 1))
        quarter = period_from(first, Months.QUARTER)
        if days := days_for(spans, ReturnForm.CMP08, quarter):
            found.append((quarter, days))
    return found


def _given(ctx: RequestContext, registration: Registration, days: TaxPeriod) -> dict[str, Any]:
    return {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "gstin": registration.gstin,
        "place": registration.state,
        "branches": list(registration.branch_ids),
        "from": days.starts_on,
        "to": days.ends_on,
    }


def _heads(row: Mapping[str, Any]) -> Heads:
    return Heads(row["taxable"], row["igst"], row["cgst"], row["sgst"])


def _row(table: str, row: Mapping[str, Any]) -> Row4:
    named = ("document_id", "page", "number", "day", "party", "gstin", "place", "rate")
    return Row4(table=table, heads=_heads(row), **{name: row[name] for name in named})


def _stated(one: Mapping[str, Any]) -> Iterator[Row4]:
    """Yield what a filed CMP-08 states, of each row of its table."""
    for table, cell in (("5 out", "3(1)"), ("5 in", "3(2)")):
        texts = one["cells"][cell]
        heads = Heads.of_texts(texts) + Heads(Decimal(texts["taxable"]))
        number = f"CMP-08 {TaxPeriod(one['starts_on'], one['ends_on']).fp}"
        yield Row4(
            table, one["id"], f"/gst/{one['id']}", number, one["ends_on"], "", "", "", ZERO, heads
        )


def _bought(
    session: Session, ctx: RequestContext, registration: Registration, days: TaxPeriod
) -> Iterator[Row4]:
    given = _given(ctx, registration, days)
    for query in (_BILLS, _BACK):
        yield from (_row("4A", row) for row in db.fetch_all(session, query, given))
    for row in db.fetch_all(session, _CREDITED, given):
        yield from _credited(session, ctx, row)
    for row in db.fetch_all(session, _CHARGED, given):
        yield _row("4B" if row["gstin"] else "4C", row)


def _credited(session: Session, ctx: RequestContext, row: db.Row) -> Iterator[Row4]:
    """Yield what a supplier's note took off a bill, value and tax shared as the bill's rates have them.

    By composition tax is a cost, so that claims ask for both as one amount.
    """
    parts = db.fetch_all(session, _RATES, (ctx.tenant_id, row["bill_id"]))
    names = ("taxable", *NAMES)
    weights = [part[name] for part in parts for name in names]
    shares = iter(allocate(row["credited"] + row["credited_tax"], weights))
    for part in parts:
        amounts = {name: -next(shares) for name in names}
        if any(amounts.values()):
            yield _row("4A", {**row, "rate": part["rate"], **amounts})


def _sold(
    session: Session,
    ctx: RequestContext,
    outward: OutwardSide,
    when: tuple[TaxPeriod, Sequence[Span]],
) -> Iterator[Row4]:
    """Yield lines supplied by the rate of their day, then the tax on each rate's turnover of the days."""
    days, spans = when
    rate_on = rates_of(session, ctx, spans)
    for entry in outward.counted:
        document, line = entry.document, entry.line
        rate, trade = rate_on(document.scheme_day)
        yield Row4(
            table="6 out",
            document_id=document.id,
            page=f"/invoices/{document.id}",
            number=document.number,
            day=document.issued_on,
            party=document.recipient,
            gstin=document.gstin,
            place=document.place,
            rate=rate if line.is_taxable or trade is Trade.MANUFACTURER else ZERO,
            heads=Heads(entry.heads.taxable),
        )
    for rate, half in taxed_by_rate(outward.own, rate_on).items():
        tax_id = UUID(int=days.starts_on.toordinal())
        yield Row4(
            "6 out", tax_id, "/gst", f"Tax on turnover, {rate.normalize():f}%", days.ends_on,
            "Of the whole, not of each document", "", "", rate, Heads(ZERO, ZERO, half, half),
        )  # fmt: skip


def _unequal(
    session: Session, ctx: RequestContext, registration: Registration, days: TaxPeriod
) -> list[Difference]:
    """Return bills of which the books owe another amount than they bear."""
    return [
        Difference(row["number"], f"/bills/{row['id']}", Heads(row["total"]), Heads(row["booked"]))
        for row in db.fetch_all(session, _BOOKED, _given(ctx, registration, days))
    ]


def _elsewhere(session: Session, given: Mapping[str, Any], quarter: TaxPeriod) -> list[Problem]:
    row = db.fetch_one(session, _ELSEWHERE, given)
    if not row or not row["bills"]:
        return []
    message = (
        f"{counted(row['bills'], 'bill', 'bills')} of registered suppliers are booked by claims, assets or gateways,"
        " whose rate is not known. Add them to table 4A on the portal."
    )
    return [Problem("bills_elsewhere", quarter.fp, "/expenses", message, is_blocking=False)]
