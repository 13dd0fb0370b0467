"""Reads of orders: the list, and one with its lines, versions and deliveries."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.purchasing import OrderStatus, Outcome
from erp.services.platform import (
    Day,
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    fetch_page,
    query,
)
from erp.services.purchasing.errors import UnknownOrder


class ListOrders(SortedPage):
    """Which orders of the acting branch to list.

    Attributes:
        search: Beginning of the number, or of the supplier's name.
        standing: `waiting` for an approval, `late` by the expected day, `live`: not ended, `sent`:
            let out to the supplier, or `judged`: sent and since then ended or late.
        ordered_from, ordered_to: Business days, both included, of the order's first version.
    """

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "number": "text",
                "ordered_at": "instant",
                "expected_on": "day?",
                "status": "text",
                "arrived": "number",
                "total": "number",
            },
        ),
    ] = ""
    status: OrderStatus | None = None
    standing: Literal["", "waiting", "late", "live", "sent", "judged"] = ""
    supplier_id: UUID | None = None
    ordered_from: Day | None = None
    ordered_to: Day | None = None


class OrderRow(Result):
    """An order on a list; terms are of the version in force, or of the waiting one.

    Attributes:
        total: With the expected tax.
        ordered_at: When the version was asked for.
        arrived: Percent of the ordered units, free ones left out, that came.
    """

    id: UUID
    number: str
    supplier_id: UUID
    supplier: str
    ordered_at: datetime
    expected_on: date | None
    is_late: bool
    status: OrderStatus
    is_waiting: bool
    total: Decimal
    arrived: int
    asked_by: str


class OrderPage(Rows):
    """A page of orders, the newest first."""

    rows: list[OrderRow]


class GetOrder(Query):
    """One order, in its version in force unless another is named."""

    order_id: UUID
    version: int | None = None


class OrderLineDetail(Result):
    """A line of a version with what has come of it.

    Attributes:
        base_quantity, base_free, received, free_received, outstanding: Base units.
        outstanding_quantity, outstanding_free: What is still to come, in `unit`.
    """

    line_no: int
    variant_id: UUID
    label: str
    sku: str
    base_unit: str
    unit: str
    quantity: Decimal
    free_quantity: Decimal
    unit_cost: Decimal
    gst_rate: Decimal
    value: Decimal
    base_quantity: int
    base_free: int
    received: int
    free_received: int
    outstanding: int
    outstanding_quantity: Decimal
    outstanding_free: Decimal


class OrderVersionRow(Result):
    """A version with who asked for it and who decided; no outcome means that it waits."""

    version: int
    expected_on: date | None
    note: str
    reason: str
    taxable: Decimal
    tax: Decimal
    total: Decimal
    asked_by: UUID
    asker: str
    asked_at: datetime
    outcome: Outcome | None
    decider: str
    decided_at: datetime | None
    decision_note: str


class OrderReceiptRow(Result):
    """A delivery against the order; units are base units."""

    id: UUID
    received_on: date
    reference: str
    user: str
    units: int
    value: Decimal


class OrderDetail(Result):
    """An order with everything about it."""

    id: UUID
    number: str
    supplier_id: UUID
    supplier: str
    location_id: UUID
    location: str
    status: OrderStatus
    version: int
    waiting_version: int | None
    shown_version: int
    is_late: bool
    ended_at: datetime | None
    ended_by: str
    end_reason: str
    lines: list[OrderLineDetail]
    versions: list[OrderVersionRow]
    receipts: list[OrderReceiptRow]


_SHOWN: LiteralString = (
    "case when o.version > 0 then o.version else coalesce(o.waiting_version, 1) end"
)
_LIST: LiteralString = f"""
    select o.id, o.number, o.supplier_id, s.name as supplier, v.asked_at as ordered_at,
           v.expected_on, o.status = 'placed' and v.expected_on < %(today)s as is_late, o.status,
           o.waiting_version is not null as is_waiting, v.taxable + v.tax as total,
           coalesce(m.display_name, '') as asked_by, coalesce(a.arrived, 0) as arrived
      from purchase_order o
      join purchase_order_version f
           on (f.tenant_id, f.order_id, f.version) = (o.tenant_id, o.id, 1)
      join party s on (s.tenant_id, s.id) = (o.tenant_id, o.supplier_id)
      join purchase_order_version v on (v.tenant_id, v.order_id) = (o.tenant_id, o.id)
           and v.version = {_SHOWN}
      left join membership m on (m.tenant_id, m.user_id) = (v.tenant_id, v.asked_by)
      left join lateral (
            select floor(100 * sum(least(p.received, l.base_quantity)) / sum(l.base_quantity))::int
                   as arrived
              from purchase_order_line l
              join purchase_order_progress p using (tenant_id, order_id, line_no)
             where l.tenant_id = o.tenant_id and l.order_id = o.id and l.version = v.version) a on true
     where o.tenant_id = %(tenant)s and o.branch_id = %(branch)s
"""  # noqa: S608  made of two literals
_CONDITIONS: dict[str, LiteralString] = {
    "status": "and o.status = %(status)s",
    "supplier_id": "and o.supplier_id = %(supplier)s",
    "ordered_from": "and (f.asked_at at time zone %(zone)s)::date >= %(ordered_from)s",
    "ordered_to": "and (f.asked_at at time zone %(zone)s)::date <= %(ordered_to)s",
    "search": "and (starts_with(o.number, upper(%(search)s))"
    " or starts_with(upper(s.name), upper(%(search)s)))",
}
_STANDINGS: dict[str, LiteralString] = {
    "": "",
    "waiting": "and o.status in ('awaiting', 'placed') and o.waiting_version is not null",
    "late": "and o.status = 'placed' and v.expected_on < %(today)s",
    "live": "and o.status in ('awaiting', 'placed')",
    "sent": "and o.version > 0",
    "judged": "and o.version > 0"
    " and (o.status in ('closed', 'cancelled') or v.expected_on < %(today)s)",
}


@query("purchasing.list_orders", permission="purchasing.view", rest="GET /purchase-orders")
def list_orders(session: Session, ctx: RequestContext, wanted: ListOrders) -> OrderPage:
    """List orders of the acting branch, the newest first."""
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
            "ordered_from": wanted.ordered_from,
            "ordered_to": wanted.ordered_to,
            "zone": ctx.time_zone,
            "search": wanted.search.strip(),
        },
    )
    page = [OrderRow(**row | {"is_late": bool(row["is_late"])}) for row in rows]
    return OrderPage(rows=page, next_cursor=cursor)


@query("purchasing.get_order", permission="purchasing.view", rest="GET /purchase-orders/{order_id}")
def get_order(session: Session, ctx: RequestContext, wanted: GetOrder) -> OrderDetail:
    """Return an order with the lines of one version, all versions and all deliveries.

    Raises:
        UnknownOrder: The acting branch has no such order, or the order no such version.
    """
    head = db.fetch_one(
        session,
        f"""
        select o.id, o.number, o.supplier_id, s.name as supplier, o.location_id,
               place.name as location, o.status, o.version, o.waiting_version, o.ended_at,
               coalesce(m.display_name, '') as ended_by, o.end_reason, {_SHOWN} as shown_version
          from purchase_order o
          join party s on (s.tenant_id, s.id) = (o.tenant_id, o.supplier_id)
          join location place on (place.tenant_id, place.id) = (o.tenant_id, o.location_id)
          left join membership m on (m.tenant_id, m.user_id) = (o.tenant_id, o.ended_by)
         where o.tenant_id = %s and o.branch_id = %s and o.id = %s
        """,  # noqa: S608  a literal
        (ctx.tenant_id, ctx.branch_id, wanted.order_id),
    )
    if head is None:
        message = "This order is not known here. Choose one of the list."
        raise UnknownOrder(message, fields={"order_id": message})
    if wanted.version is not None:
        head["shown_version"] = wanted.version
    versions = _versions(session, ctx, wanted.order_id)
    shown = next((v for v in versions if v.version == head["shown_version"]), None)
    if shown is None:
        message = f"Order {head['number']} has no version {wanted.version}."
        raise UnknownOrder(message, fields={"version": message})
    late = bool(
        head["status"] == OrderStatus.PLACED and shown.expected_on and shown.expected_on < ctx.today
    )
    return OrderDetail(
        **head,
        is_late=late,
        lines=_lines(session, ctx, wanted.order_id, head["shown_version"]),
        versions=versions,
        receipts=_receipts(session, ctx, wanted.order_id),
    )


def _lines(
    session: Session, ctx: RequestContext, order_id: UUID, version: int
) -> list[OrderLineDetail]:
    rows = db.fetch_all(
        session,
        """
        select l.line_no, l.variant_id, v.label, v.sku, v.base_unit, l.unit, l.quantity,
               l.free_quantity, l.unit_cost, l.gst_rate, l.value, l.base_quantity, l.base_free,
               p.received, p.free_received,
               greatest(l.base_quantity - p.received, 0) as outstanding,
               greatest(l.base_free - p.free_received, 0) as outstanding_base_free
          from purchase_order_line l
          join purchase_order_progress p using (tenant_id, order_id, line_no)
          join variant v on (v.tenant_id, v.id) = (l.tenant_id, l.variant_id)
         where l.tenant_id = %s and l.order_id = %s and l.version = %s
         order by l.line_no
        """,
        (ctx.tenant_id, order_id, version),
    )
    return [OrderLineDetail(**row, **_outstanding(row)) for row in rows]


def _outstanding(row: db.Row) -> dict[str, Decimal]:
    """Return what is still to come in the line's own unit, to six places."""
    per_base = row["quantity"] / row["base_quantity"]
    left = {
        "outstanding_quantity": row["outstanding"] * per_base,
        "outstanding_free": row["outstanding_base_free"] * per_base,
    }
    return {name: count.quantize(Decimal("0.000001")) for name, count in left.items()}


def _versions(session: Session, ctx: RequestContext, order_id: UUID) -> Sequence[OrderVersionRow]:
    rows = db.fetch_all(
        session,
        """
        select v.version, v.expected_on, v.note, v.reason, v.taxable, v.tax,
               v.taxable + v.tax as total, v.asked_by, coalesce(asker.display_name, '') as asker,
               v.asked_at, d.outcome, coalesce(decider.display_name, '') as decider, d.decided_at,
               coalesce(d.note, '') as decision_note
          from purchase_order_version v
          left join purchase_order_decision d using (tenant_id, order_id, version)
          left join membership asker on (asker.tenant_id, asker.user_id) = (v.tenant_id, v.asked_by)
          left join membership decider
               on (decider.tenant_id, decider.user_id) = (d.tenant_id, d.decided_by)
         where v.tenant_id = %s and v.order_id = %s
         order by v.version desc
        """,
        (ctx.tenant_id, order_id),
    )
    return [OrderVersionRow(**row) for row in rows]


def _receipts(session: Session, ctx: RequestContext, order_id: UUID) -> list[OrderReceiptRow]:
    rows = db.fetch_all(
        session,
        """
        select r.receipt_id as id, min(r.received_on) as received_on,
               coalesce(min(m.display_name), '') as user,
               coalesce(min((select min(x.reason) from stock_move x
                              where x.tenant_id = r.tenant_id and x.origin_id = r.receipt_id)), '')
               as reference,
               sum(r.received + r.free_received)::bigint as units, sum(r.value) as value
          from purchase_order_receipt r
          left join membership m on (m.tenant_id, m.user_id) = (r.tenant_id, r.received_by)
         where r.tenant_id = %s and r.order_id = %s
         group by r.receipt_id order by r.receipt_id desc
        """,
        (ctx.tenant_id, order_id),
    )
    return [OrderReceiptRow(**row) for row in rows]
