"""Recording a payment: number, books and what it settles in one step."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.payments import Direction, Ledger, Payment, PaymentMethod
from erp.services import accounting, party
from erp.services.accounting import HeldItem, Match, NewEntry, NewLine, PartyAccount, Side
from erp.services.payments.errors import (
    BeyondCashDiscount,
    BeyondWriteOff,
    DeductionNotSettled,
    PaidBefore,
    SettlesTooMuch,
    WrongDay,
)
from erp.services.payments.events import PaymentRecorded
from erp.services.platform import (
    Amount,
    Closed,
    Command,
    Day,
    Result,
    Series,
    Text,
    command,
    emit,
    next_number,
)

ORIGIN: Final = "payment"
WRITE_OFF: Final = "write_off"
"""Limit of a role: the largest rest that may be given up with one payment."""
DISCOUNT: Final = "discount_percent"
"""Limit of a role: the largest discount, for paying too."""
ACCOUNT_OF_LEDGER: Final[dict[Ledger, PartyAccount]] = {
    Ledger.CUSTOMER: "debtors",
    Ledger.SUPPLIER: "creditors",
}
MONEY_IN: Final = {
    PaymentMethod.CASH: "petty_cash",
    PaymentMethod.BANK: "bank",
    PaymentMethod.UPI: "upi_clearing",
    PaymentMethod.CARD: "card_clearing",
    PaymentMethod.CHEQUE: "cheques_in_hand",
    PaymentMethod.GATEWAY: "gateway_clearing",
}
"""Account that takes money by how it came; the office's cash is not a till's."""
SERVICE_ADVANCES: Final = "service_advances"
"""Account that holds what customers pay for a service to come, until an invoice takes it."""
MONEY_OUT: Final = dict.fromkeys(PaymentMethod, "bank") | {
    PaymentMethod.CASH: "petty_cash",
    PaymentMethod.CHEQUE: "cheques_issued",
    PaymentMethod.GATEWAY: "gateway_clearing",
}
SERIES: Final = {Direction.IN: "RC", Direction.OUT: "PY"}
LATEST_DAYS: Final = 366
"""A payment, or its cheque's day, lies no further away than a year."""


class Settled(Closed):
    """How much of an open item the payment settles."""

    item_id: UUID
    amount: Annotated[Amount, Field(gt=0)]


class _Paid(Command):
    """A payment.

    Attributes:
        paid_on: Today where nothing is said.
        reference: The bank's, such as a UTR, or the cheque's number.
        cheque_on: Day on the cheque, later than today for a post-dated one.
        discount: Given for paying, beside `amount`. write_off: a small rest that is given up. Both
            settle with the amount, to the last paisa, and belong to a customer's receipt or a
            supplier's payment.
        settles: What of the party's open items is settled; the earliest due first where nothing
            is said, nothing where the list is empty. What is left stays open on the account.
    """

    party_id: UUID
    amount: Annotated[Amount, Field(gt=0)]
    method: PaymentMethod
    paid_on: Day | None = None
    reference: Text = ""
    cheque_on: Day | None = None
    discount: Amount = ZERO
    write_off: Amount = ZERO
    settles: Annotated[tuple[Settled, ...], Field(max_length=500)] | None = None
    note: Text = ""


class ReceivePayment(_Paid):
    """Money that came.

    Attributes:
        ledger: `supplier` where a supplier pays back.
    """

    ledger: Ledger = Ledger.CUSTOMER


class MakePayment(_Paid):
    """Money that went.

    Attributes:
        ledger: `customer` where a customer is paid back.
    """

    ledger: Ledger = Ledger.SUPPLIER


class RecordedPayment(Result):
    """A recorded payment.

    Attributes:
        settled: Of the amount with its discount and write-off. unapplied: the rest, still open.
    """

    id: UUID
    number: str
    settled: Decimal
    unapplied: Decimal


@command("payments.receive_payment", permission="payments.receive", rest="POST /receipts")
def receive_payment(session: Session, ctx: RequestContext, cmd: ReceivePayment) -> RecordedPayment:
    """Record money that a party paid, and settle what it is for.

    Locks the party's open items, then the number series.

    Raises:
        UnknownParty: There is no such party, or it has no account.
        InvalidInput: A cheque has no number or day, or something else has one; or it is a gateway's.
        WrongDay: It is paid in the future, or the cheque's day is a year away.
        BeyondWriteOff, BeyondCashDiscount: More is given up than the actor may.
        DeductionNotSettled: A discount or write-off would not settle anything.
        SettlesTooMuch: More is settled than was paid.
        NotOpen: An item is not open, or less of it is.
        PaidBefore: The party has a payment with this reference; may be confirmed.
        PeriodClosed: The books are closed for the day.

    Emits:
        payments.payment_recorded.v1

    Source: journals J15 and J23 of the domain rules.
    """
    _refuse_gateway(cmd)
    return _record(session, ctx, Direction.IN, cmd.ledger, cmd)


@command("payments.make_payment", permission="payments.pay", rest="POST /payments")
def make_payment(session: Session, ctx: RequestContext, cmd: MakePayment) -> RecordedPayment:
    """Record money that was paid to a party, and settle what it is for.

    Locks and refuses as `payments.receive_payment` does.

    Emits:
        payments.payment_recorded.v1
    """
    _refuse_gateway(cmd)
    return _record(session, ctx, Direction.OUT, cmd.ledger, cmd)


def take_from_gateway(
    session: Session, ctx: RequestContext, cmd: ReceivePayment
) -> RecordedPayment:
    """Record money that a payment provider says a customer paid; locks and refuses as the command does."""
    return _record(session, ctx, Direction.IN, cmd.ledger, cmd)


def give_through_gateway(
    session: Session, ctx: RequestContext, cmd: MakePayment
) -> RecordedPayment:
    """Record money that a payment provider gave back; locks and refuses as the command does."""
    return _record(session, ctx, Direction.OUT, cmd.ledger, cmd)


def move_advance(
    session: Session, ctx: RequestContext, direction: Direction, cmd: ReceivePayment | MakePayment
) -> RecordedPayment:
    """Record money for a service to come, or paid back of it; locks and refuses as the commands do.

    It stands on the account of such advances and settles nothing.
    """
    _refuse_gateway(cmd)
    return _record(session, ctx, direction, Ledger.CUSTOMER, cmd, for_service=True)


def _refuse_gateway(cmd: _Paid) -> None:
    if cmd.method is PaymentMethod.GATEWAY:
        message = (
            "Payments through a gateway are recorded by themselves. Choose how else it was paid."
        )
        raise InvalidInput(message, fields={"method": message})


def _record(
    session: Session,
    ctx: RequestContext,
    direction: Direction,
    ledger: Ledger,
    cmd: _Paid,
    *,
    for_service: bool = False,
) -> RecordedPayment:
    party.require_account(session, ctx, cmd.party_id, "party_id")
    paid_on = cmd.paid_on or ctx.today
    _check_days(ctx, cmd, paid_on)
    _check_deductions(ctx, direction, ledger, cmd)
    payment_id, year = new_id(), fiscal_year(paid_on)
    before = accounting.hold_items(session, ctx, ACCOUNT_OF_LEDGER[ledger], cmd.party_id)
    _check_reference(session, ctx, direction, cmd)
    accounting.period_id(session, ctx, paid_on)
    series = Series(ctx.branch_id, f"payment_{direction}", year, SERIES[direction])
    number = next_number(session, ctx, series)
    row = _row(ctx, direction, ledger, cmd, (payment_id, number, paid_on))
    db.insert_rows(session, Payment, [row | {"is_service_advance": for_service}])
    lines = _lines(direction, ledger, cmd, for_service=for_service)
    narration = f"{'Receipt' if direction is Direction.IN else 'Payment'} {number}"
    entry = NewEntry("payments", paid_on, ORIGIN, payment_id, "payment", narration, lines)
    entry_id = accounting.post_entry(session, ctx, entry)
    assert entry_id is not None  # noqa: S101  the amount is above zero
    total, settled = cmd.amount + cmd.discount + cmd.write_off, ZERO
    if not for_service:
        item_id = accounting.item_of(session, ctx, entry_id)
        side = Side.CREDIT if direction is Direction.IN else Side.DEBIT
        own = HeldItem(item_id, payment_id, side, total, ctx.today, "this payment")
        settled = _settle(session, ctx, own, before, cmd.settles)
    _require_used(cmd, settled, total)
    event = PaymentRecorded(
        payment_id=payment_id, party_id=cmd.party_id, number=number, amount=cmd.amount
    )
    emit(session, ctx, payment_id, event)
    return RecordedPayment(id=payment_id, number=number, settled=settled, unapplied=total - settled)


def _check_days(ctx: RequestContext, cmd: _Paid, paid_on: date) -> None:
    if paid_on > ctx.today:
        message = "This day has not come. A post-dated cheque is recorded today with its own day."
        raise WrongDay(message, fields={"paid_on": message})
    if (ctx.today - paid_on).days > LATEST_DAYS:
        message = "This day is more than a year ago. Look at it again."
        raise WrongDay(message, fields={"paid_on": message})
    is_cheque = cmd.method is PaymentMethod.CHEQUE
    if is_cheque and not cmd.reference:
        message = "Type the cheque's number."
        raise InvalidInput(message, fields={"reference": message})
    if is_cheque != (cmd.cheque_on is not None):
        message = "Type the day on the cheque." if is_cheque else "Only a cheque has a day."
        raise InvalidInput(message, fields={"cheque_on": message})
    if cmd.cheque_on and abs((cmd.cheque_on - ctx.today).days) > LATEST_DAYS:
        message = "A cheque's day is within a year of today."
        raise WrongDay(message, fields={"cheque_on": message})


def _check_deductions(
    ctx: RequestContext, direction: Direction, ledger: Ledger, cmd: _Paid
) -> None:
    """Refuse what is given up where nothing may be, or beyond what the actor may give up."""
    is_usual = (direction is Direction.IN) == (ledger is Ledger.CUSTOMER)
    for field, amount in (("discount", cmd.discount), ("write_off", cmd.write_off)):
        if amount and not is_usual:
            message = "Money that is paid back has neither discount nor write-off."
            raise InvalidInput(message, fields={field: message})
    if cmd.write_off > ctx.limit(WRITE_OFF):
        message = (
            f"You may give up {money_text(ctx.limit(WRITE_OFF))} with a payment."
            " Leave the rest open, or ask an owner."
        )
        raise BeyondWriteOff(message, fields={"write_off": message})
    percent = ctx.limit(DISCOUNT)
    if cmd.discount * 100 > percent * (cmd.amount + cmd.discount):
        message = f"You may give {percent.normalize():f}% for paying. Ask an owner to give more."
        raise BeyondCashDiscount(message, fields={"discount": message})


def _require_used(cmd: _Paid, settled: Decimal, total: Decimal) -> None:
    for field, amount in (("discount", cmd.discount), ("write_off", cmd.write_off)):
        if amount and settled < total:
            message = f"Only {money_text(settled)} are open to settle, so nothing is given up."
            raise DeductionNotSettled(message, fields={field: message})


def _check_reference(
    session: Session, ctx: RequestContext, direction: Direction, cmd: _Paid
) -> None:
    if not cmd.reference or PaidBefore.code in ctx.confirmed:
        return
    known = db.fetch_one(
        session,
        "select p.number from payment p where p.tenant_id = %s and p.party_id = %s"
        " and p.direction = %s and lower(p.reference) = lower(%s) and not exists (select 1"
        "  from payment_step s where s.tenant_id = p.tenant_id and s.payment_id = p.id"
        "  and s.kind = 'reversed') limit 1",
        (ctx.tenant_id, cmd.party_id, direction, cmd.reference),
    )
    if known is not None:
        message = f"{known['number']} has this reference. Confirm if this is another payment."
        raise PaidBefore(message, fields={"reference": message})


def _row(
    ctx: RequestContext,
    direction: Direction,
    ledger: Ledger,
    cmd: _Paid,
    known: tuple[UUID, str, date],
) -> dict[str, Any]:
    payment_id, number, paid_on = known
    return {
        "tenant_id": ctx.tenant_id,
        "id": payment_id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "number": number,
        "direction": direction,
        "ledger": ledger,
        "party_id": cmd.party_id,
        "paid_on": paid_on,
        "method": cmd.method,
        "amount": cmd.amount,
        "discount": cmd.discount,
        "written_off": cmd.write_off,
        "reference": cmd.reference,
        "cheque_on": cmd.cheque_on,
        "note": cmd.note,
        "user_id": ctx.user_id,
    }


def _lines(direction: Direction, ledger: Ledger, cmd: _Paid, *, for_service: bool) -> list[NewLine]:
    """Return the lines of a payment as if money came; where it went every sign turns."""
    sign = 1 if direction is Direction.IN else -1
    money = (MONEY_IN if direction is Direction.IN else MONEY_OUT)[cmd.method]
    is_in = direction is Direction.IN
    discount = "discount_allowed" if is_in else "purchase_discounts"
    given_up = "bad_debts" if is_in else "round_off"
    total = cmd.amount + cmd.discount + cmd.write_off
    whose = cmd.party_id if cmd.method is PaymentMethod.CHEQUE and not for_service else None
    held_on = SERVICE_ADVANCES if for_service else ACCOUNT_OF_LEDGER[ledger]
    return [
        accounting.debit(money, sign * cmd.amount, whose),
        accounting.debit(discount, sign * cmd.discount),
        accounting.debit(given_up, sign * cmd.write_off),
        accounting.credit(held_on, sign * total, cmd.party_id),
    ]


def _settle(
    session: Session,
    ctx: RequestContext,
    own: HeldItem,
    before: Sequence[HeldItem],
    wanted: tuple[Settled, ...] | None,
) -> Decimal:
    """Match the payment's own item with what it settles, and return how much that is."""
    owed = [item for item in before if item.side is not own.side]
    matches = (
        accounting.oldest_first([*owed, own])
        if wanted is None
        else [_match(own, line) for line in wanted]
    )
    settled = sum((match.amount for match in matches), ZERO)
    if settled > own.open:
        message = f"{money_text(settled)} are settled, but only {money_text(own.open)} were paid."
        raise SettlesTooMuch(message, fields={"settles": message})
    accounting.settle(session, ctx, [*owed, own], matches)
    return settled


def _match(own: HeldItem, line: Settled) -> Match:
    if own.side is Side.CREDIT:
        return Match(line.item_id, own.id, line.amount)
    return Match(own.id, line.item_id, line.amount)
