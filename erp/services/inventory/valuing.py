"""Stock value: what is on hand at cost, now, on a past day, and as it was known then."""

from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.inventory import LocationKind
from erp.services import accounting
from erp.services.inventory.past_stock import past_stock
from erp.services.platform import (
    Day,
    Nothing,
    Page,
    Result,
    Rows,
    decode_cursor,
    encode_cursor,
    query,
)


class ValueGroup(Result):
    """Goods of one form in one place.

    Attributes:
        value: Cost. retail: MRP of all units, tax included.
    """

    location_id: UUID
    location: str
    location_kind: LocationKind
    form: str
    lots: int
    quantity: int
    value: Decimal
    retail: Decimal


class StockValuation(Rows):
    """Everything the acting company has on hand, at cost; equals its inventory accounts."""

    rows: list[ValueGroup]
    quantity: int
    value: Decimal
    retail: Decimal


class StockSum(Result):
    """Base units and cost of everything the acting company has on hand."""

    quantity: int
    value: Decimal


class StockAsOf(Page):
    """Stock at the end of a business day.

    Attributes:
        on: The day. known_on: leave out what was recorded after the end of this day.
    """

    on: Day
    known_on: Day | None = None


class PastStockRow(Result):
    """Base units and cost of a variant on the day."""

    variant_id: UUID
    sku: str
    label: str
    quantity: int
    value: Decimal


class PastStock(Rows):
    """A page of past stock by label, with the total of all pages."""

    rows: list[PastStockRow]
    on: date
    total_quantity: int
    total_value: Decimal


_OWNED: LiteralString = """
          from stock_balance s
          join location place on place.tenant_id = s.tenant_id and place.id = s.location_id
          join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
          join branch b on b.tenant_id = w.tenant_id and b.id = w.branch_id
"""
_BY_COMPANY: LiteralString = """
         where s.tenant_id = %(tenant)s and b.company_id = %(company)s and s.on_hand > 0
"""


def sum_stock(session: Session, ctx: RequestContext) -> StockSum:
    """Return what `stock_valuation` adds up to."""
    row = db.fetch_one(
        session,
        "select coalesce(sum(s.on_hand), 0)::bigint as quantity,"
        f" coalesce(sum(s.value), 0.00) as value {_OWNED} {_BY_COMPANY}",
        _company(ctx),
    )
    return StockSum(**(row or {"quantity": 0, "value": Decimal("0.00")}))


def _company(ctx: RequestContext) -> db.Row:
    return {"tenant": ctx.tenant_id, "company": ctx.company_id}


@query("inventory.stock_valuation", permission="inventory.view", rest="GET /inventory/valuation")
def stock_valuation(session: Session, ctx: RequestContext, _wanted: Nothing) -> StockValuation:
    """Add up what the acting company has on hand by place and form, at cost and at MRP."""
    rows = db.fetch_all(
        session,
        f"""
        select place.id as location_id, place.name as location, place.kind as location_kind,
               p.form, count(*) as lots, sum(s.on_hand)::bigint as quantity,
               sum(s.value) as value, sum(s.on_hand * l.mrp) as retail
          {_OWNED}
          join lot l on l.tenant_id = s.tenant_id and l.id = s.lot_id
          join variant v on v.tenant_id = s.tenant_id and v.id = s.variant_id
          join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
          {_BY_COMPANY}
         group by place.tenant_id, place.id, p.form
         order by place.code, p.form
        """,
        _company(ctx),
    )
    groups = [ValueGroup(**row) for row in rows]
    return StockValuation(
        rows=groups,
        quantity=sum(group.quantity for group in groups),
        value=sum((group.value for group in groups), Decimal("0.00")),
        retail=sum((group.retail for group in groups), Decimal("0.00")),
    )


@query("inventory.stock_as_of", permission="inventory.view", rest="GET /inventory/as-of")
def stock_as_of(session: Session, ctx: RequestContext, wanted: StockAsOf) -> PastStock:
    """Return the acting company's stock at the end of a business day, by the moves.

    With `known_on` it is what the books said then: late entries recorded since are left out.
    """
    after = decode_cursor(wanted.cursor, 2) or ["", str(UUID(int=0))]
    known = accounting.end_of(wanted.known_on, ctx) if wanted.known_on else None
    past = past_stock(session, ctx, accounting.end_of(wanted.on, ctx), known)
    rows = db.fetch_all(
        session,
        f"with part as ({past.parts}) {_PAST} {_PAGE}",
        past.about
        | {
            "company": ctx.company_id,
            "label": after[0],
            "variant": after[1],
            "limit": wanted.limit + 1,
        },
    )
    page = [PastStockRow(**row) for row in rows[: wanted.limit] if row["variant_id"]]
    more = len(rows) > wanted.limit
    return PastStock(
        rows=page,
        on=wanted.on,
        total_quantity=rows[0]["total_quantity"],
        total_value=rows[0]["total_value"],
        next_cursor=encode_cursor(page[-1].label, page[-1].variant_id) if more else "",
    )


_PAST: LiteralString = """
    , owned as materialized (
        select place.id from location place
          join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
          join branch b on b.tenant_id = w.tenant_id and b.id = w.branch_id
         where place.tenant_id = %(tenant)s and b.company_id = %(company)s
    ), past as materialized (
        select variant_id, sum(quantity)::bigint as quantity, sum(value) as value
          from part join owned on owned.id = part.location_id
         group by variant_id having sum(quantity) <> 0
    )
"""
_PAGE: LiteralString = """
    , total as (
        select coalesce(sum(quantity), 0)::bigint as total_quantity,
               coalesce(sum(value), 0.00) as total_value from past
    )
    select total.*, v.id as variant_id, v.sku, v.label, past.quantity, past.value
      from total
      left join (past join variant v on v.tenant_id = %(tenant)s and v.id = past.variant_id)
        on (v.label, v.id) > (%(label)s, %(variant)s::uuid)
     order by v.label, v.id
     limit %(limit)s
"""
