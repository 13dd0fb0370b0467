"""What becomes of a claim: somebody else approves it or sends it back; a booked one is taken back."""

from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import money_text
from erp.models.expenses import ClaimKind, ClaimStatus, PettyMoveKind
from erp.services import accounting, seen_bills, workflows
from erp.services.expenses.booking import book_back, book_claim, entry_of, payee_of
from erp.services.expenses.claiming import ClaimAnswer
from erp.services.expenses.crediting import decide_credit
from erp.services.expenses.errors import (
    BeyondLimit,
    ClaimDone,
    OwnClaim,
    PaidAlready,
)
from erp.services.expenses.events import ClaimDecided, ClaimReversed
from erp.services.expenses.holding import (
    APPROVE,
    HeldClaim,
    hold_claim,
    hold_float,
    require_waiting,
)
from erp.services.expenses.moving import Move, move_float
from erp.services.platform import Command, ShortText, Text, command, emit

LIMIT = "expense_amount"
"""Limit of a role: the largest claim that may be approved."""


class DecideClaim(Command):
    """Approve a claim or send it back.

    Attributes:
        revision: The one that was looked at. note: Why it is sent back.
    """

    claim_id: UUID
    revision: int
    outcome: Literal[ClaimStatus.APPROVED, ClaimStatus.RETURNED]
    note: Text = ""


class ReverseClaim(Command):
    """Take a booked claim or voucher back: it was booked in error."""

    claim_id: UUID
    reason: ShortText


@command(
    "expenses.decide_claim", permission=APPROVE, rest="POST /expense-claims/{claim_id}/decisions"
)
def decide_claim(session: Session, ctx: RequestContext, cmd: DecideClaim) -> ClaimAnswer:
    """Approve a claim, so that it is booked today and owed to its claimant, or send it back.

    What of its tax is a credit is decided as of today. Locks the claim, its bills, then the claimant's account.

    Raises:
        UnknownClaim: The company has no such claim.
        ClaimDone: It does not wait for a decision. ClaimChanged: it was handed in again or corrected since.
        OwnClaim: The actor claims it.
        BeyondLimit: It is more than the actor may approve.
        ToCorrect: Its lines contradict each other in the GST on a whole bill; it is corrected, or sent back with that.
        CreditLost: It takes less GST credit than it shows; may be confirmed.
        InvalidInput: It is sent back without a word.
        PeriodClosed: The books are closed for today.

    Emits:
        expenses.claim_decided.v1
    """
    held = hold_claim(session, ctx, cmd.claim_id)
    _require_sound(ctx, held, cmd)
    party_id = None
    if cmd.outcome is ClaimStatus.APPROVED:
        decide_credit(session, ctx, held)
        party_id = payee_of(session, ctx, held.claimant_id)
        book_claim(session, ctx, held, accounting.credit("creditors", held.total, party_id))
    db.execute(
        session,
        "update expense_claim set status = %s, decided_by = %s, decided_at = %s, decision_note = %s,"
        " party_id = %s, booked_on = %s where tenant_id = %s and id = %s",
        (
            *(cmd.outcome, ctx.user_id, ctx.now, cmd.note, party_id),
            *(ctx.today if party_id else None, ctx.tenant_id, held.id),
        ),
    )
    emit(session, ctx, held.id, ClaimDecided(claim_id=held.id, outcome=cmd.outcome))
    _tell(session, ctx, held, cmd)
    return _answer(held, cmd.outcome)


@command(
    "expenses.reverse_claim", permission=APPROVE, rest="POST /expense-claims/{claim_id}/reversal"
)
def reverse_claim(session: Session, ctx: RequestContext, cmd: ReverseClaim) -> ClaimAnswer:
    """Take a booked claim back by its opposite of today; a voucher's cash is in the box again.

    Locks the claim, then its claimant's open items or its petty cash.

    Raises:
        UnknownClaim: The company has no such claim.
        ClaimDone: It is not in the books. OwnClaim: the actor claims it, or paid it out of petty cash.
        PaidAlready: It was paid back; that payment is taken back first.
        PeriodClosed: The books are closed for today.

    Emits:
        expenses.claim_reversed.v1
    """
    held = hold_claim(session, ctx, cmd.claim_id)
    if held.status != ClaimStatus.APPROVED:
        raise ClaimDone(f"{held.number} is {held.status}; only what is booked is taken back.")
    if held.claimant_id == ctx.user_id:
        did = "claimed" if held.kind == ClaimKind.CLAIM else "paid"
        raise OwnClaim(f"You {did} this yourself. Somebody else has to take it back.")
    _require_unpaid(session, ctx, held)
    if held.float_id is not None:
        box = hold_float(session, ctx, held.float_id)
        move_float(session, ctx, box, Move(PettyMoveKind.GIVEN_BACK, held.total, held.id))
    book_back(session, ctx, held, cmd.reason)
    seen_bills.end_uses(session, ctx, [held.id])
    db.execute(
        session,
        "update expense_claim set status = 'reversed', reversed_on = %s, ended_by = %s, end_reason = %s"
        " where tenant_id = %s and id = %s",
        (ctx.today, ctx.user_id, cmd.reason, ctx.tenant_id, held.id),
    )
    emit(session, ctx, held.id, ClaimReversed(claim_id=held.id))
    return _answer(held, ClaimStatus.REVERSED)


def _require_sound(ctx: RequestContext, held: HeldClaim, cmd: DecideClaim) -> None:
    require_waiting(ctx, held, cmd.revision)
    if cmd.outcome is ClaimStatus.RETURNED and not cmd.note:
        message = "Say why, so that the claimant knows what to change."
        raise InvalidInput(message, fields={"note": message})
    if cmd.outcome is ClaimStatus.APPROVED and held.total > ctx.limit(LIMIT):
        message = (
            f"This is {money_text(held.total)}, beyond your limit of"
            f" {money_text(ctx.limit(LIMIT))}. Ask an owner to approve it."
        )
        raise BeyondLimit(message, fields={"claim_id": message})


def _require_unpaid(session: Session, ctx: RequestContext, held: HeldClaim) -> None:
    if held.party_id is None:
        return
    accounting.lock_items(session, held.party_id)
    item_id = accounting.item_of(session, ctx, entry_of(session, ctx, held.id))
    row = db.fetch_one(
        session,
        "select 1 from open_item where tenant_id = %s and id = %s and settled <> 0",
        (ctx.tenant_id, item_id),
    )
    if row is not None:
        raise PaidAlready(
            f"{held.number} was paid back, all or in part. Take that payment back first."
        )


def _answer(held: HeldClaim, status: ClaimStatus) -> ClaimAnswer:
    return ClaimAnswer(
        id=held.id, number=held.number, status=status, revision=held.revision, total=held.total
    )


def _tell(session: Session, ctx: RequestContext, held: HeldClaim, cmd: DecideClaim) -> None:
    is_good = cmd.outcome is ClaimStatus.APPROVED
    news = workflows.News(
        kind="expenses.claim_decided",
        title=f"Expense claim {held.number} was {'approved' if is_good else 'sent back'}",
        body=" ".join(part for part in (f"{ctx.user_name}:", cmd.note) if part).rstrip(":"),
        link=f"/expenses/{held.id}",
        severity="info" if is_good else "warning",
        dedupe_key=f"expense-decision:{held.id}:{held.revision}",
    )
    workflows.notify(session, ctx, [held.claimant_id], news)
