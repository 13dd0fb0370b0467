"""Reads of suggestions to buy again."""

from datetime import date, datetime
from decimal import Decimal
from math import gcd
from typing import Annotated, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.inventory import SuggestionStatus
from erp.services.inventory.queries import FOUND_BY_WORDS, words_of
from erp.services.inventory.reordering import Basis
from erp.services.platform import (
    Nothing,
    Order,
    Result,
    Rows,
    SortedPage,
    conditions_of,
    fetch_page,
    query,
)

NEAR_DAYS = 90
"""Goods that expire within so many days are at risk where they sell too slowly."""


class ListSuggestions(SortedPage):
    """Which suggestions to list, those that run out first before the others."""

    sort: Annotated[
        str,
        Order(
            "runs_out_on",
            {
                "label": "text",
                "quantity": "number",
                "runs_out_on": "day?",
                "available": "number",
                "reorder_point": "number",
                "supplier": "text",
            },
        ),
    ] = ""
    status: SuggestionStatus = SuggestionStatus.OPEN
    supplier_id: UUID | None = None
    variant_id: UUID | None = None


class SuggestionRow(Result):
    """A suggestion with the figures it was made from.

    Attributes:
        quantity: Base units to buy. value: their cost as last bought; none where unknown.
        runs_out_on: When the last sellable unit leaves at this pace; none without demand.
        supplier: Who it was last bought from. scheme: what they gave free then, such as `10 + 1`.
        at_risk: Base units here that expire within 90 days before they sell at this pace.
        closed_by: Who ordered or dismissed; empty for the product itself.
    """

    id: UUID
    variant_id: UUID
    sku: str
    label: str
    base_unit: str
    status: SuggestionStatus
    quantity: int
    available: int
    incoming: int
    per_day: Decimal
    lead_days: int
    safety_stock: int
    reorder_point: int
    basis: Basis
    runs_out_on: date | None
    supplier_id: UUID | None
    supplier: str
    value: Decimal | None
    scheme: str
    at_risk: int
    suggested_at: datetime
    closed_at: datetime | None
    closed_by: str
    reason: str
    quiet_until: date | None
    order_id: UUID | None


class SuggestionPage(Rows):
    """A page of suggestions."""

    rows: list[SuggestionRow]


class SuggestedSupplier(Result):
    """Open suggestions whose product was last bought from one supplier.

    Attributes:
        supplier_id: None where it is not known.
        value: Cost of what is to be bought, as last bought.
    """

    supplier_id: UUID | None
    supplier: str
    suggestions: int
    value: Decimal


class SuggestedSuppliers(Rows):
    """Suppliers, the most money first."""

    rows: list[SuggestedSupplier]


_LISTED: LiteralString = """
    with shown as (
        select r.*, least(coalesce(floor(r.available / nullif(r.per_day, 0)), 9999), 9999)::int
                 as days_left
          from reorder_suggestion r
         where r.tenant_id = %(tenant)s and r.branch_id = %(branch)s and r.status = %(status)s
    )
    select r.id, r.variant_id, v.sku, v.label, v.base_unit, r.status, r.quantity, r.available,
           r.incoming, r.per_day, r.lead_days, r.safety_stock, r.reorder_point, r.basis,
           case when r.days_left < 9999
                then (r.suggested_at at time zone %(zone)s)::date + r.days_left end as runs_out_on,
           r.supplier_id, coalesce(p.name, '') as supplier,
           round(r.quantity * r.unit_cost, 2) as value, r.suggested_at, r.closed_at,
           coalesce(u.display_name, '') as closed_by, r.reason, r.quiet_until, r.order_id,
           given.paid, given.free, coalesce(risk.units, 0)::bigint as at_risk
      from shown r
      join variant v on v.tenant_id = r.tenant_id and v.id = r.variant_id
      left join party p on p.tenant_id = r.tenant_id and p.id = r.supplier_id
      left join membership u on u.tenant_id = r.tenant_id and u.user_id = r.closed_by
      left join lateral (
            select line.paid, line.free from goods_receipt_line line
              join goods_receipt g on g.tenant_id = line.tenant_id and g.id = line.receipt_id
                   and g.supplier_id = r.supplier_id
             where line.tenant_id = r.tenant_id and line.variant_id = r.variant_id
             order by g.received_on desc, line.id desc limit 1) given on true
      left join lateral (
            select ceil(max(lot.up_to - r.per_day * lot.days)) as units
              from (select sum(s.on_hand - s.reserved) over (order by l.expires_on, l.id) as up_to,
                           l.expires_on - %(today)s + 1 as days
                      from stock_balance s
                      join lot l on l.tenant_id = s.tenant_id and l.id = s.lot_id
                      join location place on place.tenant_id = s.tenant_id
                           and place.id = s.location_id and place.kind = 'storage'
                      join warehouse w on w.tenant_id = place.tenant_id
                           and w.id = place.warehouse_id and w.branch_id = r.branch_id
                     where s.tenant_id = r.tenant_id and s.variant_id = r.variant_id
                       and s.on_hand > s.reserved and l.status = 'available'
                       and l.expires_on between %(today)s and %(today)s + %(near)s) lot
             where lot.up_to > r.per_day * lot.days) risk on true
     where true
"""


@query("inventory.list_suggestions", permission="inventory.view", rest="GET /reorder-suggestions")
def list_suggestions(
    session: Session, ctx: RequestContext, wanted: ListSuggestions
) -> SuggestionPage:
    """List suggestions of the acting branch, those that run out first before the others."""
    conditions = conditions_of(
        wanted,
        {
            "supplier_id": "and r.supplier_id = %(supplier)s",
            "variant_id": "and r.variant_id = %(variant)s",
            "search": FOUND_BY_WORDS,
        },
    )
    given = words_of(wanted.search) | {
        "tenant": ctx.tenant_id,
        "branch": ctx.branch_id,
        "zone": ctx.time_zone,
        "today": ctx.today,
        "near": NEAR_DAYS,
        "status": wanted.status,
        "supplier": wanted.supplier_id,
        "variant": wanted.variant_id,
    }
    rows, cursor = fetch_page(session, wanted, f"{_LISTED} {conditions}", given)
    return SuggestionPage(rows=[_row(row) for row in rows], next_cursor=cursor)


def _row(row: db.Row) -> SuggestionRow:
    paid, free = row.pop("paid") or 0, row.pop("free") or 0
    return SuggestionRow(**row, scheme=_scheme(paid, free))


def _scheme(paid: int, free: int) -> str:
    """Return paid and free units in the smallest whole numbers, or nothing where none came free."""
    if not paid or not free:
        return ""
    same = gcd(paid, free)
    return f"{paid // same} + {free // same}"


@query(
    "inventory.suggested_suppliers",
    permission="inventory.view",
    rest="GET /reorder-suggestions/suppliers",
)
def suggested_suppliers(
    session: Session, ctx: RequestContext, _wanted: Nothing
) -> SuggestedSuppliers:
    """Add up open suggestions of the acting branch by who the goods were last bought from."""
    rows = db.fetch_all(
        session,
        """
        select r.supplier_id, coalesce(p.name, '') as supplier, count(*) as suggestions,
               coalesce(sum(round(r.quantity * r.unit_cost, 2)), 0.00) as value
          from reorder_suggestion r
          left join party p on p.tenant_id = r.tenant_id and p.id = r.supplier_id
         where r.tenant_id = %s and r.branch_id = %s and r.status = 'open'
         group by r.supplier_id, p.name
         order by r.supplier_id is null, value desc, r.supplier_id
        """,
        (ctx.tenant_id, ctx.branch_id),
    )
    return SuggestedSuppliers(rows=[SuggestedSupplier(**row) for row in rows])
