"""Writing down what stock was at the end of past days, a bounded number of moves apart."""

from datetime import UTC, datetime, timedelta
from typing import LiteralString

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import business_date
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import accounting
from erp.services.inventory.past_stock import NEAR, past_stock
from erp.services.platform import Command, Result, command

MOVES_APART = 10_000
"""So many moves, or as many as the last snapshot has lines, lie between two, so that they never outgrow the moves."""
SETTLED = timedelta(hours=6)
"""After so long nothing is still being recorded."""


class KeepPastStock(Command):
    """Write the next snapshot of stock that is due."""


class KeptPastStock(Result):
    """What was written; no instant where nothing was due.

    Attributes:
        until: The end of the business day whose stock it is. lines: products and places in it.
    """

    until: datetime | None
    lines: int


Span = tuple[datetime, datetime]
"""Until when goods moved, and until when that was recorded."""


@command("inventory.keep_past_stock", permission="inventory.alert", rest="POST /inventory/past")
def keep_past_stock(session: Session, ctx: RequestContext, _cmd: KeepPastStock) -> KeptPastStock:
    """Write down what stock was at the end of the next day that is due, or nothing.

    A day is due once enough goods moved since the last one. A day that was written down is so again where as many moves
    of before it were recorded since. Nobody who moves goods waits: a snapshot covers only what was
    recorded some hours ago, and nothing is recorded earlier than now.
    """
    hold_snapshots(session, ctx)
    due = _next_day(session, ctx) or _again(session, ctx)
    if due is None:
        return KeptPastStock(until=None, lines=0)
    return KeptPastStock(until=due[0], lines=_write(session, ctx, due))


def hold_snapshots(session: Session, ctx: RequestContext) -> None:
    """Let nobody else write or thin the tenant's snapshots until the transaction ends; reading them goes on."""
    db.execute(
        session,
        "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
        (f"past-stock-{ctx.tenant_id}",),
    )


def _next_day(session: Session, ctx: RequestContext) -> Span | None:
    """Return the end of the day in which enough goods have moved since the newest snapshot."""
    newest = db.fetch_one(
        session,
        "select s.until, (select count(*) from stock_snapshot_line l"
        " where (l.tenant_id, l.snapshot_id) = (s.tenant_id, s.id)) as lines from stock_snapshot s"
        " where s.tenant_id = %s order by s.until desc, s.known_until desc limit 1",
        (ctx.tenant_id,),
    ) or {"until": "-infinity", "lines": 0}
    apart = max(MOVES_APART, newest["lines"])
    row = db.fetch_one(
        session,
        "select max(effective_at) as at, count(*) as moves from (select effective_at from stock_move"
        " where tenant_id = %s and effective_at >= %s order by effective_at limit %s) next",
        (ctx.tenant_id, newest["until"], apart),
    )
    if row is None or row["moves"] < apart:
        return None
    until = accounting.end_of(business_date(row["at"], ctx.time_zone), ctx).astimezone(UTC)
    known = until + NEAR
    return (until, known) if known + SETTLED <= ctx.now else None


_LATER: LiteralString = """
    select s.until from stock_snapshot s
     where s.tenant_id = %(tenant)s and s.known_until < %(known)s and s.retired_at is null
       and not exists (select 1 from stock_snapshot n
                        where n.tenant_id = s.tenant_id and n.until = s.until and n.known_until > s.known_until)
       and (select count(*) from (
              select 1 from stock_move m
               where m.tenant_id = s.tenant_id and m.recorded_at - m.effective_at > interval '1 day'
                 and m.recorded_at >= s.known_until and m.recorded_at < %(known)s and m.effective_at < s.until
               limit %(apart)s) late) >= %(apart)s
     order by s.until limit 1
"""


def _again(session: Session, ctx: RequestContext) -> Span | None:
    """Return a day of which so much was recorded later that it is written down anew, beside what was known before."""
    known = ctx.now - SETTLED
    row = db.fetch_one(
        session, _LATER, {"tenant": ctx.tenant_id, "known": known, "apart": MOVES_APART}
    )
    return (row["until"], known) if row else None


def _write(session: Session, ctx: RequestContext, span: Span) -> int:
    past = past_stock(session, ctx, *span)
    snapshot_id = new_id()
    db.execute(
        session,
        "insert into stock_snapshot (tenant_id, id, until, known_until, base_id) values (%s, %s, %s, %s, %s)",
        (ctx.tenant_id, snapshot_id, *span, past.base_id),
    )
    row = db.fetch_one(
        session,
        f"""
        with part as ({past.parts}), written as (
            insert into stock_snapshot_line (tenant_id, snapshot_id, location_id, variant_id, quantity, value)
            select %(tenant)s, %(snapshot)s, part.location_id, part.variant_id, sum(part.quantity), sum(part.value)
              from part join location place on (place.tenant_id, place.id) = (%(tenant)s, part.location_id)
             where place.warehouse_id is not null
             group by part.location_id, part.variant_id
            having sum(part.quantity) <> 0 or sum(part.value) <> 0
            returning 1)
        select count(*)::int as lines from written
        """,  # noqa: S608  constants of this package
        past.about | {"snapshot": snapshot_id},
    )
    return row["lines"] if row else 0
