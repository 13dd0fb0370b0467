"""Reads of posted documents."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, LiteralString
from uuid import UUID

from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.services.billing.bill_prints import PRINTS, BillPrinted
from erp.services.billing.counting_sales import IS_SALE
from erp.services.party import state_name
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


class ListInvoices(SortedPage):
    """GST documents, newest first.

    Attributes:
        source: Only those of tills, or of orders. standing: only those that stand, or that were
            cancelled. from_at, to_at: the instants they were made between,
            the second excluded. counts: only those that figures count as sales or what came back
            of them, or only the others, such as interest, sold assets and what was cancelled.
    """

    sort: Annotated[
        str,
        Order(
            "-issued_on",
            {
                "number": "text",
                "issued_on": "day",
                "kind": "text",
                "party": "text",
                "taxable": "number",
                "tax": "number",
                "total": "number",
            },
        ),
    ] = ""
    kind: Literal[
        "", "tax_invoice", "bill_of_supply", "invoice_cum_bill", "credit_note", "debit_note"
    ] = ""
    source: Literal["", "till", "order"] = ""
    standing: Literal["", "posted", "cancelled"] = ""
    counts: Literal["", "sale", "other"] = ""
    party_id: UUID | None = None
    from_at: AwareDatetime | None = None
    to_at: AwareDatetime | None = None
    from_day: date | None = None
    to_day: date | None = None


class InvoiceRow(Result):
    """A document on the list."""

    id: UUID
    number: str
    kind: str
    issued_on: date
    party: str
    place_of_supply: str
    taxable: Decimal
    tax: Decimal
    total: Decimal
    standing: str
    origin_type: str
    origin_id: UUID


class InvoicePage(Rows):
    """A page of documents."""

    rows: list[InvoiceRow]


class GetInvoice(Query):
    """One document with its lines."""

    invoice_id: UUID


class InvoiceLineDetail(Result):
    """A line of a document with its tax and where its price came from."""

    line_no: int
    variant_id: UUID | None
    lot_id: UUID | None
    description: str
    hsn: str
    unit: str
    lot_number: str
    expires_on: date | None
    mrp: Decimal | None
    quantity: int
    returned: int
    unit_price: Decimal
    discount: Decimal
    rate: Decimal
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    total: Decimal
    price_trace: dict[str, Any]


class RelatedDocument(Result):
    """A note that belongs to an invoice, or the invoice a note belongs to."""

    id: UUID
    number: str
    kind: str
    issued_on: date
    total: Decimal


class CancelledFact(Result):
    """Why and when an invoice was cancelled, and by whom."""

    id: UUID
    reason: str
    cancelled_at: datetime
    user: str


class InvoiceDetail(Result):
    """A document as it was posted, and what became of it."""

    id: UUID
    number: str
    kind: str
    issued_on: date
    issued_at: datetime
    party_id: UUID
    recipient: dict[str, str]
    place_of_supply: str
    place_name: str
    supply_nature: str
    price_mode: str
    gross: Decimal
    discount: Decimal
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    round_off: Decimal
    total: Decimal
    origin_type: str
    origin_id: UUID
    lines: list[InvoiceLineDetail]
    related: list[RelatedDocument]
    prints: list[BillPrinted]
    cancelled: CancelledFact | None = None


_CANCELLED: LiteralString = (
    "exists (select 1 from invoice_cancellation c"
    " where (c.tenant_id, c.invoice_id) = (i.tenant_id, i.id))"
)
_LIST: LiteralString = """
    select id, number, kind, issued_on, coalesce(recipient ->> 'name', 'Walk-in customer') as party,
           place_of_supply, taxable, cgst + sgst + igst as tax, total, origin_type, origin_id,
           case when exists (select 1 from invoice_cancellation c
                              where (c.tenant_id, c.invoice_id) = (i.tenant_id, i.id))
                then 'cancelled' else 'posted' end as standing
      from invoice i
     where tenant_id = %(tenant)s
"""
_CONDITIONS: dict[str, LiteralString] = {
    "kind": "and kind = %(kind)s",
    "source": "and (origin_type in ('sales_invoice', 'sales_return', 'asset_sale')) = (%(source)s = 'order')",
    "standing": f"and {_CANCELLED} = (%(standing)s = 'cancelled')",
    "counts": f"and ({IS_SALE}) = (%(counts)s = 'sale')",
    "from_at": "and issued_at >= %(from_at)s",
    "to_at": "and issued_at < %(to_at)s",
    "party_id": "and party_id = %(party)s",
    "from_day": "and issued_on >= %(from)s",
    "to_day": "and issued_on <= %(to)s",
    "search": (
        "and (number ilike '%%' || %(search)s || '%%'"
        " or recipient ->> 'name' ilike '%%' || %(search)s || '%%')"
    ),
}


@query("billing.list_invoices", permission="billing.view", rest="GET /invoices")
def list_invoices(session: Session, ctx: RequestContext, wanted: ListInvoices) -> InvoicePage:
    """List GST documents, newest first, by kind, party, days, or words of number and recipient."""
    conditions = conditions_of(wanted, _CONDITIONS)
    rows, cursor = fetch_page(
        session,
        wanted,
        f"{_LIST} {conditions}",
        {
            "tenant": ctx.tenant_id,
            "kind": wanted.kind,
            "source": wanted.source,
            "standing": wanted.standing,
            "counts": wanted.counts,
            "from_at": wanted.from_at,
            "to_at": wanted.to_at,
            "party": wanted.party_id,
            "from": wanted.from_day,
            "to": wanted.to_day,
            "search": wanted.search,
        },
    )
    page = [InvoiceRow(**row) for row in rows]
    return InvoicePage(rows=page, next_cursor=cursor)


_HEAD: LiteralString = """
    select id, number, kind, issued_on, issued_at, party_id, recipient, place_of_supply, supply_nature, price_mode,
           gross, line_discount + bill_discount as discount, taxable, cgst, sgst, igst, round_off, total,
           origin_type, origin_id, original_invoice_id,
"""


@query("billing.get_invoice", permission="billing.view", rest="GET /invoices/{invoice_id}")
def get_invoice(session: Session, ctx: RequestContext, wanted: GetInvoice) -> InvoiceDetail:
    """Return a document with its lines and the notes that belong to it.

    Raises:
        NotFound: There is no such document.
    """
    head = db.fetch_one(
        session,
        f"{_HEAD} {PRINTS} from invoice i where tenant_id = %s and id = %s",
        (ctx.tenant_id, wanted.invoice_id),
    )
    if head is None:
        raise NotFound("There is no such document.")
    related = _related(session, ctx, wanted.invoice_id, head.pop("original_invoice_id"))
    return InvoiceDetail(
        **head,
        place_name=state_name(head["place_of_supply"]),
        lines=_lines(session, ctx, wanted.invoice_id),
        related=related,
        cancelled=_cancelled(session, ctx, wanted.invoice_id),
    )


def _cancelled(session: Session, ctx: RequestContext, invoice_id: UUID) -> CancelledFact | None:
    row = db.fetch_one(
        session,
        "select c.id, c.reason, c.cancelled_at, coalesce(m.display_name, '') as \"user\" from invoice_cancellation c"
        " left join membership m on (m.tenant_id, m.user_id) = (c.tenant_id, c.user_id)"
        " where c.tenant_id = %s and c.invoice_id = %s",
        (ctx.tenant_id, invoice_id),
    )
    return CancelledFact(**row) if row else None


def _lines(session: Session, ctx: RequestContext, invoice_id: UUID) -> list[InvoiceLineDetail]:
    rows = db.fetch_all(
        session,
        """
        select l.line_no, l.variant_id, l.lot_id, l.description, l.hsn, l.unit, l.lot_number, l.expires_on, l.mrp,
               l.quantity, coalesce(r.returned, 0) as returned, l.unit_price,
               l.line_discount + l.bill_discount as discount, l.rate, l.taxable, l.cgst, l.sgst, l.igst, l.total,
               l.price_trace
          from invoice_line l
          left join invoice_line_return r
            on (r.tenant_id, r.invoice_id, r.line_no) = (l.tenant_id, l.invoice_id, l.line_no)
         where l.tenant_id = %s and l.invoice_id = %s order by l.line_no
        """,
        (ctx.tenant_id, invoice_id),
    )
    return [InvoiceLineDetail(**row) for row in rows]


def _related(
    session: Session, ctx: RequestContext, invoice_id: UUID, original_id: UUID | None
) -> list[RelatedDocument]:
    rows = db.fetch_all(
        session,
        "select id, number, kind, issued_on, total from invoice"
        " where tenant_id = %s and (original_invoice_id = %s or id = %s) order by id",
        (ctx.tenant_id, invoice_id, original_id),
    )
    return [RelatedDocument(**row) for row in rows]
