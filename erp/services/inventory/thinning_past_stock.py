"""Thinning what is written down of days long past, so that it does not grow for ever."""

from datetime import timedelta
from typing import LiteralString

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.inventory.keeping_past_stock import SETTLED, hold_snapshots
from erp.services.platform import Command, Result, command

ALL_KEPT = timedelta(days=400)
"""So long every snapshot stays: a financial year and the month in which it is closed."""
APART = timedelta(days=31)
"""Older ones stay so far apart at most, in both their times; more moves than of a month are never added up for it."""
MOST_RETIRED = 50
"""At once; each is judged by those that are left."""


class ThinPastStock(Command):
    """Retire old snapshots of stock that lie close between others, and delete one that was retired before."""


class ThinnedPastStock(Result):
    """How many snapshots no question begins with any more, and how many are gone."""

    retired: int
    deleted: int


_SPARE: LiteralString = """
    update stock_snapshot set retired_at = %(now)s
     where (tenant_id, id) = (
        select s.tenant_id, s.id from stock_snapshot s
         where s.tenant_id = %(tenant)s and s.retired_at is null and s.known_until <= %(old)s
           and exists (
               select from stock_snapshot a join stock_snapshot b on b.tenant_id = a.tenant_id
                where a.tenant_id = s.tenant_id and s.id not in (a.id, b.id) and a.id <> b.id
                  and a.retired_at is null and b.retired_at is null
                  and s.until between a.until and b.until and s.known_until between a.known_until and b.known_until
                  and b.until - a.until <= %(apart)s and b.known_until - a.known_until <= %(apart)s)
         order by s.until, s.known_until limit 1)
    returning id
"""


@command(
    "inventory.thin_past_stock", permission="inventory.alert", rest="POST /inventory/past/thinning"
)
def thin_past_stock(session: Session, ctx: RequestContext, _cmd: ThinPastStock) -> ThinnedPastStock:
    """Retire snapshots of over 400 days ago between two others of one month; delete one retired six hours ago.

    Past days give the same answers before and after: any snapshot and the moves that it does not cover come
    to the same. Nobody waits, neither who asks nor who moves goods; only the writer of snapshots does. A question
    that began with a snapshot before it was retired ends long before its lines are deleted.
    """
    hold_snapshots(session, ctx)
    about = {
        "tenant": ctx.tenant_id,
        "now": ctx.now,
        "old": ctx.now - ALL_KEPT,
        "apart": APART,
    }
    retired = 0
    while retired < MOST_RETIRED and db.fetch_one(session, _SPARE, about):
        retired += 1
    return ThinnedPastStock(retired=retired, deleted=_delete_one(session, ctx))


def _delete_one(session: Session, ctx: RequestContext) -> int:
    """Delete a retired snapshot with its lines; what was made from it is made from its base from now on."""
    spare = db.fetch_one(
        session,
        "select id, base_id from stock_snapshot where tenant_id = %s and retired_at <= %s"
        " order by until, known_until limit 1",
        (ctx.tenant_id, ctx.now - SETTLED),
    )
    if spare is None:
        return 0
    db.execute(
        session,
        "update stock_snapshot set base_id = %s where tenant_id = %s and base_id = %s",
        (spare["base_id"], ctx.tenant_id, spare["id"]),
    )
    db.execute(
        session,
        "delete from stock_snapshot where tenant_id = %s and id = %s",
        (ctx.tenant_id, spare["id"]),
    )
    return 1
