"""Posting a supplier's bill: what is owed, the input tax, and what the goods really cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO, allocate
from erp.services import accounting, inventory
from erp.services.billing.bill_errors import UnknownBill

BILL = "supplier_bill"
CLAIM = "supplier_claim"


@dataclass(frozen=True, slots=True)
class BookedLine:
    """A line of a bill as it is booked.

    Attributes:
        lot_id: None for a charge.
        cost: What it costs us: the taxable value, and the tax where it is no credit.
        excess: Of `cost`, what is too much. excess_tax: the same of the tax that is a credit.
        matched_value: What the goods came in at.
    """

    line_no: int
    lot_id: UUID | None
    is_cost_of_goods: bool
    cost: Decimal
    excess: Decimal
    excess_tax: Decimal
    matched_value: Decimal

    def net(self, *, is_claimed: bool) -> Decimal:
        """Return what it costs us where the excess is claimed, or is not."""
        return self.cost - self.excess if is_claimed else self.cost


@dataclass(frozen=True, slots=True)
class Bill:
    """A recorded bill with its lines, under lock."""

    id: UUID
    number: str
    bill_number: str
    supplier_id: UUID
    supplier: str
    status: str
    recorded_by: UUID
    booked_on: date
    due_on: date
    supply_nature: str
    is_credit_taken: bool
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    round_off: Decimal
    total: Decimal
    lines: Sequence[BookedLine]

    @property
    def narration(self) -> str:
        """What its entries say."""
        return f"Bill {self.bill_number} of {self.supplier}"


def hold_bill(session: Session, ctx: RequestContext, bill_id: UUID) -> Bill:
    """Return a bill of the acting branch with its lines, and lock its row.

    Raises:
        UnknownBill: The branch has no such bill.
    """
    head = db.fetch_one(
        session,
        "select b.id, b.number, b.bill_number, b.supplier_id, p.name as supplier, b.status,"
        " b.recorded_by, b.booked_on, b.due_on, b.supply_nature, b.is_credit_taken, b.cgst, b.sgst, b.igst,"
        " b.round_off, b.total from supplier_bill b"
        " join party p on (p.tenant_id, p.id) = (b.tenant_id, b.supplier_id)"
        " where b.tenant_id = %s and b.branch_id = %s and b.id = %s for update of b",
        (ctx.tenant_id, ctx.branch_id, bill_id),
    )
    if head is None:
        message = "This bill is not known here. Choose one of the list."
        raise UnknownBill(message, fields={"bill_id": message})
    rows = db.fetch_all(
        session,
        "select line_no, lot_id, is_cost_of_goods, taxable, cgst + sgst + igst as tax,"
        " excess, excess_tax, matched_value from supplier_bill_line where tenant_id = %s and bill_id = %s"
        " order by line_no",
        (ctx.tenant_id, bill_id),
    )
    lines = [_booked(row, is_credit=head["is_credit_taken"]) for row in rows]
    return Bill(**head, lines=lines)


def _booked(row: db.Row, *, is_credit: bool) -> BookedLine:
    tax, taxable = row.pop("tax"), row.pop("taxable")
    if is_credit:
        return BookedLine(**row, cost=taxable)
    excess = row.pop("excess") + row.pop("excess_tax")
    return BookedLine(**row, cost=taxable + tax, excess=excess, excess_tax=ZERO)


def post_bill(
    session: Session, ctx: RequestContext, bill: Bill, *, is_claimed: bool = False
) -> None:
    """Put a held bill in the books and mark it posted; what is too much is a claim, or a cost.

    The debt and the input tax stand on the day the bill is booked on; what the goods cost more
    or less than they came in at is dated now. Locks the balances of its lots.

    Raises:
        PeriodClosed: The books are closed for one of the days.

    Emits:
        inventory.stock_revalued.v1 where a cost differs, in the same transaction.
    """
    inventory.revalue_lots(
        session,
        ctx,
        inventory.Origin(BILL, bill.id),
        _changes(bill, is_claimed=is_claimed),
        bill.narration,
    )
    _post_debt(session, ctx, bill, is_claimed=is_claimed)
    db.execute(
        session,
        "update supplier_bill set status = 'posted', claimed = (select coalesce(sum(excess), 0)"
        " from supplier_bill_line where tenant_id = supplier_bill.tenant_id and %s"
        " and bill_id = supplier_bill.id) where tenant_id = %s and id = %s",
        (is_claimed, ctx.tenant_id, bill.id),
    )


def _post_debt(session: Session, ctx: RequestContext, bill: Bill, *, is_claimed: bool) -> None:
    nets = [(line.is_cost_of_goods, line.net(is_claimed=is_claimed)) for line in bill.lines]
    goods = sum((net for is_goods, net in nets if is_goods), ZERO)
    expense = sum((net for is_goods, net in nets if not is_goods), ZERO)
    claimed = sum((line.cost for line in bill.lines), ZERO) - goods - expense
    credit = bill.is_credit_taken
    lines = [
        accounting.debit("grni", goods),
        accounting.debit("freight_inward", expense),
        accounting.debit("supplier_claims", claimed, bill.supplier_id),
        accounting.debit("input_cgst", bill.cgst if credit else ZERO),
        accounting.debit("input_sgst", bill.sgst if credit else ZERO),
        accounting.debit("input_igst", bill.igst if credit else ZERO),
        accounting.debit("round_off", bill.round_off),
        accounting.NewLine(
            "creditors", credit=bill.total, party_id=bill.supplier_id, due_on=bill.due_on
        ),
    ]
    accounting.post_entry(
        session,
        ctx,
        accounting.NewEntry(
            journal="purchase",
            effective_on=bill.booked_on,
            origin_type=BILL,
            origin_id=bill.id,
            purpose="bill",
            narration=bill.narration,
            lines=lines,
        ),
    )


def _changes(bill: Bill, *, is_claimed: bool) -> list[inventory.CostChange]:
    """Return what the goods of each line cost beyond what they came in at, charges shared out."""
    costs = {line.line_no: line.net(is_claimed=is_claimed) for line in bill.lines}
    before = {line.line_no: line.matched_value for line in bill.lines}
    return _on_goods(bill, costs, before)


def share_loss(bill: Bill, lost: Decimal) -> tuple[Decimal, list[inventory.CostChange]]:
    """Share what a claim did not bring over the lines it was for: an expense, and what goods cost."""
    claimed = [line for line in bill.lines if line.excess]
    if not lost:
        return ZERO, []
    shares = allocate(lost, [line.excess for line in claimed])
    losses = {line.line_no: share for line, share in zip(claimed, shares, strict=True)}
    expense = sum((losses[line.line_no] for line in claimed if not line.is_cost_of_goods), ZERO)
    return expense, _on_goods(bill, losses, {})


def _on_goods(
    bill: Bill, costs: Mapping[int, Decimal], before: Mapping[int, Decimal]
) -> list[inventory.CostChange]:
    """Return costs by line as changes of the goods; charges that goods bear are shared by cost."""
    goods = [line for line in bill.lines if line.lot_id]
    own = [costs.get(line.line_no, ZERO) for line in goods]
    charges = sum(
        (
            costs.get(line.line_no, ZERO)
            for line in bill.lines
            if line.is_cost_of_goods and not line.lot_id
        ),
        ZERO,
    )
    shares = allocate(charges, _weights([line.cost for line in goods])) if charges else []
    borne = shares or [ZERO] * len(goods)
    return [
        inventory.CostChange(
            line.line_no, line.lot_id, cost + share - before.get(line.line_no, ZERO)
        )
        for line, cost, share in zip(goods, own, borne, strict=True)
        if line.lot_id
    ]


def _weights(costs: Sequence[Decimal]) -> list[Decimal]:
    """Share by cost; alike where nothing costs anything."""
    return list(costs) if any(costs) else [Decimal(1)] * len(costs)
