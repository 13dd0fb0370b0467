"""How suppliers keep their word: the scorecard."""

from decimal import Decimal
from typing import Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.platform import Result, Rows, decode_cursor, encode_cursor, query
from erp.services.purchasing.comparing_prices import AVERAGES, IN_BOTH
from erp.services.purchasing.listing_received import (
    LATE,
    OF_SUPPLIER,
    RECEIVED,
    SHORT,
    Period,
    received_params,
    span_of,
)

NO_FIGURE = Decimal(-1_000_000)
"""Where a supplier stands who has no such figure: below everyone who has."""


class SupplierScorecard(Period):
    """Whose scorecards, over which days; all suppliers of the period where none is named.

    Attributes:
        sort: A figure's name, with a minus in front for the largest first.
    """

    supplier_id: UUID | None = None
    sort: Literal[
        "", "supplier", "orders", "value", "on_time", "fill", "short_life", "failed", "drift",
        "-supplier", "-orders", "-value", "-on_time", "-fill", "-short_life", "-failed", "-drift",
    ] = ""  # fmt: skip


class ScorecardRow(Result):
    """A supplier's figures; each share is in percent and none where it is a share of nothing.

    Attributes:
        orders: First asked for in the period and sent out.
        value: What came in the period cost, tax excluded, with and without orders.
        on_time: Of `due_units`, paid units that came against an order with an expected day.
        fill: `filled_units` of `ordered_units`: of the orders that are over or late.
        short_life: Of `dated_units`, units that came with an expiry.
        failed: Of `checked_units`, units whose lot failed a required point of its checklist.
        drift: Percent by which products cost more than in the period before, weighted by value.
    """

    supplier_id: UUID
    supplier: str
    orders: int
    value: Decimal
    on_time: Decimal | None
    on_time_units: int
    due_units: int
    fill: Decimal | None
    filled_units: int
    ordered_units: int
    short_life: Decimal | None
    short_units: int
    dated_units: int
    failed: Decimal | None
    failed_units: int
    checked_units: int
    drift: Decimal | None


class ScorecardPage(Rows):
    """A page of scorecards."""

    rows: list[ScorecardRow]


_SCORES: LiteralString = f"""
    goods as (
        select supplier_id, sum(value) as value,
               sum(paid_units) filter (where expected_on is not null) as due_units,
               sum(paid_units) filter (where expected_on is not null and not ({LATE}))
               as on_time_units,
               sum(units) filter (where expires_on is not null) as dated_units,
               sum(units) filter (where {SHORT}) as short_units,
               sum(units) filter (where checked is not null) as checked_units,
               sum(units) filter (where checked = 'failed') as failed_units
          from received where effective_at >= %(since)s group by supplier_id
    ), {AVERAGES}, drifts as (
        select supplier_id,
               sum(value * (value / units / (value_before / units_before) - 1)) * 100 / sum(value)
               as drift
          from averages where units > 0 and units_before > 0 group by supplier_id
    ), asked as (
        select o.supplier_id, count(*) as orders, sum(a.ordered) as ordered_units,
               sum(a.filled) as filled_units
          from purchase_order o
          join purchase_order_version f
               on (f.tenant_id, f.order_id, f.version) = (o.tenant_id, o.id, 1)
          join purchase_order_version v
               on (v.tenant_id, v.order_id, v.version) = (o.tenant_id, o.id, o.version)
          left join lateral (
                select sum(l.base_quantity) as ordered,
                       sum(least(p.received, l.base_quantity)) as filled
                  from purchase_order_line l
                  join purchase_order_progress p using (tenant_id, order_id, line_no)
                 where l.tenant_id = o.tenant_id and l.order_id = o.id and l.version = o.version
               ) a on o.status in ('closed', 'cancelled') or v.expected_on < %(today)s
         where o.tenant_id = %(tenant)s and o.branch_id = %(branch)s
           and f.asked_at >= %(since)s and f.asked_at < %(until)s
           and (%(supplier)s::uuid is null or o.supplier_id = %(supplier)s::uuid)
         group by o.supplier_id
    )
    select s.id as supplier_id, s.name as supplier, coalesce(asked.orders, 0) as orders,
           coalesce(goods.value, 0.00) as value,
           round(100.0 * coalesce(goods.on_time_units, 0) / nullif(goods.due_units, 0), 1)
           as on_time,
           coalesce(goods.on_time_units, 0)::bigint as on_time_units,
           coalesce(goods.due_units, 0)::bigint as due_units,
           round(100.0 * asked.filled_units / nullif(asked.ordered_units, 0), 1) as fill,
           coalesce(asked.filled_units, 0)::bigint as filled_units,
           coalesce(asked.ordered_units, 0)::bigint as ordered_units,
           round(100.0 * coalesce(goods.short_units, 0) / nullif(goods.dated_units, 0), 1)
           as short_life,
           coalesce(goods.short_units, 0)::bigint as short_units,
           coalesce(goods.dated_units, 0)::bigint as dated_units,
           round(100.0 * coalesce(goods.failed_units, 0) / nullif(goods.checked_units, 0), 1)
           as failed,
           coalesce(goods.failed_units, 0)::bigint as failed_units,
           coalesce(goods.checked_units, 0)::bigint as checked_units,
           round(drifts.drift, 1) as drift
      from (select supplier_id from goods union select supplier_id from asked) known
      join party s on (s.tenant_id, s.id) = (%(tenant)s, known.supplier_id)
      left join goods using (supplier_id)
      left join asked using (supplier_id)
      left join drifts using (supplier_id)
"""  # noqa: S608  made of literals


@query(
    "purchasing.supplier_scorecard", permission="purchasing.view", rest="GET /supplier-scorecards"
)
def supplier_scorecard(
    session: Session, ctx: RequestContext, wanted: SupplierScorecard
) -> ScorecardPage:
    """Return how the acting branch's suppliers did in a period, the largest value first.

    The suppliers of one branch are few: all are rated at once, then ordered and cut into pages.

    Raises:
        InvalidInput: The period ends before it begins.
    """
    span = span_of(ctx, wanted)
    of_supplier = OF_SUPPLIER if wanted.supplier_id else ""
    parts = ("with received as materialized (", RECEIVED, IN_BOTH, of_supplier, "),", _SCORES)
    given = {
        "before": span.before,
        "since": span.since,
        "until": span.until,
        "supplier": wanted.supplier_id,
    }
    rows = db.fetch_all(session, " ".join(parts), received_params(ctx) | given)
    scores = _in_order([ScorecardRow(**row) for row in rows], wanted.sort or "-value")
    after = decode_cursor(wanted.cursor, 1)
    begin = next((at + 1 for at, row in enumerate(scores) if [str(row.supplier_id)] == after), 0)
    page = scores[begin : begin + wanted.limit]
    more = begin + len(page) < len(scores)
    return ScorecardPage(rows=page, next_cursor=encode_cursor(page[-1].supplier_id) if more else "")


def _in_order(scores: list[ScorecardRow], sort: str) -> list[ScorecardRow]:
    figure, is_down = sort.removeprefix("-"), sort.startswith("-")
    named = sorted(scores, key=lambda row: (row.supplier.casefold(), row.supplier_id))
    if figure == "supplier":
        return named[::-1] if is_down else named
    sign = -1 if is_down else 1
    return sorted(named, key=lambda row: sign * _standing(getattr(row, figure)))


def _standing(figure: Decimal | int | None) -> Decimal:
    return NO_FIGURE if figure is None else Decimal(figure)
