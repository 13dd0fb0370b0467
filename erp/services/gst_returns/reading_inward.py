"""What changed a registration's credit in a period: documents, each against the accounts of input tax."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO, allocate
from erp.models.gst_returns import CreditChangeKind
from erp.services.gst_returns.charges import Charges
from erp.services.gst_returns.gstr3b import GIVES_BACK, CreditChange, Inward, InwardKind
from erp.services.gst_returns.heads import NAMES, Heads
from erp.services.gst_returns.proving import Difference, without_mended
from erp.services.gst_returns.reading_charges import read_charges
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.tax_period import TaxPeriod

CREDIT_CHANGE = "gst_credit_change"
REVERSE_CHARGE = "gst_reverse_charge"
CLAIM = "supplier_claim"
"""Origin of an entry that follows a supplier's credit note."""
_BOOKED = """
    select e.origin_id, e.origin_type, min(e.id::text)::uuid as entry_id, min(e.narration) as narration,
           min(e.effective_on) as booked_on,
           sum(l.debit - l.credit) filter (where a.key like 'input\\_igst%%') as igst,
           sum(l.debit - l.credit) filter (where a.key like 'input\\_cgst%%') as cgst,
           sum(l.debit - l.credit) filter (where a.key like 'input\\_sgst%%') as sgst
      from account a
      join journal_line l on (l.tenant_id, l.account_id) = (a.tenant_id, a.id)
           and l.effective_on between %(from)s and %(to)s
      join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
     where a.tenant_id = %(tenant)s and a.company_id = %(company)s and a.key like 'input\\_%%'
       and e.branch_id = any(%(branches)s) and e.origin_type <> 'gst_return'
     group by e.origin_id, e.origin_type order by 5, 1
"""
_BILLS = """
    select b.id, b.bill_number as number, p.name as supplier, b.booked_on, b.taxable,
           b.supply_nature = 'INTER' as is_inter,
           case when b.is_credit_taken then b.igst else 0 end as igst,
           case when b.is_credit_taken then b.cgst else 0 end as cgst,
           case when b.is_credit_taken then b.sgst else 0 end as sgst,
           case when b.supplier_gstin is null then 0 else coalesce((
                select sum(l.taxable) from supplier_bill_line l
                 where l.tenant_id = b.tenant_id and l.bill_id = b.id and l.gst_rate = 0), 0) end as untaxed
      from supplier_bill b join party p on (p.tenant_id, p.id) = (b.tenant_id, b.supplier_id)
     where b.tenant_id = %(tenant)s and b.branch_id = any(%(branches)s) and b.status = 'posted'
       and b.booked_on between %(from)s and %(to)s
     order by b.booked_on, b.id
"""
_RETURNS = """
    select r.id, r.number, p.name as supplier, r.returned_on as booked_on, -r.igst as igst, -r.cgst as cgst,
           -r.sgst as sgst
      from supplier_return r join party p on (p.tenant_id, p.id) = (r.tenant_id, r.supplier_id)
     where r.tenant_id = %(tenant)s and r.branch_id = any(%(branches)s) and r.is_credit_taken
       and r.returned_on between %(from)s and %(to)s and r.igst + r.cgst + r.sgst > 0
     order by r.returned_on, r.id
"""
_CLAIMS = """
    select c.id, c.number, p.name as supplier, c.credited_tax, b.igst, b.cgst, b.sgst
      from supplier_claim c
      join supplier_bill b on (b.tenant_id, b.id) = (c.tenant_id, c.bill_id)
      join party p on (p.tenant_id, p.id) = (b.tenant_id, b.supplier_id)
     where c.tenant_id = %(tenant)s and c.id = any(%(claims)s) and b.is_credit_taken and c.credited_tax > 0
"""
_SPENT = """
    with spent as (
        select u.id, u.source_id as origin_id, u.number, u.supplier, u.taken_on as booked_on,
               u.ended_on as reversed_on, u.taxable, u.igst, u.cgst, u.sgst
          from seen_bill_use u
         where u.tenant_id = %(tenant)s and u.is_credit and u.source in ('expense', 'asset')
           and u.branch_id = any(%(branches)s)),
    signed as (
        select *, (booked_on between %(from)s and %(to)s)::int
                  - (coalesce(reversed_on, 'infinity') between %(from)s and %(to)s)::int as sign
          from spent where igst + cgst + sgst <> 0)
    select id, origin_id, number, supplier,
           case sign when 1 then booked_on else reversed_on end as booked_on, igst <> 0 as is_inter,
           sign * taxable as taxable, sign * igst as igst, sign * cgst as cgst, sign * sgst as sgst
      from signed where sign <> 0 order by 4, 1
"""
_REVERSE = """
    select r.id, r.number, p.name as supplier, r.booked_on, r.is_inter, r.taxable, r.igst, r.cgst, r.sgst
      from gst_reverse_charge r join party p on (p.tenant_id, p.id) = (r.tenant_id, r.supplier_id)
     where r.tenant_id = %(tenant)s and r.branch_id = any(%(branches)s)
       and r.booked_on between %(from)s and %(to)s and r.cancelled_at is null order by r.booked_on, r.id
"""
_CHANGES = """
    select id, kind, igst, cgst, sgst, booked_on, reason from gst_credit_change
     where tenant_id = %(tenant)s and branch_id = any(%(branches)s) and booked_on between %(from)s and %(to)s
       and kind <> 'refunded' and cancelled_at is null
     order by booked_on, id
"""


@dataclass(frozen=True, slots=True)
class InwardSide:
    """What a period says of credit.

    Attributes:
        booked: What the accounts of input tax gained.
        differences: Entries on those accounts that no document of ours explains.
    """

    inward: tuple[Inward, ...]
    changes: tuple[CreditChange, ...]
    booked: Heads
    differences: tuple[Difference, ...]


def read_inward(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    period: TaxPeriod,
    charges: Charges | None = None,
) -> InwardSide:
    """Return purchases, reverse charge and credit changes of a period, each against the books.

    Args:
        charges: Those of gateways and banks until the period's end, where they are read already.
    """
    given = {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "branches": list(registration.branch_ids),
        "from": period.starts_on,
        "to": period.ends_on,
    }
    booked = db.fetch_all(session, _BOOKED, given)
    bills = [_bill(row) for row in db.fetch_all(session, _BILLS, given)]
    back = [_taken_back(row) for row in db.fetch_all(session, _RETURNS, given)]
    back += _claims(session, given, booked)
    spent = [_spent(row) for row in db.fetch_all(session, _SPENT, given)]
    kept = charges or read_charges(session, ctx, registration, period)
    spent += kept.of(period)
    reverse = [_reverse(row) for row in db.fetch_all(session, _REVERSE, given)]
    changes = db.fetch_all(session, _CHANGES, given)
    stated = {row["id"]: _signed(row) for row in changes}
    for bought in (*bills, *spent, *back, *reverse):
        known = stated.get(bought.document_id, Heads())
        stated[bought.document_id] = known + bought.heads.tax_only()
    return InwardSide(
        inward=(*bills, *spent, *back, *reverse),
        changes=tuple(_change(row) for row in changes),
        booked=sum((_heads(row) for row in booked), Heads()),
        differences=tuple(_differences(booked, stated)),
    )


def _heads(row: db.Row) -> Heads:
    return Heads(**{name: row[name] or ZERO for name in NAMES})


def _signed(row: db.Row) -> Heads:
    """Return what a change adds to the credit in the books."""
    is_gain = row["kind"] in GIVES_BACK
    return _heads(row) if is_gain else -_heads(row)


def _change(row: db.Row) -> CreditChange:
    kind = CreditChangeKind(row["kind"])
    return CreditChange(kind, _heads(row), row["id"], row["booked_on"], row["reason"])


def _bill(row: db.Row) -> Inward:
    return Inward(
        id=row["id"],
        number=row["number"],
        supplier=row["supplier"],
        booked_on=row["booked_on"],
        kind=InwardKind.BILL,
        heads=Heads(row["taxable"]) + _heads(row),
        is_inter=row["is_inter"],
        untaxed=row["untaxed"],
    )


def _claims(session: Session, given: dict[str, object], booked: Sequence[db.Row]) -> list[Inward]:
    """Return claims that a supplier's note answered: its tax, by head as the bill has it."""
    days = {row["origin_id"]: row["booked_on"] for row in booked if row["origin_type"] == CLAIM}
    return [
        _taken_back(row | {"booked_on": days[row["id"]]} | _shared(row))
        for row in db.fetch_all(session, _CLAIMS, given | {"claims": list(days)})
    ]


def _shared(row: db.Row) -> dict[str, Decimal]:
    heads = ("cgst", "sgst", "igst")
    parts = allocate(row["credited_tax"], [row[name] for name in heads])
    return {name: -part for name, part in zip(heads, parts, strict=True)}


def _taken_back(row: db.Row) -> Inward:
    return Inward(
        id=row["id"],
        number=row["number"],
        supplier=row["supplier"],
        booked_on=row["booked_on"],
        kind=InwardKind.TAKEN_BACK,
        heads=_heads(row),
    )


def _spent(row: db.Row) -> Inward:
    return Inward(
        id=row["id"],
        number=row["number"],
        supplier=row["supplier"],
        booked_on=row["booked_on"],
        kind=InwardKind.SPENT,
        heads=_heads(row) + Heads(row["taxable"]),
        is_inter=row["is_inter"],
        origin_id=row["origin_id"],
    )


def _reverse(row: db.Row) -> Inward:
    return Inward(
        id=row["id"],
        number=row["number"],
        supplier=row["supplier"],
        booked_on=row["booked_on"],
        kind=InwardKind.REVERSE_CHARGE,
        heads=_heads(row) + Heads(row["taxable"]),
        is_inter=row["is_inter"],
    )


def _differences(booked: Sequence[db.Row], stated: dict[UUID, Heads]) -> list[Difference]:
    found = []
    for row in booked:
        documents = stated.pop(row["origin_id"], Heads())
        if documents != _heads(row):
            page = f"/books/journal/{row['entry_id']}"
            found.append(Difference(row["narration"], page, documents, _heads(row)))
    found.extend(
        Difference("A document without an entry", "/books/journal", heads, Heads())
        for heads in stated.values()
        if heads
    )
    return without_mended(found)
