"""Cycle counting: how often goods of each value class are counted, and which lots are due."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.services.inventory.classifying import CLASSED, ValueClass, period_facts
from erp.services.inventory.places import Place
from erp.services.inventory.queries import FOUND_BY_WORDS, words_of
from erp.services.platform import (
    Command,
    Identified,
    Nothing,
    Order,
    Result,
    Rows,
    SortedPage,
    command,
    conditions_of,
    fetch_page,
    query,
)

DEFAULT_INTERVALS: Final[Mapping[ValueClass, int]] = {"A": 30, "B": 90, "C": 180}
"""Days until the business sets its own: what is worth most is counted monthly, all twice a year."""

WEEKS: Final = 13
"""Weeks of consumption that put goods into classes, as the page of classes does unasked."""


class SetCountInterval(Command):
    """Say how often goods of a value class are counted.

    Attributes:
        days: At most so many days pass between two counts of a lot.
    """

    abc: ValueClass
    days: Annotated[int, Field(ge=1, le=730)]


class CountInterval(Result):
    """How often goods of a class are counted, and how far the branch is with it.

    Attributes:
        set_at: None for the product's default, as nobody set one.
        lots: Lots of the class on hand. due: those to count. never: those of `due` that no
            approved count ever saw in their place. value: Cost of `due`.
    """

    abc: ValueClass
    days: int
    set_at: datetime | None
    lots: int
    due: int
    never: int
    value: Decimal


class CountIntervals(Rows):
    """The three classes, the most valuable first."""

    rows: list[CountInterval]


class ListDueLots(SortedPage):
    """Which of the lots that are due to list, the longest due first."""

    sort: Annotated[
        str,
        Order(
            "due_on",
            {
                "due_on": "day",
                "label": "text",
                "location": "text",
                "abc": "text",
                "value": "number",
                "on_hand": "number",
                "counted_on": "day?",
            },
            {"lot_id": "id", "location_id": "id"},
        ),
    ] = ""
    abc: ValueClass | None = None
    location_id: UUID | None = None


class DueLot(Result):
    """A lot in one place that is to be counted.

    Attributes:
        counted_on: Business day of its last approved count there; none if there is none.
        due_on: The last day on which a count is in time. days_overdue: business days since.
        value: Cost of what is on hand.
    """

    lot_id: UUID
    location_id: UUID
    variant_id: UUID
    label: str
    sku: str
    lot_number: str
    location: str
    abc: ValueClass
    on_hand: int
    value: Decimal
    counted_on: date | None
    due_on: date
    days_overdue: int


class DueLots(Rows):
    """A page of lots to count."""

    rows: list[DueLot]


_LOTS: LiteralString = """
    , counted as materialized (
        select line.location_id, line.lot_id,
               (max(line.counted_at) at time zone %(zone)s)::date as counted_on
          from stock_count_line line
          join stock_count c on c.tenant_id = line.tenant_id and c.id = line.count_id
         where line.tenant_id = %(tenant)s and line.status = 'counted' and c.status = 'approved'
         group by line.location_id, line.lot_id
    ), lots as (
        select s.lot_id, s.location_id, s.variant_id, v.label, v.sku, l.lot_number,
               place.name as location, c.abc, s.on_hand, s.value, counted.counted_on,
               coalesce(counted.counted_on, (l.received_at at time zone %(zone)s)::date)
                 + coalesce(i.days, (%(defaults)s::jsonb ->> c.abc)::int) as due_on,
               exists (select from stock_count_line o
                        where o.tenant_id = s.tenant_id and o.location_id = s.location_id
                          and o.lot_id = s.lot_id and o.is_open) as is_being_counted
          from stock_balance s
          join ours on ours.id = s.location_id
          join location place on place.tenant_id = s.tenant_id and place.id = s.location_id
               and place.kind in ('storage', 'expired_store')
          join lot l on l.tenant_id = s.tenant_id and l.id = s.lot_id
          join variant v on v.tenant_id = s.tenant_id and v.id = s.variant_id
          join classed c on c.variant_id = s.variant_id
          left join counted on counted.location_id = s.location_id and counted.lot_id = s.lot_id
          left join count_interval i on i.tenant_id = s.tenant_id and i.abc = c.abc
         where s.tenant_id = %(tenant)s and s.on_hand > 0
"""
_SUMMED: LiteralString = """
    ), judged as (
        select *, due_on <= %(today)s and not is_being_counted as is_due from lots
    )
    select abc, count(*) as lots, count(*) filter (where is_due) as due,
           count(*) filter (where is_due and counted_on is null) as never,
           coalesce(sum(value) filter (where is_due), 0.00) as value
      from judged group by abc
"""
_DUE: LiteralString = """
    ) select *, %(today)s - due_on as days_overdue from lots where due_on <= %(today)s and not is_being_counted
"""
_OF_CLASS: LiteralString = ") select lot_id from lots where location_id = %(location)s"


@command("inventory.set_count_interval", permission="inventory.plan", rest="PUT /count-intervals")
def set_count_interval(session: Session, ctx: RequestContext, cmd: SetCountInterval) -> Identified:
    """Say how often goods of a value class are counted, in every branch; it holds from now on."""
    row = db.fetch_one(
        session,
        "insert into count_interval (tenant_id, id, abc, days, set_by, set_at)"
        " values (%s, %s, %s, %s, %s, %s) on conflict (tenant_id, abc) do update"
        " set days = excluded.days, set_by = excluded.set_by, set_at = excluded.set_at"
        " returning id",
        (ctx.tenant_id, new_id(), cmd.abc, cmd.days, ctx.user_id, ctx.now),
    )
    assert row is not None  # noqa: S101  an upsert always answers
    return Identified(id=row["id"])


@query("inventory.list_count_intervals", permission="inventory.view", rest="GET /count-intervals")
def list_count_intervals(session: Session, ctx: RequestContext, _wanted: Nothing) -> CountIntervals:
    """Tell for each value class how often it is counted and what the acting branch has to count.

    Classes are those of the last 13 weeks' consumption. A lot that nobody counted yet is due so
    many days after it first came; one that is on an open count is not due.
    """
    summed = db.fetch_all(session, f"{CLASSED} {_LOTS} {_SUMMED}", _facts(ctx))
    kept = db.fetch_all(
        session,
        "select abc, days, set_at from count_interval where tenant_id = %s",
        (ctx.tenant_id,),
    )
    known: dict[str, dict[str, Any]] = {
        abc: {"days": days, "set_at": None, "lots": 0, "due": 0, "never": 0, "value": ZERO}
        for abc, days in DEFAULT_INTERVALS.items()
    }
    for row in (*kept, *summed):
        known[row["abc"]] |= row
    return CountIntervals(rows=[CountInterval(**known[abc] | {"abc": abc}) for abc in known])


@query("inventory.list_due_lots", permission="inventory.view", rest="GET /count-intervals/due")
def list_due_lots(session: Session, ctx: RequestContext, wanted: ListDueLots) -> DueLots:
    """List lots of the acting branch that are to be counted, the longest due first."""
    searched: LiteralString = FOUND_BY_WORDS if wanted.search else ""
    conditions = conditions_of(
        wanted, {"abc": "and abc = %(abc)s", "location_id": "and location_id = %(location)s"}
    )
    rows, cursor = fetch_page(
        session,
        wanted,
        f"{CLASSED} {_LOTS} {searched} {_DUE} {conditions}",
        _facts(ctx) | words_of(wanted.search) | {"abc": wanted.abc, "location": wanted.location_id},
    )
    return DueLots(rows=[DueLot(**row) for row in rows], next_cursor=cursor)


def lots_by_class(
    session: Session, ctx: RequestContext, place: Place, abc: ValueClass | None, *, is_due: bool
) -> list[UUID]:
    """Return the lots on hand in a place that are of a class, and to be counted if that is asked."""
    parts: list[LiteralString] = [CLASSED, _LOTS, _OF_CLASS]
    if abc:
        parts.append("and abc = %(abc)s")
    if is_due:
        parts.append("and due_on <= %(today)s and not is_being_counted")
    given = {"branch": place.branch_id, "location": place.id, "abc": abc}
    rows = db.fetch_all(session, " ".join(parts), _facts(ctx) | given)
    return [row["lot_id"] for row in rows]


def _facts(ctx: RequestContext) -> dict[str, Any]:
    return period_facts(ctx, WEEKS) | {"defaults": json.dumps(DEFAULT_INTERVALS)}
