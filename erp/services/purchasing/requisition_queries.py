"""Reads of requisitions: the list, one of them, and what is left to order."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.purchasing import OrderStatus, RequisitionStatus
from erp.services.platform import (
    Order,
    Page,
    Query,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    decode_cursor,
    encode_cursor,
    fetch_page,
    query,
)
from erp.services.purchasing.errors import UnknownRequisition
from erp.services.purchasing.last_paid import LastPaid, last_paid


class ListRequisitions(SortedPage):
    """Which requisitions of the acting branch to list.

    Attributes:
        search: Beginning of the number, or of the asker's name.
        standing: `open`: waiting or not all ordered; `late`: open with goods wanted before today;
            `mine`: the actor's own.
    """

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "number": "text",
                "asked_at": "instant",
                "wanted_by": "day?",
                "status": "text",
                "products": "number",
                "ordered": "number",
                "total": "number",
            },
        ),
    ] = ""
    status: RequisitionStatus | None = None
    standing: Literal["", "open", "late", "mine"] = ""


class RequisitionRow(Result):
    """A requisition on a list.

    Attributes:
        total: At the last prices paid when it was handed in, expected tax included.
        wanted_by: The first day on which any of its goods are wanted.
        ordered: Percent of the units asked for that orders hold.
    """

    id: UUID
    number: str
    asked_at: datetime
    asked_by: str
    status: RequisitionStatus
    wanted_by: date | None
    is_late: bool
    products: int
    ordered: int
    total: Decimal


class RequisitionPage(Rows):
    """A page of requisitions, the newest first."""

    rows: list[RequisitionRow]


class GetRequisition(Query):
    """One requisition."""

    requisition_id: UUID


class RequisitionLineDetail(Result):
    """A line; quantities are base units, `last_price` of one of them as last paid at hand-in."""

    line_no: int
    variant_id: UUID
    label: str
    sku: str
    unit: str
    quantity: int
    ordered: int
    wanted_by: date | None
    reason: str
    last_price: Decimal | None


class RequisitionOrderRow(Result):
    """Base units of a line that an order holds, or once held where `is_released`."""

    line_no: int
    label: str
    unit: str
    order_id: UUID
    order_number: str
    supplier: str
    status: OrderStatus
    quantity: int
    taken_at: datetime
    is_released: bool


class RequisitionDetail(Result):
    """A requisition with everything about it."""

    id: UUID
    number: str
    status: RequisitionStatus
    note: str
    total: Decimal
    asked_by: UUID
    asker: str
    asked_at: datetime
    decider: str
    decided_at: datetime | None
    decision_note: str
    ended_by: str
    ended_at: datetime | None
    end_reason: str
    lines: list[RequisitionLineDetail]
    orders: list[RequisitionOrderRow]


class ListRequested(Page):
    """Approved goods that no order holds yet; `search` is the beginning of a product's name."""

    requisition_id: UUID | None = None
    supplier_id: UUID | None = None


class RequestedRow(Result):
    """A line with something left to order.

    Attributes:
        left: Base units.
        supplier_id, price: Who it was last bought from, and what a base unit cost then.
        in_requests: Open requests for quotation that ask for it.
    """

    id: UUID
    requisition_id: UUID
    requisition: str
    asked_by: str
    line_no: int
    variant_id: UUID
    label: str
    sku: str
    unit: str
    left: int
    wanted_by: date | None
    supplier_id: UUID | None
    supplier: str
    price: Decimal | None
    in_requests: int


class RequestedPage(Rows):
    """A page of lines, the earliest wanted first."""

    rows: list[RequestedRow]


_LIST: LiteralString = """
    select q.id, q.number, q.asked_at, coalesce(m.display_name, '') as asked_by, q.status,
           l.wanted_by, l.products, l.ordered, q.total,
           q.status in ('submitted', 'approved') and coalesce(l.wanted_by < %(today)s, false)
           as is_late
      from purchase_requisition q
      join lateral (
            select min(wanted_by) as wanted_by, count(*) as products,
                   floor(100 * sum(ordered) / sum(quantity))::int as ordered
              from purchase_requisition_line
             where tenant_id = q.tenant_id and requisition_id = q.id) l on true
      left join membership m on (m.tenant_id, m.user_id) = (q.tenant_id, q.asked_by)
     where q.tenant_id = %(tenant)s and q.branch_id = %(branch)s
"""
_CONDITIONS: dict[str, LiteralString] = {
    "status": "and q.status = %(status)s",
    "search": "and (starts_with(q.number, upper(%(search)s))"
    " or starts_with(upper(m.display_name), upper(%(search)s)))",
}
_STANDINGS: dict[str, LiteralString] = {
    "": "",
    "open": "and q.status in ('submitted', 'approved')",
    "late": "and q.status in ('submitted', 'approved') and l.wanted_by < %(today)s",
    "mine": "and q.asked_by = %(user)s",
}


@query(
    "purchasing.list_requisitions",
    permission="purchasing.view_requisitions",
    rest="GET /requisitions",
)
def list_requisitions(
    session: Session, ctx: RequestContext, wanted: ListRequisitions
) -> RequisitionPage:
    """List requisitions of the acting branch, the newest first."""
    parts = (
        _LIST,
        conditions_of(wanted, _CONDITIONS),
        _STANDINGS[wanted.standing],
    )
    given = _place_of(ctx) | {
        "user": ctx.user_id,
        "status": wanted.status,
        "search": wanted.search.strip(),
    }
    rows, cursor = fetch_page(session, wanted, " ".join(parts), given)
    page = [RequisitionRow(**row) for row in rows]
    return RequisitionPage(rows=page, next_cursor=cursor)


def _place_of(ctx: RequestContext) -> dict[str, object]:
    return {"tenant": ctx.tenant_id, "branch": ctx.branch_id, "today": ctx.today}


@query(
    "purchasing.get_requisition",
    permission="purchasing.view_requisitions",
    rest="GET /requisitions/{requisition_id}",
)
def get_requisition(
    session: Session, ctx: RequestContext, wanted: GetRequisition
) -> RequisitionDetail:
    """Return a requisition with its lines and the orders that took of them.

    Raises:
        UnknownRequisition: The acting branch has no such requisition.
    """
    head = db.fetch_one(
        session,
        """
        select q.id, q.number, q.status, q.note, q.total, q.asked_by,
               coalesce(asker.display_name, '') as asker, q.asked_at,
               coalesce(decider.display_name, '') as decider, q.decided_at, q.decision_note,
               coalesce(ender.display_name, '') as ended_by, q.ended_at, q.end_reason
          from purchase_requisition q
          left join membership asker on (asker.tenant_id, asker.user_id) = (q.tenant_id, q.asked_by)
          left join membership decider
               on (decider.tenant_id, decider.user_id) = (q.tenant_id, q.decided_by)
          left join membership ender on (ender.tenant_id, ender.user_id) = (q.tenant_id, q.ended_by)
         where q.tenant_id = %s and q.branch_id = %s and q.id = %s
        """,
        (ctx.tenant_id, ctx.branch_id, wanted.requisition_id),
    )
    if head is None:
        message = "This requisition is not known here. Choose one of the list."
        raise UnknownRequisition(message, fields={"requisition_id": message})
    lines = db.fetch_all(
        session,
        "select l.line_no, l.variant_id, v.label, v.sku, v.base_unit as unit, l.quantity,"
        " l.ordered, l.wanted_by, l.reason, l.last_price from purchase_requisition_line l"
        " join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)"
        " where l.tenant_id = %s and l.requisition_id = %s order by l.line_no",
        (ctx.tenant_id, wanted.requisition_id),
    )
    return RequisitionDetail(
        **head,
        lines=[RequisitionLineDetail(**row) for row in lines],
        orders=_orders(session, ctx, wanted.requisition_id),
    )


def _orders(
    session: Session, ctx: RequestContext, requisition_id: UUID
) -> list[RequisitionOrderRow]:
    rows = db.fetch_all(
        session,
        """
        select t.line_no, v.label, v.base_unit as unit, t.order_id, o.number as order_number,
               s.name as supplier, o.status, t.quantity, t.taken_at,
               t.released_at is not null as is_released
          from purchase_requisition_order t
          join purchase_requisition_line l using (tenant_id, requisition_id, line_no)
          join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)
          join purchase_order o on (o.tenant_id, o.id) = (t.tenant_id, t.order_id)
          join party s on (s.tenant_id, s.id) = (o.tenant_id, o.supplier_id)
         where t.tenant_id = %s and t.requisition_id = %s
         order by t.line_no, t.id
        """,
        (ctx.tenant_id, requisition_id),
    )
    return [RequisitionOrderRow(**row) for row in rows]


_REQUESTED: LiteralString = """
    select l.id, l.requisition_id, q.number as requisition,
           coalesce(m.display_name, '') as asked_by, l.line_no, l.variant_id, v.label, v.sku,
           v.base_unit as unit, l.quantity - l.ordered as left, l.wanted_by,
           (select count(*) from quotation_request_source x
              join quotation_request r on (r.tenant_id, r.id) = (x.tenant_id, x.request_id)
             where x.tenant_id = l.tenant_id and x.requisition_id = l.requisition_id
               and x.requisition_line_no = l.line_no and r.status = 'open') as in_requests
      from purchase_requisition_line l
      join purchase_requisition q on (q.tenant_id, q.id) = (l.tenant_id, l.requisition_id)
      join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)
      left join membership m on (m.tenant_id, m.user_id) = (q.tenant_id, q.asked_by)
     where q.tenant_id = %(tenant)s and q.branch_id = %(branch)s and q.status = 'approved'
       and l.ordered < l.quantity
       and (coalesce(l.wanted_by, 'infinity'), l.id) > (%(day_after)s::date, %(after)s::uuid)
"""


@query("purchasing.list_requested", permission="purchasing.view", rest="GET /requested-goods")
def list_requested(session: Session, ctx: RequestContext, wanted: ListRequested) -> RequestedPage:
    """List approved goods that no order holds yet, the earliest wanted first.

    With a supplier, only goods that were last bought there; such a page may be shorter than asked.
    """
    after = decode_cursor(wanted.cursor, 2) or ["-infinity", str(UUID(int=0))]
    conditions = conditions_of(
        wanted,
        {
            "requisition_id": "and l.requisition_id = %(requisition)s",
            "search": "and starts_with(upper(v.label), upper(%(search)s))",
        },
    )
    order = "order by coalesce(l.wanted_by, 'infinity'), l.id limit %(limit)s"
    given = _place_of(ctx) | {
        "requisition": wanted.requisition_id,
        "search": wanted.search.strip(),
        "day_after": after[0],
        "after": after[1],
        "limit": wanted.limit + 1,
    }
    rows = db.fetch_all(session, " ".join([*(_REQUESTED, conditions, order)]), given)
    cut = rows[: wanted.limit]
    paid = last_paid(session, ctx, [row["variant_id"] for row in cut])
    shown = [_requested(row, paid.get(row["variant_id"])) for row in cut]
    tail = cut[-1] if len(rows) > len(cut) else None
    cursor = encode_cursor(tail["wanted_by"] or "infinity", tail["id"]) if tail else ""
    of_supplier = [row for row in shown if wanted.supplier_id in (None, row.supplier_id)]
    return RequestedPage(rows=of_supplier, next_cursor=cursor)


def _requested(row: db.Row, last: LastPaid | None) -> RequestedRow:
    return RequestedRow(
        **row,
        supplier_id=last.supplier_id if last else None,
        supplier=last.supplier if last else "",
        price=last.price if last else None,
    )
