"""Correcting the GST on a whole bill of somebody else's claim, which decides only what of its tax is a credit."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import money_text
from erp.services import seen_bills, workflows
from erp.services.expenses.claiming import ClaimAnswer, write_lines
from erp.services.expenses.crediting import (
    Document,
    bill_place,
    heads_of,
    note_bills,
    rework,
    seen_of,
    share_credit,
    tax_faults,
)
from erp.services.expenses.events import ClaimCorrected
from erp.services.expenses.holding import APPROVE, HeldClaim, hold_claim, require_waiting
from erp.services.expenses.spending import MOST_LINES, WorkedLine
from erp.services.platform import Amount, Command, command, emit


class CorrectBillTax(Command):
    """Give the GST on the whole of a claim's bill as the bill shows it.

    Attributes:
        revision: The one that was looked at. line_no: a line of the bill; all lines of it are corrected.
        bill_tax: GST on the whole bill; nothing where it is not to be given.
    """

    claim_id: UUID
    revision: int
    line_no: Annotated[int, Field(ge=1, le=MOST_LINES)]
    bill_tax: Amount | None = None


@command(
    "expenses.correct_bill_tax",
    permission=APPROVE,
    rest="POST /expense-claims/{claim_id}/corrections",
)
def correct_bill_tax(session: Session, ctx: RequestContext, cmd: CorrectBillTax) -> ClaimAnswer:
    """Correct the GST on a whole bill of a claim that waits, as its next revision; its claimant is told.

    Nothing else of the claim changes, what was handed in stays as the revision before. What is a credit is worked out
    anew and decided when the claim is approved. Locks the claim, then its bills.

    Raises:
        UnknownClaim: The company has no such claim.
        ClaimDone: It does not wait for a decision. ClaimChanged: it was handed in or corrected since.
        OwnClaim: The actor claims it.
        InvalidInput: It has no such line, the line names no bill, nothing would change, or the sum is less than the
            claim alone has of the bill.
        BillTaxDiffers: Another document gave another GST on the whole bill; may be confirmed.

    Emits:
        expenses.claim_corrected.v1
    """
    held = hold_claim(session, ctx, cmd.claim_id)
    require_waiting(ctx, held, cmd.revision)
    before = rework(session, ctx, held)
    own = _lines_of(before, cmd.line_no)
    corrected = [_with_tax(line, cmd.bill_tax) if line in own else line for line in before]
    _require_sound([line for line in corrected if line not in before])
    bill = [("bill_tax", seen_of(own[0].source), cmd.bill_tax)]
    seen_bills.ask_about_tax(session, ctx, bill, held.id)
    worked = share_credit(session, ctx, corrected, held.id, asks=False)
    revision = _write(session, ctx, held, worked)
    emit(session, ctx, held.id, ClaimCorrected(claim_id=held.id, revision=revision))
    _tell(session, ctx, replace(held, revision=revision), own[0].source.bill_number, cmd.bill_tax)
    return ClaimAnswer(
        id=held.id, number=held.number, status=held.status, revision=revision, total=held.total
    )


def _lines_of(worked: Sequence[WorkedLine], line_no: int) -> list[WorkedLine]:
    if line_no > len(worked):
        message = f"The claim has {len(worked)} lines. Choose one of them."
        raise InvalidInput(message, fields={"line_no": message})
    chosen = worked[line_no - 1]
    if not chosen.source.bill_number:
        message = "This line names no bill. Send the claim back, so that its number is given."
        raise InvalidInput(message, fields={"line_no": message})
    return [line for line in worked if bill_place(line) == bill_place(chosen)]


def _with_tax(line: WorkedLine, bill_tax: Decimal | None) -> WorkedLine:
    return replace(line, source=line.source.model_copy(update={"bill_tax": bill_tax}))


def _require_sound(changed: Sequence[WorkedLine]) -> None:
    """Refuse a correction that changes no line, or leaves the bill less GST than the claim has of it."""
    message = "" if changed else "The claim gives this already. Give what the bill shows."
    message = next((fault.message for fault in tax_faults(changed)), message)
    if message:
        raise InvalidInput(message, fields={"bill_tax": message})


def _write(
    session: Session, ctx: RequestContext, held: HeldClaim, worked: Sequence[WorkedLine]
) -> int:
    """Write the next revision of a claim, and its bills into the register."""
    revision, credit = held.revision + 1, heads_of(worked)
    db.execute(
        session,
        "update expense_claim set revision = %s, igst = %s, cgst = %s, sgst = %s, corrected_by = %s"
        " where tenant_id = %s and id = %s",
        (
            *(revision, credit.igst, credit.cgst, credit.sgst, ctx.user_id),
            *(ctx.tenant_id, held.id),
        ),
    )
    write_lines(session, ctx, held.id, revision, worked)
    seen_bills.end_uses(session, ctx, [held.id])
    note_bills(session, ctx, Document(held.id, held.number, held.branch_id), worked)
    return revision


def _tell(
    session: Session, ctx: RequestContext, held: HeldClaim, bill: str, bill_tax: Decimal | None
) -> None:
    given = "is not given any more" if bill_tax is None else f"is {money_text(bill_tax)}"
    news = workflows.News(
        kind="expenses.claim_corrected",
        title=f"Expense claim {held.number} was corrected",
        body=f"{ctx.user_name}: the GST on the whole of bill {bill} {given}. What you are owed stays.",
        link=f"/expenses/{held.id}",
        dedupe_key=f"expense-correction:{held.id}:{held.revision}",
    )
    workflows.notify(session, ctx, [held.claimant_id], news)
