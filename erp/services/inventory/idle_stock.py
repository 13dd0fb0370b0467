"""Dead and slow stock: what does not sell, or not in time, the money in it, and what to do."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, LiteralString, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import counted, date_text, group_count
from erp.core.money import ZERO
from erp.services.inventory.claiming import CLAIM_WINDOW, DEFAULT_CLAIM_DAYS
from erp.services.inventory.issues import ISSUES, PACE_DAYS, issues_since
from erp.services.inventory.queries import FOUND_BY_WORDS, words_of
from erp.services.inventory.stock_age import HERE, ON_HAND
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

Idleness = Literal["expired", "dead", "slow", "surplus"]
IDLENESS: tuple[Idleness, ...] = ("expired", "dead", "slow", "surplus")
Advice = Literal["return", "transfer", "wait", "discount", "write_off"]
WAIT_DAYS: Final = 180
"""Days for which goods are worth keeping until their supplier takes them back."""
Days = Annotated[int, Field(ge=1, le=3650)]


class _Thresholds(Query):
    """After how many days without an issue goods are slow, and dead."""

    slow_days: Days = 90
    dead_days: Days = 180

    @model_validator(mode="after")
    def _dead_is_later(self) -> Self:
        if self.dead_days <= self.slow_days:
            msg = "dead_days must be more than slow_days"
            raise ValueError(msg)
        return self


class IdleSummary(_Thresholds):
    """The thresholds."""


class ListIdle(SortedPage, _Thresholds):
    """Which lots to list, the most money first."""

    sort: Annotated[
        str,
        Order(
            "-at_stake",
            {"label": "text", "expires_on": "day?", "units": "number", "at_stake": "number"},
            {"lot_id": "id", "location_id": "id"},
        ),
    ] = ""
    idleness: Idleness | None = None
    advice: Advice | None = None
    location_id: UUID | None = None


class IdleGroup(Result):
    """Lots that are idle in one way.

    Attributes:
        at_stake: Cost of the units that will not sell as things are.
    """

    idleness: Idleness
    lots: int
    units: int
    at_stake: Decimal


class IdleStock(Rows):
    """Idle goods of the acting branch, each lot counted once, under the worst that is true of it."""

    rows: list[IdleGroup]
    at_stake: Decimal


class IdleLot(Result):
    """A lot in one place.

    Attributes:
        idle_days: Days since its product was last sold or used here, or since the lot came.
        pace: Base units of its product that leave in 90 days here, less what came back.
        units: Of `on_hand`, those that will not sell as things are; `at_stake` is their cost.
        claim_from, claim_until: When its supplier takes it back; none where unknown.
        advice: What to do. reason: why, in words. to_branch_id: where to move it, where that is
            the advice.
    """

    lot_id: UUID
    location_id: UUID
    variant_id: UUID
    sku: str
    label: str
    lot_number: str
    location: str
    expires_on: date | None
    idleness: Idleness
    idle_days: int
    last_issued_on: date | None
    pace: int
    on_hand: int
    units: int
    at_stake: Decimal
    supplier_id: UUID | None
    supplier: str
    claim_from: date | None
    claim_until: date | None
    advice: Advice
    reason: str
    to_branch_id: UUID | None


class IdleLots(Rows):
    """A page of lots."""

    rows: list[IdleLot]


_PACES: LiteralString = """
    , sold as materialized (
        select variant_id, branch_id, greatest(sum(units), 0)::bigint as units
          from issue group by variant_id, branch_id
    ), elsewhere as materialized (
        select distinct on (sold.variant_id) sold.variant_id, b.id as branch_id, b.name as branch,
               sold.units as sold_there, have.units as held_there
          from sold
          join branch b on b.tenant_id = %(tenant)s and b.id = sold.branch_id
          join branch here on here.tenant_id = %(tenant)s and here.id = %(branch)s
               and here.company_id = b.company_id and here.gstin is not distinct from b.gstin
          cross join lateral (
                select coalesce(sum(s.on_hand), 0)::bigint as units
                  from stock_balance s join ours on ours.id = s.location_id
                 where s.tenant_id = %(tenant)s and s.variant_id = sold.variant_id
                   and ours.branch_id = sold.branch_id) have
         where sold.branch_id <> %(branch)s and sold.units > have.units
         order by sold.variant_id, sold.units - have.units desc, b.id
    )
"""
_LOTS: LiteralString = """
    , lots as (
        select s.lot_id, s.location_id, s.variant_id, v.sku, v.label, l.lot_number,
               place.name as location, l.expires_on, s.on_hand, s.value, first.received_on,
               l.supplier_id, coalesce(sold.units, 0) as pace,
               sum(case place.kind when 'storage' then s.on_hand else 0 end) over (
                    partition by s.variant_id order by l.expires_on, s.lot_id, s.location_id)
                 - floor(coalesce(sold.units, 0) * greatest(l.expires_on - %(today)s, 0)
                         / %(pace_days)s::numeric) as too_many
"""
_SOLD_HERE: LiteralString = """
          left join sold on sold.variant_id = s.variant_id and sold.branch_id = %(branch)s
"""
_LASTLY: LiteralString = """
    ), last as materialized (
        select v.variant_id, (issued.at at time zone %(zone)s)::date as issued_on
          from (select distinct variant_id from lots) v
          cross join lateral (
                select m.effective_at as at
                  from stock_move m
                  join users on users.id = m.to_location_id
                  join ours on ours.id = m.from_location_id and ours.branch_id = %(branch)s
                 where m.tenant_id = %(tenant)s and m.variant_id = v.variant_id
                 order by m.effective_at desc limit 1) issued
    ), left_over as (
        select *, greatest(max(too_many) over in_order, 0) as left_so_far
          from lots
        window in_order as (partition by variant_id order by expires_on, lot_id, location_id)
    ), unsold as (
        select *, case when expires_on is null then 0 else
               least(left_so_far - coalesce(lag(left_so_far) over in_order, 0), on_hand)
               end as unsold
          from left_over
        window in_order as (partition by variant_id order by expires_on, lot_id, location_id)
    ), standing as (
        select u.*, last.issued_on as last_issued_on,
               %(today)s - greatest(u.received_on, coalesce(last.issued_on, u.received_on))
                 as idle_days
          from unsold u left join last using (variant_id)
    ), idle as (
        select *,
               case when expires_on < %(today)s then 'expired'
                    when idle_days >= %(dead_days)s then 'dead'
                    when idle_days >= %(slow_days)s then 'slow'
                    when unsold > 0 and (pace > 0 or expires_on <= %(today)s + %(pace_days)s)
                    then 'surplus' end as idleness
          from standing
    ), staked as (
        select *, case idleness when 'surplus' then unsold else on_hand end::bigint as units,
               case idleness when 'surplus' then round(value * unsold / on_hand, 2)
                    else value end as at_stake
          from idle where idleness is not null
    )
"""
_ADVISED: LiteralString = """
    , advised as (
        select l.*, coalesce(p.name, '') as supplier, claim.claim_from, claim.claim_until,
               e.branch, e.branch_id as to_branch_id, e.sold_there, e.held_there,
               case when %(today)s between claim.claim_from and claim.claim_until then 'return'
                    when l.idleness = 'expired' then 'write_off'
                    when e.branch is not null then 'transfer'
                    when claim.claim_from between %(today)s and %(today)s + %(wait_days)s
                    then 'wait'
                    else 'discount' end as advice
          from staked l
          left join elsewhere e using (variant_id)
          left join party p on p.tenant_id = %(tenant)s and p.id = l.supplier_id
"""
_SUMMED: LiteralString = """
    select idleness, count(distinct lot_id) as lots, sum(units)::bigint as units,
           sum(at_stake) as at_stake
      from staked group by idleness
"""
_LISTED: LiteralString = """
    ) select * from advised where true
"""


def _facts(ctx: RequestContext, wanted: _Thresholds) -> dict[str, Any]:
    return issues_since(ctx, PACE_DAYS) | {
        "pace_days": PACE_DAYS,
        "claim_days": DEFAULT_CLAIM_DAYS,
        "wait_days": WAIT_DAYS,
        "slow_days": wanted.slow_days,
        "dead_days": wanted.dead_days,
    }


def _found(search: str) -> tuple[LiteralString, ...]:
    """Return the statement up to the lots that are idle, with the money in each."""
    searched: LiteralString = FOUND_BY_WORDS if search else ""
    return ("with", ISSUES, _PACES, _LOTS, ON_HAND, _SOLD_HERE, HERE, searched, _LASTLY)


@query("inventory.idle_stock", permission="inventory.view", rest="GET /inventory/idle")
def idle_stock(session: Session, ctx: RequestContext, wanted: IdleSummary) -> IdleStock:
    """Add up goods of the acting branch that do not sell, or not in time."""
    rows = db.fetch_all(session, " ".join([*_found(""), _SUMMED]), _facts(ctx, wanted))
    found = {row["idleness"]: row for row in rows}
    nothing = {"lots": 0, "units": 0, "at_stake": ZERO}
    groups = [
        IdleGroup(**(nothing | found.get(kind, {}) | {"idleness": kind})) for kind in IDLENESS
    ]
    return IdleStock(rows=groups, at_stake=sum((group.at_stake for group in groups), ZERO))


@query("inventory.list_idle", permission="inventory.view", rest="GET /inventory/idle/lots")
def list_idle(session: Session, ctx: RequestContext, wanted: ListIdle) -> IdleLots:
    """List lots that do not sell, or not in time, the most money first, with what to do."""
    conditions = conditions_of(
        wanted,
        {
            "idleness": "and idleness = %(idleness)s",
            "advice": "and advice = %(advice)s",
            "location_id": "and location_id = %(location)s",
        },
    )
    chosen = {
        "idleness": wanted.idleness,
        "advice": wanted.advice,
        "location": wanted.location_id,
    }
    select = " ".join([*_found(wanted.search), _ADVISED, CLAIM_WINDOW, _LISTED, conditions])
    given = _facts(ctx, wanted) | words_of(wanted.search) | chosen
    rows, cursor = fetch_page(session, wanted, select, given)
    page = [IdleLot(**row, reason=_reason(row, ctx.today)) for row in rows]
    return IdleLots(rows=page, next_cursor=cursor)


def _reason(row: Mapping[str, Any], today: date) -> str:
    """Return why a lot is listed and why this is the thing to do, in two sentences."""
    return f"{_why_idle(row, today)} {_why_so(row, today)}"


def _why_idle(row: Mapping[str, Any], today: date) -> str:
    if row["idleness"] == "expired":
        return f"Expired {counted((today - row['expires_on']).days, 'day')} ago."
    if row["idleness"] == "surplus" and not row["pace"]:
        return f"None sold in 90 days, and it expires on {date_text(row['expires_on'])}."
    if row["idleness"] == "surplus":
        return (
            f"{group_count(row['units'])} of {group_count(row['on_hand'])} will not sell by"
            f" {date_text(row['expires_on'])}: {group_count(row['pace'])} leave in 90 days."
        )
    days = counted(row["idle_days"], "day")
    since = row["last_issued_on"]
    return f"Not sold for {days}." if since else f"Never sold here; came {days} ago."


def _why_so(row: Mapping[str, Any], today: date) -> str:
    until = row["claim_until"]
    if row["advice"] == "return":
        return f"{row['supplier']} takes it back until {date_text(until)}."
    if row["advice"] == "write_off":
        return (
            f"{row['supplier']} took it back until {date_text(until)}."
            if until
            else "No supplier is known to take it back."
        )
    if row["advice"] == "transfer":
        return (
            f"{row['branch']} sold {group_count(row['sold_there'])} in 90 days and has"
            f" {group_count(row['held_there'])}."
        )
    if row["advice"] == "wait":
        return f"{row['supplier']} takes it back from {date_text(row['claim_from'])}."
    if row["claim_from"] and row["claim_from"] > today:
        return f"{row['supplier']} takes it back only from {date_text(row['claim_from'])}."
    return "No branch sells it and nobody takes it back."
