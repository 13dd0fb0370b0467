"""What buying adds up to over a period: spend by month, supplier and brand, and what is late."""

from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services.platform import Result, query
from erp.services.purchasing.listing_received import (
    RECEIVED,
    Period,
    midnight_of,
    received_params,
    span_of,
)

MONTHS_SHOWN = 12
LARGEST_SHOWN = 10


class GetFigures(Period):
    """Which days."""


class SpendFigure(Result):
    """What came cost, tax excluded; `units` are base units with free ones."""

    value: Decimal
    units: int
    deliveries: int


class MonthFigure(SpendFigure):
    """Spend of a calendar month, named by its first day."""

    month: date


class NamedFigure(SpendFigure):
    """Spend with a supplier or on a brand; the id is none where no supplier was named."""

    id: UUID | None
    name: str


class OrderFigure(Result):
    """Orders that went out in the period, and those that are late today.

    Attributes:
        value, late_value: Tax included; of late orders all of it, whatever has come.
    """

    orders: int
    value: Decimal
    late: int
    late_value: Decimal


class BuyingFigures(Result):
    """Figures of buying.

    Attributes:
        spend, spend_before: Of the period, and of the equally long one before it.
        by_month: The twelve months up to the period's end; months without goods are left out.
        by_supplier, by_brand: The ten largest of the period.
    """

    from_day: date
    to_day: date
    spend: SpendFigure
    spend_before: SpendFigure
    orders: OrderFigure
    by_month: list[MonthFigure]
    by_supplier: list[NamedFigure]
    by_brand: list[NamedFigure]


_SUMS: LiteralString = """
    coalesce(sum(value), 0.00) as value, coalesce(sum(units), 0)::bigint as units,
    count(distinct receipt_id) as deliveries
"""
_SPEND: LiteralString = f"""
    with received as materialized ({RECEIVED}
           and m.effective_at >= least(%(before)s, %(months)s) and m.effective_at < %(until)s
    ), now as (
        select * from received where effective_at >= %(since)s
    ), suppliers as (
        select now.supplier_id as id, s.name, {_SUMS}
          from now left join party s on (s.tenant_id, s.id) = (%(tenant)s, now.supplier_id)
         group by 1, 2 order by value desc, name limit %(largest)s
    ), brands as (
        select b.id, b.name, {_SUMS}
          from now
          join variant v on (v.tenant_id, v.id) = (%(tenant)s, now.variant_id)
          join product p on (p.tenant_id, p.id) = (v.tenant_id, v.product_id)
          join brand b on (b.tenant_id, b.id) = (p.tenant_id, p.brand_id)
         group by 1, 2 order by value desc, name limit %(largest)s
    )
    select 'spend' as kind, null::date as month, null::uuid as id, '' as name, {_SUMS} from now
    union all
    select 'spend_before', null, null, '', {_SUMS} from received
     where effective_at >= %(before)s and effective_at < %(since)s
    union all
    select 'by_month', date_trunc('month', received_on)::date, null, '', {_SUMS} from received
     where effective_at >= %(months)s group by 2
    union all
    select 'by_supplier', null, id, coalesce(name, ''), value, units, deliveries from suppliers
    union all
    select 'by_brand', null, id, name, value, units, deliveries from brands
     order by kind, month, value desc, name
"""  # noqa: S608  made of literals


@query("purchasing.get_figures", permission="purchasing.view", rest="GET /purchase-figures")
def get_figures(session: Session, ctx: RequestContext, wanted: GetFigures) -> BuyingFigures:
    """Return what the acting branch bought in a period, by what came in.

    Raises:
        InvalidInput: The period ends before it begins.
    """
    span = span_of(ctx, wanted)
    given = {
        "before": span.before,
        "since": span.since,
        "until": span.until,
        "months": midnight_of(ctx, _months_back(span.last)),
        "largest": LARGEST_SHOWN,
    }
    rows = db.fetch_all(session, _SPEND, received_params(ctx) | given)
    by_kind = {kind: [row for row in rows if row["kind"] == kind] for kind in _KINDS}
    return BuyingFigures(
        from_day=span.first,
        to_day=span.last,
        spend=SpendFigure(**by_kind["spend"][0]),
        spend_before=SpendFigure(**by_kind["spend_before"][0]),
        orders=_orders(session, ctx, given),
        by_month=[MonthFigure(**row) for row in by_kind["by_month"]],
        by_supplier=[NamedFigure(**row) for row in by_kind["by_supplier"]],
        by_brand=[NamedFigure(**row) for row in by_kind["by_brand"]],
    )


_KINDS = ("spend", "spend_before", "by_month", "by_supplier", "by_brand")


def _months_back(day: date) -> date:
    """Return the first day of the first of the twelve months that end with a day's month."""
    months = day.year * 12 + day.month - MONTHS_SHOWN
    return date(months // 12, months % 12 + 1, 1)


def _orders(session: Session, ctx: RequestContext, given: dict[str, object]) -> OrderFigure:
    row = db.fetch_one(
        session,
        """
        select count(*) filter (where asked) as orders,
               coalesce(sum(total) filter (where asked), 0.00) as value,
               count(*) filter (where late) as late,
               coalesce(sum(total) filter (where late), 0.00) as late_value
          from (select v.taxable + v.tax as total,
                       f.asked_at >= %(since)s and f.asked_at < %(until)s as asked,
                       o.status = 'placed' and v.expected_on < %(today)s as late
                  from purchase_order o
                  join purchase_order_version f
                       on (f.tenant_id, f.order_id, f.version) = (o.tenant_id, o.id, 1)
                  join purchase_order_version v
                       on (v.tenant_id, v.order_id, v.version) = (o.tenant_id, o.id, o.version)
                 where o.tenant_id = %(tenant)s and o.branch_id = %(branch)s) sent
        """,
        received_params(ctx) | given,
    )
    nothing = {"orders": 0, "value": ZERO, "late": 0, "late_value": ZERO}
    return OrderFigure(**(row or nothing))
