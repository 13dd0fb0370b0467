"""What approved counts say of the books: how often they were right, and what was missing."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services.inventory.issues import midnight
from erp.services.inventory.queries import FOUND_BY_WORDS, words_of
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


class _Period(Query):
    """Counts approved in so many business days up to today, of one place or of all."""

    days: Annotated[int, Field(ge=7, le=1096)] = 91
    location_id: UUID | None = None


class JudgeCounts(_Period):
    """The period and the place."""


class ListDifferences(SortedPage, _Period):
    """Which products to list, those of which the most is missing first."""

    sort: Annotated[
        str,
        Order(
            "-lost",
            {
                "label": "text",
                "lots": "number",
                "different": "number",
                "short": "number",
                "over": "number",
                "lost": "number",
                "gained": "number",
            },
            {"variant_id": "id"},
        ),
    ] = ""


class CountedMonth(Result):
    """Lots whose counts were approved in a calendar month.

    Attributes:
        exact: Lots of which the shelf held what the books said.
        accuracy: Percent of the lots that were exact.
        gained, lost: Cost of the differences, as posted; both zero or more.
    """

    month: date
    lots: int
    exact: int
    accuracy: Decimal
    gained: Decimal
    lost: Decimal


class CountsJudged(Rows):
    """The period by month, the oldest first, and as a whole.

    Attributes:
        accuracy: Percent of the lots that were exact; none where nothing was counted.
        recounted: Lots that were sent back to be counted again.
    """

    rows: list[CountedMonth]
    since: date
    counts: int
    lots: int
    exact: int
    accuracy: Decimal | None
    recounted: int
    gained: Decimal
    lost: Decimal


class CountedProduct(Result):
    """A product whose shelf differed from the books.

    Attributes:
        lots: Counted lots of it. different: those that differed.
        short, over: Base units missing and found. lost, gained: their cost, as posted.
    """

    variant_id: UUID
    label: str
    sku: str
    lots: int
    different: int
    short: int
    over: int
    lost: Decimal
    gained: Decimal


class CountedProducts(Rows):
    """A page of products."""

    rows: list[CountedProduct]


_COUNTED: LiteralString = """
    with counted as (
        select c.id as count_id, line.variant_id, line.recounts, line.counted - line.book as units,
               coalesce(line.value, 0.00) as value,
               date_trunc('month', c.closed_at at time zone %(zone)s)::date as month
          from stock_count c
          join location place on place.tenant_id = c.tenant_id and place.id = c.location_id
          join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
          join stock_count_line line on line.tenant_id = c.tenant_id and line.count_id = c.id
         where c.tenant_id = %(tenant)s and w.branch_id = %(branch)s and c.status = 'approved'
           and c.closed_at >= %(since)s and line.status = 'counted'
"""
_BY_MONTH: LiteralString = """
    ) select month, count(*) as lots, count(*) filter (where units = 0) as exact,
             round(count(*) filter (where units = 0) * 100.0 / count(*), 1) as accuracy,
             array_agg(distinct count_id) as counts, count(*) filter (where recounts > 0) as again,
             coalesce(sum(value) filter (where value > 0), 0.00) as gained,
             coalesce(-sum(value) filter (where value < 0), 0.00) as lost
        from counted group by month order by month
"""
_BY_PRODUCT: LiteralString = """
    ) select c.variant_id, v.label, v.sku, count(*) as lots,
             count(*) filter (where c.units <> 0) as different,
             coalesce(-sum(c.units) filter (where c.units < 0), 0)::bigint as short,
             coalesce(sum(c.units) filter (where c.units > 0), 0)::bigint as over,
             coalesce(-sum(c.value) filter (where c.value < 0), 0.00) as lost,
             coalesce(sum(c.value) filter (where c.value > 0), 0.00) as gained
        from counted c
        join variant v on v.tenant_id = %(tenant)s and v.id = c.variant_id
       where true
"""
_DIFFERENT: LiteralString = """
       group by c.variant_id, v.label, v.sku having count(*) filter (where c.units <> 0) > 0
"""


@query("inventory.judge_counts", permission="inventory.view", rest="GET /inventory/count-accuracy")
def judge_counts(session: Session, ctx: RequestContext, wanted: JudgeCounts) -> CountsJudged:
    """Tell how often the books of the acting branch were right where they were counted."""
    text = " ".join([_COUNTED, _conditions(wanted), _BY_MONTH])
    found = db.fetch_all(session, text, _facts(ctx, wanted))
    lots, exact = (sum(row[name] for row in found) for name in ("lots", "exact"))
    return CountsJudged(
        rows=[CountedMonth(**{n: row[n] for n in CountedMonth.model_fields}) for row in found],
        since=_since(ctx, wanted),
        counts=len({count for row in found for count in row["counts"]}),
        lots=lots,
        exact=exact,
        accuracy=round(Decimal(exact * 100) / lots, 1) if lots else None,
        recounted=sum(row["again"] for row in found),
        gained=sum((row["gained"] for row in found), ZERO),
        lost=sum((row["lost"] for row in found), ZERO),
    )


@query(
    "inventory.list_count_differences",
    permission="inventory.view",
    rest="GET /inventory/count-accuracy/products",
)
def list_count_differences(
    session: Session, ctx: RequestContext, wanted: ListDifferences
) -> CountedProducts:
    """List products whose shelves differed from the books, the most money missing first."""
    searched: LiteralString = FOUND_BY_WORDS if wanted.search else ""
    parts = [_COUNTED, _conditions(wanted), _BY_PRODUCT, searched, _DIFFERENT]
    given = _facts(ctx, wanted) | words_of(wanted.search)
    rows, cursor = fetch_page(session, wanted, " ".join(parts), given)
    return CountedProducts(rows=[CountedProduct(**row) for row in rows], next_cursor=cursor)


def _conditions(wanted: _Period) -> LiteralString:
    return conditions_of(wanted, {"location_id": "and c.location_id = %(location)s"})


def _since(ctx: RequestContext, wanted: _Period) -> date:
    return ctx.today - timedelta(days=wanted.days - 1)


def _facts(ctx: RequestContext, wanted: _Period) -> dict[str, Any]:
    return {
        "tenant": ctx.tenant_id,
        "branch": ctx.branch_id,
        "zone": ctx.time_zone,
        "since": midnight(ctx, _since(ctx, wanted)),
        "location": wanted.location_id,
    }
