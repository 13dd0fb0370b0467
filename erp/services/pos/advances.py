"""Advances: money taken before a sale, held as a liability, spent on bills or paid back."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.pos import AdvanceVoucher, TenderMethod, VoucherKind
from erp.services import accounting, party
from erp.services.accounting import NewEntry, NewLine, credit, debit
from erp.services.party import SaleParty
from erp.services.platform import (
    Amount,
    Command,
    DomainEvent,
    Query,
    Result,
    Series,
    ShortText,
    Text,
    command,
    emit,
    next_number,
    query,
)
from erp.services.pos.errors import AdvanceShort, ApprovalRequired, PaymentMismatch
from erp.services.pos.shifts import OpenShift, hold_open_shift, require_cash
from erp.services.pos.tendering import ACCOUNT_OF_METHOD

Method = Literal["cash", "upi", "card"]
SERIES = {VoucherKind.RECEIPT: "RV", VoucherKind.REFUND: "FV"}
"""Codes of the numbers of receipt and refund vouchers."""


class TakeAdvance(Command):
    """Take money from a customer for goods to come."""

    shift_id: UUID
    party_id: UUID
    method: Method
    amount: Annotated[Amount, Field(gt=0)]
    reference: Text = ""
    note: Text = ""


class PayBackAdvance(Command):
    """Give a customer back what they paid before and did not spend."""

    shift_id: UUID
    party_id: UUID
    method: Method
    amount: Annotated[Amount, Field(gt=0)]
    reference: Text = ""
    reason: ShortText


class GetAdvance(Query):
    """What one customer has paid before and not spent."""

    party_id: UUID


class Advance(Result):
    """What a customer has paid before and not spent."""

    party_id: UUID
    balance: Decimal


class Voucher(Result):
    """A numbered voucher, and what the customer has left."""

    voucher_id: UUID
    party_id: UUID
    number: str
    kind: str
    amount: Decimal
    taken_at: datetime
    customer: str
    balance: Decimal


class AdvanceMoved(DomainEvent):
    """An advance was taken or paid back."""

    name = "pos.advance_moved.v1"
    number: str
    kind: str
    party_id: UUID
    amount: Decimal


@command("pos.take_advance", permission="pos.sell", rest="POST /advances")
def take_advance(session: Session, ctx: RequestContext, cmd: TakeAdvance) -> Voucher:
    """Take an advance and give a receipt voucher for it. No GST is due before the supply.

    Locks the shift (shared), the customer and the series of vouchers.

    Raises:
        ShiftClosed: The shift takes no money.
        UnknownParty: There is no such customer.
        PaymentMismatch: The customer has no name.
        PeriodClosed: The books are closed for today.

    Emits:
        pos.advance_moved.v1

    Source: CGST Act s.31(3)(d) and rule 50; Notification 66/2017-Central Tax: no tax on advances
    for goods. Journal J15 of the domain rules.
    """
    shift = hold_open_shift(session, ctx, cmd.shift_id)
    buyer = _named(session, ctx, cmd.party_id)
    held = hold_advance(session, ctx, buyer.id)
    money = [
        debit(ACCOUNT_OF_METHOD[TenderMethod(cmd.method)], cmd.amount),
        credit("customer_advances", cmd.amount, buyer.id),
    ]
    voucher = _voucher(ctx, VoucherKind.RECEIPT, shift, cmd, cmd.note)
    return _write(session, ctx, voucher, buyer, money, held + cmd.amount)


@command("pos.pay_back_advance", permission="pos.return", rest="POST /advance-refunds")
def pay_back_advance(session: Session, ctx: RequestContext, cmd: PayBackAdvance) -> Voucher:
    """Pay an advance back and give a refund voucher for it.

    Locks the shift, so that no two refunds empty the drawer twice, the customer and the series.

    Raises:
        ShiftClosed: The shift gives no money.
        UnknownParty: There is no such customer.
        PaymentMismatch: The customer has no name.
        AdvanceShort: The customer has not that much left.
        ApprovalRequired: It is more than the actor may give back.
        DrawerShort: There is not that much cash in the drawer.
        PeriodClosed: The books are closed for today.

    Emits:
        pos.advance_moved.v1

    Source: CGST Act s.31(3)(e) and rule 51.
    """
    shift = hold_open_shift(session, ctx, cmd.shift_id, alone=True)
    buyer = _named(session, ctx, cmd.party_id)
    held = hold_advance(session, ctx, buyer.id)
    _require(buyer, held, cmd.amount, at="amount")
    _require_limit(ctx, cmd.amount)
    if cmd.method == "cash":
        require_cash(session, ctx, shift.id, cmd.amount, at="amount")
    money = [
        debit("customer_advances", cmd.amount, buyer.id),
        credit(ACCOUNT_OF_METHOD[TenderMethod(cmd.method)], cmd.amount),
    ]
    voucher = _voucher(ctx, VoucherKind.REFUND, shift, cmd, cmd.reason)
    return _write(session, ctx, voucher, buyer, money, held - cmd.amount)


@query("pos.get_advance", permission="pos.view", rest="GET /parties/{party_id}/advance")
def get_advance(session: Session, ctx: RequestContext, wanted: GetAdvance) -> Advance:
    """Return what a customer has paid before and not spent.

    Raises:
        UnknownParty: There is no such customer.
    """
    party.check_known(session, ctx, wanted.party_id, "party_id")
    return Advance(party_id=wanted.party_id, balance=advance_of(session, ctx, wanted.party_id))


def hold_advance(session: Session, ctx: RequestContext, party_id: UUID) -> Decimal:
    """Return what a customer has left of their advances, for this transaction; locks them."""
    db.fetch_one(
        session,
        "select 1 from party where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, party_id),
    )
    return advance_of(session, ctx, party_id)


def require_held(session: Session, ctx: RequestContext, buyer: SaleParty, amount: Decimal) -> None:
    """Let a bill be paid with no more than the customer paid before; locks them.

    Raises:
        AdvanceShort: There is not that much left.
    """
    if amount:
        held = ZERO if buyer.is_walk_in else hold_advance(session, ctx, buyer.id)
        _require(buyer, held, amount, at="tenders")


def _require(buyer: SaleParty, held: Decimal, amount: Decimal, *, at: str) -> None:
    if amount > held:
        message = f"{buyer.name} has {held} left of what was paid before."
        raise AdvanceShort(message, fields={at: message})


def advance_of(session: Session, ctx: RequestContext, party_id: UUID) -> Decimal:
    """Return what a customer has paid before and not spent."""
    row = db.fetch_one(
        session,
        "select coalesce(sum(l.credit - l.debit), 0) as held from journal_line l"
        " join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)"
        " where l.tenant_id = %s and l.party_id = %s and a.key = 'customer_advances'",
        (ctx.tenant_id, party_id),
    )
    return row["held"] if row else ZERO


def _named(session: Session, ctx: RequestContext, party_id: UUID) -> SaleParty:
    buyer = party.get_party_for_sale(session, ctx, party_id)
    if buyer.is_walk_in:
        message = "Name the customer who pays in advance."
        raise PaymentMismatch(message, fields={"party_id": message})
    return buyer


def _require_limit(ctx: RequestContext, amount: Decimal) -> None:
    limit = ctx.limit("return_amount")
    if amount > limit:
        message = f"You may give back up to {limit.normalize():f}. Ask a manager to pay this back."
        raise ApprovalRequired(message, fields={"amount": message})


def _voucher(
    ctx: RequestContext,
    kind: VoucherKind,
    shift: OpenShift,
    cmd: TakeAdvance | PayBackAdvance,
    note: str,
) -> AdvanceVoucher:
    return AdvanceVoucher(
        tenant_id=ctx.tenant_id,
        id=new_id(),
        kind=kind,
        number="",
        branch_id=ctx.branch_id,
        shift_id=shift.id,
        party_id=cmd.party_id,
        method=cmd.method,
        amount=cmd.amount,
        reference=cmd.reference,
        note=note,
        taken_at=ctx.now,
        user_id=ctx.user_id,
    )


def _write(
    session: Session,
    ctx: RequestContext,
    voucher: AdvanceVoucher,
    buyer: SaleParty,
    money: list[NewLine],
    left: Decimal,
) -> Voucher:
    kind = VoucherKind(voucher.kind)
    series = Series(
        branch_id=ctx.branch_id,
        document_type=f"advance_{kind}",
        fiscal_year=fiscal_year(ctx.today),
        code=SERIES[kind],
    )
    voucher.number = next_number(session, ctx, series)
    session.add(voucher)
    session.flush()
    narration = f"Advance {voucher.number} of {buyer.name}"
    entry = NewEntry("cash", ctx.today, "advance", voucher.id, f"advance_{kind}", narration, money)
    accounting.post_entry(session, ctx, entry)
    moved = AdvanceMoved(number=voucher.number, kind=kind, party_id=buyer.id, amount=voucher.amount)
    emit(session, ctx, voucher.id, moved)
    return Voucher(
        voucher_id=voucher.id,
        party_id=buyer.id,
        number=voucher.number,
        kind=kind,
        amount=voucher.amount,
        taken_at=ctx.now,
        customer=buyer.name,
        balance=left,
    )
