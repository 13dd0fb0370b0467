"""Which lot was made of which: both ways, over any number of makings."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.inventory import LotStatus
from erp.services.inventory.errors import UnknownDispensing
from erp.services.platform import (
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    fetch_page,
    query,
)

LOTS_MADE_OF: LiteralString = """
    with recursive made (lot_id) as (
        select %(lot)s::uuid
        union
        select d.lot_id from made
          join dispensing_source s on s.tenant_id = %(tenant)s and s.lot_id = made.lot_id
          join dispensing d on d.tenant_id = s.tenant_id and d.id = s.dispensing_id
    )
"""
"""A lot and every lot that was made of it, however often it went on; first part of a statement."""


class ListDispensings(SortedPage):
    """Which dispensings, the newest first; `search` is the beginning of a number."""

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "number": "text",
                "label": "text",
                "packs": "number",
                "expires_on": "day?",
                "value": "number",
                "made_at": "instant",
            },
        ),
    ] = ""


class TraceLot(Query):
    """Which lot's relatives."""

    lot_id: UUID


class RelatedLot(Result):
    """A lot that this one was made of (`source`), or that was made of it (`made`).

    Attributes:
        steps: Makings between the two. used: base units used up in the last of them.
        on_hand: Base units we still own anywhere.
    """

    relation: Literal["source", "made"]
    steps: int
    lot_id: UUID
    label: str
    lot_number: str
    status: LotStatus
    expires_on: date | None
    used: int
    on_hand: int
    number: str


class RelatedLots(Rows):
    """Sources first, the nearest before the others."""

    rows: list[RelatedLot]


class DispensingRow(Result):
    """Packs that were made, with what they were made of in words."""

    id: UUID
    number: str
    lot_id: UUID
    variant_id: UUID
    label: str
    unit: str
    packs: int
    expires_on: date | None
    value: Decimal
    made_of: str
    location: str
    made_at: datetime
    made_by: str
    on_hand: int


class DispensingPage(Rows):
    """A page of makings, the last first."""

    rows: list[DispensingRow]


@query("inventory.trace_lot", permission="inventory.view", rest="GET /lots/{lot_id}/relatives")
def trace_lot(session: Session, ctx: RequestContext, wanted: TraceLot) -> RelatedLots:
    """Return the lots that a lot was made of, and those that were made of it."""
    rows = db.fetch_all(
        session,
        """
        with recursive link as (
            select s.lot_id as source_id, d.lot_id as made_id, s.quantity, d.number
              from dispensing_source s
              join dispensing d on d.tenant_id = s.tenant_id and d.id = s.dispensing_id
             where s.tenant_id = %(tenant)s
        ), related as (
            select 'made' as relation, 1 as steps, made_id as lot_id, quantity, number
              from link where source_id = %(lot)s
            union all
            select 'source', 1, source_id, quantity, number from link where made_id = %(lot)s
            union all
            select r.relation, r.steps + 1,
                   case r.relation when 'made' then link.made_id else link.source_id end,
                   link.quantity, link.number
              from related r
              join link on r.lot_id = case r.relation when 'made' then link.source_id
                                                      else link.made_id end
        )
        select r.relation, r.steps, r.lot_id, v.label, l.lot_number, l.status, l.expires_on,
               r.quantity as used, r.number,
               (select coalesce(sum(b.on_hand), 0)::bigint from stock_balance b
                 where b.tenant_id = l.tenant_id and b.lot_id = l.id) as on_hand
          from related r
          join lot l on l.tenant_id = %(tenant)s and l.id = r.lot_id
          join variant v on v.tenant_id = l.tenant_id and v.id = l.variant_id
         order by r.relation desc, r.steps, v.label, l.lot_number limit 500
        """,
        {"tenant": ctx.tenant_id, "lot": wanted.lot_id},
    )
    return RelatedLots(rows=[RelatedLot(**row) for row in rows])


_MADE: LiteralString = """
    select d.id, d.number, d.lot_id, d.variant_id, v.label, v.base_unit as unit, d.packs,
           d.expires_on, d.value, used.made_of, place.name as location, d.made_at,
           coalesce(u.display_name, '') as made_by,
           (select coalesce(sum(b.on_hand), 0)::bigint from stock_balance b
             where b.tenant_id = d.tenant_id and b.lot_id = d.lot_id) as on_hand
      from dispensing d
      join variant v on v.tenant_id = d.tenant_id and v.id = d.variant_id
      join location place on place.tenant_id = d.tenant_id and place.id = d.location_id
      left join membership u on u.tenant_id = d.tenant_id and u.user_id = d.made_by
      cross join lateral (
            select string_agg(s.quantity || ' ' || sv.base_unit || ' of ' || sv.label || ', lot '
                              || sl.lot_number, '; ' order by s.id) as made_of
              from dispensing_source s
              join variant sv on sv.tenant_id = s.tenant_id and sv.id = s.variant_id
              join lot sl on sl.tenant_id = s.tenant_id and sl.id = s.lot_id
             where s.tenant_id = d.tenant_id and s.dispensing_id = d.id) used
     where d.tenant_id = %(tenant)s and d.branch_id = %(branch)s
"""


@query("inventory.list_dispensings", permission="inventory.view", rest="GET /dispensings")
def list_dispensings(
    session: Session, ctx: RequestContext, wanted: ListDispensings
) -> DispensingPage:
    """List packs made in the acting branch; `search` is the beginning of a number."""
    rows, cursor = fetch_page(
        session,
        wanted,
        f"{_MADE} and starts_with(d.number, upper(%(search)s))",
        {
            "tenant": ctx.tenant_id,
            "branch": ctx.branch_id,
            "search": wanted.search.strip(),
        },
    )
    page = [DispensingRow(**row) for row in rows]
    return DispensingPage(rows=page, next_cursor=cursor)


def get_dispensing(session: Session, ctx: RequestContext, dispensing_id: UUID) -> DispensingRow:
    """Return packs made in the acting branch.

    Raises:
        UnknownDispensing: The acting branch made no such packs.
    """
    row = db.fetch_one(
        session,
        f"{_MADE} and d.id = %(id)s",
        {"tenant": ctx.tenant_id, "branch": ctx.branch_id, "id": dispensing_id},
    )
    if row is None:
        raise UnknownDispensing("These packs are not known here.")
    return DispensingRow(**row)


def lots_made_of(session: Session, ctx: RequestContext, lot_id: UUID) -> list[UUID]:
    """Return a lot and every lot that was made of it."""
    rows = db.fetch_all(
        session,
        f"{LOTS_MADE_OF} select lot_id from made order by lot_id",  # noqa: S608  a constant
        {"tenant": ctx.tenant_id, "lot": lot_id},
    )
    return [row["lot_id"] for row in rows]
