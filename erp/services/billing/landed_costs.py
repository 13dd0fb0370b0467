"""What one bill charged for bringing in goods, spread over the deliveries it was for."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import raise_all
from erp.core.formatting import money_text
from erp.core.ids import new_id
from erp.core.money import ZERO, allocate
from erp.models.billing import BillStatus, LandedCost, LandedCostLine, LandedCostReversal
from erp.services import accounting, inventory
from erp.services.billing.bill_errors import (
    BeyondExpense,
    BillNotPosted,
    NothingKept,
    TakenOffBefore,
    UnknownDelivery,
    UnknownLandedCost,
)
from erp.services.billing.bill_events import CostSpread, CostTakenOff
from erp.services.billing.bill_posting import BILL, CLAIM, Bill, hold_bill
from erp.services.platform import (
    Amount,
    Command,
    Result,
    Series,
    ShortText,
    command,
    emit,
    next_number,
)

LANDED = "landed_cost"
TAKEN_OFF = "landed_cost_reversal"
MOST_RECEIPTS = 50


class SpreadCost(Command):
    """Spread an expense of a posted bill over the goods of deliveries.

    Attributes:
        amount: All that is not spread yet, where none is given.
        receipt_ids: Deliveries into the acting branch, of whatever supplier.
        note: Such as the consignment note.
    """

    bill_id: UUID
    amount: Annotated[Amount, Field(gt=0)] | None = None
    receipt_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_RECEIPTS)]
    note: ShortText


class SpreadLine(Result):
    """Goods of a delivery with their part of a cost."""

    receipt_id: UUID
    label: str
    value: Decimal
    to_stock: Decimal
    to_gone: Decimal


class SpreadAnswer(Result):
    """A cost after it was spread: what went to goods on hand, and to the cost of what is gone."""

    id: UUID
    number: str
    amount: Decimal
    to_stock: Decimal
    to_gone: Decimal
    lines: list[SpreadLine]


class TakeCostOff(Command):
    """Take a spread cost off its goods again; it is an expense as before."""

    landed_cost_id: UUID
    reason: ShortText


class TakenOff(Result):
    """A landed cost after it was taken off: what stock and the cost of what is gone lost."""

    id: UUID
    number: str
    amount: Decimal
    to_stock: Decimal
    to_gone: Decimal


@command(
    "billing.spread_cost",
    permission="billing.record_bill",
    rest="POST /supplier-bills/{bill_id}/landed-costs",
)
def spread_cost(session: Session, ctx: RequestContext, cmd: SpreadCost) -> SpreadAnswer:
    """Let goods bear what another's bill, such as a carrier's, booked as an expense.

    It is shared over the goods that came and did not go back, by their value; units on hand take
    their part into stock, the part of units that are gone goes to the cost of goods sold. Dated
    today. What is owed and the input tax stay as they are. Locks the bill, then the balances of
    the lots.

    Raises:
        UnknownBill: The acting branch has no such bill. BillNotPosted: it is not in the books.
        UnknownDelivery: A delivery did not come into the acting branch. NothingKept: all of the
            deliveries went back.
        BeyondExpense: The bill has less that is an expense and not spread.
        PeriodClosed: The books are closed for today.

    Emits:
        billing.cost_spread.v1, and inventory.stock_revalued.v1, in the same transaction.
    """
    bill = hold_bill(session, ctx, cmd.bill_id)
    amount = _amount(session, ctx, bill, cmd)
    goods = _kept_goods(session, ctx, cmd.receipt_ids)
    shares = _shares(amount, goods)
    spread_id, number = new_id(), _next_number(session, ctx)
    words = f"{bill.narration}, spread by {number}"
    changes = [
        inventory.CostChange(at, row["lot_id"], share)
        for at, (row, share) in enumerate(shares, start=1)
    ]
    origin = inventory.Origin(LANDED, spread_id)
    went = inventory.revalue_lots(session, ctx, origin, changes, words)
    _post(session, ctx, (LANDED, spread_id), amount, words)
    _write(session, ctx, cmd, (spread_id, number, amount), (shares, went))
    emit(session, ctx, bill.id, CostSpread(landed_cost_id=spread_id, amount=amount))
    lines = [_told(row, one) for (row, _), one in zip(shares, went, strict=True)]
    return SpreadAnswer(id=spread_id, number=number, amount=amount, lines=lines, **_sums(went))


@command(
    "billing.take_cost_off",
    permission="billing.record_bill",
    rest="POST /landed-costs/{landed_cost_id}/reversal",
)
def take_cost_off(session: Session, ctx: RequestContext, cmd: TakeCostOff) -> TakenOff:
    """Take a landed cost off its goods again, dated today; it may be spread anew.

    Units on hand give back their part, the cost of what is gone since gives back the rest. Units
    that went back to their supplier meanwhile count as gone. Locks the bill, then the balances
    of the lots.

    Raises:
        UnknownLandedCost: The acting branch spread no such cost. TakenOffBefore: it was taken
            off before.
        PeriodClosed: The books are closed for today.

    Emits:
        billing.cost_taken_off.v1, and inventory.stock_revalued.v1, in the same transaction.
    """
    spread = _hold_spread(session, ctx, cmd.landed_cost_id)
    bill = hold_bill(session, ctx, spread["bill_id"])
    lines = db.fetch_all(
        session,
        "select line_no, lot_id, value, to_stock, went_back from landed_cost_line"
        " where tenant_id = %s and landed_cost_id = %s order by line_no",
        (ctx.tenant_id, cmd.landed_cost_id),
    )
    reversal_id = new_id()
    words = f"{bill.narration}, {spread['number']} taken off"
    origin = inventory.Origin(TAKEN_OFF, reversal_id)
    went = inventory.revalue_lots(session, ctx, origin, [_off(row) for row in lines], words)
    _post(session, ctx, (TAKEN_OFF, reversal_id), -spread["amount"], words)
    row = {
        "tenant_id": ctx.tenant_id,
        "id": reversal_id,
        "landed_cost_id": cmd.landed_cost_id,
        "reason": cmd.reason,
        "reversed_by": ctx.user_id,
        "reversed_at": ctx.now,
    }
    db.insert_rows(session, LandedCostReversal, [row])
    event = CostTakenOff(landed_cost_id=cmd.landed_cost_id, amount=spread["amount"])
    emit(session, ctx, bill.id, event)
    return TakenOff(
        id=cmd.landed_cost_id, number=spread["number"], amount=spread["amount"], **_sums(went)
    )


def unspread(session: Session, ctx: RequestContext, bill_id: UUID) -> Decimal:
    """Return what of a bill, and of what its claim did not bring, is an expense that no goods bear."""
    row = db.fetch_one(
        session,
        """
        select coalesce((
               select sum(l.debit - l.credit)
                 from journal_entry e
                 join journal_line l on (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)
                 join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
                where e.tenant_id = %(tenant)s and a.key = 'freight_inward'
                  and ((e.origin_type = %(bill_type)s and e.origin_id = %(bill)s)
                       or (e.origin_type = %(claim_type)s and e.origin_id in (
                           select id from supplier_claim
                            where tenant_id = %(tenant)s and bill_id = %(bill)s)))), 0.00)
             - coalesce((
               select sum(s.amount) from landed_cost s
                where s.tenant_id = %(tenant)s and s.bill_id = %(bill)s
                  and not exists (select 1 from landed_cost_reversal r
                                   where r.tenant_id = s.tenant_id and r.landed_cost_id = s.id)),
               0.00) as amount
        """,
        {
            "tenant": ctx.tenant_id,
            "bill": bill_id,
            "bill_type": BILL,
            "claim_type": CLAIM,
        },
    )
    amount: Decimal = row["amount"] if row else ZERO
    return amount


def _amount(session: Session, ctx: RequestContext, bill: Bill, cmd: SpreadCost) -> Decimal:
    if bill.status != BillStatus.POSTED:
        raise BillNotPosted("This bill is not in the books. Decide on it first.")
    left = unspread(session, ctx, bill.id)
    if not left:
        message = "Nothing of this bill is an expense that no goods bear yet."
        raise BeyondExpense(message, fields={"amount": message})
    amount = left if cmd.amount is None else cmd.amount
    if amount > left:
        message = f"Only {money_text(left)} of this bill are an expense that no goods bear yet."
        raise BeyondExpense(message, fields={"amount": message})
    return amount


def _kept_goods(
    session: Session, ctx: RequestContext, receipt_ids: Sequence[UUID]
) -> Sequence[db.Row]:
    """Return the lines of deliveries of which units stayed, with the value of those."""
    rows = db.fetch_all(
        session,
        """
        select l.receipt_id, l.line_no, l.lot_id, v.label, l.paid + l.free - g.back as units,
               l.value * (l.paid + l.free - g.back) / (l.paid + l.free) as value
          from goods_receipt r
          join goods_receipt_line l on (l.tenant_id, l.receipt_id) = (r.tenant_id, r.id)
          join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)
          cross join lateral (
               select coalesce(max(b.back), 0) as back from billed_goods b
                where (b.tenant_id, b.receipt_id, b.line_no)
                      = (l.tenant_id, l.receipt_id, l.line_no)) g
         where r.tenant_id = %s and r.branch_id = %s and r.id = any(%s)
         order by l.receipt_id, l.line_no
        """,
        (ctx.tenant_id, ctx.branch_id, list(receipt_ids)),
    )
    known = {row["receipt_id"] for row in rows}
    message = "This delivery did not come into this branch. Choose one of the list."
    raise_all(
        [
            UnknownDelivery(message, fields={f"receipt_ids.{at}": message})
            for at, receipt_id in enumerate(receipt_ids)
            if receipt_id not in known
        ]
    )
    kept = [row for row in rows if row["units"]]
    if not kept:
        message = "All of these goods went back to their supplier. Choose other deliveries."
        raise NothingKept(message, fields={"receipt_ids": message})
    return kept


def _shares(amount: Decimal, goods: Sequence[db.Row]) -> list[tuple[db.Row, Decimal]]:
    """Share an amount by value; by units where nothing cost anything."""
    values = [row["value"] for row in goods]
    weights = values if any(values) else [Decimal(row["units"]) for row in goods]
    shares = zip(goods, allocate(amount, weights), strict=True)
    return [(row, share) for row, share in shares if share]


def _next_number(session: Session, ctx: RequestContext) -> str:
    return next_number(session, ctx, Series(ctx.branch_id, LANDED, fiscal_year(ctx.today), "LC"))


def _write(
    session: Session,
    ctx: RequestContext,
    cmd: SpreadCost,
    head: tuple[UUID, str, Decimal],
    parts: tuple[Sequence[tuple[db.Row, Decimal]], Sequence[inventory.Revalued]],
) -> None:
    spread_id, number, amount = head
    spread = {
        "tenant_id": ctx.tenant_id,
        "id": spread_id,
        "bill_id": cmd.bill_id,
        "number": number,
        "amount": amount,
        "note": cmd.note,
        "spread_by": ctx.user_id,
        "spread_at": ctx.now,
    }
    db.insert_rows(session, LandedCost, [spread])
    lines = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "landed_cost_id": spread_id,
            "line_no": went.line_no,
            "receipt_id": row["receipt_id"],
            "receipt_line_no": row["line_no"],
            "lot_id": row["lot_id"],
            "value": share,
            "to_stock": went.to_stock,
            "went_back": went.went_back,
        }
        for (row, share), went in zip(*parts, strict=True)
    ]
    db.insert_rows(session, LandedCostLine, lines)


def _off(row: db.Row) -> inventory.CostChange:
    """Return the change that takes a line's part off again."""
    given = inventory.Revalued(
        row["line_no"], row["to_stock"], row["value"] - row["to_stock"], row["went_back"]
    )
    return inventory.CostChange(row["line_no"], row["lot_id"], -row["value"], given)


def _told(row: db.Row, went: inventory.Revalued) -> SpreadLine:
    return SpreadLine(
        receipt_id=row["receipt_id"],
        label=row["label"],
        value=went.to_stock + went.to_gone,
        to_stock=went.to_stock,
        to_gone=went.to_gone,
    )


def _sums(went: Sequence[inventory.Revalued]) -> dict[str, Decimal]:
    return {
        "to_stock": sum((one.to_stock for one in went), ZERO),
        "to_gone": sum((one.to_gone for one in went), ZERO),
    }


def _hold_spread(session: Session, ctx: RequestContext, landed_cost_id: UUID) -> db.Row:
    """Return a landed cost that was not taken off, its bill under lock."""
    row = db.fetch_one(
        session,
        "select s.bill_id, s.number, s.amount from landed_cost s"
        " join supplier_bill b on (b.tenant_id, b.id) = (s.tenant_id, s.bill_id)"
        " where s.tenant_id = %s and b.branch_id = %s and s.id = %s for update of b",
        (ctx.tenant_id, ctx.branch_id, landed_cost_id),
    )
    if row is None:
        message = "This landed cost is not known here. Choose one of a bill."
        raise UnknownLandedCost(message, fields={"landed_cost_id": message})
    gone = db.fetch_one(
        session,
        "select 1 from landed_cost_reversal where tenant_id = %s and landed_cost_id = %s",
        (ctx.tenant_id, landed_cost_id),
    )
    if gone is not None:
        raise TakenOffBefore(f"{row['number']} was taken off its goods already.")
    return row


def _post(
    session: Session,
    ctx: RequestContext,
    origin: tuple[str, UUID],
    amount: Decimal,
    narration: str,
) -> None:
    """Move an amount from the expense to the goods, which took it from goods received not invoiced."""
    origin_type, origin_id = origin
    entry = accounting.NewEntry(
        journal="purchase",
        effective_on=ctx.today,
        origin_type=origin_type,
        origin_id=origin_id,
        purpose="spread",
        narration=narration,
        lines=[accounting.debit("grni", amount), accounting.credit("freight_inward", amount)],
    )
    accounting.post_entry(session, ctx, entry)
