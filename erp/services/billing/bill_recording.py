"""Recording a supplier's bill: matched with what came, posted at once or held for a decision."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.bill_numbers import bill_key
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.gst.taxing import TaxedLine, TaxHeads
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.core.quantity import to_base_units
from erp.models.billing import BillStatus, Finding, SupplierBill, SupplierBillLine
from erp.services import seen_bills, workflows
from erp.services.billing.bill_drafting import (
    BilledCharge,
    BilledLine,
    Draft,
    Judged,
    RecordBill,
    draft_bill,
)
from erp.services.billing.bill_events import SupplierBillRecorded
from erp.services.billing.bill_goods import add_billed
from erp.services.billing.bill_matching import Delivered, Match
from erp.services.billing.bill_posting import hold_bill, post_bill
from erp.services.platform import (
    Result,
    Series,
    command,
    emit,
    next_number,
)


class BillAnswer(Result):
    """A supplier's bill after a command.

    Attributes:
        excess: What is beyond what came at the expected prices, tax excluded; excess_tax: what of
            the tax is beyond the expected rates on the rest.
        findings: What does not match, by number of the line.
    """

    id: UUID
    number: str
    status: BillStatus
    total: Decimal
    excess: Decimal
    excess_tax: Decimal
    findings: dict[int, list[Finding]]


@command("billing.record_bill", permission="billing.record_bill", rest="POST /supplier-bills")
def record_bill(session: Session, ctx: RequestContext, cmd: RecordBill) -> BillAnswer:
    """Match a supplier's bill with orders and deliveries; what matches is posted and owed.

    Where price, quantity or tax rate differ beyond the tolerance it is held, and those who may
    decide are told. Posting debits goods received not invoiced and the input tax, and credits
    the supplier; what the goods cost more or less than they came in at goes to stock on hand and
    to the cost of what is gone. Locks the delivered lines, then the balances of their lots.

    Raises:
        UnknownParty: The supplier is not in the acting tenant. NotASupplier: it sells nothing.
        UnknownDelivery: A line is no delivery of the supplier into the acting branch.
        InvalidInput: Nothing is billed, a line stands twice, a day is wrong, or a charge has no
            goods to be spread over.
        NotWholeUnits: A quantity is no whole number of base units.
        TaxNotDue: The supplier is not registered, or pays by composition.
        TotalDiffers: The lines do not add up to the total within a rupee.
        BilledTwice: The supplier's bill of that number and year is recorded already.
        BillSeen: A claim, an asset or a provider's invoice is this bill; may be confirmed, its tax is a cost then
            where its credit is taken there.
        PeriodClosed: The books are closed for the day.

    Emits:
        billing.supplier_bill_recorded.v1, in the same transaction.
    """
    draft, seen = _looked_up(session, ctx, draft_bill(session, ctx, cmd))
    status = BillStatus.HELD if draft.findings else BillStatus.POSTED
    bill_id, number = new_id(), _next_number(session, ctx)
    _write(session, ctx, draft, (bill_id, number, status))
    _note(session, ctx, draft, seen, (bill_id, number))
    taken = [
        ((came.receipt_id, came.line_no), match.units, match.value)
        for came, match in zip(draft.came, draft.matches, strict=True)
    ]
    add_billed(session, ctx, taken)
    if status is BillStatus.POSTED:
        post_bill(session, ctx, hold_bill(session, ctx, bill_id))
    else:
        _tell(session, ctx, draft, (bill_id, number))
    event = SupplierBillRecorded(
        bill_id=bill_id, supplier_id=cmd.supplier_id, status=status, total=cmd.total
    )
    emit(session, ctx, bill_id, event)
    return BillAnswer(
        id=bill_id,
        number=number,
        status=status,
        total=cmd.total,
        excess=draft.excess,
        excess_tax=draft.excess_tax,
        findings=draft.findings,
    )


def _looked_up(
    session: Session, ctx: RequestContext, draft: Draft
) -> tuple[Draft, seen_bills.Seen]:
    """Ask about a bill that another document books; it takes no credit that is taken there.

    The same bill of the same supplier is not asked about: it is refused.
    """
    seen = seen_bills.Seen(
        draft.supplier.gstin or "",
        draft.supplier.name,
        draft.cmd.bill_number,
        draft.cmd.billed_on,
    )
    if not _is_recorded(session, ctx, draft):
        seen_bills.look_for(session, ctx, [("bill_number", seen)], None)
    room = seen_bills.credit_room(session, ctx, seen, seen_bills.BillSource.PURCHASE)
    return replace(draft, is_credit_taken=draft.is_credit_taken and not room.takers), seen


def _is_recorded(session: Session, ctx: RequestContext, draft: Draft) -> bool:
    row = db.fetch_one(
        session,
        "select 1 from supplier_bill where tenant_id = %s and company_id = %s and supplier_id = %s"
        " and fiscal_year = %s and bill_key = %s and status <> 'refused'",
        (
            *(ctx.tenant_id, ctx.company_id, draft.cmd.supplier_id),
            *(fiscal_year(draft.cmd.billed_on), bill_key(draft.cmd.bill_number)),
        ),
    )
    return row is not None


def _note(
    session: Session,
    ctx: RequestContext,
    draft: Draft,
    seen: seen_bills.Seen,
    head: tuple[UUID, str],
) -> None:
    """Enter the bill in the register; one that is held has its credit set aside."""
    bill_id, number = head
    totals = draft.taxed.totals
    heads = TaxHeads(igst=totals.igst, cgst=totals.cgst, sgst=totals.sgst)
    use = seen_bills.BillUse(
        seen_bills.BillSource.PURCHASE,
        bill_id,
        number,
        ctx.branch_id,
        totals.taxable_value,
        heads,
        is_credit=draft.is_credit_taken and heads.total > 0,
        taken_on=draft.booked_on,
    )
    seen_bills.note_use(session, ctx, seen, use)


def _next_number(session: Session, ctx: RequestContext) -> str:
    year = fiscal_year(ctx.today)
    return next_number(session, ctx, Series(ctx.branch_id, "supplier_bill", year, "PB"))


def _write(
    session: Session, ctx: RequestContext, draft: Draft, head: tuple[UUID, str, BillStatus]
) -> None:
    bill_id, number, status = head
    cmd, totals = draft.cmd, draft.taxed.totals
    bill = {
        "tenant_id": ctx.tenant_id,
        "id": bill_id,
        "company_id": ctx.company_id,
        "branch_id": ctx.branch_id,
        "supplier_id": cmd.supplier_id,
        "supplier_gstin": draft.supplier.gstin,
        "number": number,
        "bill_number": cmd.bill_number,
        "bill_key": bill_key(cmd.bill_number),
        "fiscal_year": fiscal_year(cmd.billed_on),
        "billed_on": cmd.billed_on,
        "booked_on": draft.booked_on,
        "due_on": cmd.due_on or cmd.billed_on + timedelta(days=draft.supplier.credit_days),
        "supply_nature": draft.taxed.nature,
        "is_credit_taken": draft.is_credit_taken,
        "taxable": totals.taxable_value,
        "cgst": totals.cgst,
        "sgst": totals.sgst,
        "igst": totals.igst,
        "round_off": cmd.total - totals.total,
        "total": cmd.total,
        "claimed": ZERO,
        "note": cmd.note,
        "status": status,
        "recorded_by": ctx.user_id,
        "recorded_at": ctx.now,
    }
    db.insert_rows(session, SupplierBill, [bill])
    count = len(cmd.lines)
    goods = zip(cmd.lines, draft.came, draft.matches, draft.taxed.lines[:count], strict=True)
    rows = [_goods_row(line, came, match, tax) for line, came, match, tax in goods]
    rows += [
        _charge_row(one, tax)
        for one, tax in zip(cmd.charges, draft.taxed.lines[count:], strict=True)
    ]
    common = {"tenant_id": ctx.tenant_id, "bill_id": bill_id}
    numbered = [
        common | row | _said(one) | {"id": new_id(), "line_no": at}
        for at, (row, one) in enumerate(zip(rows, draft.judged, strict=True), start=1)
    ]
    db.insert_rows(session, SupplierBillLine, numbered)


def _said(one: Judged) -> dict[str, object]:
    return {
        "findings": list(one.findings),
        "excess": one.excess,
        "excess_tax": one.excess_tax,
    }


def _goods_row(
    line: BilledLine, came: Delivered, match: Match, tax: TaxedLine
) -> dict[str, object]:
    return {
        "label": came.label,
        "receipt_id": came.receipt_id,
        "receipt_line_no": came.line_no,
        "variant_id": came.variant_id,
        "lot_id": came.lot_id,
        "is_cost_of_goods": True,
        "unit": came.unit,
        "quantity": line.quantity,
        "base_quantity": to_base_units(line.quantity, came.per_unit),
        "unit_cost": line.unit_cost,
        "discount_percent": line.discount_percent,
        **_amounts(tax),
        "matched": match.units,
        "matched_value": match.value,
        "expected_cost": came.expected_cost,
    }


def _charge_row(charge: BilledCharge, tax: TaxedLine) -> dict[str, object]:
    return {
        "label": charge.label,
        "receipt_id": None,
        "receipt_line_no": None,
        "variant_id": None,
        "lot_id": None,
        "is_cost_of_goods": charge.is_cost_of_goods,
        "unit": "",
        "quantity": Decimal(1),
        "base_quantity": 0,
        "unit_cost": charge.amount,
        "discount_percent": Decimal(0),
        **_amounts(tax),
        "matched": 0,
        "matched_value": ZERO,
        "expected_cost": charge.amount,
    }


def _amounts(tax: TaxedLine) -> dict[str, object]:
    return {
        "gst_rate": tax.gst_rate,
        "taxable": tax.taxable_value,
        "cgst": tax.cgst,
        "sgst": tax.sgst,
        "igst": tax.igst,
    }


def _tell(session: Session, ctx: RequestContext, draft: Draft, bill: tuple[UUID, str]) -> None:
    bill_id, number = bill
    excess = draft.excess + draft.excess_tax
    beyond = f" {money_text(excess)} are beyond what was expected." if excess else ""
    news = workflows.News(
        kind="billing.bill_held",
        title=f"Bill {number} does not match what was ordered or came",
        body=f"{draft.supplier.name} bills {money_text(draft.cmd.total)}.{beyond}",
        link=f"/bills/{bill_id}",
        dedupe_key=f"supplier-bill:{bill_id}",
    )
    workflows.notify_members(session, ctx, permission="billing.decide_bill", news=news)
