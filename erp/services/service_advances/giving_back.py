"""Paying an advance back under a refund voucher, and taking its receipt back whole."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.models.service_advances import AdvanceStepKind
from erp.services import payments
from erp.services.payments import Direction, PaymentMethod
from erp.services.platform import Amount, Command, Day, Identified, Result, ShortText, Text, command
from erp.services.service_advances.errors import StepUndone
from erp.services.service_advances.holding import (
    day_of,
    hold_advance,
    part_of,
    post_step,
    tax_back,
    write_step,
)


class RefundServiceAdvance(Command):
    """Pay an advance back whose service is not given; all that is left where no amount is named."""

    advance_id: UUID
    method: PaymentMethod
    amount: Annotated[Amount, Field(gt=0)] | None = None
    paid_on: Day | None = None
    reference: Text = ""
    cheque_on: Day | None = None
    reason: ShortText


class RefundedAdvance(Result):
    """A refund with its voucher's payment and the tax that went back with it."""

    id: UUID
    payment_id: UUID
    number: str
    amount: Decimal
    tax: Decimal


class TakeBackServiceAdvance(Command):
    """Take the receipt of an advance back: its cheque bounced, or it was recorded in error."""

    advance_id: UUID
    reason: ShortText


@command(
    "service_advances.refund_advance",
    permission="payments.pay",
    rest="POST /service-advances/{advance_id}/refunds",
)
def refund_advance(
    session: Session, ctx: RequestContext, cmd: RefundServiceAdvance
) -> RefundedAdvance:
    """Pay an advance back under a refund voucher; its tax is taken off with it.

    Locks the customer's open items, then the number series.

    Raises:
        UnknownServiceAdvance: There is no such advance.
        AdvanceUsedUp: Less is left of it.
        InvalidInput, WrongDay, PaidBefore: As of any payment; the day is before the advance's.
        TaxPeriodFiled: The return of the day's month is filed.
        PeriodClosed: The books are closed for the day.

    Emits:
        payments.payment_recorded.v1, service_advances.advance_moved.v1

    Source: CGST Act s.31(3)(e), Rules r.51.
    """
    held = hold_advance(session, ctx, cmd.advance_id)
    amount = part_of(held, cmd.amount)
    day = day_of(ctx, held, cmd.paid_on, "paid_on")
    taxes = held.taxes_of(amount)
    money = payments.MakePayment(
        party_id=held.party_id,
        amount=amount,
        method=cmd.method,
        paid_on=day,
        reference=cmd.reference,
        cheque_on=cmd.cheque_on,
        note=cmd.reason,
        ledger=payments.Ledger.CUSTOMER,
    )
    paid = payments.move_advance(session, held.at_its_branch(ctx), Direction.OUT, money)
    kind = AdvanceStepKind.REFUNDED
    about = {"payment_id": paid.id, "reason": cmd.reason}
    step_id = write_step(session, ctx, held, (kind, amount, taxes), day, **about)
    words = f"Tax on advance {held.number} paid back: {cmd.reason}"
    post_step(session, ctx, held, (step_id, kind, day, words), tax_back(taxes))
    tax = sum(taxes.values(), ZERO)
    return RefundedAdvance(
        id=step_id, payment_id=paid.id, number=paid.number, amount=amount, tax=tax
    )


@command(
    "service_advances.take_back_advance",
    permission="payments.pay",
    rest="POST /service-advances/{advance_id}/reversal",
)
def take_back_advance(
    session: Session, ctx: RequestContext, cmd: TakeBackServiceAdvance
) -> Identified:
    """Take the receipt of an advance back whole, with its tax, by opposite entries of today.

    Locks the customer's open items.

    Raises:
        UnknownServiceAdvance: There is no such advance.
        StepUndone: It was taken back already, or a part of it was applied or paid back.
        PeriodClosed: The books are closed for today.

    Emits:
        payments.payment_reversed.v1, service_advances.advance_moved.v1
    """
    held = hold_advance(session, ctx, cmd.advance_id)
    if held.left != held.amount:
        message = f"A part of {held.number} was applied or paid back. Take that back first."
        raise StepUndone(message, fields={"advance_id": message})
    payments.take_back_advance(session, ctx, held.id, cmd.reason)
    kind = AdvanceStepKind.TAKEN_BACK
    part = (kind, held.amount, held.taxes)
    step_id = write_step(session, ctx, held, part, ctx.today, reason=cmd.reason)
    words = f"Tax on advance {held.number} taken back: {cmd.reason}"
    post_step(session, ctx, held, (step_id, kind, ctx.today, words), tax_back(held.taxes))
    return Identified(id=step_id)
