"""Handing a claim in: what somebody paid for the business and wants back."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.expenses import ClaimKind, ClaimStatus, ExpenseClaim, ExpenseClaimLine
from erp.services import seen_bills, workflows
from erp.services.expenses.crediting import Document, note_bills, without_taken
from erp.services.expenses.doubles import ask_about_doubles
from erp.services.expenses.events import ClaimSubmitted, ClaimWithdrawn
from erp.services.expenses.holding import APPROVE, CLAIM, hold_claim, require_mendable
from erp.services.expenses.spending import Lines, WorkedLine, work_out
from erp.services.platform import (
    Command,
    Result,
    Series,
    ShortText,
    command,
    emit,
    next_number,
)


class SubmitClaim(Command):
    """Ask for money back; `purpose` says in a few words what it was for."""

    purpose: ShortText
    lines: Lines


class AmendClaim(SubmitClaim):
    """Hand a claim in again that was sent back, or that nobody has decided on yet."""

    claim_id: UUID


class WithdrawClaim(Command):
    """Take one's own claim back before it is approved."""

    claim_id: UUID
    reason: ShortText


class ClaimAnswer(Result):
    """A claim after a command."""

    id: UUID
    number: str
    status: ClaimStatus
    revision: int
    total: Decimal


@command("expenses.submit_claim", permission=CLAIM, rest="POST /expense-claims")
def submit_claim(session: Session, ctx: RequestContext, cmd: SubmitClaim) -> ClaimAnswer:
    """Hand expenses in; those who may approve them are told.

    Raises:
        UnknownCategory, UnknownReceipt, NotFound: What a line names is not there.
        WrongDay: A day has not come, or is more than a year ago.
        InvalidInput: A GSTIN has a typing error. NoTax: there is no GST on the kind of expense.
        SpentBefore: The same bill or photo was handed in before; may be confirmed.
        BillSeen: A purchase bill or an asset is the same bill; may be confirmed.
        CreditLost: A bill has less credit left than is claimed of it; may be confirmed.

    Emits:
        expenses.claim_submitted.v1
    """
    worked = work_out(session, ctx, cmd.lines)
    ask_about_doubles(session, ctx, cmd.lines)
    worked = without_taken(session, ctx, worked)
    claim_id = new_id()
    series = Series(ctx.branch_id, "expense_claim", fiscal_year(ctx.today), "EC")
    head = new_claim(ctx, claim_id, cmd.purpose, worked) | {
        "kind": ClaimKind.CLAIM,
        "status": ClaimStatus.SUBMITTED,
        "number": next_number(session, ctx, series),
    }
    db.insert_rows(session, ExpenseClaim, [head])
    write_lines(session, ctx, claim_id, 1, worked)
    note_bills(session, ctx, Document(claim_id, head["number"], ctx.branch_id), worked)
    return _submitted(session, ctx, head)


@command(
    "expenses.amend_claim",
    permission=CLAIM,
    rest="POST /expense-claims/{claim_id}/revisions",
)
def amend_claim(session: Session, ctx: RequestContext, cmd: AmendClaim) -> ClaimAnswer:
    """Hand one's own claim in again; what it said before stays with it. Locks the claim.

    Raises:
        UnknownClaim: There is no such claim. OwnClaim: it is somebody else's.
        ClaimDone: It was approved, withdrawn or taken back.
        As `expenses.submit_claim`.

    Emits:
        expenses.claim_submitted.v1
    """
    held = hold_claim(session, ctx, cmd.claim_id)
    require_mendable(ctx, held)
    worked = work_out(session, ctx, cmd.lines)
    ask_about_doubles(session, ctx, cmd.lines, held.id)
    worked = without_taken(session, ctx, worked, held.id)
    revision = held.revision + 1
    facts = new_claim(ctx, held.id, cmd.purpose, worked)
    db.execute(
        session,
        "update expense_claim set status = 'submitted', revision = %(revision)s, branch_id = %(branch_id)s,"
        " purpose = %(purpose)s, total = %(total)s, igst = %(igst)s, cgst = %(cgst)s, sgst = %(sgst)s,"
        " submitted_at = %(submitted_at)s, decided_by = null, decided_at = null, decision_note = '',"
        " corrected_by = null"
        " where tenant_id = %(tenant_id)s and id = %(id)s",
        facts | {"revision": revision},
    )
    write_lines(session, ctx, held.id, revision, worked)
    seen_bills.end_uses(session, ctx, [held.id])
    note_bills(session, ctx, Document(held.id, held.number, ctx.branch_id), worked)
    return _submitted(session, ctx, facts | {"number": held.number, "revision": revision})


@command(
    "expenses.withdraw_claim",
    permission=CLAIM,
    rest="POST /expense-claims/{claim_id}/withdrawal",
)
def withdraw_claim(session: Session, ctx: RequestContext, cmd: WithdrawClaim) -> ClaimAnswer:
    """Take one's own claim back before it is approved. Locks the claim.

    Raises:
        UnknownClaim: There is no such claim. OwnClaim: it is somebody else's.
        ClaimDone: It was approved, withdrawn or taken back.

    Emits:
        expenses.claim_withdrawn.v1
    """
    held = hold_claim(session, ctx, cmd.claim_id)
    require_mendable(ctx, held)
    seen_bills.end_uses(session, ctx, [held.id])
    db.execute(
        session,
        "update expense_claim set status = 'withdrawn', ended_by = %s, end_reason = %s"
        " where tenant_id = %s and id = %s",
        (ctx.user_id, cmd.reason, ctx.tenant_id, held.id),
    )
    emit(session, ctx, held.id, ClaimWithdrawn(claim_id=held.id))
    return ClaimAnswer(
        id=held.id,
        number=held.number,
        status=ClaimStatus.WITHDRAWN,
        revision=held.revision,
        total=held.total,
    )


def new_claim(
    ctx: RequestContext, claim_id: UUID, purpose: str, worked: Sequence[WorkedLine]
) -> dict[str, Any]:
    """Return the row of a claim that was just handed in, but for its kind, status and number."""
    heads = {
        name: sum((getattr(line.heads, name) for line in worked), ZERO)
        for name in ("igst", "cgst", "sgst")
    }
    return {
        "tenant_id": ctx.tenant_id,
        "id": claim_id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "revision": 1,
        "claimant_id": ctx.user_id,
        "purpose": purpose,
        "total": sum((line.source.amount for line in worked), ZERO),
        **heads,
        "submitted_at": ctx.now,
        "decision_note": "",
        "end_reason": "",
    }


def write_lines(
    session: Session,
    ctx: RequestContext,
    claim_id: UUID,
    revision: int,
    worked: Sequence[WorkedLine],
) -> None:
    """Write the lines of a revision."""
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "claim_id": claim_id,
            "revision": revision,
            "line_no": at,
            **line.source.model_dump(exclude={"supplier_gstin"}),
            "cost_centre": line.source.cost_centre or None,
            "supplier_gstin": line.gstin,
            "taxable": line.taxable,
            "igst": line.heads.igst,
            "cgst": line.heads.cgst,
            "sgst": line.heads.sgst,
            "is_credit_taken": line.is_credit_taken,
            "credit_words": line.credit_words,
        }
        for at, line in enumerate(worked, start=1)
    ]
    db.insert_rows(session, ExpenseClaimLine, rows)


def _submitted(session: Session, ctx: RequestContext, head: dict[str, Any]) -> ClaimAnswer:
    event = ClaimSubmitted(claim_id=head["id"], revision=head["revision"], total=head["total"])
    emit(session, ctx, head["id"], event)
    news = workflows.News(
        kind="expenses.claim_waiting",
        title=f"Expense claim {head['number']} waits for your approval",
        body=f"{ctx.user_name} claims {money_text(head['total'])}: {head['purpose']}",
        link=f"/expenses/{head['id']}",
        dedupe_key=f"expense-claim:{head['id']}:{head['revision']}",
    )
    workflows.notify_members(session, ctx, permission=APPROVE, news=news)
    return ClaimAnswer(
        id=head["id"],
        number=head["number"],
        status=ClaimStatus.SUBMITTED,
        revision=head["revision"],
        total=head["total"],
    )
