"""Documents that a registration issued in a period, read as the returns see them."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.gst_returns.heads import Heads
from erp.services.gst_returns.law import NO_UNIT, SERVICES
from erp.services.gst_returns.outward import DocumentKind, Original, Outward, OutwardLine
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.tax_period import TaxPeriod

KINDS = {"credit_note": DocumentKind.CREDIT, "debit_note": DocumentKind.DEBIT}
_HEADS: LiteralString = """
    select i.id, i.number, i.kind, i.issued_on,
           coalesce(i.recipient ->> 'gstin', '') as gstin,
           coalesce(i.recipient ->> 'name', 'Walk-in customer') as recipient,
           coalesce(i.recipient ->> 'gst_category', '') as category,
           i.place_of_supply, i.supply_nature, i.total, o.number as original_number,
           o.issued_on as original_issued_on, o.total as original_total, c.id is not null as is_cancelled,
           case i.kind when 'credit_note' then coalesce(billed.issued_on, o.issued_on) end as follows
      from invoice i
      left join invoice_cancellation c on (c.tenant_id, c.invoice_id) = (i.tenant_id, i.id)
      left join invoice o on (o.tenant_id, o.id) = (i.tenant_id, i.original_invoice_id)
      left join (select distinct reversal_note_id, note_id from interest_charge
                  where tenant_id = %(tenant)s and reversal_note_id is not null) interest
           on interest.reversal_note_id = i.id
      left join invoice billed on (billed.tenant_id, billed.id) = (i.tenant_id, interest.note_id)
     where i.tenant_id = %(tenant)s and {wanted}
     order by i.issued_on, i.id
"""
_LINES: LiteralString = """
    select l.invoice_id, l.hsn, l.unit, l.rate, l.treatment, sum(l.quantity)::bigint as quantity, count(*) as count,
           sum(l.taxable) as taxable, sum(l.igst) as igst, sum(l.cgst) as cgst, sum(l.sgst) as sgst
      from invoice i
      join invoice_line l on (l.tenant_id, l.invoice_id) = (i.tenant_id, i.id)
     where i.tenant_id = %(tenant)s and {wanted}
     group by l.invoice_id, l.hsn, l.unit, l.rate, l.treatment
     order by l.invoice_id, l.rate, l.hsn
"""
_OF_PERIOD: LiteralString = (
    "i.branch_id = any(%(branches)s) and i.issued_on between %(from)s and %(to)s"
)
_BY_ID: LiteralString = "i.company_id = %(company)s and i.id = any(%(ids)s)"


def read_outward(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> list[Outward]:
    """Return every document of a registration dated in a period, in the order of days."""
    given = {
        "tenant": ctx.tenant_id,
        "branches": list(registration.branch_ids),
        "from": period.starts_on,
        "to": period.ends_on,
    }
    return _read(session, _OF_PERIOD, given)


def read_documents(session: Session, ctx: RequestContext, ids: Sequence[UUID]) -> list[Outward]:
    """Return documents of the acting company."""
    given = {"tenant": ctx.tenant_id, "company": ctx.company_id, "ids": list(ids)}
    return _read(session, _BY_ID, given)


def _read(session: Session, wanted: LiteralString, given: Mapping[str, Any]) -> list[Outward]:
    lines = _lines(db.fetch_all(session, _LINES.format(wanted=wanted), given))
    heads = db.fetch_all(session, _HEADS.format(wanted=wanted), given)
    return [_document(row, lines.get(row["id"], ())) for row in heads]


def _lines(rows: Iterable[db.Row]) -> dict[UUID, list[OutwardLine]]:
    found: dict[UUID, list[OutwardLine]] = {}
    for row in rows:
        found.setdefault(row["invoice_id"], []).append(_line(row))
    return found


def _line(row: db.Row) -> OutwardLine:
    is_service = row["hsn"].startswith(SERVICES)
    return OutwardLine(
        hsn=row["hsn"],
        unit=NO_UNIT if is_service else row["unit"].upper(),
        quantity=Decimal(0 if is_service else row["quantity"]),
        rate=row["rate"],
        treatment=row["treatment"],
        heads=Heads(row["taxable"], row["igst"], row["cgst"], row["sgst"]),
        count=row["count"],
    )


def _document(row: db.Row, lines: Sequence[OutwardLine]) -> Outward:
    original = None
    if row["original_number"]:
        original = Original(
            row["original_number"], row["original_issued_on"], row["original_total"]
        )
    return Outward(
        id=row["id"],
        number=row["number"],
        kind=KINDS.get(row["kind"], DocumentKind.INVOICE),
        issued_on=row["issued_on"],
        gstin=row["gstin"],
        recipient=row["recipient"],
        category=row["category"],
        place=row["place_of_supply"],
        is_inter=row["supply_nature"] == "INTER",
        value=row["total"],
        lines=lines,
        original=original,
        is_cancelled=row["is_cancelled"],
        follows=row["follows"],
    )
