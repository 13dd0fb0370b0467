"""Reads of sales and returns."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.services.billing import PRINTS, BillPrinted
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


class GetSale(Query):
    """One sale or return."""

    sale_id: UUID


class TenderRow(Result):
    """How part of a bill was paid."""

    method: str
    amount: Decimal
    tendered: Decimal
    reference: str


class SaleLineRow(Result):
    """A line of a sale, with what has come back."""

    line_no: int
    variant_id: UUID
    description: str
    lot_number: str
    expires_on: date | None
    quantity: int
    returned: int
    unit_price: Decimal
    discount: Decimal
    rate: Decimal
    total: Decimal


class RelatedSale(Result):
    """A return of a sale, the sale of a return, or the other half of an exchange."""

    id: UUID
    kind: str
    number: str
    total: Decimal


class SaleDetail(Result):
    """A sale or return in full."""

    id: UUID
    kind: str
    number: str
    invoice_id: UUID
    invoice_kind: str
    sold_at: datetime
    register_name: str
    shift_id: UUID
    cashier: str
    customer_id: UUID
    customer: str
    is_walk_in: bool
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    round_off: Decimal
    total: Decimal
    change_due: Decimal
    note: str
    lines: list[SaleLineRow]
    tenders: list[TenderRow]
    related: list[RelatedSale]
    prints: list[BillPrinted]


class ListSales(SortedPage):
    """Sales and returns, newest first."""

    sort: Annotated[
        str,
        Order(
            "-sold_at",
            {
                "number": "text",
                "sold_at": "instant",
                "kind": "text",
                "register_name": "text",
                "total": "number",
            },
        ),
    ] = ""
    kind: Literal["", "sale", "return"] = ""
    shift_id: UUID | None = None
    customer_id: UUID | None = None
    method: Literal["", "cash", "upi", "card", "credit", "points", "advance", "exchange"] = ""
    from_day: date | None = None
    to_day: date | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None


class SaleRow(Result):
    """A sale or return on the list."""

    id: UUID
    kind: str
    number: str
    sold_at: datetime
    register_name: str
    cashier: str
    customer: str
    methods: str
    total: Decimal


class SalePage(Rows):
    """A page of sales."""

    rows: list[SaleRow]


_HEAD: LiteralString = """
    select s.id, s.kind, i.number, i.id as invoice_id, i.kind as invoice_kind, s.sold_at, r.name as register_name,
           s.shift_id, coalesce(m.display_name, 'system') as cashier, s.party_id as customer_id, p.name as customer,
           i.recipient = '{}'::jsonb as is_walk_in,
           i.taxable, i.cgst, i.sgst, i.igst, i.round_off, s.total, s.change_due, s.note,
"""
_OF_SALE: LiteralString = """
      from sale s
      join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id)
      join register r on (r.tenant_id, r.id) = (s.tenant_id, s.register_id)
      join party p on (p.tenant_id, p.id) = (s.tenant_id, s.party_id)
      left join membership m on (m.tenant_id, m.user_id) = (s.tenant_id, s.user_id)
     where s.tenant_id = %s and s.id = %s
"""


@query("pos.get_sale", permission="pos.view", rest="GET /sales/{sale_id}")
def get_sale(session: Session, ctx: RequestContext, wanted: GetSale) -> SaleDetail:
    """Return a sale or return with lines, tenders and what belongs to it.

    Raises:
        NotFound: There is no such sale.
    """
    head = db.fetch_one(
        session,
        f"{_HEAD} {PRINTS} {_OF_SALE}",
        (ctx.tenant_id, wanted.sale_id),
    )
    if head is None:
        raise NotFound("There is no such sale.")
    return SaleDetail(
        **head,
        lines=_sale_lines(session, ctx, head["invoice_id"]),
        tenders=_tenders(session, ctx, wanted.sale_id),
        related=_related(session, ctx, wanted.sale_id),
    )


def _sale_lines(session: Session, ctx: RequestContext, invoice_id: UUID) -> list[SaleLineRow]:
    rows = db.fetch_all(
        session,
        """
        select l.line_no, l.variant_id, l.description, l.lot_number, l.expires_on, l.quantity,
               coalesce(r.returned, 0) as returned, l.unit_price, l.line_discount + l.bill_discount as discount,
               l.rate, l.total
          from invoice_line l
          left join invoice_line_return r
            on (r.tenant_id, r.invoice_id, r.line_no) = (l.tenant_id, l.invoice_id, l.line_no)
         where l.tenant_id = %s and l.invoice_id = %s order by l.line_no
        """,
        (ctx.tenant_id, invoice_id),
    )
    return [SaleLineRow(**row) for row in rows]


def _tenders(session: Session, ctx: RequestContext, sale_id: UUID) -> list[TenderRow]:
    rows = db.fetch_all(
        session,
        "select method, amount, tendered, reference from tender where tenant_id = %s and sale_id = %s order by line_no",
        (ctx.tenant_id, sale_id),
    )
    return [TenderRow(**row) for row in rows]


def _related(session: Session, ctx: RequestContext, sale_id: UUID) -> list[RelatedSale]:
    rows = db.fetch_all(
        session,
        """
        select s.id, s.kind, i.number, s.total from sale s
          join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id)
         where s.tenant_id = %(tenant)s and (%(id)s in (s.original_sale_id, s.replaces_id)
               or s.id = any(array(select unnest(array[original_sale_id, replaces_id]) from sale
                                    where tenant_id = %(tenant)s and id = %(id)s)))
         order by s.id
        """,
        {"tenant": ctx.tenant_id, "id": sale_id},
    )
    return [RelatedSale(**row) for row in rows]


_LIST: LiteralString = """
    select s.id, s.kind, i.number, s.sold_at, r.code as register_name,
           coalesce(m.display_name, 'system') as cashier, p.name as customer, s.total,
           (select string_agg(t.method, ', ' order by t.line_no) from tender t
             where t.tenant_id = s.tenant_id and t.sale_id = s.id) as methods
      from sale s
      join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id)
      join register r on (r.tenant_id, r.id) = (s.tenant_id, s.register_id)
      join party p on (p.tenant_id, p.id) = (s.tenant_id, s.party_id)
      left join membership m on (m.tenant_id, m.user_id) = (s.tenant_id, s.user_id)
     where s.tenant_id = %(tenant)s
"""
_CONDITIONS: dict[str, LiteralString] = {
    "kind": "and s.kind = %(kind)s",
    "shift_id": "and s.shift_id = %(shift)s",
    "customer_id": "and s.party_id = %(customer)s",
    "from_at": "and s.sold_at >= %(from)s",
    "to_at": "and s.sold_at < %(to)s",
    "from_day": "and s.sold_at >= %(from_day)s::date::timestamp at time zone %(zone)s",
    "to_day": "and s.sold_at < (%(to_day)s::date + 1)::timestamp at time zone %(zone)s",
    "method": (
        "and exists (select 1 from tender t"
        " where t.tenant_id = s.tenant_id and t.sale_id = s.id and t.method = %(method)s)"
    ),
    "search": (
        "and (i.number ilike '%%' || %(search)s || '%%' or p.name ilike '%%' || %(search)s || '%%')"
    ),
}


@query("pos.list_sales", permission="pos.view", rest="GET /sales")
def list_sales(session: Session, ctx: RequestContext, wanted: ListSales) -> SalePage:
    """List sales and returns, newest first, by kind, shift, customer, time, or words of number and customer."""
    conditions = conditions_of(wanted, _CONDITIONS)
    rows, cursor = fetch_page(
        session,
        wanted,
        f"{_LIST} {conditions}",
        {
            "tenant": ctx.tenant_id,
            "kind": wanted.kind,
            "shift": wanted.shift_id,
            "customer": wanted.customer_id,
            "from": wanted.from_at,
            "to": wanted.to_at,
            "from_day": wanted.from_day,
            "to_day": wanted.to_day,
            "zone": ctx.time_zone,
            "method": wanted.method,
            "search": wanted.search,
        },
    )
    page = [SaleRow(**row | {"methods": row["methods"] or ""}) for row in rows]
    return SalePage(rows=page, next_cursor=cursor)
