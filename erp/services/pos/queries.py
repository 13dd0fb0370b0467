"""Reads of the till."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.core.money import ZERO
from erp.services import party
from erp.services.platform import Amount, Nothing, Page, Query, Result, Rows, decode_cursor, encode_cursor, query
from erp.services.pos.selling import MAX_LINES, CartLine, draw_up
from erp.services.pos.shifts import expected_cash, hold_open_shift

LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"


class RegisterRow(Result):
    """A till with its open shift, if any, and the float the last one left."""

    id: UUID
    code: str
    name: str
    branch: str
    shift_id: UUID | None
    opened_by: str
    opened_at: datetime | None
    float_left: Decimal | None


class RegisterList(Rows):
    """Tills of the acting branch."""

    rows: list[RegisterRow]


class QuoteCart(Query):
    """What a cart would cost now."""

    shift_id: UUID
    customer_id: UUID | None = None
    lines: Annotated[tuple[CartLine, ...], Field(min_length=1, max_length=MAX_LINES)]
    bill_discount: Amount = ZERO


class QuotedLine(Result):
    """A part of a cart line: one lot with its price and tax.

    Attributes:
        line: Place of the cart line, from 0.
    """

    line: int
    variant_id: UUID
    label: str
    lot_id: UUID
    lot_number: str
    expires_on: date | None
    mrp: Decimal
    quantity: int
    discount: Decimal
    rate: Decimal
    tax: Decimal
    total: Decimal


class CartQuote(Result):
    """A cart priced: lots allocated, tax and totals; nothing is held."""

    lines: list[QuotedLine]
    gross: Decimal
    discount: Decimal
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    round_off: Decimal
    total: Decimal
    discount_level: Decimal
    discount_limit: Decimal
    needs_approval: bool


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
    """A return of a sale, or the sale of a return."""

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


class ListSales(Page):
    """Sales and returns, newest first."""

    kind: Literal["", "sale", "return"] = ""
    shift_id: UUID | None = None
    customer_id: UUID | None = None
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


class GetShift(Query):
    """One shift with its takings."""

    shift_id: UUID


class MethodTotal(Result):
    """Takings of a shift by one method, refunds taken off."""

    method: str
    sales: Decimal
    refunds: Decimal


class ShiftReport(Result):
    """A shift's takings: an X report while it is open, the Z report once it is closed.

    While a shift is open its expected cash is shown only to those who may approve, so that
    the count stays blind.
    """

    id: UUID
    register_name: str
    status: str
    opened_by: str
    opened_at: datetime
    closed_by: str
    closed_at: datetime | None
    opening_float: Decimal
    sale_count: int
    return_count: int
    sales_total: Decimal
    returns_total: Decimal
    cash_moved: Decimal
    by_method: list[MethodTotal]
    expected_cash: Decimal | None
    counted_cash: Decimal | None
    float_left: Decimal | None
    difference: Decimal | None
    difference_reason: str


class ListShifts(Page):
    """Shifts, newest first."""

    register_id: UUID | None = None


class ShiftRow(Result):
    """A shift on the list."""

    id: UUID
    register_name: str
    status: str
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None
    sale_count: int
    sales_total: Decimal
    difference: Decimal | None


class ShiftPage(Rows):
    """A page of shifts."""

    rows: list[ShiftRow]


@query("pos.list_registers", permission="pos.view", rest="GET /registers")
def list_registers(session: Session, ctx: RequestContext, _wanted: Nothing) -> RegisterList:
    """List tills of the acting branch with their open shifts."""
    rows = db.fetch_all(
        session,
        """
        select r.id, r.code, r.name, b.name as branch, s.id as shift_id, coalesce(m.display_name, '') as opened_by,
               s.opened_at, last.float_left
          from register r
          join branch b on (b.tenant_id, b.id) = (r.tenant_id, r.branch_id)
          left join register_shift s on (s.tenant_id, s.register_id) = (r.tenant_id, r.id) and s.status = 'open'
          left join membership m on (m.tenant_id, m.user_id) = (s.tenant_id, s.opened_by)
          left join lateral (
                select float_left from register_shift c where c.tenant_id = r.tenant_id and c.register_id = r.id
                   and c.status = 'closed' order by c.closed_at desc limit 1) last on true
         where r.tenant_id = %s and r.branch_id = %s and r.is_active
         order by r.code
        """,
        (ctx.tenant_id, ctx.branch_id),
    )
    return RegisterList(rows=[RegisterRow(**row) for row in rows])


@query("pos.quote_cart", permission="pos.sell", rest="POST /quotes")
def quote_cart(session: Session, ctx: RequestContext, wanted: QuoteCart) -> CartQuote:
    """Price a cart as a sale would, without holding anything once it has answered."""
    shift = hold_open_shift(session, ctx, wanted.shift_id)
    buyer = party.get_party_for_sale(session, ctx, wanted.customer_id)
    bill = draw_up(session, ctx, shift, buyer, wanted.lines, wanted.bill_discount)
    totals, limit = bill.totals, ctx.limit("discount_percent")
    lines = [
        QuotedLine(
            line=pick.line_no - 1,
            variant_id=goods.variant_id,
            label=goods.label,
            lot_id=pick.lot_id,
            lot_number=pick.lot_number,
            expires_on=pick.expires_on,
            mrp=pick.mrp,
            quantity=pick.quantity,
            discount=taxed.line_discount + taxed.bill_discount_share,
            rate=taxed.gst_rate,
            tax=taxed.cgst + taxed.sgst + taxed.igst,
            total=taxed.total,
        )
        for (_, goods, pick), taxed in zip(bill.lines, bill.taxed.lines, strict=True)
    ]
    return CartQuote(
        lines=lines,
        gross=totals.gross,
        discount=totals.line_discount + totals.bill_discount,
        taxable=totals.taxable_value,
        cgst=totals.cgst,
        sgst=totals.sgst,
        igst=totals.igst,
        round_off=totals.round_off,
        total=totals.invoice_value,
        discount_level=bill.discount_level.quantize(ZERO),
        discount_limit=limit,
        needs_approval=bill.discount_level > limit,
    )


@query("pos.get_sale", permission="pos.view", rest="GET /sales/{sale_id}")
def get_sale(session: Session, ctx: RequestContext, wanted: GetSale) -> SaleDetail:
    """Return a sale or return with lines, tenders and what belongs to it.

    Raises:
        NotFound: There is no such sale.
    """
    head = db.fetch_one(
        session,
        """
        select s.id, s.kind, i.number, i.id as invoice_id, i.kind as invoice_kind, s.sold_at, r.name as register_name,
               s.shift_id, coalesce(m.display_name, 'system') as cashier, s.party_id as customer_id, p.name as customer,
               i.taxable, i.cgst, i.sgst, i.igst, i.round_off, s.total, s.change_due, s.note
          from sale s
          join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id)
          join register r on (r.tenant_id, r.id) = (s.tenant_id, s.register_id)
          join party p on (p.tenant_id, p.id) = (s.tenant_id, s.party_id)
          left join membership m on (m.tenant_id, m.user_id) = (s.tenant_id, s.user_id)
         where s.tenant_id = %s and s.id = %s
        """,
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
         where s.tenant_id = %(tenant)s and (s.original_sale_id = %(id)s
               or s.id = (select original_sale_id from sale where tenant_id = %(tenant)s and id = %(id)s))
         order by s.id
        """,
        {"tenant": ctx.tenant_id, "id": sale_id},
    )
    return [RelatedSale(**row) for row in rows]


@query("pos.list_sales", permission="pos.view", rest="GET /sales")
def list_sales(session: Session, ctx: RequestContext, wanted: ListSales) -> SalePage:
    """List sales and returns, newest first, by kind, shift, customer, time, or words of number and customer."""
    after = decode_cursor(wanted.cursor, 2) or [datetime.max.replace(tzinfo=UTC).isoformat(), LAST_ID]
    rows = db.fetch_all(
        session,
        """
        select s.id, s.kind, i.number, s.sold_at, r.code as register_name, coalesce(m.display_name, 'system') as cashier,
               p.name as customer, s.total,
               (select string_agg(t.method, ', ' order by t.line_no) from tender t
                 where t.tenant_id = s.tenant_id and t.sale_id = s.id) as methods
          from sale s
          join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id)
          join register r on (r.tenant_id, r.id) = (s.tenant_id, s.register_id)
          join party p on (p.tenant_id, p.id) = (s.tenant_id, s.party_id)
          left join membership m on (m.tenant_id, m.user_id) = (s.tenant_id, s.user_id)
         where s.tenant_id = %(tenant)s and (s.sold_at, s.id) < (%(at)s::timestamptz, %(id)s::uuid)
           and (%(kind)s = '' or s.kind = %(kind)s)
           and (%(shift)s::uuid is null or s.shift_id = %(shift)s)
           and (%(customer)s::uuid is null or s.party_id = %(customer)s)
           and (%(from)s::timestamptz is null or s.sold_at >= %(from)s)
           and (%(to)s::timestamptz is null or s.sold_at < %(to)s)
           and (%(search)s = '' or i.number ilike '%%' || %(search)s || '%%' or p.name ilike '%%' || %(search)s || '%%')
         order by s.sold_at desc, s.id desc
         limit %(limit)s
        """,
        {
            "tenant": ctx.tenant_id,
            "at": after[0],
            "id": after[1],
            "kind": wanted.kind,
            "shift": wanted.shift_id,
            "customer": wanted.customer_id,
            "from": wanted.from_at,
            "to": wanted.to_at,
            "search": wanted.search,
            "limit": wanted.limit + 1,
        },
    )
    page = [SaleRow(**row | {"methods": row["methods"] or ""}) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return SalePage(rows=page, next_cursor=encode_cursor(page[-1].sold_at.isoformat(), page[-1].id) if more else "")


@query("pos.get_shift", permission="pos.view", rest="GET /shifts/{shift_id}")
def get_shift(session: Session, ctx: RequestContext, wanted: GetShift) -> ShiftReport:
    """Return a shift's takings: X report while open, Z report once closed.

    Raises:
        NotFound: There is no such shift.
    """
    head = db.fetch_one(
        session,
        """
        select s.id, r.name as register_name, s.status, coalesce(o.display_name, 'system') as opened_by, s.opened_at,
               coalesce(c.display_name, '') as closed_by, s.closed_at, s.opening_float, s.expected_cash,
               s.counted_cash, s.float_left, s.counted_cash - s.expected_cash as difference, s.difference_reason,
               coalesce((select sum(amount) from cash_movement m
                          where m.tenant_id = s.tenant_id and m.shift_id = s.id), 0) as cash_moved,
               count(sale.id) filter (where sale.kind = 'sale') as sale_count,
               count(sale.id) filter (where sale.kind = 'return') as return_count,
               coalesce(sum(sale.total) filter (where sale.kind = 'sale'), 0) as sales_total,
               coalesce(sum(sale.total) filter (where sale.kind = 'return'), 0) as returns_total
          from register_shift s
          join register r on (r.tenant_id, r.id) = (s.tenant_id, s.register_id)
          left join membership o on (o.tenant_id, o.user_id) = (s.tenant_id, s.opened_by)
          left join membership c on (c.tenant_id, c.user_id) = (s.tenant_id, s.closed_by)
          left join sale on (sale.tenant_id, sale.shift_id) = (s.tenant_id, s.id)
         where s.tenant_id = %s and s.id = %s
         group by s.tenant_id, s.id, r.name, o.display_name, c.display_name
        """,
        (ctx.tenant_id, wanted.shift_id),
    )
    if head is None:
        raise NotFound("There is no such shift.")
    if head["status"] == "open" and ctx.may("pos.approve"):
        head["expected_cash"] = expected_cash(session, ctx, wanted.shift_id)
    return ShiftReport(**head, by_method=_by_method(session, ctx, wanted.shift_id))


def _by_method(session: Session, ctx: RequestContext, shift_id: UUID) -> list[MethodTotal]:
    rows = db.fetch_all(
        session,
        """
        select t.method, coalesce(sum(t.amount) filter (where s.kind = 'sale'), 0) as sales,
               coalesce(sum(t.amount) filter (where s.kind = 'return'), 0) as refunds
          from sale s join tender t on (t.tenant_id, t.sale_id) = (s.tenant_id, s.id)
         where s.tenant_id = %s and s.shift_id = %s
         group by t.method order by t.method
        """,
        (ctx.tenant_id, shift_id),
    )
    return [MethodTotal(**row) for row in rows]


@query("pos.list_shifts", permission="pos.view", rest="GET /shifts")
def list_shifts(session: Session, ctx: RequestContext, wanted: ListShifts) -> ShiftPage:
    """List shifts, newest first."""
    after = decode_cursor(wanted.cursor, 1) or [LAST_ID]
    rows = db.fetch_all(
        session,
        """
        select s.id, r.name as register_name, s.status, coalesce(o.display_name, 'system') as opened_by, s.opened_at,
               s.closed_at, s.counted_cash - s.expected_cash as difference, count(sale.id) as sale_count,
               coalesce(sum(case sale.kind when 'sale' then sale.total else -sale.total end), 0) as sales_total
          from register_shift s
          join register r on (r.tenant_id, r.id) = (s.tenant_id, s.register_id)
          left join membership o on (o.tenant_id, o.user_id) = (s.tenant_id, s.opened_by)
          left join sale on (sale.tenant_id, sale.shift_id) = (s.tenant_id, s.id)
         where s.tenant_id = %(tenant)s and s.id < %(id)s::uuid
           and (%(register)s::uuid is null or s.register_id = %(register)s)
         group by s.tenant_id, s.id, r.name, o.display_name
         order by s.id desc limit %(limit)s
        """,
        {"tenant": ctx.tenant_id, "id": after[0], "register": wanted.register_id, "limit": wanted.limit + 1},
    )
    page = [ShiftRow(**row) for row in rows[: wanted.limit]]
    return ShiftPage(rows=page, next_cursor=encode_cursor(page[-1].id) if len(rows) > wanted.limit else "")
