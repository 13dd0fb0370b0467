"""Reading charges of gateways and banks from the books, with the tax invoices of them."""

from collections.abc import Collection
from datetime import date
from typing import Final, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services.gst_returns.charges import Charge, ChargeInvoice, Charges
from erp.services.gst_returns.heads import NAMES, Heads
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.tax_period import TaxPeriod

YEARS: Final = 2
"""How far back charges and reported documents are read; credit lapses sooner (CGST Act s.16(4))."""
_BANK: LiteralString = "coalesce(nullif(left(b.ifsc, 4), ''), b.id::text)"
"""Accounts of one bank have its charges on one invoice."""
_TAX: LiteralString = r"""
           sum(l.debit - l.credit) filter (where k.key = 'input_igst') as igst,
           sum(l.debit - l.credit) filter (where k.key = 'input_cgst') as cgst,
           sum(l.debit - l.credit) filter (where k.key = 'input_sgst') as sgst
"""
_ENTRY: LiteralString = """
      join journal_line l on (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)
      join account k on (k.tenant_id, k.id) = (l.tenant_id, l.account_id)
"""
_BOOKED: LiteralString = f"""
    select s.id, s.id as origin_id, 'gateway' as source, s.account_id::text as whose, s.account_id,
           g.name as supplier, s.provider_id as number, date_trunc('month', s.settled_on)::date as month,
           e.effective_on as booked_on, null::date as reversed_on, s.fee as taxable, {_TAX}
      from gateway_settlement s
      join gateway_account g on (g.tenant_id, g.id) = (s.tenant_id, s.account_id)
      join journal_entry e on (e.tenant_id, e.id) = (s.tenant_id, s.entry_id)
      {_ENTRY}
     where s.tenant_id = %(tenant)s and s.company_id = %(company)s and e.branch_id = any(%(branches)s)
       and e.effective_on between %(since)s and %(to)s
     group by s.id, g.name, e.id, s.tenant_id, g.tenant_id, g.id, e.tenant_id
    having bool_or(k.key like 'input\\_%%')
     union all
    select e.id, e.origin_id, 'bank', {_BANK}, b.id, b.name, e.narration,
           date_trunc('month', e.effective_on)::date, e.effective_on, back.effective_on,
           coalesce(sum(l.debit - l.credit) filter (where k.type = 'expense'), 0), {_TAX}
      from bank_match m
      join bank_account b on (b.tenant_id, b.id) = (m.tenant_id, m.bank_account_id)
      join journal_entry e on (e.tenant_id, e.origin_type, e.origin_id) = (m.tenant_id, 'bank_match', m.id)
       and e.reverses_entry_id is null
      {_ENTRY}
      left join journal_entry back on (back.tenant_id, back.reverses_entry_id) = (e.tenant_id, e.id)
     where m.tenant_id = %(tenant)s and m.kind = 'booked' and b.company_id = %(company)s
       and e.branch_id = any(%(branches)s) and e.effective_on between %(since)s and %(to)s
     group by e.tenant_id, e.id, b.tenant_id, b.id, back.effective_on
    having bool_or(k.key like 'input\\_%%')
     order by 9, 1
"""  # noqa: S608  made of literals
_INVOICES: LiteralString = f"""
    select i.id, 'gateway' as source, i.account_id::text as whose, i.month, i.number, i.dated_on, i.taxable, i.igst,
           i.cgst, i.sgst, u.bill_id
      from gateway_invoice i
      join gateway_account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id)
      left join seen_bill_use u on (u.tenant_id, u.source_id) = (i.tenant_id, i.id) and u.ended_on is null
     where i.tenant_id = %(tenant)s and i.company_id = %(company)s and a.branch_id = any(%(branches)s)
       and i.taken_back_on is null and i.dated_on between %(since)s and %(to)s
     union all
    select i.id, 'bank', {_BANK}, i.month, i.number, i.dated_on, i.taxable, i.igst, i.cgst, i.sgst, u.bill_id
      from gst_charge_invoice i
      join bank_account b on (b.tenant_id, b.id) = (i.tenant_id, i.bank_account_id)
      left join seen_bill_use u on (u.tenant_id, u.source_id) = (i.tenant_id, i.id) and u.ended_on is null
     where i.tenant_id = %(tenant)s and i.company_id = %(company)s and i.gstin = %(gstin)s
       and i.taken_back_on is null and i.dated_on between %(since)s and %(to)s
     order by 6, 1
"""  # noqa: S608  made of literals


def read_charges(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    period: TaxPeriod,
    held: Collection[UUID] = (),
) -> Charges:
    """Return the charges of a registration until a period's end, and their invoices of days until then.

    An invoice that was taken back counts nowhere, as nothing was booked by it.

    Args:
        held: What waited in the last filed return.
    """
    given = {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "branches": list(registration.branch_ids),
        "gstin": registration.gstin,
        "since": years_before(period.starts_on),
        "to": period.ends_on,
    }
    kept = db.fetch_all(session, _BOOKED, given)
    invoices = db.fetch_all(session, _INVOICES, given)
    return Charges(
        tuple(_charge(row, period, held) for row in kept), tuple(_invoice(row) for row in invoices)
    )


def years_before(day: date) -> date:
    """Return the first day from which charges and reported documents are read for a period that begins on a day."""
    return day.replace(year=max(day.year - YEARS, 1))


def _charge(row: db.Row, period: TaxPeriod, held: Collection[UUID]) -> Charge:
    return Charge(
        id=row["id"],
        origin_id=row["origin_id"],
        place=(row["source"], row["whose"], row["month"]),
        account_id=row["account_id"],
        supplier=row["supplier"],
        number=row["number"],
        booked_on=row["booked_on"],
        heads=_heads(row),
        reversed_on=row["reversed_on"],
        is_asked=row["booked_on"] >= period.starts_on or row["id"] in held,
    )


def _invoice(row: db.Row) -> ChargeInvoice:
    return ChargeInvoice(
        id=row["id"],
        bill_id=row["bill_id"],
        place=(row["source"], row["whose"], row["month"]),
        number=row["number"],
        dated_on=row["dated_on"],
        heads=_heads(row).tax_only(),
    )


def _heads(row: db.Row) -> Heads:
    return Heads(row["taxable"], **{name: row[name] or ZERO for name in NAMES})
