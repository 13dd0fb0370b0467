"""What took credit back in the books: goods that went back, and claims that a supplier's note answered."""

from collections.abc import Mapping
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.money import allocate
from erp.services.gst_returns.heads import Heads
from erp.services.gst_returns.matching_2b import Paper

_NOTES: LiteralString = """
    select r.id, r.supplier_gstin, coalesce(nullif(c.credit_note, ''), r.number) as number, r.returned_on as booked_on,
           p.name as supplier, r.taxable, r.igst, r.cgst, r.sgst, null::numeric as credited_tax,
           '/returns/' || r.id as page
      from supplier_return r
      join party p on (p.tenant_id, p.id) = (r.tenant_id, r.supplier_id)
      left join supplier_claim c on (c.tenant_id, c.return_id) = (r.tenant_id, r.id)
     where r.tenant_id = %(tenant)s and r.branch_id = any(%(branches)s) and r.is_credit_taken
       and r.supplier_gstin is not null and r.igst + r.cgst + r.sgst > 0 and r.returned_on between %(since)s and %(to)s
     union all
    select c.id, b.supplier_gstin, c.credit_note, e.effective_on, p.name, c.credited, b.igst, b.cgst, b.sgst,
           c.credited_tax, '/claims'
      from supplier_claim c
      join supplier_bill b on (b.tenant_id, b.id) = (c.tenant_id, c.bill_id)
      join party p on (p.tenant_id, p.id) = (b.tenant_id, b.supplier_id)
      join journal_entry e on (e.tenant_id, e.origin_type, e.origin_id) = (c.tenant_id, 'supplier_claim', c.id)
     where c.tenant_id = %(tenant)s and b.branch_id = any(%(branches)s) and b.is_credit_taken
       and b.supplier_gstin is not null and c.credited_tax > 0 and e.effective_on between %(since)s and %(to)s
     order by 4, 1
"""


def read_notes(session: Session, given: Mapping[str, Any]) -> list[tuple[Paper, str]]:
    """Return what took credit back until a period's end, each with the page that shows it.

    A return bears its debit note's number until the supplier's answer is recorded with that of their note.
    """
    return [(_note(row), row["page"]) for row in db.fetch_all(session, _NOTES, given)]


def _note(row: db.Row) -> Paper:
    heads = {name: row[name] for name in ("cgst", "sgst", "igst")}
    if row["credited_tax"] is not None:
        parts = allocate(row["credited_tax"], list(heads.values()))
        heads = dict(zip(heads, parts, strict=True))
    note_id: UUID = row["id"]
    taken = Heads(row["taxable"], **heads)
    return Paper(
        note_id,
        row["supplier_gstin"],
        "CRN",
        row["number"],
        row["booked_on"],
        taken,
        row["supplier"],
    )
