"""What becomes of a payment: a cheque is banked, a payment is taken back."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.models.payments import Direction, PaymentMethod, PaymentStep, StepKind
from erp.services import accounting
from erp.services.accounting import NewEntry, NewLine, credit, debit
from erp.services.payments.errors import StepDone, UnknownPayment, WrongDay
from erp.services.payments.events import ChequeBanked, PaymentReversed
from erp.services.payments.recording import ORIGIN
from erp.services.platform import Command, Day, Identified, ShortText, command, emit

CHEQUE_ACCOUNTS: Final = {Direction.IN: "cheques_in_hand", Direction.OUT: "cheques_issued"}
"""Account that holds a cheque's money until it is banked or presented."""


class BankCheque(Command):
    """Pay a received cheque into the bank, or note that one of ours was presented; today by default."""

    payment_id: UUID
    banked_on: Day | None = None


class ReversePayment(Command):
    """Take a payment back: its cheque bounced, or it was recorded in error."""

    payment_id: UUID
    reason: ShortText


@dataclass(frozen=True, slots=True)
class _Held:
    id: UUID
    branch_id: UUID
    number: str
    direction: str
    ledger: str
    method: str
    party_id: UUID
    amount: Decimal
    paid_on: date
    cheque_on: date | None
    is_service_advance: bool
    entry_id: UUID
    steps: list[str]

    @property
    def promised_by(self) -> UUID | None:
        """The party whose debt a cheque promises to pay; an advance pays none."""
        return None if self.is_service_advance else self.party_id


@command(
    "payments.bank_cheque",
    permission="payments.receive",
    rest="POST /payments/{payment_id}/banking",
)
def bank_cheque(session: Session, ctx: RequestContext, cmd: BankCheque) -> Identified:
    """Move a cheque from hand to bank, or from those we issued; not before its day nor its payment's.

    It is booked in the branch of its payment, whatever branch the actor is in.

    Raises:
        UnknownPayment: There is no such payment.
        StepDone: It is no cheque that waits to be banked.
        WrongDay: The cheque's day has not come, or the day named has not.
        PeriodClosed: The books are closed for the day.

    Emits:
        payments.cheque_banked.v1
    """
    held = _hold(session, ctx, cmd.payment_id)
    day = cmd.banked_on or ctx.today
    if held.cheque_on is None or held.steps:
        message = f"{held.number} is no cheque that waits to be banked."
        raise StepDone(message)
    since = max(held.cheque_on, held.paid_on)
    if not since <= day <= ctx.today:
        message = f"This cheque is banked from {date_text(since)} to today."
        raise WrongDay(message, fields={"banked_on": message})
    _write(session, ctx, held, StepKind.BANKED, day, "")
    sign = 1 if held.direction == Direction.IN else -1
    account = CHEQUE_ACCOUNTS[Direction(held.direction)]
    lines = [
        debit("bank", sign * held.amount),
        credit(account, sign * held.amount, held.promised_by),
    ]
    what = (StepKind.BANKED, day, f"Cheque of {held.number} banked")
    _post(session, ctx, held, what, lines)
    emit(session, ctx, held.id, ChequeBanked(payment_id=held.id))
    return Identified(id=held.id)


@command(
    "payments.reverse_payment",
    permission="payments.pay",
    rest="POST /payments/{payment_id}/reversal",
)
def reverse_payment(session: Session, ctx: RequestContext, cmd: ReversePayment) -> Identified:
    """Take a payment back by its opposite in its branch, dated today; what it settled is open again.

    Locks the party's open items.

    Raises:
        UnknownPayment: There is no such payment.
        StepDone: It was taken back already; it came through a gateway, which alone gives it back; or it is
            an advance for a service, whose tax goes back with it.
        PeriodClosed: The books are closed for today.

    Emits:
        payments.payment_reversed.v1
    """
    held = _hold_standing(session, ctx, cmd.payment_id)
    if held.is_service_advance:
        message = f"{held.number} is of an advance for a service. Take it back on that advance's page, with its tax."
        raise StepDone(message)
    if held.method == PaymentMethod.GATEWAY:
        message = f"{held.number} went through a payment gateway. Refund it there, under Gateways."
        raise StepDone(message)
    _take_back(session, ctx, held, cmd.reason)
    return Identified(id=held.id)


def take_back_through_gateway(
    session: Session, ctx: RequestContext, payment_id: UUID, reason: str
) -> None:
    """Take back a payment whose money a provider did not give back after all; locks and refuses as the command does."""
    _take_back(session, ctx, _hold_standing(session, ctx, payment_id), reason)


def _take_back(session: Session, ctx: RequestContext, held: _Held, reason: str) -> None:
    accounting.release_items(session, ctx, held.entry_id, reason)
    _write(session, ctx, held, StepKind.REVERSED, ctx.today, reason)
    narration = f"{held.number} taken back: {reason}"
    lines = _opposite(session, ctx, held)
    back_id = _post(session, ctx, held, (StepKind.REVERSED, ctx.today, narration), lines)
    accounting.cancel_out(session, ctx, held.entry_id, back_id)
    emit(session, ctx, held.id, PaymentReversed(payment_id=held.id, party_id=held.party_id))


def take_back_advance(session: Session, ctx: RequestContext, payment_id: UUID, reason: str) -> None:
    """Take back the money of an advance for a service, or what was paid back of it, by its opposite of today.

    Raises:
        UnknownPayment: There is no such payment.
        StepDone: It was taken back already.
        PeriodClosed: The books are closed for today.
    """
    held = _hold_standing(session, ctx, payment_id)
    _write(session, ctx, held, StepKind.REVERSED, ctx.today, reason)
    narration = f"{held.number} taken back: {reason}"
    lines = _opposite(session, ctx, held)
    _post(session, ctx, held, (StepKind.REVERSED, ctx.today, narration), lines)
    emit(session, ctx, held.id, PaymentReversed(payment_id=held.id, party_id=held.party_id))


def _hold_standing(session: Session, ctx: RequestContext, payment_id: UUID) -> _Held:
    held = _hold(session, ctx, payment_id)
    if StepKind.REVERSED in held.steps:
        message = f"{held.number} was taken back already."
        raise StepDone(message)
    return held


def _hold(session: Session, ctx: RequestContext, payment_id: UUID) -> _Held:
    lock = f"steps of {payment_id}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (lock,))
    row = db.fetch_one(
        session,
        """
        select p.id, p.branch_id, p.number, p.direction, p.ledger, p.method, p.party_id, p.amount, p.paid_on,
               p.cheque_on, p.is_service_advance,
               e.id as entry_id,
               array(select s.kind from payment_step s
                      where s.tenant_id = p.tenant_id and s.payment_id = p.id) as steps
          from payment p
          join journal_entry e on e.tenant_id = p.tenant_id and e.origin_id = p.id
               and e.purpose = 'payment'
         where p.tenant_id = %s and p.company_id = %s and p.id = %s
        """,
        (ctx.tenant_id, ctx.company_id, payment_id),
    )
    if row is None:
        message = "This payment is not known here. Choose one of the list."
        raise UnknownPayment(message, fields={"payment_id": message})
    return _Held(**row)


def _write(
    session: Session, ctx: RequestContext, held: _Held, kind: StepKind, day: date, reason: str
) -> None:
    row = {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "payment_id": held.id,
        "kind": kind,
        "done_on": day,
        "reason": reason,
        "user_id": ctx.user_id,
    }
    db.insert_rows(session, PaymentStep, [row])


def _post(
    session: Session,
    ctx: RequestContext,
    held: _Held,
    what: tuple[StepKind, date, str],
    lines: list[NewLine],
) -> UUID:
    kind, day, narration = what
    reverses = held.entry_id if kind is StepKind.REVERSED else None
    entry = NewEntry("payments", day, ORIGIN, held.id, kind, narration, lines, reverses)
    entry_id = accounting.post_entry(session, replace(ctx, branch_id=held.branch_id), entry)
    assert entry_id is not None  # noqa: S101  the amount is above zero
    return entry_id


def _opposite(session: Session, ctx: RequestContext, held: _Held) -> list[NewLine]:
    """Return the opposite of the payment's entry; a banked cheque goes back from the bank."""
    rows = accounting.lines_of(session, ctx, held.entry_id)
    in_bank, waits = StepKind.BANKED in held.steps, set(CHEQUE_ACCOUNTS.values())
    return [
        NewLine(
            "bank" if in_bank and line.account_key in waits else line.account_key,
            debit=line.credit,
            credit=line.debit,
            party_id=line.party_id,
        )
        for line in rows
    ]
