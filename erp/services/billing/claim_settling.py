"""The supplier's answer to a claim: a credit note in full or in part, or none."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import money_text
from erp.core.money import allocate
from erp.services import accounting, inventory
from erp.services.billing.bill_errors import ClaimSettled, UnknownClaim
from erp.services.billing.bill_events import SupplierClaimSettled
from erp.services.billing.bill_posting import CLAIM, Bill, hold_bill, share_loss
from erp.services.billing.claim_bearing import require_may_bear
from erp.services.billing.supplier_returning import loss_account
from erp.services.platform import Amount, Command, Result, Text, command, emit


class SettleClaim(Command):
    """Record the supplier's answer to a claim; what they do not give stays our loss.

    Attributes:
        credit_note: Its number; empty where they give nothing.
        credited: Taxable value it gives. credited_tax: tax on it.
        reason: What they said where they give less; needed where they give nothing.
    """

    claim_id: UUID
    credit_note: Annotated[Text, Field(max_length=40)] = ""
    credited: Amount
    credited_tax: Amount
    reason: Text = ""

    @property
    def given(self) -> Decimal:
        """Value and tax together."""
        return self.credited + self.credited_tax


class SettledClaim(Result):
    """A claim after its credit note; `lost` is what was asked for and not given."""

    id: UUID
    number: str
    credited: Decimal
    lost: Decimal


@command(
    "billing.settle_claim",
    permission="billing.record_bill",
    rest="POST /supplier-claims/{claim_id}/settlement",
)
def settle_claim(session: Session, ctx: RequestContext, cmd: SettleClaim) -> SettledClaim:
    """Lower what is owed by the supplier's credit note; what it does not give is cost.

    What a bill's claim does not bring is borne as its lines would have borne it; what a return's
    does not bring is lost with its tax, whose credit was taken back when the goods left (CGST
    Act s.17(5)(h)). Locks the claim, then the balances of the lots a bill's claim is about.

    Raises:
        UnknownClaim: The acting branch has no such claim. ClaimSettled: it is settled already.
        InvalidInput: More is credited than was asked for, the credit note has no number, or
            nothing is given and no reason.
        PermissionDenied, OwnBill, BeyondBillLimit: The actor may not let us bear the rest.
        PeriodClosed: The books are closed for today.

    Emits:
        billing.supplier_claim_settled.v1, in the same transaction.
    """
    claim = _hold_claim(session, ctx, cmd.claim_id)
    _check(cmd, claim)
    lost = (
        _settle_return(session, ctx, claim, cmd)
        if claim["return_id"]
        else _settle_bill(session, ctx, claim, cmd)
    )
    db.execute(
        session,
        "update supplier_claim set credit_note = %s, credited = %s, credited_tax = %s,"
        " reason = %s, settled_at = %s, settled_by = %s where tenant_id = %s and id = %s",
        (
            cmd.credit_note,
            cmd.credited,
            cmd.credited_tax,
            cmd.reason,
            ctx.now,
            ctx.user_id,
            ctx.tenant_id,
            cmd.claim_id,
        ),
    )
    event = SupplierClaimSettled(
        claim_id=cmd.claim_id,
        supplier_id=claim["supplier_id"],
        credited=cmd.credited,
        credited_tax=cmd.credited_tax,
    )
    emit(session, ctx, cmd.claim_id, event)
    return SettledClaim(id=cmd.claim_id, number=claim["number"], credited=cmd.credited, lost=lost)


def _hold_claim(session: Session, ctx: RequestContext, claim_id: UUID) -> db.Row:
    row = db.fetch_one(
        session,
        "select c.number, c.bill_id, c.return_id, c.taxable, c.tax, c.settled_at,"
        " coalesce(b.supplier_id, r.supplier_id) as supplier_id, r.returned_by"
        " from supplier_claim c"
        " left join supplier_bill b on (b.tenant_id, b.id) = (c.tenant_id, c.bill_id)"
        " left join supplier_return r on (r.tenant_id, r.id) = (c.tenant_id, c.return_id)"
        " where c.tenant_id = %s and coalesce(b.branch_id, r.branch_id) = %s and c.id = %s"
        " for update of c",
        (ctx.tenant_id, ctx.branch_id, claim_id),
    )
    if row is None:
        message = "This claim is not known here. Choose one of the list."
        raise UnknownClaim(message, fields={"claim_id": message})
    if row["settled_at"] is not None:
        raise ClaimSettled(f"The answer to claim {row['number']} is recorded already.")
    return row


def _check(cmd: SettleClaim, claim: db.Row) -> None:
    for field, given, asked in (
        ("credited", cmd.credited, claim["taxable"]),
        ("credited_tax", cmd.credited_tax, claim["tax"]),
    ):
        if given > asked:
            message = f"Only {money_text(asked)} was asked for. Record the rest as a bill's credit."
            raise InvalidInput(message, fields={field: message})
    if cmd.given and not cmd.credit_note.strip():
        message = "Give the number of the supplier's credit note."
        raise InvalidInput(message, fields={"credit_note": message})
    if not cmd.given and not cmd.reason.strip():
        message = "Say why the supplier gives nothing."
        raise InvalidInput(message, fields={"reason": message})


def _settle_bill(session: Session, ctx: RequestContext, claim: db.Row, cmd: SettleClaim) -> Decimal:
    """Lower the debt and the input tax; the lines the claim was for bear what is lost."""
    bill = hold_bill(session, ctx, claim["bill_id"])
    lost: Decimal = claim["taxable"] - cmd.credited
    if lost:
        require_may_bear(ctx, bill.recorded_by, lost)
    expense, changes = share_loss(bill, lost)
    origin = inventory.Origin(CLAIM, cmd.claim_id)
    words = f"Not credited on bill {bill.bill_number} of {bill.supplier}"
    inventory.revalue_lots(session, ctx, origin, changes, words)
    heads = _heads(bill, cmd.credited_tax)
    lines = [
        accounting.debit("creditors", cmd.given, bill.supplier_id),
        accounting.debit("grni", lost - expense),
        accounting.debit("freight_inward", expense),
        accounting.credit("supplier_claims", claim["taxable"], bill.supplier_id),
        *[accounting.credit(key, amount) for key, amount in heads.items()],
    ]
    words = f"Credit note {cmd.credit_note} for bill {bill.bill_number} of {bill.supplier}"
    _post(session, ctx, cmd, lines, words)
    return lost


def _heads(bill: Bill, tax: Decimal) -> dict[str, Decimal]:
    """Return a tax by input account, in the proportion the bill has it."""
    billed = {"input_cgst": bill.cgst, "input_sgst": bill.sgst, "input_igst": bill.igst}
    if not tax:
        return {}
    return dict(zip(billed, allocate(tax, list(billed.values())), strict=True))


def _settle_return(
    session: Session, ctx: RequestContext, claim: db.Row, cmd: SettleClaim
) -> Decimal:
    """Lower the debt; what the supplier does not give for goods that are gone is lost."""
    asked: Decimal = claim["taxable"] + claim["tax"]
    lost = asked - cmd.given
    if lost:
        require_may_bear(ctx, claim["returned_by"], lost)
    supplier_id = claim["supplier_id"]
    lines = [
        accounting.debit("creditors", cmd.given, supplier_id),
        *_losses(session, ctx, claim["return_id"], lost),
        accounting.credit("supplier_claims", asked, supplier_id),
    ]
    note = f"Credit note {cmd.credit_note}" if cmd.given else "Refused"
    _post(session, ctx, cmd, lines, f"{note} for debit note {claim['number']}")
    return lost


def _losses(
    session: Session, ctx: RequestContext, return_id: UUID, lost: Decimal
) -> list[accounting.NewLine]:
    """Share a loss over what was asked for, by the account of each reason."""
    rows = db.fetch_all(
        session,
        "select reason, sum(taxable + cgst + sgst + igst) as asked from supplier_return_line"
        " where tenant_id = %s and return_id = %s group by reason order by reason",
        (ctx.tenant_id, return_id),
    )
    shares = allocate(lost, [row["asked"] for row in rows])
    return [
        accounting.debit(loss_account(row["reason"]), share)
        for row, share in zip(rows, shares, strict=True)
    ]


def _post(
    session: Session,
    ctx: RequestContext,
    cmd: SettleClaim,
    lines: Sequence[accounting.NewLine],
    narration: str,
) -> None:
    entry = accounting.NewEntry(
        journal="purchase",
        effective_on=ctx.today,
        origin_type=CLAIM,
        origin_id=cmd.claim_id,
        purpose="credit",
        narration=narration,
        lines=lines,
    )
    accounting.post_entry(session, ctx, entry)
