"""The proof that a return says what the tax accounts say, entry by entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.gst_returns.heads import NAMES, Heads
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.tax_period import TaxPeriod

Told = Mapping[UUID, tuple[str, str, Heads]]
"""What is due without a document of its own, by the origin of its entry: label, page, tax."""
ORIGIN = "gst_return"
"""Entries that pay a return; they are no supplies."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An origin whose tax in the documents is not its tax in the books."""

    label: str
    page: str
    documents: Heads
    books: Heads


_BOOKED = """
    select e.origin_id, min(e.origin_type) as origin_type, min(e.id::text)::uuid as entry_id,
           min(e.narration) as narration,
           sum(l.credit - l.debit) filter (where a.key = 'output_igst') as igst,
           sum(l.credit - l.debit) filter (where a.key = 'output_cgst') as cgst,
           sum(l.credit - l.debit) filter (where a.key = 'output_sgst') as sgst
      from account a
      join journal_line l on (l.tenant_id, l.account_id) = (a.tenant_id, a.id)
           and l.effective_on between %(from)s and %(to)s
      join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
     where a.tenant_id = %(tenant)s and a.company_id = %(company)s
       and a.key in ('output_igst', 'output_cgst', 'output_sgst')
       and e.branch_id = any(%(branches)s) and e.origin_type not in ('gst_return', 'gst_refund', 'invoice_cancellation')
       and not exists (select 1 from invoice_cancellation c
                        where (c.tenant_id, c.invoice_id) = (e.tenant_id, e.origin_id))
     group by e.origin_id
"""
_DOCUMENTED = """
    select i.origin_id, min(i.id::text)::uuid as invoice_id, string_agg(i.number, ', ' order by i.id) as numbers,
           sum(case i.kind when 'credit_note' then -i.igst else i.igst end) as igst,
           sum(case i.kind when 'credit_note' then -i.cgst else i.cgst end) as cgst,
           sum(case i.kind when 'credit_note' then -i.sgst else i.sgst end) as sgst
      from invoice i
     where i.tenant_id = %(tenant)s and i.branch_id = any(%(branches)s)
       and i.issued_on between %(from)s and %(to)s
       and not exists (select 1 from invoice_cancellation c
                        where (c.tenant_id, c.invoice_id) = (i.tenant_id, i.id))
     group by i.origin_id
"""


def _heads(row: db.Row) -> Heads:
    return Heads(**{name: row[name] for name in NAMES if row[name] is not None})


def outward_differences(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    period: TaxPeriod,
    told: Told | None = None,
) -> tuple[Heads, list[Difference]]:
    """Return the tax that the accounts of output tax hold for a period, and what no document explains.

    Every entry on those accounts is compared with the documents of its origin, and the other way
    round; typed entries that take each other back are no difference. An empty list means that the
    sections of the return add up to the accounts. A cancelled invoice and what took it back, maybe in a later
    month, are looked at by neither.

    Args:
        told: Tax of advances and of amendments, which no document of the period states.
    """
    given = {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "branches": list(registration.branch_ids),
        "from": period.starts_on,
        "to": period.ends_on,
    }
    booked = {row["origin_id"]: row for row in db.fetch_all(session, _BOOKED, given)}
    documented = {row["origin_id"]: row for row in db.fetch_all(session, _DOCUMENTED, given)}
    documented |= {origin: _told_row(*one) for origin, one in (told or {}).items()}
    found = [
        _difference(booked.get(origin), documented.get(origin))
        for origin in sorted({*booked, *documented}, key=str)
        if _of(booked.get(origin)) != _of(documented.get(origin))
    ]
    return sum((_heads(row) for row in booked.values()), Heads()), without_mended(found)


def without_mended(found: list[Difference]) -> list[Difference]:
    """Return differences without entries that no document explains where those come to nothing together."""
    loose = [one for one in found if not one.documents]
    if sum((one.books for one in loose), Heads()):
        return found
    return [one for one in found if one.documents]


def _told_row(label: str, page: str, heads: Heads) -> db.Row:
    return {"numbers": label, "page": page} | {name: getattr(heads, name) for name in NAMES}


def _of(row: db.Row | None) -> Heads:
    return _heads(row) if row else Heads()


def _difference(booked: db.Row | None, documented: db.Row | None) -> Difference:
    if documented is not None:
        label = documented["numbers"]
        page = documented.get("page") or f"/invoices/{documented['invoice_id']}"
    elif booked is not None:
        label, page = booked["narration"], f"/books/journal/{booked['entry_id']}"
    else:
        label, page = "", ""
    return Difference(label, page, _of(documented), _of(booked))
