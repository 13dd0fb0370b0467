"""The value of stock against the stock accounts, and the documents behind a difference."""

from datetime import date
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import accounting
from erp.services.inventory.past_stock import past_stock
from erp.services.platform import Day, Query, Result, Rows, query

MOST_SOURCES = 100
STOCK_KEYS = ("inventory", "inventory_expired", "goods_in_transit")


class StockAgainstBooksOn(Query):
    """As of which day; now where nothing is said.

    Attributes:
        as_of: The end of this day, by when goods moved and entries belong, whenever they were recorded.
        known_on: Leave out what was recorded after the end of this day.
    """

    as_of: Day | None = None
    known_on: Day | None = None


class DifferingSource(Result):
    """A document whose entry says another value than its moves of goods."""

    origin_type: str
    origin_id: UUID
    entry_id: UUID | None
    booked: Decimal
    moved: Decimal


class StockAccount(Result):
    """An account of stock beside the goods it stands for, at cost.

    Attributes:
        difference: Booked less counted; zero in sound books.
        sources: Documents that make the difference, the first hundred.
    """

    account_id: UUID
    code: str
    name: str
    booked: Decimal
    counted: Decimal
    difference: Decimal
    sources: list[DifferingSource]


class StockAgainstBooks(Rows):
    """Every account of stock of the acting company, as of a day."""

    as_of: date
    rows: list[StockAccount]
    difference: Decimal


OWNED: LiteralString = """
    select place.id, case place.kind when 'storage' then 'inventory' when 'quarantine' then 'inventory'
                          when 'transit' then 'goods_in_transit' else 'inventory_expired' end as key
      from location place
      join warehouse w on (w.tenant_id, w.id) = (place.tenant_id, place.warehouse_id)
      join branch br on (br.tenant_id, br.id) = (w.tenant_id, w.branch_id)
     where place.tenant_id = %(tenant)s and br.company_id = %(company)s
"""


_NOW: LiteralString = """
    select place.key, sum(b.value) as value from stock_balance b
      join place on place.id = b.location_id
     where b.tenant_id = %(tenant)s group by 1
"""
_THEN: LiteralString = """
    select place.key, sum(part.value) as value from part join place on place.id = part.location_id
     group by 1
"""
_BOOKED_NOW: LiteralString = """
    select sum(b.debit) - sum(b.credit) from account_balance b
     where b.tenant_id = a.tenant_id and b.account_id = a.id
"""
_BOOKED_THEN: LiteralString = """
    select sum(l.debit) - sum(l.credit) from journal_line l
      join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
     where l.tenant_id = a.tenant_id and l.account_id = a.id and l.effective_on <= %(day)s
       and (%(known)s::timestamptz is null or e.recorded_at < %(known)s)
"""


@query(
    "inventory.stock_against_books", permission="accounting.view", rest="GET /stock-against-books"
)
def stock_against_books(
    session: Session, ctx: RequestContext, wanted: StockAgainstBooksOn
) -> StockAgainstBooks:
    """Set the stock accounts beside the value of the goods, and name the documents of a difference."""
    day = wanted.as_of or ctx.today
    is_now = day >= ctx.today and wanted.known_on is None
    asked: dict[str, object] = {
        "tenant": ctx.tenant_id,
        "company": ctx.company_id,
        "most": MOST_SOURCES,
        "keys": list(STOCK_KEYS),
        "zone": ctx.time_zone,
        "day": day,
        "known": accounting.end_of(wanted.known_on, ctx) if wanted.known_on else None,
    }
    goods = _goods_now(session, ctx) if is_now else goods_then(session, ctx, wanted, day)
    rows = db.fetch_all(
        session,
        f"""
        select a.id as account_id, a.code, a.name, a.key,
               coalesce(({_BOOKED_NOW if is_now else _BOOKED_THEN}), 0.00) as booked
          from account a
         where a.tenant_id = %(tenant)s and a.company_id = %(company)s
           and a.key = any(%(keys)s)
         order by a.code
        """,  # noqa: S608  constants of this module
        asked,
    )
    accounts = []
    for row in rows:
        counted = goods.get(row["key"], Decimal("0.00"))
        difference = row["booked"] - counted
        found = _sources(session, asked | {"key": row["key"]}) if difference else []
        accounts.append(StockAccount(**row, counted=counted, difference=difference, sources=found))
    whole = sum((one.difference for one in accounts), Decimal("0.00"))
    return StockAgainstBooks(as_of=day, rows=accounts, difference=whole)


def goods_then(
    session: Session, ctx: RequestContext, wanted: StockAgainstBooksOn, day: date
) -> dict[str, Decimal]:
    """Return what the goods of each stock account cost at the end of a past day, by the account's key."""
    known = accounting.end_of(wanted.known_on, ctx) if wanted.known_on else None
    past = past_stock(session, ctx, accounting.end_of(day, ctx), known)
    rows = db.fetch_all(
        session,
        f"with place as ({OWNED}), part as ({past.parts}) {_THEN}",
        past.about | {"company": ctx.company_id},
    )
    return {row["key"]: row["value"] for row in rows}


def _goods_now(session: Session, ctx: RequestContext) -> dict[str, Decimal]:
    rows = db.fetch_all(
        session,
        f"with place as ({OWNED}) {_NOW}",
        {"tenant": ctx.tenant_id, "company": ctx.company_id},
    )
    return {row["key"]: row["value"] for row in rows}


def _sources(session: Session, asked: dict[str, object]) -> list[DifferingSource]:
    """Return documents whose entries and moves differ on one account; read only where there is a difference."""
    rows = db.fetch_all(
        session,
        f"""
        with place as materialized (select id from ({OWNED}) owned where key = %(key)s), moved as (
            select origin_type, origin_id, sum(value) as moved from (
                select m.origin_type, m.origin_id, side.sign * m.value as value from stock_move m
                 cross join lateral (values (1, m.to_location_id), (-1, m.from_location_id)) side (sign, id)
                  join place on place.id = side.id
                 where m.tenant_id = %(tenant)s and (m.effective_at at time zone %(zone)s)::date <= %(day)s
                   and (%(known)s::timestamptz is null or m.recorded_at < %(known)s)
                union all
                select r.origin_type, r.origin_id, r.value from stock_revaluation r
                  join place on place.id = r.location_id
                 where r.tenant_id = %(tenant)s
                   and (r.effective_at at time zone %(zone)s)::date <= %(day)s
                   and (%(known)s::timestamptz is null or r.recorded_at < %(known)s)) one
             group by 1, 2
        ), booked as (
            select e.origin_type, e.origin_id, (array_agg(e.id order by e.id))[1] as entry_id,
                   sum(l.debit) - sum(l.credit) as booked
              from account a
              join journal_line l on (l.tenant_id, l.account_id) = (a.tenant_id, a.id)
                   and l.effective_on <= %(day)s
              join journal_entry e on (e.tenant_id, e.id) = (l.tenant_id, l.entry_id)
                   and (%(known)s::timestamptz is null or e.recorded_at < %(known)s)
             where a.tenant_id = %(tenant)s and a.company_id = %(company)s and a.key = %(key)s
             group by 1, 2)
        select coalesce(b.origin_type, m.origin_type) as origin_type,
               origin_id, b.entry_id,
               coalesce(b.booked, 0.00) as booked, coalesce(m.moved, 0.00) as moved
          from booked b full join moved m using (origin_id)
         where coalesce(b.booked, 0) <> coalesce(m.moved, 0)
         order by origin_id limit %(most)s
        """,  # noqa: S608  constants of this module
        asked,
    )
    return [DifferingSource(**row) for row in rows]
