"""Looking after what providers did not tell: open links, those that ended, and settlements."""

from datetime import timedelta
from typing import Final, LiteralString

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.gateways.events import LinkAsked, RefundAsked, SettlementsAsked
from erp.services.gateways.raising import SETTLE
from erp.services.platform import Command, Result, command, emit

LOOK_AGAIN: Final = timedelta(minutes=30)
SETTLEMENTS_AGAIN: Final = timedelta(hours=6)
GONE_AFTER: Final = timedelta(days=60)
"""A closed account that gave no settlements for so long is asked for none any more."""

MOST_AT_ONCE: Final = 200
_OF_AWAKE: LiteralString = (
    "join gateway_account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)"
    " where l.tenant_id = %(tenant)s and (a.failing_since is null or a.paused_until <= %(now)s)"
)


class LookAfter(Command):
    """Ask providers about whatever may have moved on unheard."""


class LookedAfter(Result):
    """How much is asked about."""

    links: int
    refunds: int
    accounts: int


@command("gateways.look_after", permission=SETTLE, rest="POST /gateways/look")
def look_after(session: Session, ctx: RequestContext, _: LookAfter) -> LookedAfter:
    """Have links that are open, or held long enough, refunds that wait, and settlements asked about; in every company.

    Emits:
        gateways.link_asked.v1, gateways.refund_asked.v1, gateways.settlements_asked.v1.
    """
    given = {
        "tenant": ctx.tenant_id,
        "now": ctx.now,
        "before": ctx.now - LOOK_AGAIN,
        "settled": ctx.now - SETTLEMENTS_AGAIN,
        "gone": ctx.now - GONE_AFTER,
        "most": MOST_AT_ONCE,
    }
    links = db.fetch_all(
        session,
        f"select l.id from payment_link l {_OF_AWAKE} and l.status in ('due', 'open')"  # noqa: S608  made of literals
        " and (l.leased_until is null or l.leased_until < %(now)s)"
        " and coalesce(l.looked_at, l.requested_at) < %(before)s order by l.looked_at nulls first, l.id limit %(most)s",
        given,
    )
    for row in links:
        emit(session, ctx, row["id"], LinkAsked(link_id=row["id"]))
    refunds = db.fetch_all(
        session,
        f"select l.id from gateway_refund l {_OF_AWAKE} and l.status in ('due', 'pending')"  # noqa: S608  made of literals
        " and (l.leased_until is null or l.leased_until < %(now)s)"
        " and l.asked_at + make_interval(mins => 30 * (l.attempts + 1)) < %(now)s order by l.id limit %(most)s",
        given,
    )
    for row in refunds:
        emit(session, ctx, row["id"], RefundAsked(refund_id=row["id"]))
    accounts = db.fetch_all(
        session,
        "select id from gateway_account where tenant_id = %(tenant)s"
        " and (failing_since is null or paused_until <= %(now)s)"
        " and (is_active or settlements_at > %(gone)s)"
        " and coalesce(settlements_at, opened_at) < %(settled)s order by id",
        given,
    )
    for row in accounts:
        emit(session, ctx, row["id"], SettlementsAsked(account_id=row["id"]))
    return LookedAfter(links=len(links), refunds=len(refunds), accounts=len(accounts))
