"""Reads of suppliers' bills: the list, and one beside what was ordered and what came."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.billing import BillOutcome, BillStatus, Finding
from erp.services.billing.bill_errors import UnknownBill
from erp.services.billing.landed_cost_queries import SpreadCostRow, spread_of
from erp.services.billing.landed_costs import unspread
from erp.services.platform import (
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    fetch_page,
    query,
)


class ListBills(SortedPage):
    """Which bills of the acting branch to list.

    Attributes:
        search: Beginning of our number, the supplier's number, or the supplier's name.
        standing: `due`: posted and due by today; `claimed`: a credit note is still to come.
    """

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "bill_number": "text",
                "number": "text",
                "billed_on": "day",
                "due_on": "day",
                "status": "text",
                "total": "number",
            },
        ),
    ] = ""
    status: BillStatus | None = None
    standing: Literal["", "due", "claimed"] = ""
    supplier_id: UUID | None = None


class BillRow(Result):
    """A bill on a list; `claim` is what is still claimed, tax included."""

    id: UUID
    number: str
    bill_number: str
    supplier_id: UUID
    supplier: str
    billed_on: date
    due_on: date
    status: BillStatus
    total: Decimal
    claim: Decimal


class BillPage(Rows):
    """A page of bills, the newest first."""

    rows: list[BillRow]


class GetBill(Query):
    """One bill."""

    bill_id: UUID


class BillLineDetail(Result):
    """A line of a bill beside what was ordered and what came.

    Attributes:
        ordered_quantity: In the order's unit; none without an order.
        received: Base units to be paid for on the delivery; matched: of them, on this bill.
    """

    line_no: int
    label: str
    variant_id: UUID | None
    lot_id: UUID | None
    lot_number: str
    order_id: UUID | None
    order_number: str
    ordered_quantity: Decimal | None
    ordered_unit: str
    reference: str
    received_on: date | None
    received: int
    is_cost_of_goods: bool
    unit: str
    quantity: Decimal
    base_quantity: int
    unit_cost: Decimal
    discount_percent: Decimal
    gst_rate: Decimal
    taxable: Decimal
    tax: Decimal
    matched: int
    matched_value: Decimal
    expected_cost: Decimal
    findings: list[Finding]
    excess: Decimal
    excess_tax: Decimal


class BillEntry(Result):
    """An entry that the bill, its claim or what it spread made."""

    id: UUID
    effective_on: date
    narration: str
    total: Decimal


class BillDetail(Result):
    """A bill with everything about it.

    Attributes:
        to_stock, to_gone: What the goods cost beyond what they came in at, where it went.
        excess: What is beyond what came at the expected prices, tax excluded; excess_tax: what of
            the tax is beyond the expected rates on the rest.
        unspread: What is an expense that no goods bear. spread: what goods of other deliveries
            were given of it.
    """

    id: UUID
    number: str
    bill_number: str
    supplier_id: UUID
    supplier: str
    supplier_gstin: str | None
    billed_on: date
    booked_on: date
    due_on: date
    supply_nature: str
    is_credit_taken: bool
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    round_off: Decimal
    total: Decimal
    excess: Decimal
    excess_tax: Decimal
    note: str
    status: BillStatus
    recorder: str
    recorded_by: UUID
    recorded_at: datetime
    outcome: BillOutcome | None
    decider: str
    decided_at: datetime | None
    decision_note: str
    claim_id: UUID | None
    claim_number: str
    claim_taxable: Decimal
    claim_tax: Decimal
    credit_note: str
    credited: Decimal
    credited_tax: Decimal
    settled_at: datetime | None
    to_stock: Decimal
    to_gone: Decimal
    unspread: Decimal
    spread: list[SpreadCostRow]
    lines: list[BillLineDetail]
    entries: list[BillEntry]


_LIST: LiteralString = """
    select b.id, b.number, b.bill_number, b.supplier_id, s.name as supplier, b.billed_on, b.due_on,
           b.status, b.total,
           case when c.settled_at is null then coalesce(c.taxable + c.tax, 0) else 0 end as claim
      from supplier_bill b
      join party s on (s.tenant_id, s.id) = (b.tenant_id, b.supplier_id)
      left join supplier_claim c on (c.tenant_id, c.bill_id) = (b.tenant_id, b.id)
     where b.tenant_id = %(tenant)s and b.branch_id = %(branch)s
"""
_CONDITIONS: dict[str, LiteralString] = {
    "status": "and b.status = %(status)s",
    "supplier_id": "and b.supplier_id = %(supplier)s",
    "search": "and (starts_with(b.number, upper(%(search)s))"
    " or starts_with(upper(b.bill_number), upper(%(search)s))"
    " or starts_with(upper(s.name), upper(%(search)s)))",
}
_STANDINGS: dict[str, LiteralString] = {
    "": "",
    "due": "and b.status = 'posted' and b.due_on <= %(today)s",
    "claimed": "and c.id is not null and c.settled_at is null",
}


@query("billing.list_bills", permission="billing.view_bills", rest="GET /supplier-bills")
def list_bills(session: Session, ctx: RequestContext, wanted: ListBills) -> BillPage:
    """List suppliers' bills of the acting branch, the newest first."""
    parts = (
        _LIST,
        conditions_of(wanted, _CONDITIONS),
        _STANDINGS[wanted.standing],
    )
    rows, cursor = fetch_page(
        session,
        wanted,
        " ".join(parts),
        {
            "tenant": ctx.tenant_id,
            "branch": ctx.branch_id,
            "today": ctx.today,
            "status": wanted.status,
            "supplier": wanted.supplier_id,
            "search": wanted.search.strip(),
        },
    )
    page = [BillRow(**row) for row in rows]
    return BillPage(rows=page, next_cursor=cursor)


@query("billing.get_bill", permission="billing.view_bills", rest="GET /supplier-bills/{bill_id}")
def get_bill(session: Session, ctx: RequestContext, wanted: GetBill) -> BillDetail:
    """Return a bill with its lines beside order and delivery, its decision, claim and entries.

    Raises:
        UnknownBill: The acting branch has no such bill.
    """
    head = db.fetch_one(
        session,
        """
        select b.id, b.number, b.bill_number, b.supplier_id, s.name as supplier, b.supplier_gstin,
               b.billed_on, b.booked_on, b.due_on, b.supply_nature, b.is_credit_taken, b.taxable,
               b.cgst, b.sgst, b.igst, b.round_off, b.total, b.note, b.status, b.recorded_by,
               b.recorded_at, coalesce(recorder.display_name, '') as recorder,
               d.outcome, coalesce(decider.display_name, '') as decider, d.decided_at,
               coalesce(d.note, '') as decision_note, c.id as claim_id,
               coalesce(c.number, '') as claim_number, coalesce(c.taxable, 0.00) as claim_taxable,
               coalesce(c.tax, 0.00) as claim_tax, coalesce(c.credit_note, '') as credit_note,
               coalesce(c.credited, 0.00) as credited,
               coalesce(c.credited_tax, 0.00) as credited_tax, c.settled_at,
               cost.to_stock, cost.to_gone
          from supplier_bill b
          join party s on (s.tenant_id, s.id) = (b.tenant_id, b.supplier_id)
          left join supplier_bill_decision d on (d.tenant_id, d.bill_id) = (b.tenant_id, b.id)
          left join supplier_claim c on (c.tenant_id, c.bill_id) = (b.tenant_id, b.id)
          left join membership recorder
               on (recorder.tenant_id, recorder.user_id) = (b.tenant_id, b.recorded_by)
          left join membership decider
               on (decider.tenant_id, decider.user_id) = (d.tenant_id, d.decided_by)
         cross join lateral (
               select coalesce(sum(l.debit - l.credit) filter (where a.key <> 'cogs'), 0.00)
                      as to_stock,
                      coalesce(sum(l.debit - l.credit) filter (where a.key = 'cogs'), 0.00)
                      as to_gone
                 from journal_entry e
                 join journal_line l on (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)
                 join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
                where e.tenant_id = b.tenant_id and e.origin_id in (b.id, c.id)
                  and e.purpose = 'stock' and a.key <> 'grni') cost
         where b.tenant_id = %s and b.branch_id = %s and b.id = %s
        """,
        (ctx.tenant_id, ctx.branch_id, wanted.bill_id),
    )
    if head is None:
        message = "This bill is not known here. Choose one of the list."
        raise UnknownBill(message, fields={"bill_id": message})
    lines = _lines(session, ctx, wanted.bill_id)
    spread = spread_of(session, ctx, wanted.bill_id)
    moved = [each for one in spread for each in (one.id, one.reversal_id)]
    return BillDetail(
        **head,
        excess=sum((line.excess for line in lines), Decimal("0.00")),
        excess_tax=sum((line.excess_tax for line in lines), Decimal("0.00")),
        unspread=unspread(session, ctx, wanted.bill_id),
        spread=spread,
        lines=lines,
        entries=entries_of(session, ctx, [wanted.bill_id, head["claim_id"], *moved]),
    )


def _lines(session: Session, ctx: RequestContext, bill_id: UUID) -> list[BillLineDetail]:
    rows = db.fetch_all(
        session,
        """
        select l.line_no, l.label, l.variant_id, l.lot_id, coalesce(lot.lot_number, '') as lot_number,
               ordered.id as order_id, coalesce(ordered.number, '') as order_number,
               o.quantity as ordered_quantity, coalesce(o.unit, '') as ordered_unit,
               coalesce(r.reference, '') as reference, r.received_on,
               coalesce(came.paid, 0) as received, l.is_cost_of_goods, l.unit, l.quantity,
               l.base_quantity, l.unit_cost, l.discount_percent, l.gst_rate, l.taxable,
               l.cgst + l.sgst + l.igst as tax, l.matched, l.matched_value, l.expected_cost,
               l.findings, l.excess, l.excess_tax
          from supplier_bill_line l
          left join lot on (lot.tenant_id, lot.id) = (l.tenant_id, l.lot_id)
          left join goods_receipt r on (r.tenant_id, r.id) = (l.tenant_id, l.receipt_id)
          left join goods_receipt_line came on came.tenant_id = l.tenant_id
               and (came.receipt_id, came.line_no) = (l.receipt_id, l.receipt_line_no)
          left join purchase_order_receipt x on x.tenant_id = l.tenant_id
               and (x.receipt_id, x.receipt_line_no) = (l.receipt_id, l.receipt_line_no)
          left join purchase_order ordered on (ordered.tenant_id, ordered.id)
               = (x.tenant_id, x.order_id)
          left join purchase_order_line o on o.tenant_id = x.tenant_id
               and (o.order_id, o.line_no) = (x.order_id, x.line_no)
               and o.version = ordered.version
         where l.tenant_id = %s and l.bill_id = %s
         order by l.line_no
        """,
        (ctx.tenant_id, bill_id),
    )
    return [BillLineDetail(**row) for row in rows]


def entries_of(
    session: Session, ctx: RequestContext, origins: list[UUID | None]
) -> list[BillEntry]:
    """Return the entries that documents made."""
    rows = db.fetch_all(
        session,
        "select id, effective_on, narration, total from journal_entry"
        " where tenant_id = %s and origin_id = any(%s) order by id",
        (ctx.tenant_id, origins),
    )
    return [BillEntry(**row) for row in rows]
