"""Paying a quarter by composition: the tax is a cost of the dealer, and is paid in cash."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services import accounting
from erp.services.accounting import NewEntry, NewLine, credit, debit
from erp.services.gst_returns.cmp08 import DUE_AGAIN
from erp.services.gst_returns.credit_ledger import require_cash
from erp.services.gst_returns.heads import NAMES, NOTHING, Heads
from erp.services.gst_returns.proving import ORIGIN
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.setting_off import in_rupees
from erp.services.gst_returns.snapshots import Snapshot
from erp.services.gst_returns.tax_period import TaxPeriod

COST, OWED = "composition_tax", "composition_payable"


def pay_cmp08(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    snapshot: Snapshot,
    paid: tuple[UUID, TaxPeriod, date],
) -> None:
    """Book the tax on turnover as a cost of the quarter's last day, and pay it with the reverse charge.

    Tax on advances that is due again is paid beside it, with form DRC-03. Where the books of that day are closed the
    cost is of the day of filing. The caller holds the months.

    Raises:
        CashShort: Less cash is deposited than is due.
        PeriodClosed: The books are closed for the day of filing.

    Source: CGST Act s.10, Rules r.62; rounding s.170.
    """
    return_id, period, filed_on = paid
    owed = snapshot.owed.cells["3(1)"].tax_only()
    reverse = snapshot.owed.cells["3(2)"].tax_only()
    again = snapshot.owed.cells.get(DUE_AGAIN, NOTHING).tax_only()
    cash = (in_rupees(owed) + in_rupees(reverse) + in_rupees(again)).tax
    require_cash(session, ctx, registration, cash)
    day = filed_on if _is_closed(session, ctx, period.ends_on) else period.ends_on
    about = f"CMP-08 {period.fp} of {registration.gstin}"
    for purpose, booked_on, lines in (
        ("accrued", day, [debit(COST, owed.tax), credit(OWED, owed.tax)]),
        ("payment", filed_on, _payment(owed, reverse, again, cash)),
    ):
        if any(line.debit for line in lines):
            entry = NewEntry("general", booked_on, ORIGIN, return_id, purpose, about, lines)
            accounting.post_entry(session, ctx, entry)


def _payment(owed: Heads, reverse: Heads, again: Heads, cash: Decimal) -> list[NewLine]:
    lines = [debit(OWED, owed.tax)]
    lines += [debit(f"rcm_{name}", getattr(reverse, name)) for name in NAMES]
    lines += [debit(f"output_{name}", getattr(again, name)) for name in NAMES]
    exact = sum((line.debit for line in lines), ZERO)
    return [*lines, credit("gst_cash_ledger", cash), debit("round_off", cash - exact)]


def _is_closed(session: Session, ctx: RequestContext, day: date) -> bool:
    row = db.fetch_one(
        session,
        "select 1 from period where tenant_id = %s and company_id = %s and %s between starts_on and ends_on"
        " and status <> 'open'",
        (ctx.tenant_id, ctx.company_id, day),
    )
    return row is not None
