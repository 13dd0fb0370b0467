"""ABC by what is consumed, XYZ by how evenly, and how fast stock turns over."""

from decimal import Decimal
from typing import Annotated, Any, Literal, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services.inventory.issues import issues_since
from erp.services.inventory.queries import FOUND_BY_WORDS, words_of
from erp.services.platform import (
    Page,
    Query,
    Result,
    Rows,
    conditions_of,
    decode_cursor,
    encode_cursor,
    query,
)

ValueClass = Literal["A", "B", "C"]
DemandClass = Literal["X", "Y", "Z"]
VALUE_CLASSES: tuple[ValueClass, ...] = ("A", "B", "C")
DEMAND_CLASSES: tuple[DemandClass, ...] = ("X", "Y", "Z")
DAYS_OF_YEAR = 365


class _Period(Query):
    """How many whole weeks up to today are looked at."""

    weeks: Annotated[int, Field(ge=4, le=104)] = 13


class ClassifyStock(_Period):
    """The period."""


class ListClasses(Page, _Period):
    """Which products to list, those of which the most is consumed first."""

    abc: ValueClass | None = None
    xyz: DemandClass | None = None


class ClassCell(Result):
    """Products of one class.

    Attributes:
        consumed: Cost of what was sold or used, less what came back.
        stock_value: Cost of what is on hand today.
    """

    abc: ValueClass
    xyz: DemandClass
    variants: int
    consumed: Decimal
    stock_value: Decimal


class StockClasses(Rows):
    """The nine classes of the acting branch, and its turnover as a whole.

    Attributes:
        average_value: Stock at cost, averaged over every moment of the period.
        turnover: How often a year it is consumed. days_of_stock: how long it lasts; both none
            where nothing is on hand or consumed.
    """

    rows: list[ClassCell]
    days: int
    consumed: Decimal
    average_value: Decimal
    turnover: Decimal | None
    days_of_stock: int | None


class ClassedVariant(Result):
    """A product that was consumed in the period or is on hand.

    Attributes:
        consumed: At cost, `units` in base units; both less what came back.
        share: Percent of all that is consumed.
        variation: Standard deviation of the weeks' units by their mean; none without demand.
        average_value, turnover, days_of_stock: As of `StockClasses`, of this product.
    """

    variant_id: UUID
    sku: str
    label: str
    abc: ValueClass
    xyz: DemandClass
    consumed: Decimal
    share: Decimal
    units: int
    variation: Decimal | None
    on_hand: int
    stock_value: Decimal
    average_value: Decimal
    turnover: Decimal | None
    days_of_stock: int | None


class ClassedVariants(Rows):
    """A page of products."""

    rows: list[ClassedVariant]


CLASSED: LiteralString = """
    with ours as materialized (
        select place.id
          from location place
          join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
         where place.tenant_id = %(tenant)s and w.branch_id = %(branch)s
    ), users as materialized (
        select id from location
         where tenant_id = %(tenant)s and kind in ('customer', 'production')
    ), flow as materialized (
        select m.variant_id, side.sign * m.value as change,
               extract(epoch from m.effective_at - %(since)s)
                 / extract(epoch from %(now)s - %(since)s) as elapsed,
               case when users.id is not null then -side.sign * m.value else 0 end as consumed,
               case when users.id is not null then -side.sign * m.quantity else 0 end as units,
               (%(today)s - (m.effective_at at time zone %(zone)s)::date) / 7 as week
          from stock_move m
          cross join lateral (
                values (1, m.to_location_id, m.from_location_id),
                       (-1, m.from_location_id, m.to_location_id)) side (sign, our_id, other_id)
          join ours on ours.id = side.our_id
          left join users on users.id = side.other_id
         where m.tenant_id = %(tenant)s and m.effective_at >= %(since)s
           and m.effective_at <= %(now)s
        union all
        select r.variant_id, r.value,
               extract(epoch from r.effective_at - %(since)s)
                 / extract(epoch from %(now)s - %(since)s), 0, 0,
               (%(today)s - (r.effective_at at time zone %(zone)s)::date) / 7
          from stock_revaluation r
          join ours on ours.id = r.location_id
         where r.tenant_id = %(tenant)s and r.effective_at >= %(since)s
           and r.effective_at <= %(now)s
    ), weekly as (
        select variant_id, week, sum(units) as units, sum(consumed) as consumed,
               sum(change * elapsed) as drift
          from flow group by variant_id, week
    ), moved as (
        select variant_id, sum(units) as units, sum(units * units) as squares,
               greatest(sum(consumed), 0.00) as consumed, sum(drift) as drift
          from weekly group by variant_id
    ), held as (
        select s.variant_id, sum(s.on_hand)::bigint as on_hand, sum(s.value) as stock_value
          from stock_balance s join ours on ours.id = s.location_id
         where s.tenant_id = %(tenant)s and s.on_hand > 0
         group by s.variant_id
    ), known as (
        select variant_id, coalesce(m.consumed, 0.00) as consumed,
               coalesce(m.units, 0)::bigint as units,
               coalesce(h.on_hand, 0) as on_hand, coalesce(h.stock_value, 0.00) as stock_value,
               round(greatest(coalesce(h.stock_value, 0) - coalesce(m.drift, 0), 0), 2)
                 as average_value,
               case when m.units > 0 then
                    sqrt(greatest(%(weeks)s * m.squares - m.units * m.units, 0)) / m.units
                    end as variation
          from moved m full join held h using (variant_id)
         where m.consumed > 0 or h.on_hand > 0 or coalesce(m.drift, 0) <> 0
    ), ranked as (
        select *, sum(consumed) over () as whole,
               sum(consumed) over (order by consumed desc, variant_id) - consumed as before
          from known
    ), classed as (
        select *, round(variation, 2) as rounded,
               case when consumed = 0 or before >= whole * 0.95 then 'C'
                    when before >= whole * 0.80 then 'B' else 'A' end as abc,
               case when variation <= 0.5 then 'X' when variation <= 1 then 'Y'
                    else 'Z' end as xyz
          from ranked
    )
"""
"""The beginning of a statement: `classed`, the products of a branch with their classes."""

_MATRIX: LiteralString = """
    select abc, xyz, count(*) as variants, sum(consumed) as consumed,
           sum(stock_value) as stock_value, sum(average_value) as average_value
      from classed group by abc, xyz
"""
_LISTED: LiteralString = """
    select c.variant_id, v.sku, v.label, c.abc, c.xyz, c.consumed, c.units, c.on_hand,
           c.stock_value, c.average_value, c.rounded as variation,
           case when c.whole > 0 then round(c.consumed * 100 / c.whole, 1) else 0 end as share
      from classed c
      join variant v on v.tenant_id = %(tenant)s and v.id = c.variant_id
     where (c.consumed, c.variant_id) < (%(consumed_after)s::numeric, %(variant_after)s::uuid)
"""
_MOST_FIRST: LiteralString = "order by c.consumed desc, c.variant_id desc limit %(limit)s"


def period_facts(ctx: RequestContext, weeks: int) -> dict[str, Any]:
    """Return what `CLASSED` is given for the last so many weeks of the acting branch."""
    return issues_since(ctx, weeks * 7) | {"weeks": weeks, "now": ctx.now}


@query("inventory.classify_stock", permission="inventory.view", rest="GET /inventory/classes")
def classify_stock(session: Session, ctx: RequestContext, wanted: ClassifyStock) -> StockClasses:
    """Put the products of the acting branch into nine classes and tell how fast stock turns over."""
    rows = db.fetch_all(session, " ".join([*(CLASSED, _MATRIX)]), period_facts(ctx, wanted.weeks))
    found = {(row["abc"], row["xyz"]): row for row in rows}
    average = sum((row.pop("average_value") for row in rows), ZERO)
    nothing = {"variants": 0, "consumed": ZERO, "stock_value": ZERO}
    cells = [
        ClassCell(**(nothing | found.get((abc, xyz), {}) | {"abc": abc, "xyz": xyz}))
        for abc in VALUE_CLASSES
        for xyz in DEMAND_CLASSES
    ]
    consumed = sum((cell.consumed for cell in cells), ZERO)
    days = wanted.weeks * 7
    return StockClasses(
        rows=cells,
        days=days,
        consumed=consumed,
        average_value=average,
        **_turnover(consumed, average, days),
    )


@query(
    "inventory.list_classes", permission="inventory.view", rest="GET /inventory/classes/variants"
)
def list_classes(session: Session, ctx: RequestContext, wanted: ListClasses) -> ClassedVariants:
    """List products with their class and turnover, those of which the most is consumed first."""
    after = decode_cursor(wanted.cursor, 2) or ["Infinity", str(UUID(int=2**128 - 1))]
    conditions = conditions_of(
        wanted,
        {"abc": "and c.abc = %(abc)s", "xyz": "and c.xyz = %(xyz)s", "search": FOUND_BY_WORDS},
    )
    rows = db.fetch_all(
        session,
        " ".join([*(CLASSED, _LISTED, conditions, _MOST_FIRST)]),
        period_facts(ctx, wanted.weeks)
        | words_of(wanted.search)
        | {
            "abc": wanted.abc,
            "xyz": wanted.xyz,
            "consumed_after": after[0],
            "variant_after": after[1],
            "limit": wanted.limit + 1,
        },
    )
    days = wanted.weeks * 7
    page = [
        ClassedVariant(**row, **_turnover(row["consumed"], row["average_value"], days))
        for row in rows[: wanted.limit]
    ]
    tail = page[-1] if len(rows) > wanted.limit else None
    cursor = encode_cursor(tail.consumed, tail.variant_id) if tail else ""
    return ClassedVariants(rows=page, next_cursor=cursor)


def _turnover(consumed: Decimal, average: Decimal, days: int) -> dict[str, Any]:
    """Return how often a year stock is consumed and how many days it lasts at this pace."""
    if not consumed or not average:
        return {"turnover": None, "days_of_stock": None}
    a_year = (consumed / average * DAYS_OF_YEAR / days).quantize(Decimal("0.1"))
    return {"turnover": a_year, "days_of_stock": int(average * days / consumed)}
