"""Figures of a shift's report: by tender, tax rate and HSN, and what was out of the ordinary."""

from datetime import datetime
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services.platform import Result


class MethodTotal(Result):
    """Takings of a shift by one method.

    Attributes:
        sales: Of bills. refunds: given back on returns. advances: taken, less paid back.
    """

    method: str
    sales: Decimal
    refunds: Decimal
    advances: Decimal


class RateTotal(Result):
    """Sales less returns of a shift at one rate of tax."""

    rate: Decimal
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    total: Decimal


class HsnTotal(Result):
    """Sales less returns of a shift under one HSN."""

    hsn: str
    quantity: int
    taxable: Decimal
    tax: Decimal
    total: Decimal


class ShiftNote(Result):
    """Something out of the ordinary: an approval, cash moved, the drawer opened without a sale.

    Attributes:
        kind: `discount`, `return`, `cash_in`, `cash_out` or `no_sale`.
        sale_id: The bill it belongs to; none where there is no bill.
    """

    kind: str
    at: datetime
    amount: Decimal | None
    reason: str
    by: str
    approved_by: str
    sale_id: UUID | None


class ShiftFigures(Result):
    """What a shift's report has beyond its totals.

    Attributes:
        discounts: Rupees off the price of what was sold. round_off: of all documents.
    """

    by_rate: list[RateTotal]
    by_hsn: list[HsnTotal]
    notes: list[ShiftNote]
    discounts: Decimal
    round_off: Decimal
    cash_in: Decimal
    cash_out: Decimal
    no_sales: int


def figures_of(session: Session, ctx: RequestContext, shift_id: UUID) -> ShiftFigures:
    """Return the figures of one shift; every one adds up rows of its bills."""
    notes = [ShiftNote(**row) for row in _ask(session, ctx, shift_id, _NOTES)]
    sums = _ask(session, ctx, shift_id, _SUMS)[0]
    moved = [note.amount or ZERO for note in notes if note.kind.startswith("cash_")]
    return ShiftFigures(
        by_rate=[RateTotal(**row) for row in _ask(session, ctx, shift_id, _BY_RATE)],
        by_hsn=[HsnTotal(**row) for row in _ask(session, ctx, shift_id, _BY_HSN)],
        notes=notes,
        discounts=sums["discounts"],
        round_off=sums["round_off"],
        cash_in=sum((amount for amount in moved if amount > 0), ZERO),
        cash_out=-sum((amount for amount in moved if amount < 0), ZERO),
        no_sales=sum(note.kind == "no_sale" for note in notes),
    )


def takings_of(session: Session, ctx: RequestContext, shift_id: UUID) -> list[MethodTotal]:
    """Return a shift's takings by method."""
    return [MethodTotal(**row) for row in _ask(session, ctx, shift_id, _BY_METHOD)]


def _ask(session: Session, ctx: RequestContext, shift_id: UUID, sql: LiteralString) -> list[db.Row]:
    return db.fetch_all(session, sql, {"tenant": ctx.tenant_id, "shift": shift_id})


_BY_METHOD: LiteralString = """
    select method, sum(sales) as sales, sum(refunds) as refunds, sum(advances) as advances from (
        select t.method, coalesce(sum(t.amount) filter (where s.kind = 'sale'), 0) as sales,
               coalesce(sum(t.amount) filter (where s.kind = 'return'), 0) as refunds, 0 as advances
          from sale s join tender t on (t.tenant_id, t.sale_id) = (s.tenant_id, s.id)
         where s.tenant_id = %(tenant)s and s.shift_id = %(shift)s group by t.method
        union all
        select method, 0, 0, sum(case kind when 'receipt' then amount else -amount end)
          from advance_voucher where tenant_id = %(tenant)s and shift_id = %(shift)s
         group by method) taken
     group by method order by method
"""
_LINES: LiteralString = """
      from sale s
      join invoice_line l on (l.tenant_id, l.invoice_id) = (s.tenant_id, s.invoice_id)
      cross join lateral (select case s.kind when 'sale' then 1 else -1 end as sign) side
     where s.tenant_id = %(tenant)s and s.shift_id = %(shift)s
"""
_BY_RATE: LiteralString = (
    "select l.rate, sum(sign * l.taxable) as taxable, sum(sign * l.cgst) as cgst,"
    " sum(sign * l.sgst) as sgst, sum(sign * l.igst) as igst, sum(sign * l.total) as total"
    + _LINES
    + " group by l.rate order by l.rate"
)
_BY_HSN: LiteralString = (
    "select l.hsn, sum(sign * l.quantity)::bigint as quantity, sum(sign * l.taxable) as taxable,"
    " sum(sign * (l.cgst + l.sgst + l.igst)) as tax, sum(sign * l.total) as total"
    + _LINES
    + " group by l.hsn order by l.hsn"
)
_SUMS: LiteralString = """
    select coalesce((select sum(l.line_discount + l.bill_discount) from sale s
              join invoice_line l on (l.tenant_id, l.invoice_id) = (s.tenant_id, s.invoice_id)
             where s.tenant_id = %(tenant)s and s.shift_id = %(shift)s and s.kind = 'sale'), 0) as discounts,
           coalesce((select sum(case s.kind when 'sale' then i.round_off else -i.round_off end)
              from sale s join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id)
             where s.tenant_id = %(tenant)s and s.shift_id = %(shift)s), 0) as round_off
"""
_NOTES: LiteralString = """
    select noted.kind, noted.at, noted.amount, noted.reason,
           coalesce(b.display_name, 'system') as by, coalesce(a.display_name, '') as approved_by, noted.sale_id
      from (
        select p.kind, p.approved_at as at, (p.facts ->> 'level')::numeric as amount, p.reason,
               p.requested_by as by_id, p.approved_by as approved_id, s.id as sale_id
          from sale s join approval p on (p.tenant_id, p.origin_id) = (s.tenant_id, s.id)
         where s.tenant_id = %(tenant)s and s.shift_id = %(shift)s
        union all
        select case when amount > 0 then 'cash_in' else 'cash_out' end, created_at, amount, reason,
               user_id, null, null
          from cash_movement where tenant_id = %(tenant)s and shift_id = %(shift)s
        union all
        select 'no_sale', opened_at, null, reason, user_id, null, null
          from drawer_opening where tenant_id = %(tenant)s and shift_id = %(shift)s) noted
      left join membership b on b.tenant_id = %(tenant)s and b.user_id = noted.by_id
      left join membership a on a.tenant_id = %(tenant)s and a.user_id = noted.approved_id
     order by noted.at
"""
