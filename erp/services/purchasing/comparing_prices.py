"""Products that cost more, or less, than before."""

from datetime import date
from decimal import Decimal
from typing import Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.platform import Result, Rows, decode_cursor, encode_cursor, query
from erp.services.purchasing.listing_received import (
    OF_SUPPLIER,
    RECEIVED,
    Period,
    received_params,
    span_of,
)


class PriceChanges(Period):
    """Which changes of price to list.

    Attributes:
        against: `delivery`: the last price of the period and the one before it, whenever that
            was. `period`: the average of the period and of the one before it, per supplier.
    """

    supplier_id: UUID | None = None
    against: Literal["delivery", "period"] = "delivery"
    direction: Literal["", "up", "down"] = ""


class PriceChangeRow(Result):
    """A product whose price changed.

    Attributes:
        price_before, price: Cost of one base unit.
        change: Percent of the price before.
        units: Of the last delivery, or of the period. effect: what they cost more, or less.
    """

    variant_id: UUID
    product_id: UUID
    label: str
    sku: str
    unit: str
    supplier_id: UUID | None
    supplier: str
    last_on: date
    price_before: Decimal
    price: Decimal
    change: Decimal
    units: int
    effect: Decimal


class PriceChangePage(Rows):
    """A page of changes, the dearest first, with the sums of all pages."""

    rows: list[PriceChangeRow]
    products: int
    total_effect: Decimal


AVERAGES: LiteralString = """
    averages as (
        select supplier_id, variant_id, max(received_on) as last_on,
               sum(units) filter (where effective_at >= %(since)s) as units,
               sum(value) filter (where effective_at >= %(since)s) as value,
               sum(units) filter (where effective_at < %(since)s) as units_before,
               sum(value) filter (where effective_at < %(since)s) as value_before
          from received where value > 0 group by supplier_id, variant_id)
"""
"""What a product cost by supplier in a period and in the one before; either may be none."""

IN_BOTH: LiteralString = "and m.effective_at >= %(before)s and m.effective_at < %(until)s"
_IN_PERIOD: LiteralString = "and m.effective_at >= %(since)s and m.effective_at < %(until)s"
_EARLIER: LiteralString = """
    and m.variant_id = last.variant_id and m.value > 0
    and (m.effective_at, m.id) < (last.effective_at, last.id)
    order by m.effective_at desc, m.id desc limit 1
"""
_PAGE: LiteralString = """
    , changed as (
        select *, round(price - price_before, 4) * units as exact,
               coalesce(supplier_id, '00000000-0000-0000-0000-000000000000') as key
          from compared where price <> price_before and price_before > 0
    ), chosen as (
        select * from changed
         where %(direction)s = '' or (price > price_before) = (%(direction)s = 'up')
    ), total as (
        select count(distinct variant_id) as products,
               round(coalesce(sum(exact), 0), 2) as total_effect from chosen
    )
    select total.*, shown.*
      from total left join lateral (
           select c.variant_id, v.product_id, v.label, v.sku, v.base_unit as unit, c.supplier_id,
                  coalesce(s.name, '') as supplier, c.last_on, c.price_before, c.price,
                  round((c.price / c.price_before - 1) * 100, 1) as change, c.units,
                  round(c.exact, 2) as effect, c.exact, c.key
             from chosen c
             join variant v on (v.tenant_id, v.id) = (%(tenant)s, c.variant_id)
             left join party s on (s.tenant_id, s.id) = (%(tenant)s, c.supplier_id)
            where (-c.exact, c.variant_id, c.key)
                  > (%(after)s::numeric, %(after_id)s::uuid, %(after_key)s::uuid)
            order by -c.exact, c.variant_id, c.key limit %(limit)s) shown on true
     order by -shown.exact, shown.variant_id, shown.key
"""


@query("purchasing.list_price_changes", permission="purchasing.view", rest="GET /price-changes")
def list_price_changes(
    session: Session, ctx: RequestContext, wanted: PriceChanges
) -> PriceChangePage:
    """List products whose price changed in a period, what costs most more first.

    Goods that cost nothing have no price and are left out.

    Raises:
        InvalidInput: The period ends before it begins.
    """
    span = span_of(ctx, wanted)
    nobody = str(UUID(int=0))
    after = decode_cursor(wanted.cursor, 3) or ["-infinity", nobody, nobody]
    of_supplier = OF_SUPPLIER if wanted.supplier_id else ""
    compared = _last_two(of_supplier) if wanted.against == "delivery" else _averages(of_supplier)
    given = {
        "before": span.before,
        "since": span.since,
        "until": span.until,
        "supplier": wanted.supplier_id,
        "direction": wanted.direction,
        "after": after[0],
        "after_id": after[1],
        "after_key": after[2],
        "limit": wanted.limit + 1,
    }
    rows = db.fetch_all(session, compared + _PAGE, received_params(ctx) | given)
    found = [row for row in rows if row["variant_id"]]
    page = found[: wanted.limit]
    tail = page[-1] if len(found) > len(page) else None
    return PriceChangePage(
        rows=[PriceChangeRow(**row) for row in page],
        products=rows[0]["products"],
        total_effect=rows[0]["total_effect"],
        next_cursor=encode_cursor(-tail["exact"], tail["variant_id"], tail["key"]) if tail else "",
    )


def _last_two(of_supplier: LiteralString) -> LiteralString:
    """Return the statement of each product's last price of the period and the one before it."""
    return f"""
        with received as materialized ({RECEIVED} {_IN_PERIOD} {of_supplier}), last as (
            select distinct on (variant_id) * from received where value > 0
             order by variant_id, effective_at desc, id desc
        ), compared as (
            select last.variant_id, last.supplier_id, last.received_on as last_on, last.units,
                   round(last.value / last.units, 4) as price,
                   round(earlier.value / earlier.units, 4) as price_before
              from last cross join lateral ({RECEIVED} {of_supplier} {_EARLIER}) earlier)
    """  # noqa: S608  made of literals


def _averages(of_supplier: LiteralString) -> LiteralString:
    """Return the statement of each product's average by supplier in both periods."""
    return f"""
        with received as materialized ({RECEIVED} {IN_BOTH} {of_supplier}), {AVERAGES},
        compared as (
            select variant_id, supplier_id, last_on, units::bigint as units,
                   round(value / units, 4) as price,
                   round(value_before / units_before, 4) as price_before
              from averages where units > 0 and units_before > 0)
    """  # noqa: S608  made of literals
