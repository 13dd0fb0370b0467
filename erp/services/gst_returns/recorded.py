"""What was recorded beside documents: reverse charges with their self-invoices, and challans."""

from datetime import date
from decimal import Decimal
from typing import Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.platform import (
    LAST_ID,
    Page,
    Result,
    Rows,
    decode_cursor,
    encode_cursor,
    query,
)

RecordStanding = Literal["recorded", "filed", "cancelled"]


class ListReverseCharges(Page):
    """Purchases under reverse charge, the newest first."""


class ReverseChargeRow(Result):
    """A purchase whose tax is ours to pay.

    Attributes:
        is_self_invoiced: The supplier is not registered, so that its number is a self-invoice's.
        standing: `recorded`, `filed` once the return of its day is, or `cancelled`.
    """

    id: UUID
    number: str
    supplier_id: UUID
    supplier: str
    booked_on: date
    description: str
    hsn: str
    rate: Decimal
    taxable: Decimal
    tax: Decimal
    is_self_invoiced: bool
    standing: RecordStanding
    cancel_reason: str


class ReverseChargePage(Rows):
    """A page of reverse charges."""

    rows: list[ReverseChargeRow]


class ListDeposits(Page):
    """Challans, the newest first."""


class DepositRow(Result):
    """Cash deposited with the portal."""

    id: UUID
    gstin: str
    reference: str
    deposited_on: date
    amount: Decimal
    user: str
    standing: str
    cancel_reason: str


class DepositPage(Rows):
    """A page of challans."""

    rows: list[DepositRow]


_CHARGES: LiteralString = """
    select r.id, r.number, r.supplier_id, p.name as supplier, r.booked_on, r.description, r.hsn, r.rate,
           r.taxable, r.igst + r.cgst + r.sgst as tax, coalesce(p.gstin, '') = '' as is_self_invoiced,
           case when r.cancelled_at is not null then 'cancelled'
                when sec.is_gst_record_filed(r.tenant_id, r.company_id, r.branch_id, r.booked_on) then 'filed'
                else 'recorded' end as standing, r.cancel_reason
      from gst_reverse_charge r
      join party p on (p.tenant_id, p.id) = (r.tenant_id, r.supplier_id)
     where r.tenant_id = %(tenant)s and r.company_id = %(company)s and r.id < %(id)s::uuid
       and r.number || ' ' || p.name || ' ' || r.description ilike %(words)s
     order by r.id desc limit %(limit)s
"""
_DEPOSITS: LiteralString = """
    select d.id, d.gstin, d.reference, d.deposited_on, d.amount, coalesce(m.display_name, '') as "user",
           case when d.cancelled_at is null then 'deposited' else 'cancelled' end as standing, d.cancel_reason
      from gst_deposit d
      left join membership m on (m.tenant_id, m.user_id) = (d.tenant_id, d.user_id)
     where d.tenant_id = %(tenant)s and d.company_id = %(company)s and d.id < %(id)s::uuid
       and d.reference || ' ' || d.gstin ilike %(words)s
     order by d.id desc limit %(limit)s
"""


@query(
    "gst_returns.list_reverse_charges", permission="gst_returns.view", rest="GET /reverse-charges"
)
def list_reverse_charges(
    session: Session, ctx: RequestContext, wanted: ListReverseCharges
) -> ReverseChargePage:
    """List purchases under reverse charge by words of number, supplier and description."""
    rows = db.fetch_all(session, _CHARGES, _given(ctx, wanted))
    page = [ReverseChargeRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return ReverseChargePage(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")


@query("gst_returns.list_deposits", permission="gst_returns.view", rest="GET /gst-deposits")
def list_deposits(session: Session, ctx: RequestContext, wanted: ListDeposits) -> DepositPage:
    """List challans by words of number and registration."""
    rows = db.fetch_all(session, _DEPOSITS, _given(ctx, wanted))
    page = [DepositRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return DepositPage(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")


def _given(ctx: RequestContext, wanted: Page) -> dict[str, object]:
    return {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "id": (decode_cursor(wanted.cursor, 1) or [LAST_ID])[0],
        "words": f"%{wanted.search.strip()}%",
        "limit": wanted.limit + 1,
    }
