"""Looking after what providers did not tell: open links, those that ended, and settlements."""

from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.gateways.events import LinkAsked, RefundAsked, SettlementsAsked
from erp.services.gateways.raising import SETTLE
from erp.services.platform import Command, Result, command, emit

LOOK_AGAIN: Final = timedelta(minutes=30)
SETTLEMENTS_AGAIN: Final = timedelta(hours=6)
MOST_AT_ONCE: Final = 200


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
        "most": MOST_AT_ONCE,
    }
    links = db.fetch_all(
        session,
        "select id from payment_link where tenant_id = %(tenant)s and status in ('due', 'open')"
        " and (leased_until is null or leased_until < %(now)s)"
        " and coalesce(looked_at, requested_at) < %(before)s order by looked_at nulls first, id limit %(most)s",
        given,
    )
    for row in links:
        emit(session, ctx, row["id"], LinkAsked(link_id=row["id"]))
    refunds = db.fetch_all(
        session,
        "select id from gateway_refund where tenant_id = %(tenant)s and status in ('due', 'pending')"
        " and (leased_until is null or leased_until < %(now)s) and asked_at < %(before)s"
        " order by id limit %(most)s",
        given,
    )
    for row in refunds:
        emit(session, ctx, row["id"], RefundAsked(refund_id=row["id"]))
    accounts = db.fetch_all(
        session,
        "select id from gateway_account where tenant_id = %(tenant)s"
        " and coalesce(settlements_at, opened_at) < %(settled)s order by id",
        given,
    )
    for row in accounts:
        emit(session, ctx, row["id"], SettlementsAsked(account_id=row["id"]))
    return LookedAfter(links=len(links), refunds=len(refunds), accounts=len(accounts))
