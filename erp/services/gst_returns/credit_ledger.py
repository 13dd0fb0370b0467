"""The electronic ledgers as the books have them: credit carried forward, and cash deposited."""

from decimal import Decimal

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.money import ZERO
from erp.services.gst_returns.errors import CashShort
from erp.services.gst_returns.heads import NAMES, Heads
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.tax_period import TaxPeriod

_OPENING = """
    select a.key, sum(l.debit - l.credit) as amount
      from account a
      join journal_line l on (l.tenant_id, l.account_id) = (a.tenant_id, a.id)
      join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
      left join gst_return r on e.origin_type = 'gst_return'
           and (r.tenant_id, r.id) = (e.tenant_id, e.origin_id)
     where a.tenant_id = %(tenant)s and a.company_id = %(company)s
       and a.key in ('input_igst', 'input_cgst', 'input_sgst') and e.branch_id = any(%(branches)s)
       and coalesce(r.ends_on, l.effective_on) < %(from)s
     group by a.key
"""
_CASH = """
    select coalesce(sum(l.debit - l.credit), 0) as amount
      from account a
      join journal_line l on (l.tenant_id, l.account_id) = (a.tenant_id, a.id)
      join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
     where a.tenant_id = %s and a.company_id = %s and a.key = 'gst_cash_ledger' and e.branch_id = any(%s)
"""


def opening_credit(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> Heads:
    """Return the credit left from before a period: what the accounts held, less what paid earlier returns.

    Below zero where more was reversed than there was.
    """
    given = {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "branches": list(registration.branch_ids),
        "from": period.starts_on,
    }
    held = {
        row["key"].removeprefix("input_"): row["amount"]
        for row in db.fetch_all(session, _OPENING, given)
    }
    return Heads(**{name: held.get(name, ZERO) for name in NAMES})


def hold_cash(session: Session, ctx: RequestContext, registration: Registration) -> None:
    """Let others wait who would use or take back cash of a registration."""
    key = f"gst_cash:{ctx.tenant_id}:{ctx.company_id}:{registration.gstin}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))


def cash_held(session: Session, ctx: RequestContext, registration: Registration) -> Decimal:
    """Return what was deposited for a registration and is not used."""
    branches = list(registration.branch_ids)
    row = db.fetch_one(session, _CASH, (ctx.tenant_id, ctx.company_id, branches))
    amount: Decimal = row["amount"] if row else ZERO
    return amount


def require_cash(
    session: Session, ctx: RequestContext, registration: Registration, due: Decimal
) -> None:
    """Hold a registration's cash and refuse where less is deposited than is due.

    Raises:
        CashShort: So it is.
    """
    hold_cash(session, ctx, registration)
    have = cash_held(session, ctx, registration)
    if due > have:
        message = (
            f"{money_text(due)} are due in cash and {money_text(have)} are deposited."
            " Record the challan of the rest first."
        )
        raise CashShort(message)
