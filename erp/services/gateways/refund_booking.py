"""A refund in the books, once the provider did it."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.models.gateways import ExceptionKind
from erp.services import accounting, payments
from erp.services.accounting import NewEntry, credit, debit
from erp.services.gateways.capturing import CLEARING, SUSPENSE
from erp.services.gateways.events import RefundEnded
from erp.services.gateways.ports import RefundFacts
from erp.services.gateways.raising import Matter, close_matter, close_unidentified, raise_exception
from erp.services.platform import emit


def book_after_all(
    session: Session, ctx: RequestContext, payment: db.Row, row: db.Row, facts: RefundFacts
) -> None:
    """Book a refund that the provider did after it had said that it failed, if so much is left of the payment."""
    if row["amount"] > payment["amount"] - payment["refunded"]:
        problem = (
            f"Refund {facts.id} of {money_text(row['amount'])} went back after all, and so did another one: more than"
            f" payment {facts.payment_id} had. It is not booked; ask the provider."
        )
        raise_about(session, ctx, payment, ExceptionKind.REFUND_TOO_LARGE, facts.id, problem)
        return
    held = db.fetch_one(
        session,
        "update gateway_payment set refunded = refunded + %s where tenant_id = %s and id = %s returning *",
        (row["amount"], ctx.tenant_id, payment["id"]),
    )
    assert held is not None  # noqa: S101  it is locked
    book_refund(session, ctx, held, row, facts)


def book_refund(
    session: Session, ctx: RequestContext, payment: db.Row, row: db.Row, facts: RefundFacts
) -> None:
    """Book money that went back: on the customer's account, or off what nobody has identified.

    Emits:
        gateways.refund_ended.v1, and payments' own.
    """
    repayment_id, entry_id = None, None
    if payment["receipt_id"] is not None:
        wanted = payments.MakePayment(
            party_id=_payer(session, ctx, payment["receipt_id"]),
            amount=row["amount"],
            method=payments.PaymentMethod.GATEWAY,
            ledger=payments.Ledger.CUSTOMER,
            reference=facts.id,
            note=row["reason"],
        )
        sure = replace(ctx, confirmed=ctx.confirmed | {payments.PaidBefore.code})
        repayment_id = payments.give_through_gateway(session, sure, wanted).id
    else:
        lines = [debit(SUSPENSE, row["amount"]), credit(CLEARING, row["amount"])]
        narration = f"Unidentified money given back, {facts.id}"
        entry = NewEntry(
            "payments", ctx.today, "gateway_refund", row["id"], "refund", narration, lines
        )
        entry_id = accounting.post_entry(session, ctx, entry)
    db.execute(
        session,
        "update gateway_refund set status = 'processed', problem = '', repayment_id = %s, entry_id = %s"
        " where tenant_id = %s and id = %s",
        (repayment_id, entry_id, ctx.tenant_id, row["id"]),
    )
    emit(session, ctx, row["id"], RefundEnded(refund_id=row["id"], status="processed"))
    _close_matters(session, ctx, payment, row, facts)


def _close_matters(
    session: Session, ctx: RequestContext, payment: db.Row, row: db.Row, facts: RefundFacts
) -> None:
    """Close what waited for a refund: its own failure or an earlier one's of the same sum, and money now given back."""
    held = db.fetch_one(
        session,
        "select entry_id, refunded = amount as is_all from gateway_payment where tenant_id = %s and id = %s",
        (ctx.tenant_id, payment["id"]),
    )
    assert held is not None  # noqa: S101  it is locked
    if held["entry_id"] is not None and held["is_all"]:
        close_unidentified(session, ctx, payment["id"], "Given back to who paid it.")
    failed = db.fetch_all(
        session,
        "select r.reference, r.id = %s or r.reference = %s as is_own, r.amount from gateway_refund r"
        " join gateway_exception x on (x.tenant_id, x.account_id, x.subject) = (r.tenant_id, r.account_id, r.reference)"
        " where r.tenant_id = %s and r.gateway_payment_id = %s and x.kind = %s and x.is_open"
        " and (r.status = 'failed' or r.id = %s)"
        " order by is_own desc, r.amount <> %s, r.id",
        (
            *(row["id"], facts.reference, ctx.tenant_id, payment["id"]),
            *(ExceptionKind.REFUND_FAILED.value, row["id"], row["amount"]),
        ),
    )
    for at, one in enumerate(failed):
        is_it = at == 0 and (one["is_own"] or one["amount"] == row["amount"])
        if held["is_all"] or is_it:
            named = (ExceptionKind.REFUND_FAILED, one["reference"])
            answer = f"It went back after all, by refund {facts.id}."
            close_matter(session, ctx, payment["account_id"], named, answer)


def _payer(session: Session, ctx: RequestContext, receipt_id: UUID) -> UUID:
    row = db.fetch_one(
        session,
        "select party_id from payment where tenant_id = %s and id = %s",
        (ctx.tenant_id, receipt_id),
    )
    assert row is not None  # noqa: S101  its key says so
    found: UUID = row["party_id"]
    return found


def raise_about(
    session: Session,
    ctx: RequestContext,
    payment: db.Row,
    kind: ExceptionKind,
    subject: str,
    problem: str,
) -> None:
    """Put something about a payment that went back before those who settle such."""
    matter = Matter(kind, subject, problem, gateway_payment_id=payment["id"])
    raise_exception(session, ctx, payment["account_id"], matter)
