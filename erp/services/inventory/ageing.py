"""Expiry: what is past its day and what will be soon, and telling people of it."""

from datetime import date
from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import group_count, money_text
from erp.core.shelf_life import RUNGS, Rung, days_of
from erp.services import workflows
from erp.services.inventory.claiming import CLAIM_WINDOW, DEFAULT_CLAIM_DAYS
from erp.services.inventory.events import LotsExpiring
from erp.services.platform import (
    Command,
    Day,
    Nothing,
    Order,
    Result,
    Rows,
    SortedPage,
    command,
    emit,
    fetch_page,
    query,
)


class LadderRung(Result):
    """Goods we own whose days left fall in a span; `value` is their cost."""

    rung: Rung
    lots: int
    quantity: int
    value: Decimal


class ExpiryLadder(Result):
    """Goods by the days they have left, on a business day."""

    as_of: date
    rungs: list[LadderRung]


class ListExpiring(SortedPage):
    """The lots of one rung."""

    sort: Annotated[
        str,
        Order(
            "expires_on",
            {
                "label": "text",
                "expires_on": "day",
                "days_left": "number",
                "location": "text",
                "claim_until": "day?",
                "mrp": "number",
                "quantity": "number",
                "value": "number",
            },
            {"lot_id": "id", "location_id": "id"},
        ),
    ] = ""

    rung: Rung = "0-30"


class ExpiringRow(Result):
    """A lot in one place; `days_left` is below zero once it has expired.

    Attributes:
        claim_from, claim_until: When its supplier takes it back; none where nobody is known to.
    """

    lot_id: UUID
    location_id: UUID
    variant_id: UUID
    label: str
    lot_number: str
    expires_on: date
    days_left: int
    location: str
    quantity: int
    value: Decimal
    mrp: Decimal
    supplier_id: UUID | None
    supplier: str
    claim_from: date | None
    claim_until: date | None


class ExpiringPage(Rows):
    """A page of lots, the first to expire first."""

    rows: list[ExpiringRow]


class AlertExpiringLots(Command):
    """Tell those who look after stock what expires soon.

    Attributes:
        as_of: Business day; today where none is given.
    """

    as_of: Day | None = None
    within_days: Annotated[int, Field(ge=0, le=365)] = 90


class ExpiryAlert(Result):
    """What was found and how many people were told."""

    expired: int
    expiring: int
    value: Decimal
    told: int


@query("inventory.expiry_ladder", permission="inventory.view", rest="GET /inventory/expiry")
def expiry_ladder(session: Session, ctx: RequestContext, _wanted: Nothing) -> ExpiryLadder:
    """Add up goods of the acting branch that are expired or have up to 90 days left."""
    rows = {row["rung"]: row for row in _count(session, ctx, ctx.today)}
    nothing = {"lots": 0, "quantity": 0, "value": Decimal("0.00")}
    rungs = [LadderRung(**(nothing | rows.get(rung, {}) | {"rung": rung})) for rung in RUNGS]
    return ExpiryLadder(as_of=ctx.today, rungs=rungs)


def _count(session: Session, ctx: RequestContext, day: date) -> list[db.Row]:
    return db.fetch_all(
        session,
        """
        select case when l.expires_on < %(day)s then 'expired'
                    when l.expires_on <= %(day)s + 30 then '0-30'
                    when l.expires_on <= %(day)s + 60 then '31-60'
                    else '61-90' end as rung,
               count(distinct l.id) as lots, sum(s.on_hand)::bigint as quantity,
               sum(s.value) as value
          from lot l
          join stock_balance s on s.tenant_id = l.tenant_id and s.lot_id = l.id
          join location place on place.tenant_id = s.tenant_id and place.id = s.location_id
          join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
         where l.tenant_id = %(tenant)s and l.expires_on <= %(day)s + 90
           and s.on_hand > 0 and w.branch_id = %(branch)s
         group by 1
        """,
        {"tenant": ctx.tenant_id, "branch": ctx.branch_id, "day": day},
    )


_EXPIRING: LiteralString = """
    select l.id as lot_id, s.location_id, s.variant_id, v.label, l.lot_number, l.expires_on,
           l.expires_on - %(day)s as days_left, place.name as location,
           s.on_hand as quantity, s.value, l.mrp, l.supplier_id, coalesce(p.name, '') as supplier,
           claim.claim_from, claim.claim_until
      from lot l
      join stock_balance s on s.tenant_id = l.tenant_id and s.lot_id = l.id
      join variant v on v.tenant_id = s.tenant_id and v.id = s.variant_id
      join location place on place.tenant_id = s.tenant_id and place.id = s.location_id
      join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
      left join party p on p.tenant_id = l.tenant_id and p.id = l.supplier_id
"""
_ON_RUNG: LiteralString = """
     where l.tenant_id = %(tenant)s and s.on_hand > 0 and w.branch_id = %(branch)s
       and l.expires_on between %(from)s and %(to)s
"""


@query("inventory.list_expiring", permission="inventory.view", rest="GET /inventory/expiry/lots")
def list_expiring(session: Session, ctx: RequestContext, wanted: ListExpiring) -> ExpiringPage:
    """List the lots of one rung of the ladder, the first to expire first."""
    earliest, latest = days_of(wanted.rung, ctx.today)
    rows, cursor = fetch_page(
        session,
        wanted,
        " ".join([*(_EXPIRING, CLAIM_WINDOW, _ON_RUNG)]),
        {
            "tenant": ctx.tenant_id,
            "branch": ctx.branch_id,
            "day": ctx.today,
            "claim_days": DEFAULT_CLAIM_DAYS,
            "from": earliest,
            "to": latest,
        },
    )
    page = [ExpiringRow(**row) for row in rows]
    return ExpiringPage(rows=page, next_cursor=cursor)


@command(
    "inventory.alert_expiring_lots",
    permission="inventory.alert",
    rest="POST /inventory/expiry/alert",
)
def alert_expiring_lots(
    session: Session, ctx: RequestContext, cmd: AlertExpiringLots
) -> ExpiryAlert:
    """Put what is expired or expires soon into the inbox of everyone who may see the branch's stock.

    Whoever works in the acting branch hears of it, and who may do everything. The same business
    day reaches a person once, however often it is asked. Says nothing where there is nothing to say.

    Emits:
        inventory.lots_expiring.v1, in the same transaction, where there are such lots.
    """
    day = cmd.as_of or ctx.today
    found = db.fetch_one(
        session,
        """
        select count(distinct l.id) filter (where l.expires_on < %(day)s) as expired,
               count(distinct l.id) filter (where l.expires_on >= %(day)s) as expiring,
               coalesce(sum(s.value), 0.00) as value,
               (select name from branch where tenant_id = %(tenant)s and id = %(branch)s) as branch
          from lot l
          join stock_balance s on s.tenant_id = l.tenant_id and s.lot_id = l.id
          join location place on place.tenant_id = s.tenant_id and place.id = s.location_id
          join warehouse w on w.tenant_id = place.tenant_id and w.id = place.warehouse_id
         where l.tenant_id = %(tenant)s and l.expires_on <= %(day)s + %(within)s
           and s.on_hand > 0 and w.branch_id = %(branch)s
        """,
        {
            "tenant": ctx.tenant_id,
            "branch": ctx.branch_id,
            "day": day,
            "within": cmd.within_days,
        },
    )
    assert found is not None  # noqa: S101  an aggregate always answers
    branch = found.pop("branch")
    if not (found["expired"] or found["expiring"]):
        return ExpiryAlert(**found, told=0)
    event = LotsExpiring(as_of=day, within_days=cmd.within_days, **found)
    emit(session, ctx, ctx.branch_id, event)
    told = workflows.notify_members(
        session,
        ctx,
        permission="inventory.view",
        news=_news(event, ctx.branch_id, branch),
        branch_id=ctx.branch_id,
    )
    return ExpiryAlert(**found, told=told)


def _news(event: LotsExpiring, branch_id: UUID, branch: str) -> workflows.News:
    expired = f"{group_count(event.expired)} expired" if event.expired else ""
    soon = f"{group_count(event.expiring)} expire within {event.within_days} days"
    parts = [part for part in (expired, soon if event.expiring else "") if part]
    return workflows.News(
        kind="inventory.lots_expiring",
        severity="urgent" if event.expired else "warning",
        title=f"Lots in {branch}: {', '.join(parts)}",
        body=f"Goods worth {money_text(event.value)} at cost. Return, move or mark them down.",
        link="/stock/expiry",
        dedupe_key=f"lots-expiring-{branch_id}-{event.as_of.isoformat()}",
    )
