"""How long goods have been with us: by the days since their lot first came, and what that costs."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services import catalog
from erp.services.inventory.carrying import DEFAULT_RATE, RATE_OF, RATES
from erp.services.inventory.queries import FOUND_BY_WORDS, words_of
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

AgeBucket = Literal["0-30", "31-60", "61-90", "91-180", "180+"]
AGE_BUCKETS: Mapping[AgeBucket, tuple[int, int]] = {
    "0-30": (0, 30),
    "31-60": (31, 60),
    "61-90": (61, 90),
    "91-180": (91, 180),
    "180+": (181, 1_000_000),
}
"""Days since a lot first came, first and last, of each bucket."""


class AgeGroup(Result):
    """Goods of one form in one bucket.

    Attributes:
        value: Cost. carrying: what holding them costs a month, lot by lot.
    """

    bucket: AgeBucket
    form: catalog.Form
    lots: int
    quantity: int
    value: Decimal
    carrying: Decimal


class StockAgeing(Rows):
    """Goods of the acting branch by age.

    Attributes:
        average_days: Their age weighed with their cost.
    """

    rows: list[AgeGroup]
    as_of: date
    quantity: int
    value: Decimal
    carrying: Decimal
    average_days: int


class ListAgeing(SortedPage):
    """Which lots to list, the oldest first."""

    sort: Annotated[
        str,
        Order(
            "received_on",
            {
                "label": "text",
                "received_on": "day",
                "age_days": "number",
                "location": "text",
                "quantity": "number",
                "value": "number",
                "carrying": "number",
            },
            {"lot_id": "id", "location_id": "id"},
        ),
    ] = ""
    bucket: AgeBucket | None = None
    form: catalog.Form | None = None
    location_id: UUID | None = None
    variant_id: UUID | None = None


class AgedLot(Result):
    """A lot in one place.

    Attributes:
        received_on: Business day on which its first units came to the business.
        rate: Percent of the cost that holding it takes a year. carrying: in rupees a month.
    """

    lot_id: UUID
    location_id: UUID
    variant_id: UUID
    sku: str
    label: str
    lot_number: str
    form: catalog.Form
    location: str
    expires_on: date | None
    received_on: date
    age_days: int
    bucket: AgeBucket
    quantity: int
    value: Decimal
    rate: Decimal
    carrying: Decimal


class AgedLots(Rows):
    """A page of lots."""

    rows: list[AgedLot]


ON_HAND: LiteralString = """
      from stock_balance s
      join location place on place.tenant_id = s.tenant_id and place.id = s.location_id
      join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
      join lot l on l.tenant_id = s.tenant_id and l.id = s.lot_id
      join variant v on v.tenant_id = s.tenant_id and v.id = s.variant_id
      join product p on p.tenant_id = v.tenant_id and p.id = v.product_id
      cross join lateral (select (l.received_at at time zone %(zone)s)::date as received_on) first
"""
"""Balances, each with the day its lot first came to the business."""

HERE: LiteralString = """
     where s.tenant_id = %(tenant)s and w.branch_id = %(branch)s and s.on_hand > 0
"""

_LOTS: LiteralString = """, lots as (
    select s.lot_id, s.location_id, s.variant_id, v.sku, v.label, l.lot_number, p.form,
           place.name as location, l.expires_on, first.received_on,
           greatest(%(today)s - first.received_on, 0) as age_days,
           s.on_hand as quantity, s.value,
"""
_AGED: tuple[LiteralString, ...] = ("with", RATES, _LOTS, RATE_OF, "as rate", ON_HAND, HERE)
_PRICED: LiteralString = """), aged as (
    select *, round(value * rate / 1200, 2) as carrying,
           case when age_days <= 30 then '0-30' when age_days <= 60 then '31-60'
                when age_days <= 90 then '61-90' when age_days <= 180 then '91-180'
                else '180+' end as bucket
      from lots)
"""
_SUMMED: LiteralString = """
    select bucket, form, count(distinct lot_id) as lots, sum(quantity)::bigint as quantity,
           sum(value) as value, sum(carrying) as carrying, sum(value * age_days) as weighed
      from aged group by bucket, form order by min(age_days), form
"""


def facts_of(ctx: RequestContext) -> dict[str, Any]:
    """Return what statements about goods on hand here are given."""
    return {
        "tenant": ctx.tenant_id,
        "branch": ctx.branch_id,
        "today": ctx.today,
        "zone": ctx.time_zone,
        "default_rate": DEFAULT_RATE,
    }


@query("inventory.stock_ageing", permission="inventory.view", rest="GET /inventory/ageing")
def stock_ageing(session: Session, ctx: RequestContext, _wanted: Nothing) -> StockAgeing:
    """Add up goods of the acting branch by age and form, with what holding them costs a month."""
    rows = db.fetch_all(session, " ".join([*_AGED, _PRICED, _SUMMED]), facts_of(ctx))
    weighed = sum((row.pop("weighed") for row in rows), ZERO)
    groups = [AgeGroup(**row) for row in rows]
    value = sum((group.value for group in groups), ZERO)
    return StockAgeing(
        rows=groups,
        as_of=ctx.today,
        quantity=sum(group.quantity for group in groups),
        value=value,
        carrying=sum((group.carrying for group in groups), ZERO),
        average_days=int(weighed / value) if value else 0,
    )


@query("inventory.list_ageing", permission="inventory.view", rest="GET /inventory/ageing/lots")
def list_ageing(session: Session, ctx: RequestContext, wanted: ListAgeing) -> AgedLots:
    """List lots on hand in the acting branch, the oldest first."""
    chosen = {
        "form": wanted.form,
        "location": wanted.location_id,
        "variant": wanted.variant_id,
        "bucket": wanted.bucket,
    }
    given = facts_of(ctx) | words_of(wanted.search) | chosen
    rows, cursor = fetch_page(session, wanted, _listed(wanted), given)
    return AgedLots(rows=[AgedLot(**row) for row in rows], next_cursor=cursor)


def _listed(wanted: ListAgeing) -> LiteralString:
    conditions = conditions_of(
        wanted,
        {
            "search": FOUND_BY_WORDS,
            "form": "and p.form = %(form)s",
            "location_id": "and s.location_id = %(location)s",
            "variant_id": "and s.variant_id = %(variant)s",
        },
    )
    chosen: LiteralString = "where bucket = %(bucket)s" if wanted.bucket else ""
    return " ".join([*_AGED, conditions, _PRICED, "select * from aged", chosen])
