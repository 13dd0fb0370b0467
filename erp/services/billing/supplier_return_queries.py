"""Reads of returns to suppliers: the list, and one with its claim and entries."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.billing import ReturnReason
from erp.services.billing.bill_queries import BillEntry, entries_of
from erp.services.billing.supplier_return_errors import UnknownReturn
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

Standing = Literal["open", "settled", "unbilled"]
"""A credit note is still to come; the supplier answered; nothing was billed or asked back."""


class ListReturns(SortedPage):
    """Which returns of the acting branch; `search` finds a number or the supplier's name."""

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "number": "text",
                "returned_on": "day",
                "units": "number",
                "total": "number",
                "credited": "number",
                "standing": "text",
            },
        ),
    ] = ""
    standing: Standing | None = None
    supplier_id: UUID | None = None


class ReturnRow(Result):
    """A return on a list; `total` is asked back, tax included, and `credited` of it was given."""

    id: UUID
    number: str
    supplier_id: UUID
    supplier: str
    returned_on: date
    units: int
    total: Decimal
    cost: Decimal
    credited: Decimal
    standing: Standing


class ReturnPage(Rows):
    """A page of returns, the newest first."""

    rows: list[ReturnRow]


class GetReturn(Query):
    """One return."""

    return_id: UUID


class ReturnLineDetail(Result):
    """Units of a lot that went back.

    Attributes:
        bill_id, bill_number: The supplier's bill they stood on; none where they were on none.
        tax: Of what is asked back. released: what they had come in at, on no bill.
    """

    line_no: int
    variant_id: UUID
    lot_id: UUID
    label: str
    lot_number: str
    expires_on: date | None
    location: str
    reason: ReturnReason
    quantity: int
    unit: str
    bill_id: UUID | None
    bill_number: str
    gst_rate: Decimal
    taxable: Decimal
    tax: Decimal
    released: Decimal
    cost: Decimal


class ReturnDetail(Result):
    """A return with everything about it; `claim_*` and `credited` are of its claim."""

    id: UUID
    number: str
    supplier_id: UUID
    supplier: str
    supplier_gstin: str | None
    returned_on: date
    supply_nature: str
    is_credit_taken: bool
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    total: Decimal
    released: Decimal
    cost: Decimal
    transport: str
    note: str
    returned_by: UUID
    returner: str
    returned_at: datetime
    claim_id: UUID | None
    claim_taxable: Decimal
    claim_tax: Decimal
    credit_note: str
    credited: Decimal
    credited_tax: Decimal
    claim_reason: str
    settled_at: datetime | None
    lines: list[ReturnLineDetail]
    entries: list[BillEntry]


_STANDING: LiteralString = """
    case when c.id is null then 'unbilled' when c.settled_at is null then 'open'
         else 'settled' end
"""
_LIST: LiteralString = f"""
    select r.id, r.number, r.supplier_id, s.name as supplier, r.returned_on, lines.units, r.total,
           r.cost, coalesce(c.credited + c.credited_tax, 0.00) as credited, {_STANDING} as standing
      from supplier_return r
      join party s on (s.tenant_id, s.id) = (r.tenant_id, r.supplier_id)
      left join supplier_claim c on (c.tenant_id, c.return_id) = (r.tenant_id, r.id)
     cross join lateral (
           select sum(l.quantity)::bigint as units from supplier_return_line l
            where (l.tenant_id, l.return_id) = (r.tenant_id, r.id)) lines
     where r.tenant_id = %(tenant)s and r.branch_id = %(branch)s
"""  # noqa: S608  made of literals
_CONDITIONS: dict[str, LiteralString] = {
    "standing": f"and {_STANDING} = %(standing)s",
    "supplier_id": "and r.supplier_id = %(supplier)s",
    "search": "and (starts_with(r.number, upper(%(search)s))"
    " or starts_with(upper(s.name), upper(%(search)s)))",
}


@query("billing.list_returns", permission="billing.view_returns", rest="GET /supplier-returns")
def list_returns(session: Session, ctx: RequestContext, wanted: ListReturns) -> ReturnPage:
    """List what the acting branch sent back to suppliers, the newest first."""
    parts = (_LIST, conditions_of(wanted, _CONDITIONS))
    rows, cursor = fetch_page(
        session,
        wanted,
        " ".join(parts),
        {
            "tenant": ctx.tenant_id,
            "branch": ctx.branch_id,
            "standing": wanted.standing,
            "supplier": wanted.supplier_id,
            "search": wanted.search.strip(),
        },
    )
    page = [ReturnRow(**row) for row in rows]
    return ReturnPage(rows=page, next_cursor=cursor)


@query(
    "billing.get_return",
    permission="billing.view_returns",
    rest="GET /supplier-returns/{return_id}",
)
def get_return(session: Session, ctx: RequestContext, wanted: GetReturn) -> ReturnDetail:
    """Return what went back in one document, with its claim and entries.

    Raises:
        UnknownReturn: The acting branch has no such return.
    """
    head = db.fetch_one(
        session,
        """
        select r.id, r.number, r.supplier_id, s.name as supplier, r.supplier_gstin, r.returned_on,
               r.supply_nature, r.is_credit_taken, r.taxable, r.cgst, r.sgst, r.igst, r.total,
               r.released, r.cost, r.transport, r.note, r.returned_by, r.returned_at,
               coalesce(u.display_name, '') as returner, c.id as claim_id,
               coalesce(c.taxable, 0.00) as claim_taxable, coalesce(c.tax, 0.00) as claim_tax,
               coalesce(c.credit_note, '') as credit_note, coalesce(c.credited, 0.00) as credited,
               coalesce(c.credited_tax, 0.00) as credited_tax,
               coalesce(c.reason, '') as claim_reason, c.settled_at
          from supplier_return r
          join party s on (s.tenant_id, s.id) = (r.tenant_id, r.supplier_id)
          left join supplier_claim c on (c.tenant_id, c.return_id) = (r.tenant_id, r.id)
          left join membership u on (u.tenant_id, u.user_id) = (r.tenant_id, r.returned_by)
         where r.tenant_id = %s and r.branch_id = %s and r.id = %s
        """,
        (ctx.tenant_id, ctx.branch_id, wanted.return_id),
    )
    if head is None:
        message = "This return is not known here. Choose one of the list."
        raise UnknownReturn(message, fields={"return_id": message})
    return ReturnDetail(
        **head,
        lines=_lines(session, ctx, wanted.return_id),
        entries=entries_of(session, ctx, [wanted.return_id, head["claim_id"]]),
    )


def _lines(session: Session, ctx: RequestContext, return_id: UUID) -> list[ReturnLineDetail]:
    rows = db.fetch_all(
        session,
        """
        select l.line_no, l.variant_id, l.lot_id, l.label, lot.lot_number, lot.expires_on,
               place.name as location, l.reason, l.quantity, v.base_unit as unit, b.id as bill_id,
               coalesce(b.bill_number, '') as bill_number, l.gst_rate, l.taxable,
               l.cgst + l.sgst + l.igst as tax, l.released, l.cost
          from supplier_return_line l
          join lot on (lot.tenant_id, lot.id) = (l.tenant_id, l.lot_id)
          join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)
          join location place on (place.tenant_id, place.id) = (l.tenant_id, l.location_id)
          left join supplier_bill_line x on (x.tenant_id, x.id) = (l.tenant_id, l.bill_line_id)
          left join supplier_bill b on (b.tenant_id, b.id) = (x.tenant_id, x.bill_id)
         where l.tenant_id = %s and l.return_id = %s
         order by l.line_no
        """,
        (ctx.tenant_id, return_id),
    )
    return [ReturnLineDetail(**row) for row in rows]
