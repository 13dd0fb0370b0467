"""Giving money back through a provider: the intent first, then the asking, then the books."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.models.gateways import ExceptionKind, GatewayRefund, RefundStatus
from erp.services.gateways.accounts import keys_of
from erp.services.gateways.capturing import RUPEES, amount_of, hold_payment
from erp.services.gateways.errors import NotRefundable
from erp.services.gateways.events import RefundAsked, RefundEnded
from erp.services.gateways.pausing import LEASE, note_awake, note_away, require_awake
from erp.services.gateways.ports import (
    AccountKeys,
    GatewayAway,
    GatewayRefused,
    PaymentGateway,
    RefundFacts,
)
from erp.services.gateways.raising import acting_for
from erp.services.gateways.refund_booking import book_after_all, book_refund, raise_about
from erp.services.gateways.refund_reversing import note_after
from erp.services.platform import Amount, Command, Identified, ShortText, TryLater, command, emit

REFUND: Final = "gateways.refund"
RANKS: Final = {"due": 0, "pending": 1, "failed": 2, "processed": 3, "reversed": 4}


class RefundPayment(Command):
    """Give money back to who paid it.

    Attributes:
        amount: A part of it; all that is left where nothing is said.
    """

    gateway_payment_id: UUID
    amount: Amount | None = None
    reason: ShortText


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """What is to be asked about a refund.

    Attributes:
        leased_until: Until when it is asked; what comes after another one took it up is not believed.
        was_tried: The provider was asked before, so that it may know the refund already.
    """

    refund_id: UUID
    account: AccountKeys
    provider_id: str
    payment_id: str
    paise: int
    reference: str
    leased_until: datetime
    was_tried: bool


@dataclass(frozen=True, slots=True)
class RefundOutcome:
    """What came of asking: the refund, a refusal in the provider's words, or no answer."""

    refund: RefundFacts | None = None
    refused: str = ""
    away: str = ""


@command(
    "gateways.refund_payment",
    permission=REFUND,
    rest="POST /gateway-payments/{gateway_payment_id}/refunds",
)
def refund_payment(session: Session, ctx: RequestContext, cmd: RefundPayment) -> Identified:
    """Give money back through the provider; the books have it once the provider did it. Locks the payment.

    Raises:
        UnknownGatewayPayment: There is none.
        NotRefundable: It was not captured, or less of it is left.

    Emits:
        gateways.refund_asked.v1.
    """
    row = hold_payment(session, ctx, cmd.gateway_payment_id)
    left = row["amount"] - row["refunded"]
    amount = left if cmd.amount is None else cmd.amount
    if row["receipt_id"] is None and row["entry_id"] is None:
        raise NotRefundable(
            "The books do not have this payment. Refund it on the provider's pages."
        )
    if not 0 < amount <= left:
        message = f"{money_text(left)} of this payment are left to refund."
        raise NotRefundable(message, fields={"amount": message})
    refund_id = new_id()
    given = (refund_id, f"RF-{refund_id.hex}", amount, cmd.reason, RefundStatus.DUE)
    _insert(session, ctx, row, given, "")
    emit(session, ctx, refund_id, RefundAsked(refund_id=refund_id))
    return Identified(id=refund_id)


def claim_refund(session: Session, ctx: RequestContext, refund_id: UUID) -> RefundPlan | None:
    """Take a refund up for the provider; nothing where it was asked for already. Locks it, then its account.

    Raises:
        TryLater: Another worker has it, or the provider is left alone.
    """
    row = db.fetch_one(
        session,
        "select r.*, p.provider_id as payment from gateway_refund r join gateway_payment p"
        " on (p.tenant_id, p.id) = (r.tenant_id, r.gateway_payment_id)"
        " where r.tenant_id = %s and r.id = %s for no key update of r",
        (ctx.tenant_id, refund_id),
    )
    if row is None or row["status"] not in {RefundStatus.DUE, RefundStatus.PENDING}:
        return None
    if row["leased_until"] and row["leased_until"] > ctx.now:
        raise TryLater("Another worker asks about it.", row["leased_until"] - ctx.now)
    require_awake(session, ctx, row["account_id"])
    leased_until = ctx.now + LEASE
    db.execute(
        session,
        "update gateway_refund set leased_until = %s, attempts = attempts + 1 where tenant_id = %s and id = %s",
        (leased_until, ctx.tenant_id, refund_id),
    )
    return RefundPlan(
        refund_id=refund_id,
        account=keys_of(session, ctx, row["account_id"]),
        provider_id=row["provider_id"],
        payment_id=row["payment"],
        paise=int(row["amount"] * 100),
        reference=row["reference"],
        leased_until=leased_until,
        was_tried=row["attempts"] > 0,
    )


def carry_out_refund(port: PaymentGateway, plan: RefundPlan) -> RefundOutcome:
    """Ask the provider to give money back, once; whatever happens, it returns."""
    try:
        if plan.provider_id:
            return RefundOutcome(port.fetch_refund(plan.provider_id))
        known = port.find_refund(plan.payment_id, plan.reference) if plan.was_tried else None
        return RefundOutcome(known or port.refund(plan.payment_id, plan.paise, plan.reference))
    except GatewayRefused as refused:
        return RefundOutcome(refused=refused.problem)
    except GatewayAway as away:
        return RefundOutcome(away=away.problem)


def note_refund_asked(
    session: Session, ctx: RequestContext, plan: RefundPlan, outcome: RefundOutcome
) -> timedelta | None:
    """Note what came of asking; return how long to wait before asking again, nothing where that is over.

    What the provider says of the refund is taken in always; a refusal only where no other worker took the refund up
    after the lease ended. Locks the payment, the refund, what a payment to a customer locks, then the account.
    """
    acting = acting_for(ctx, plan.account)
    if outcome.away:
        _release(session, ctx, plan)
        return note_away(session, ctx, plan.account.account_id, outcome.away)
    if outcome.refund is not None:
        note_refund(session, acting, plan.account, outcome.refund)
    else:
        _note_refused(session, acting, plan, outcome.refused)
    _release(session, ctx, plan)
    note_awake(session, ctx, plan.account.account_id)
    return None


def note_refund(
    session: Session, ctx: RequestContext, account: AccountKeys, facts: RefundFacts
) -> None:
    """Take in what the provider says of a refund; again, or late, it changes nothing.

    One made on the provider's pages is taken in with its payment. Locks the payment, then the refund, then what a
    payment to a customer locks.

    Emits:
        gateways.refund_ended.v1 where it ended, and payments' own.
    """
    payment = db.fetch_one(
        session,
        "select * from gateway_payment where tenant_id = %s and account_id = %s and provider_id = %s"
        " for no key update",
        (ctx.tenant_id, account.account_id, facts.payment_id),
    )
    if payment is None or (payment["receipt_id"] is None and payment["entry_id"] is None):
        return
    row = _known(session, ctx, account, facts) or _taken_in(session, ctx, payment, facts)
    if row is None:
        return
    if row["amount"] != amount_of(facts.paise) or facts.currency != RUPEES:
        problem = (
            f"{account.name} says {amount_of(facts.paise)} {facts.currency} of refund {facts.id},"
            f" which is {row['amount']} here. It is not booked; ask the provider."
        )
        raise_about(session, ctx, payment, ExceptionKind.CHANGED, facts.id, problem)
        return
    _name(session, ctx, row, facts)
    if RANKS[facts.status] > RANKS[row["status"]]:
        _move(session, ctx, payment, row, facts)
    else:
        note_after(session, ctx, account, (payment, row), facts)


def _known(
    session: Session, ctx: RequestContext, account: AccountKeys, facts: RefundFacts
) -> db.Row | None:
    """Return the refund that the provider speaks of, locked: by its own id, else by our reference.

    One that the provider refused and did all the same is no longer ours: it is taken in as made on its pages.
    """
    return db.fetch_one(
        session,
        "select * from gateway_refund where tenant_id = %s and account_id = %s"
        " and (provider_id = %s or provider_id = '' and status <> 'failed' and reference = %s)"
        " order by provider_id desc limit 1 for no key update",
        (ctx.tenant_id, account.account_id, facts.id, facts.reference),
    )


def _taken_in(
    session: Session, ctx: RequestContext, payment: db.Row, facts: RefundFacts
) -> db.Row | None:
    """Take in a refund that was made on the provider's pages; nothing where it cannot be."""
    amount = amount_of(facts.paise)
    if facts.status == "failed":
        return None
    if facts.currency != RUPEES or not 0 < amount <= payment["amount"] - payment["refunded"]:
        problem = (
            f"Refund {facts.id} of {amount} {facts.currency} is more than what is left of payment"
            f" {facts.payment_id}. It is not booked; ask the provider."
        )
        raise_about(session, ctx, payment, ExceptionKind.REFUND_TOO_LARGE, facts.id, problem)
        return None
    given = (new_id(), facts.id, amount, "Made on the provider's pages", RefundStatus.PENDING)
    return _insert(session, ctx, payment, given, facts.id)


def _insert(
    session: Session,
    ctx: RequestContext,
    payment: db.Row,
    given: tuple[UUID, str, Decimal, str, RefundStatus],
    provider_id: str,
) -> db.Row:
    refund_id, reference, amount, reason, status = given
    row = {
        "tenant_id": ctx.tenant_id,
        "id": refund_id,
        "company_id": ctx.company_id,
        "account_id": payment["account_id"],
        "gateway_payment_id": payment["id"],
        "reference": reference,
        "provider_id": provider_id,
        "amount": amount,
        "reason": reason,
        "status": status.value,
        "problem": "",
        "attempts": 0,
        "user_id": ctx.user_id,
    }
    db.insert_rows(session, GatewayRefund, [row])
    db.execute(
        session,
        "update gateway_payment set refunded = refunded + %s where tenant_id = %s and id = %s",
        (amount, ctx.tenant_id, payment["id"]),
    )
    return row


def _name(session: Session, ctx: RequestContext, row: db.Row, facts: RefundFacts) -> None:
    if not row["provider_id"]:
        db.execute(
            session,
            "update gateway_refund set provider_id = %s where tenant_id = %s and id = %s",
            (facts.id, ctx.tenant_id, row["id"]),
        )


def _move(
    session: Session, ctx: RequestContext, payment: db.Row, row: db.Row, facts: RefundFacts
) -> None:
    if facts.status == "processed" and row["status"] == RefundStatus.FAILED:
        book_after_all(session, ctx, payment, row, facts)
    elif facts.status == "processed":
        book_refund(session, ctx, payment, row, facts)
    elif facts.status == "failed":
        _fail(session, ctx, payment, row, "The provider could not give it back.")
    else:
        db.execute(
            session,
            "update gateway_refund set status = 'pending' where tenant_id = %s and id = %s",
            (ctx.tenant_id, row["id"]),
        )


def _fail(
    session: Session, ctx: RequestContext, payment: db.Row, row: db.Row, problem: str
) -> None:
    db.execute(
        session,
        "update gateway_refund set status = 'failed', problem = %s where tenant_id = %s and id = %s",
        (problem[:500], ctx.tenant_id, row["id"]),
    )
    db.execute(
        session,
        "update gateway_payment set refunded = refunded - %s where tenant_id = %s and id = %s",
        (row["amount"], ctx.tenant_id, payment["id"]),
    )
    emit(session, ctx, row["id"], RefundEnded(refund_id=row["id"], status="failed"))
    said = f"{money_text(row['amount'])} of {payment['provider_id']} did not go back: {problem}"
    raise_about(session, ctx, payment, ExceptionKind.REFUND_FAILED, row["reference"], said)


def _note_refused(session: Session, ctx: RequestContext, plan: RefundPlan, problem: str) -> None:
    payment = db.fetch_one(
        session,
        "select * from gateway_payment where tenant_id = %s and account_id = %s and provider_id = %s"
        " for no key update",
        (ctx.tenant_id, plan.account.account_id, plan.payment_id),
    )
    row = db.fetch_one(
        session,
        "select * from gateway_refund where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, plan.refund_id),
    )
    is_ours = row is not None and row["leased_until"] == plan.leased_until
    if payment and row and is_ours and row["status"] == RefundStatus.DUE:
        _fail(session, ctx, payment, row, problem)


def _release(session: Session, ctx: RequestContext, plan: RefundPlan) -> None:
    db.execute(
        session,
        "update gateway_refund set leased_until = null where tenant_id = %s and id = %s and leased_until = %s",
        (ctx.tenant_id, plan.refund_id, plan.leased_until),
    )
