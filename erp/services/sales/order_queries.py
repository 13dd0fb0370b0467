"""Reading quotations and orders."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.sales import OrderStatus, PriceMode
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
from erp.services.sales.errors import UnknownSalesOrder

Standing = Literal["quoted", "open", "late", "short", "ended"]


class ListSalesOrders(SortedPage):
    """Which quotations and orders of the acting branch.

    Attributes:
        standing: `open` are confirmed and not complete; `late` past the customer's day; `short`
            wait for goods that are not there.
    """

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "name": "text",
                "made_at": "instant",
                "deliver_by": "day?",
                "status": "text",
                "delivered": "number",
                "total": "number",
            },
        ),
    ] = ""
    standing: Standing | None = None
    customer_id: UUID | None = None


class SalesOrderRow(Result):
    """An order with how much of its value was delivered, in percent.

    Attributes:
        short: Units that are ordered, neither delivered nor kept.
    """

    id: UUID
    name: str
    customer_id: UUID
    customer: str
    made_at: datetime
    deliver_by: date | None
    valid_until: date | None
    status: OrderStatus
    is_late: bool
    total: Decimal
    delivered: int
    short: int


class SalesOrderPage(Rows):
    """A page of orders, the newest first."""

    rows: list[SalesOrderRow]


class GetSalesOrder(Query):
    """One order, in its version in force unless another is named."""

    order_id: UUID
    version: int | None = None


class SalesLineDetail(Result):
    """A line of a version with what became of it, in base units.

    Attributes:
        ordered_unit, ordered_quantity: What it was ordered in, where that is not the base unit.
        kept: Units that are reserved. short: ordered, neither delivered nor kept.
        trace: Why the list price is what it is.
    """

    line_no: int
    variant_id: UUID
    label: str
    sku: str
    unit: str
    quantity: int
    free_quantity: int
    ordered_unit: str
    ordered_quantity: int | None
    unit_price: Decimal
    list_price: Decimal
    discount_percent: Decimal
    gst_rate: Decimal
    taxable: Decimal
    tax: Decimal
    delivered: int
    free_delivered: int
    kept: int
    short: int
    trace: dict[str, Any]


class SalesVersionRow(Result):
    """A version with who made it, when and why."""

    version: int
    valid_until: date | None
    deliver_by: date | None
    reference: str
    note: str
    reason: str
    total: Decimal
    maker: str
    made_at: datetime


class SalesDeliveryRow(Result):
    """A delivery with its invoice; `is_cancelled` says that this was cancelled, and its units are outstanding."""

    id: UUID
    invoice_id: UUID
    number: str
    delivered_on: date
    total: Decimal
    carrier: str
    carrier_reference: str
    user: str
    is_cancelled: bool


class SalesOrderDetail(Result):
    """An order with everything about it; sums are those of the version shown.

    Attributes:
        names_lots: Its warehouse hands out only lots that are named.
    """

    id: UUID
    name: str
    number: str | None
    quotation_number: str | None
    customer_id: UUID
    customer: str
    location_id: UUID
    location: str
    names_lots: bool
    status: OrderStatus
    version: int
    shown_version: int
    price_mode: PriceMode
    place_of_supply: str
    is_late: bool
    reserved_until: date | None
    confirmed_at: datetime | None
    confirmed_by: str
    ended_at: datetime | None
    ended_by: str
    end_reason: str
    gross: Decimal
    discount: Decimal
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    round_off: Decimal
    total: Decimal
    lines: list[SalesLineDetail]
    versions: list[SalesVersionRow]
    deliveries: list[SalesDeliveryRow]


_OPEN: LiteralString = """
      left join lateral (
            select floor(100 * coalesce(sum(least(p.delivered, l.quantity)
                                            * (l.taxable + l.tax) / nullif(l.quantity, 0))
                                        / nullif(sum(l.taxable + l.tax), 0), 0))::int as delivered,
                   sum(greatest(l.quantity + l.free_quantity - p.delivered - p.free_delivered, 0))
                       as outstanding
              from sales_order_line l
              join sales_order_progress p
                   on (p.tenant_id, p.order_id, p.line_no) = (l.tenant_id, l.order_id, l.line_no)
             where l.tenant_id = o.tenant_id and l.order_id = o.id and l.version = o.version) a on true
      left join lateral (
            select coalesce(sum(r.quantity), 0) as kept from stock_reservation r
             where r.tenant_id = o.tenant_id and r.origin_id = o.id) k on true
"""
_LIST: LiteralString = f"""
    select * from (
    select o.id, coalesce(o.number, o.quotation_number) as name, o.customer_id, c.name as customer,
           v.made_at, v.deliver_by, v.valid_until, o.status,
           coalesce(o.status = 'confirmed' and v.deliver_by < %(today)s, false) as is_late, v.total,
           coalesce(a.delivered, 0) as delivered,
           case when o.status = 'confirmed' then a.outstanding - k.kept else 0 end::bigint as short
      from sales_order o
      join party c on (c.tenant_id, c.id) = (o.tenant_id, o.customer_id)
      join sales_order_version v
           on (v.tenant_id, v.order_id, v.version) = (o.tenant_id, o.id, o.version)
      {_OPEN}
     where o.tenant_id = %(tenant)s and o.branch_id = %(branch)s
    ) told where true
"""  # noqa: S608  made of literals
_CONDITIONS: Mapping[str, LiteralString] = {
    "customer_id": "and customer_id = %(customer)s",
    "search": "and name || ' ' || customer ilike %(words)s",
}
_STANDINGS: Mapping[str | None, LiteralString] = {
    None: "",
    "quoted": "and status = 'quoted'",
    "open": "and status = 'confirmed'",
    "late": "and is_late",
    "short": "and short > 0",
    "ended": "and status in ('closed', 'cancelled')",
}


@query("sales.list_orders", permission="sales.view", rest="GET /sales-orders")
def list_orders(session: Session, ctx: RequestContext, wanted: ListSalesOrders) -> SalesOrderPage:
    """List quotations and orders of the acting branch, the newest first."""
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
            "customer": wanted.customer_id,
            "words": f"%{wanted.search.strip()}%",
        },
    )
    page = [SalesOrderRow(**row) for row in rows]
    return SalesOrderPage(rows=page, next_cursor=cursor)


@query("sales.get_order", permission="sales.view", rest="GET /sales-orders/{order_id}")
def get_order(session: Session, ctx: RequestContext, wanted: GetSalesOrder) -> SalesOrderDetail:
    """Return an order with the lines of one version, all versions and all deliveries.

    Raises:
        UnknownSalesOrder: The acting branch has no such order, or the order no such version.
    """
    given = {
        "tenant": ctx.tenant_id,
        "branch": ctx.branch_id,
        "today": ctx.today,
        "order": wanted.order_id,
        "version": wanted.version,
    }
    head = db.fetch_one(session, _HEAD, given)
    if head is None:
        message = "This order is not known here. Choose one of the list."
        raise UnknownSalesOrder(message, fields={"order_id": message})
    given["version"] = head["shown_version"]
    return SalesOrderDetail(
        **head,
        lines=[SalesLineDetail(**row) for row in db.fetch_all(session, _LINES, given)],
        versions=[SalesVersionRow(**row) for row in db.fetch_all(session, _VERSIONS, given)],
        deliveries=[SalesDeliveryRow(**row) for row in db.fetch_all(session, _DELIVERIES, given)],
    )


_HEAD: LiteralString = """
    select o.id, coalesce(o.number, o.quotation_number) as name, o.number, o.quotation_number,
           o.customer_id, c.name as customer, o.location_id, place.name as location,
           house.removal = 'explicit' as names_lots, o.status,
           o.version, v.version as shown_version, v.price_mode, v.place_of_supply,
           coalesce(o.status = 'confirmed' and v.deliver_by < %(today)s, false) as is_late,
           o.reserved_until, o.confirmed_at, coalesce(m.display_name, '') as confirmed_by,
           o.ended_at, coalesce(e.display_name, '') as ended_by, o.end_reason, v.gross, v.discount,
           v.taxable, v.cgst, v.sgst, v.igst, v.round_off, v.total
      from sales_order o
      join party c on (c.tenant_id, c.id) = (o.tenant_id, o.customer_id)
      join location place on (place.tenant_id, place.id) = (o.tenant_id, o.location_id)
      join warehouse house on (house.tenant_id, house.id) = (place.tenant_id, place.warehouse_id)
      join sales_order_version v on (v.tenant_id, v.order_id) = (o.tenant_id, o.id)
           and v.version = coalesce(%(version)s, o.version)
      left join membership m on (m.tenant_id, m.user_id) = (o.tenant_id, o.confirmed_by)
      left join membership e on (e.tenant_id, e.user_id) = (o.tenant_id, o.ended_by)
     where o.tenant_id = %(tenant)s and o.branch_id = %(branch)s and o.id = %(order)s
"""
_LINES: LiteralString = """
    select l.line_no, l.variant_id, g.label, g.sku, g.base_unit as unit, l.quantity,
           l.free_quantity, l.ordered_unit, l.ordered_quantity, l.unit_price,
           l.list_price, l.discount_percent, l.gst_rate, l.taxable,
           l.tax, p.delivered, p.free_delivered, coalesce(k.kept, 0)::bigint as kept,
           case when o.status = 'confirmed' then
                greatest(l.quantity + l.free_quantity - p.delivered - p.free_delivered
                         - coalesce(k.kept, 0), 0) else 0 end::bigint as short,
           l.price_trace as trace
      from sales_order_line l
      join sales_order o on (o.tenant_id, o.id) = (l.tenant_id, l.order_id)
      join sales_order_progress p
           on (p.tenant_id, p.order_id, p.line_no) = (l.tenant_id, l.order_id, l.line_no)
      join variant g on (g.tenant_id, g.id) = (l.tenant_id, l.variant_id)
      left join lateral (
            select sum(r.quantity) as kept from stock_reservation r
             where r.tenant_id = l.tenant_id and r.origin_id = l.order_id
               and r.origin_line_no = l.line_no) k on true
     where l.tenant_id = %(tenant)s and l.order_id = %(order)s and l.version = %(version)s
     order by l.line_no
"""
_VERSIONS: LiteralString = """
    select v.version, v.valid_until, v.deliver_by, v.reference, v.note, v.reason, v.total,
           coalesce(m.display_name, '') as maker, v.made_at
      from sales_order_version v
      left join membership m on (m.tenant_id, m.user_id) = (v.tenant_id, v.made_by)
     where v.tenant_id = %(tenant)s and v.order_id = %(order)s order by v.version desc
"""
_DELIVERIES: LiteralString = """
    select d.id, d.invoice_id, i.number, d.delivered_on, i.total, d.carrier, d.carrier_reference,
           coalesce(m.display_name, '') as "user",
           exists (select 1 from invoice_cancellation c
                    where (c.tenant_id, c.invoice_id) = (d.tenant_id, d.invoice_id)) as is_cancelled
      from sales_delivery d
      join invoice i on (i.tenant_id, i.id) = (d.tenant_id, d.invoice_id)
      left join membership m on (m.tenant_id, m.user_id) = (d.tenant_id, d.user_id)
     where d.tenant_id = %(tenant)s and d.order_id = %(order)s order by d.id desc
"""
