"""Cancelling a challan that was typed wrong."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.services import accounting
from erp.services.accounting import NewEntry, credit, debit
from erp.services.gst_returns.credit_ledger import cash_held, hold_cash
from erp.services.gst_returns.errors import CashShort, DepositCancelled, UnknownDeposit
from erp.services.gst_returns.events import CreditChanged
from erp.services.gst_returns.registrations import registration_of
from erp.services.platform import Command, Identified, ShortText, command, emit, refuse_on


class CancelDeposit(Command):
    """Take back a challan that was recorded wrong; its number may be recorded anew."""

    deposit_id: UUID
    reason: ShortText


@command(
    "gst_returns.cancel_deposit",
    permission="gst_returns.record",
    rest="POST /gst-deposits/{deposit_id}/cancellation",
)
def cancel_deposit(session: Session, ctx: RequestContext, cmd: CancelDeposit) -> Identified:
    """Cancel a challan by the opposite entry of today. Locks the challan, then the registration's cash.

    Raises:
        UnknownDeposit: There is none. DepositCancelled: It is cancelled.
        CashShort: A return was paid with it: less is left than it brought.
        PeriodClosed: The books are closed for today.

    Emits:
        gst_returns.credit_changed.v1
    """
    row = _hold(session, ctx, cmd.deposit_id)
    if row["cancelled_at"] is not None:
        raise _cancelled_before()
    registration = registration_of(session, ctx, row["gstin"])
    hold_cash(session, ctx, registration)
    amount: Decimal = row["amount"]
    left = cash_held(session, ctx, registration)
    if amount > left:
        message = (
            f"Only {money_text(left)} of the cash ledger are left; a return was paid with the rest."
        )
        raise CashShort(message, fields={"deposit_id": message})
    db.execute(
        session,
        "update gst_deposit set cancelled_at = %s, cancelled_by = %s, cancel_reason = %s"
        " where tenant_id = %s and id = %s",
        (ctx.now, ctx.user_id, cmd.reason, ctx.tenant_id, cmd.deposit_id),
    )
    words = f"Cancelled challan {row['reference']}: {cmd.reason}"
    lines = [debit("bank", amount), credit("gst_cash_ledger", amount)]
    entry = NewEntry("general", ctx.today, "gst_deposit", cmd.deposit_id, "cancelled", words, lines)
    accounting.post_entry(session, registration.acting(ctx), entry)
    emit(session, ctx, cmd.deposit_id, CreditChanged(record_id=cmd.deposit_id, kind="gst_deposit"))
    return Identified(id=cmd.deposit_id)


def _hold(session: Session, ctx: RequestContext, deposit_id: UUID) -> db.Row:
    row = db.fetch_one(
        session,
        "select gstin, reference, amount, cancelled_at from gst_deposit"
        " where tenant_id = %s and company_id = %s and id = %s for no key update",
        (ctx.tenant_id, ctx.company_id, deposit_id),
    )
    if row is None:
        message = "This challan is not known here. Choose one of the list."
        raise UnknownDeposit(message, fields={"deposit_id": message})
    return row


def _cancelled_before() -> DepositCancelled:
    message = "This challan is cancelled. Record it anew if it was paid."
    return DepositCancelled(message, fields={"deposit_id": message})


refuse_on("gst_deposit_frozen", _cancelled_before)
