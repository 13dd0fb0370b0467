"""A refund that was done and failed at the provider after all: what it says is noted, and a person takes it back."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError
from erp.core.formatting import money_text
from erp.models.gateways import ExceptionKind, RefundStatus
from erp.services import accounting, payments
from erp.services.accounting import NewEntry, credit, debit
from erp.services.gateways.accounts import keys_of
from erp.services.gateways.capturing import CLEARING, SUSPENSE, hold_payment
from erp.services.gateways.errors import RefundStands, UnknownRefund
from erp.services.gateways.events import RefundEnded
from erp.services.gateways.ports import AccountKeys, RefundFacts
from erp.services.gateways.raising import acting_for, close_matter, reopen_unidentified
from erp.services.gateways.refund_booking import raise_about
from erp.services.platform import Command, Identified, ShortText, command, emit


class TakeBackRefund(Command):
    """Take a refund out of the books that the provider says failed after it was done."""

    refund_id: UUID
    reason: ShortText


def note_after(
    session: Session,
    ctx: RequestContext,
    account: AccountKeys,
    held: tuple[db.Row, db.Row],
    facts: RefundFacts,
) -> None:
    """Note what a provider says of a refund that the books have as done or taken back; again it changes nothing.

    It failed after all: a matter to settle, and the refund may be taken back. It is done all the same: that matter is
    closed. It is done after it was taken back: another matter.

    Args:
        held: The payment and the refund, locked.
    """
    payment, row = held
    named = (ExceptionKind.REFUND_FAILED, facts.id)
    if row["status"] == RefundStatus.PROCESSED and facts.status == "failed" and not row["problem"]:
        said = f"{account.name} says that refund {facts.id} failed after all; the books have it as done."
        _note(session, ctx, row["id"], said)
        raise_about(session, ctx, payment, *named, f"{said} Take it back.")
    elif row["status"] == RefundStatus.PROCESSED and facts.status == "processed" and row["problem"]:
        _note(session, ctx, row["id"], "")
        close_matter(session, ctx, payment["account_id"], named, "It is done, the provider says.")
    elif row["status"] == RefundStatus.REVERSED and facts.status == "processed":
        said = (
            f"{account.name} says that refund {facts.id} of {money_text(row['amount'])} is done; it said before that it"
            " failed, and it was taken back here. Ask the provider."
        )
        raise_about(session, ctx, payment, ExceptionKind.CHANGED, facts.id, said)


@command(
    "gateways.take_back_refund",
    permission="gateways.refund",
    rest="POST /gateway-refunds/{refund_id}/take-back",
)
def take_back_refund(session: Session, ctx: RequestContext, cmd: TakeBackRefund) -> Identified:
    """Take a refund back by its opposite of today; its money may be refunded again, or is unidentified again.

    It is of the account's branch, whatever branch the actor is in. Locks the payment, the refund, then what a payment
    to a customer locks.

    Raises:
        UnknownRefund: There is none.
        RefundStands: The provider does not say that it failed after it was done, or it was taken back already.
        PeriodClosed: The books are closed for today.

    Emits:
        gateways.refund_ended.v1, gateways.exception_changed.v1, and payments' own.
    """
    row = _hold(session, ctx, cmd.refund_id)
    refusal = why_it_stands(row)
    if refusal is not None:
        raise refusal
    payment = hold_payment(session, ctx, row["gateway_payment_id"])
    there = acting_for(ctx, keys_of(session, ctx, row["account_id"]))
    if row["repayment_id"] is not None:
        payments.take_back_through_gateway(session, there, row["repayment_id"], cmd.reason)
    else:
        _unidentify(session, there, row, cmd.reason)
    _write(session, ctx, row, cmd.reason)
    emit(session, ctx, row["id"], RefundEnded(refund_id=row["id"], status=RefundStatus.REVERSED))
    named = (ExceptionKind.REFUND_FAILED, row["provider_id"])
    close_matter(session, ctx, row["account_id"], named, f"Taken back: {cmd.reason}")
    if payment["receipt_id"] is None:
        reopen_unidentified(session, ctx, payment["id"])
    return Identified(id=row["id"])


def why_it_stands(row: db.Row) -> DomainError | None:
    """Return why a refund is not taken back; nothing where it may be."""
    if row["status"] == RefundStatus.REVERSED:
        return RefundStands("This refund was taken back already.")
    if row["status"] != RefundStatus.PROCESSED or not row["problem"]:
        return RefundStands(
            "The provider does not say that this refund failed after it was done. Only such a one is taken back."
        )
    return None


def _hold(session: Session, ctx: RequestContext, refund_id: UUID) -> db.Row:
    """Lock a refund after its payment, as the words of providers do."""
    known = db.fetch_one(
        session,
        "select gateway_payment_id from gateway_refund where tenant_id = %s and company_id = %s and id = %s",
        (ctx.tenant_id, ctx.company_id, refund_id),
    )
    if known is None:
        message = "There is no such refund. Choose one of the list."
        raise UnknownRefund(message, fields={"refund_id": message})
    hold_payment(session, ctx, known["gateway_payment_id"])
    row = db.fetch_one(
        session,
        "select * from gateway_refund where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, refund_id),
    )
    assert row is not None  # noqa: S101  it was just there, and refunds stay
    return row


def _unidentify(session: Session, ctx: RequestContext, row: db.Row, reason: str) -> None:
    lines = [debit(CLEARING, row["amount"]), credit(SUSPENSE, row["amount"])]
    narration = f"Refund {row['provider_id']} taken back: {reason}"
    entry = NewEntry(
        "payments", ctx.today, "gateway_refund", row["id"], "reversed", narration, lines, row["entry_id"]
    )  # fmt: skip
    accounting.post_entry(session, ctx, entry)


def _write(session: Session, ctx: RequestContext, row: db.Row, reason: str) -> None:
    db.execute(
        session,
        "update gateway_refund set status = 'reversed', reversed_on = %s, reversed_by = %s, reversed_reason = %s"
        " where tenant_id = %s and id = %s",
        (ctx.today, ctx.user_id, reason, ctx.tenant_id, row["id"]),
    )
    db.execute(
        session,
        "update gateway_payment set refunded = refunded - %s where tenant_id = %s and id = %s",
        (row["amount"], ctx.tenant_id, row["gateway_payment_id"]),
    )


def _note(session: Session, ctx: RequestContext, refund_id: UUID, problem: str) -> None:
    db.execute(
        session,
        "update gateway_refund set problem = %s where tenant_id = %s and id = %s",
        (problem, ctx.tenant_id, refund_id),
    )
