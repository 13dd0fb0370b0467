"""Deciding on a bill that does not match."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text
from erp.core.gst.crediting import credit_until
from erp.core.gst.taxing import TaxHeads
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.billing import (
    BillOutcome,
    BillStatus,
    Finding,
    SupplierBillDecision,
    SupplierClaim,
)
from erp.services import seen_bills, workflows
from erp.services.billing.bill_drafting import registration_of
from erp.services.billing.bill_errors import (
    BillNotHeld,
    MoreThanCame,
    NothingToClaim,
)
from erp.services.billing.bill_events import SupplierBillDecided
from erp.services.billing.bill_goods import add_billed
from erp.services.billing.bill_posting import Bill, hold_bill, post_bill
from erp.services.billing.claim_bearing import DECIDE, require_may_bear
from erp.services.platform import (
    Command,
    Day,
    Result,
    Series,
    ShortText,
    command,
    emit,
    next_number,
)


class DecideBill(Command):
    """Decide on a held bill.

    Attributes:
        note: Why; the recorder reads it.
        booked_on: A later day in our books, where the month of the first is closed by now.
    """

    bill_id: UUID
    outcome: BillOutcome
    note: ShortText
    booked_on: Day | None = None


class DecidedBill(Result):
    """A bill after the decision; `claim_number` is of the debit note, where one was made."""

    id: UUID
    number: str
    status: BillStatus
    claim_id: UUID | None
    claim_number: str


@command(
    "billing.decide_bill",
    permission=DECIDE,
    rest="POST /supplier-bills/{bill_id}/decision",
)
def decide_bill(session: Session, ctx: RequestContext, cmd: DecideBill) -> DecidedBill:
    """Accept what a held bill differs by, claim what is too much, or refuse the bill.

    Accepted, the goods cost what is billed. Claimed, the bill is owed in full and what is too
    much is asked back by a debit note, until the supplier's credit note comes. Refused, nothing
    is booked and the goods may be billed again. A bill that waited beyond the last day of its credit, or is booked
    on a day on which the branch claims no GST, bears its tax as a cost. Locks the bill, then as `record_bill`.

    Raises:
        UnknownBill: The acting branch has no such bill. BillNotHeld: nobody decides on it now.
        OwnBill: The actor recorded it, would accept it and may not do everything.
        BeyondBillLimit: It is beyond what came by more than the actor may accept.
        MoreThanCame: More is billed than came; that can be claimed or refused.
        NothingToClaim: Nothing is too much. InvalidInput: The day in the books is no later one.
        PeriodClosed: The books are closed for the day.

    Emits:
        billing.supplier_bill_decided.v1, in the same transaction.
    """
    bill = _put_off(session, ctx, _hold(session, ctx, cmd.bill_id), cmd.booked_on)
    claim_id, claim_number = None, ""
    if cmd.outcome is BillOutcome.ACCEPTED:
        _require_all_came(session, ctx, bill)
        require_may_bear(ctx, bill.recorded_by, _too_much(bill))
        post_bill(session, ctx, _with_credit_of_today(session, ctx, bill))
    elif cmd.outcome is BillOutcome.CLAIMED:
        bill = _with_credit_of_today(session, ctx, bill)
        claim_id, claim_number = _claim(session, ctx, bill)
        post_bill(session, ctx, bill, is_claimed=True)
    else:
        _give_back(session, ctx, bill)
    _keep_decision(session, ctx, cmd)
    _tell(session, ctx, bill, cmd)
    refused = cmd.outcome is BillOutcome.REFUSED
    return DecidedBill(
        id=bill.id,
        number=bill.number,
        status=BillStatus.REFUSED if refused else BillStatus.POSTED,
        claim_id=claim_id,
        claim_number=claim_number,
    )


def _hold(session: Session, ctx: RequestContext, bill_id: UUID) -> Bill:
    bill = hold_bill(session, ctx, bill_id)
    if bill.status != BillStatus.HELD:
        raise BillNotHeld(f"Bill {bill.number} is {bill.status} already. Look at it again.")
    return bill


def _put_off(session: Session, ctx: RequestContext, bill: Bill, day: date | None) -> Bill:
    """Book the bill on a later day than was meant when it was recorded."""
    if day is None or day == bill.booked_on:
        return bill
    if not bill.booked_on < day <= ctx.today:
        message = f"Choose a day from {date_text(bill.booked_on)} to today."
        raise InvalidInput(message, fields={"booked_on": message})
    db.execute(
        session,
        "update supplier_bill set booked_on = %s where tenant_id = %s and id = %s",
        (day, ctx.tenant_id, bill.id),
    )
    return hold_bill(session, ctx, bill.id)


def _with_credit_of_today(session: Session, ctx: RequestContext, bill: Bill) -> Bill:
    """Ask anew whether the tax of a bill that waited is a credit, before it is booked; it may only be lost.

    The last day of its credit may have passed since it was recorded (CGST Act s.16(4)), or the branch may claim no
    GST on the day it is booked on. The tax is a cost then, and another document may have the credit of the bill.
    """
    row = db.fetch_one(
        session,
        "select billed_on, bill_number, supplier_gstin, taxable from supplier_bill where tenant_id = %s and id = %s",
        (ctx.tenant_id, bill.id),
    )
    assert row is not None  # noqa: S101  it is held
    _, may_claim = registration_of(session, ctx, bill.booked_on)
    if not bill.is_credit_taken or (may_claim and ctx.today <= credit_until(row["billed_on"])):
        return bill
    db.execute(
        session,
        "update supplier_bill set is_credit_taken = false where tenant_id = %s and id = %s",
        (ctx.tenant_id, bill.id),
    )
    seen = seen_bills.Seen(
        row["supplier_gstin"] or "", bill.supplier, row["bill_number"], row["billed_on"]
    )
    seen_bills.end_uses(session, ctx, [bill.id])
    use = seen_bills.BillUse(
        seen_bills.BillSource.PURCHASE,
        bill.id,
        bill.number,
        ctx.branch_id,
        row["taxable"],
        TaxHeads(igst=bill.igst, cgst=bill.cgst, sgst=bill.sgst),
        taken_on=bill.booked_on,
    )
    seen_bills.note_use(session, ctx, seen, use)
    return hold_bill(session, ctx, bill.id)


def _too_much(bill: Bill) -> Decimal:
    return sum((line.excess + line.excess_tax for line in bill.lines), ZERO)


def _require_all_came(session: Session, ctx: RequestContext, bill: Bill) -> None:
    over = db.fetch_all(
        session,
        "select label from supplier_bill_line where tenant_id = %s and bill_id = %s"
        " and %s = any(findings) order by line_no",
        (ctx.tenant_id, bill.id, Finding.QUANTITY),
    )
    if over:
        named = ", ".join(row["label"] for row in over)
        raise MoreThanCame(
            f"More is billed than came of {named}. Claim what is too much, or refuse the bill."
        )


def _claim(session: Session, ctx: RequestContext, bill: Bill) -> tuple[UUID, str]:
    """Make the debit note that asks back what is too much (CGST Act s.34 has the supplier credit it)."""
    if not _too_much(bill):
        raise NothingToClaim("Nothing on this bill is too much. Accept it, or refuse it.")
    number = next_number(
        session,
        ctx,
        Series(ctx.branch_id, "supplier_claim", fiscal_year(ctx.today), "PD"),
    )
    claim_id = new_id()
    claim = {
        "tenant_id": ctx.tenant_id,
        "id": claim_id,
        "bill_id": bill.id,
        "number": number,
        "raised_on": ctx.today,
        "taxable": sum((line.excess for line in bill.lines), ZERO),
        "tax": sum((line.excess_tax for line in bill.lines), ZERO),
        "credit_note": "",
        "credited": ZERO,
        "credited_tax": ZERO,
    }
    db.insert_rows(session, SupplierClaim, [claim])
    return claim_id, number


def _give_back(session: Session, ctx: RequestContext, bill: Bill) -> None:
    """Let the goods of a refused bill be billed again."""
    rows = db.fetch_all(
        session,
        "select receipt_id, receipt_line_no, matched, matched_value from supplier_bill_line"
        " where tenant_id = %s and bill_id = %s and receipt_id is not null"
        " order by receipt_id, receipt_line_no",
        (ctx.tenant_id, bill.id),
    )
    back = [
        ((row["receipt_id"], row["receipt_line_no"]), -row["matched"], -row["matched_value"])
        for row in rows
    ]
    add_billed(session, ctx, back)
    seen_bills.end_uses(session, ctx, [bill.id])
    db.execute(
        session,
        "update supplier_bill set status = 'refused' where tenant_id = %s and id = %s",
        (ctx.tenant_id, bill.id),
    )


def _keep_decision(session: Session, ctx: RequestContext, cmd: DecideBill) -> None:
    row = {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "bill_id": cmd.bill_id,
        "outcome": cmd.outcome,
        "note": cmd.note,
        "decided_by": ctx.user_id,
        "decided_at": ctx.now,
    }
    db.insert_rows(session, SupplierBillDecision, [row])


_SAID = {
    BillOutcome.ACCEPTED: "was accepted as it is",
    BillOutcome.CLAIMED: "was booked, and what is too much is claimed",
    BillOutcome.REFUSED: "was refused",
}


def _tell(session: Session, ctx: RequestContext, bill: Bill, cmd: DecideBill) -> None:
    event = SupplierBillDecided(
        bill_id=bill.id, supplier_id=bill.supplier_id, outcome=cmd.outcome, total=bill.total
    )
    emit(session, ctx, bill.id, event)
    if bill.recorded_by == ctx.user_id:
        return
    news = workflows.News(
        kind="billing.bill_decided",
        title=f"Bill {bill.number} {_SAID[cmd.outcome]}",
        body=cmd.note,
        link=f"/bills/{bill.id}",
        dedupe_key=f"supplier-bill-decision:{bill.id}",
    )
    workflows.notify(session, ctx, [bill.recorded_by], news)
