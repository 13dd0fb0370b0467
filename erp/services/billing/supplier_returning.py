"""Sending goods back to their supplier: stock, books, debit note and claim in one step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.core.money import ZERO, allocate
from erp.models.billing import ReturnReason, SupplierClaim, SupplierReturn, SupplierReturnLine
from erp.services import accounting, inventory
from erp.services.billing.supplier_return_drafting import (
    ReturnDraft,
    ReturnedLot,
    ReturnGoods,
    draft_return,
)
from erp.services.billing.supplier_return_events import GoodsReturned
from erp.services.billing.supplier_return_goods import add_back
from erp.services.billing.supplier_return_sharing import Part, Worth
from erp.services.platform import Result, Series, command, emit, next_number

RETURN: Final = "supplier_return"
GIVEN_UP: Final = "loss_expired"
LOSS_ACCOUNTS: Final = {
    ReturnReason.WRONG_GOODS: "stock_adjustment",
    ReturnReason.EXCESS: "stock_adjustment",
}
"""Account of what goods that went back cost beyond what the supplier gives; else `GIVEN_UP`.

Source: journals J07 and J19 of the domain rules.
"""


class ReturnedGoods(Result):
    """A posted return.

    Attributes:
        number: Of the debit note. total: what is asked back, tax included.
        released: What goods on no bill had come in at. cost: of all goods, in the books.
        claim_id: None where nothing is asked back.
    """

    id: UUID
    number: str
    total: Decimal
    released: Decimal
    cost: Decimal
    claim_id: UUID | None


@dataclass(frozen=True, slots=True)
class _Gone:
    """A part of a return with what it cost in the books, and the account that held it."""

    line: ReturnedLot
    part: Part
    cost: Decimal
    account_key: str


@command("billing.return_goods", permission="billing.return_goods", rest="POST /supplier-returns")
def return_goods(session: Session, ctx: RequestContext, cmd: ReturnGoods) -> ReturnedGoods:
    """Take goods off the shelf for the supplier they came from, and ask back what was billed.

    Billed goods leave with a debit note: a claim for value and tax as they were billed, which
    takes the input tax back at once. Goods on no bill lower what the supplier may still bill.
    What goods cost beyond that is a loss. Locks the delivered lines, then the balances of the
    lots, then the series of the number.

    Raises:
        UnknownParty: The supplier is not in the acting tenant. NotASupplier: it sells nothing.
        NotFromSupplier: A lot did not come into the acting branch from them.
        BeyondDelivered: More goes back than came and did not go back before.
        WrongReason: A reason does not fit the lot's expiry.
        BillWaits: A bill with the goods waits for a decision.
        BillsDiffer: Some bills were taxed within the state and others not.
        InvalidInput: A lot stands twice in one place.
        OutsideClaimWindow: The supplier takes none back today for expiry; may be confirmed.
        UnknownPlace, WrongPlace: A place is not of the acting branch.
        InsufficientStock: Fewer units are free in the place.
        PeriodClosed: The books are closed for today.

    Emits:
        inventory.stock_sent_back.v1, billing.goods_returned.v1, in the same transaction.
    """
    draft = draft_return(session, ctx, cmd)
    origin = inventory.Origin(RETURN, new_id())
    gone = _send(session, ctx, draft, origin)
    worth = _sum([one.part.worth for one in gone])
    released = sum((one.part.released for one in gone), ZERO)
    cost = sum((one.cost for one in gone), ZERO)
    year = fiscal_year(ctx.today)
    number = next_number(session, ctx, Series(ctx.branch_id, RETURN, year, "PR"))
    _write(session, ctx, draft, (origin.id, number, worth), gone)
    add_back(session, ctx, [one.part for one in gone])
    _post(session, ctx, draft, (origin, number, worth), gone)
    claim_id = _claim(session, ctx, draft, (origin.id, number, worth))
    event = GoodsReturned(
        return_id=origin.id, supplier_id=cmd.supplier_id, total=worth.total, cost=cost
    )
    emit(session, ctx, origin.id, event)
    return ReturnedGoods(
        id=origin.id,
        number=number,
        total=worth.total,
        released=released,
        cost=cost,
        claim_id=claim_id,
    )


def _send(
    session: Session, ctx: RequestContext, draft: ReturnDraft, origin: inventory.Origin
) -> list[_Gone]:
    """Take the lots off the shelf and share the cost of each over its parts."""
    lines = draft.cmd.lines
    leaving = [
        inventory.LeavingLot(line.lot_id, line.location_id, line.quantity, line.reason.value)
        for line in lines
    ]
    left = inventory.send_back(session, ctx, origin, draft.cmd.supplier_id, leaving)
    return [
        _Gone(line, part, cost, one.account_key)
        for line, parts, one in zip(lines, draft.parts, left, strict=True)
        for part, cost in zip(
            parts, allocate(one.cost, [Decimal(part.units) for part in parts]), strict=True
        )
    ]


def _sum(worths: Sequence[Worth]) -> Worth:
    total = Worth()
    for worth in worths:
        total = total.plus(worth)
    return total


def _write(
    session: Session,
    ctx: RequestContext,
    draft: ReturnDraft,
    head: tuple[UUID, str, Worth],
    gone: Sequence[_Gone],
) -> None:
    return_id, number, worth = head
    row = {
        "tenant_id": ctx.tenant_id,
        "id": return_id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "supplier_id": draft.cmd.supplier_id,
        "supplier_gstin": draft.supplier.gstin,
        "number": number,
        "returned_on": ctx.today,
        "supply_nature": draft.supply_nature,
        "is_credit_taken": draft.is_credit_taken,
        **_amounts(worth),
        "total": worth.total,
        "released": sum((one.part.released for one in gone), ZERO),
        "cost": sum((one.cost for one in gone), ZERO),
        "transport": draft.cmd.transport,
        "note": draft.cmd.note,
        "returned_by": ctx.user_id,
        "returned_at": ctx.now,
    }
    db.insert_rows(session, SupplierReturn, [row])
    common = {"tenant_id": ctx.tenant_id, "return_id": return_id}
    rows = [
        common | _line(draft, one) | {"id": new_id(), "line_no": at}
        for at, one in enumerate(gone, start=1)
    ]
    db.insert_rows(session, SupplierReturnLine, rows)


def _amounts(worth: Worth) -> dict[str, Decimal]:
    return dict(zip(("taxable", "cgst", "sgst", "igst"), worth.heads, strict=True))


def _line(draft: ReturnDraft, one: _Gone) -> dict[str, Any]:
    lot = draft.lots[one.line.lot_id]
    return {
        "receipt_id": one.part.receipt_id,
        "receipt_line_no": one.part.line_no,
        "bill_line_id": one.part.bill_line_id,
        "variant_id": lot.variant_id,
        "lot_id": one.line.lot_id,
        "location_id": one.line.location_id,
        "label": lot.label,
        "reason": one.line.reason,
        "quantity": one.part.units,
        "unbilled": one.part.unbilled,
        "gst_rate": one.part.gst_rate,
        **_amounts(one.part.worth),
        "released": one.part.released,
        "cost": one.cost,
    }


def _post(
    session: Session,
    ctx: RequestContext,
    draft: ReturnDraft,
    about: tuple[inventory.Origin, str, Worth],
    gone: Sequence[_Gone],
) -> None:
    """Post the claim, what may no longer be billed, the goods, the input tax and the loss."""
    origin, number, worth = about
    tax = Worth(ZERO, worth.cgst, worth.sgst, worth.igst) if draft.is_credit_taken else Worth()
    released = sum((one.part.released for one in gone), ZERO)
    lines = [
        accounting.debit("supplier_claims", worth.total, draft.cmd.supplier_id),
        accounting.debit("grni", released),
        *_by_account(_losses(gone, is_credit=draft.is_credit_taken)),
        *_by_account((one.account_key, -one.cost) for one in gone),
        accounting.credit("input_cgst", tax.cgst),
        accounting.credit("input_sgst", tax.sgst),
        accounting.credit("input_igst", tax.igst),
    ]
    entry = accounting.NewEntry(
        journal="purchase",
        effective_on=ctx.today,
        origin_type=origin.type,
        origin_id=origin.id,
        purpose="return",
        narration=f"Debit note {number}: goods returned to {draft.supplier.name}",
        lines=lines,
    )
    accounting.post_entry(session, ctx, entry)


def _losses(gone: Sequence[_Gone], *, is_credit: bool) -> Iterator[tuple[str, Decimal]]:
    """Return what each part cost beyond what is asked back or not billed, by account."""
    for one in gone:
        asked = one.part.worth.taxable if is_credit else one.part.worth.total
        yield loss_account(one.line.reason), one.cost - asked - one.part.released


def loss_account(reason: str) -> str:
    """Return the account of what goods that went back for a reason cost beyond what is given."""
    return LOSS_ACCOUNTS.get(ReturnReason(reason), GIVEN_UP)


def _by_account(amounts: Iterator[tuple[str, Decimal]]) -> list[accounting.NewLine]:
    """Add amounts up by account, debits positive."""
    sums: dict[str, Decimal] = {}
    for key, amount in amounts:
        sums[key] = sums.get(key, ZERO) + amount
    return [accounting.debit(key, amount) for key, amount in sums.items()]


def _claim(
    session: Session, ctx: RequestContext, draft: ReturnDraft, about: tuple[UUID, str, Worth]
) -> UUID | None:
    """Open the claim of the debit note; what the note asks for without a credit is all value."""
    return_id, number, worth = about
    if not worth.total:
        return None
    claim_id = new_id()
    tax = worth.total - worth.taxable if draft.is_credit_taken else ZERO
    claim = {
        "tenant_id": ctx.tenant_id,
        "id": claim_id,
        "bill_id": None,
        "return_id": return_id,
        "number": number,
        "raised_on": ctx.today,
        "taxable": worth.total - tax,
        "tax": tax,
        "credit_note": "",
        "credited": ZERO,
        "credited_tax": ZERO,
    }
    db.insert_rows(session, SupplierClaim, [claim])
    return claim_id
