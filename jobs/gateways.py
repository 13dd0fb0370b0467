"""What payment gateways do in the background: links, events, refunds and settlements, asked of their providers."""

import json
from uuid import UUID

import structlog

from erp.adapters.payment_gateways import gateway_of, read_notice
from erp.core import db
from erp.core.context import RequestContext
from erp.services import catalogue_of_actions, gateways, platform
from jobs.run import apart

__all__ = [
    "ask_about_link",
    "ask_refund",
    "book_settlements",
    "catalogue_of_actions",
    "check",
    "look_into_event",
    "withdraw",
]
_log = structlog.get_logger()


def check(_session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Try the keys of an account, and note what came of it."""
    account_id = UUID(delivery.payload["account_id"])
    keys = apart(ctx, lambda own, mine: gateways.keys_of(own, mine, account_id))
    if keys is None:
        return
    problem = ""
    try:
        gateway_of(keys).check()
    except gateways.GatewayFailure as failure:
        problem = failure.problem
    apart(ctx, lambda own, mine: gateways.note_checked(own, mine, account_id, problem))


def ask_about_link(
    _session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery
) -> None:
    """Have a link made, taken back or looked at; what came of it is noted whatever becomes of the job.

    Raises:
        TryLater: The provider is away, or another worker asks about it.
    """
    link_id = UUID(delivery.payload["link_id"])
    plan = apart(ctx, lambda own, mine: gateways.claim_link(own, mine, link_id))
    if plan is None:
        return
    outcome = gateways.carry_out_link(gateway_of(plan.account), plan)
    pause = apart(ctx, lambda own, mine: gateways.note_link(own, mine, plan, outcome))
    _log.info("payment_link_asked", link_id=str(link_id), wish=plan.wish)
    if pause is not None:
        raise platform.TryLater(outcome.away, pause)


def withdraw(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Take back the links that ask for an invoice that was cancelled."""
    gateways.withdraw_links(session, ctx, UUID(delivery.payload["invoice_id"]))


def look_into_event(
    _session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery
) -> None:
    """Ask the provider about what an event names, and take in its answer.

    Raises:
        TryLater: The provider is away.
    """
    event_id = UUID(delivery.payload["event_id"])
    plan = apart(ctx, lambda own, mine: gateways.claim_event(own, mine, event_id))
    if plan is None:
        return
    notice = read_notice(plan.account.provider, {}, json.loads(plan.body))
    found = gateways.look_into(gateway_of(plan.account), notice)
    pause = apart(ctx, lambda own, mine: gateways.note_event(own, mine, plan, notice, found))
    _log.info("gateway_event", event_id=str(event_id), kind=notice.kind, refused=found.refused)
    if pause is not None:
        raise platform.TryLater(found.away or found.refused, pause)


def ask_refund(_session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Have money given back; what came of it is noted whatever becomes of the job.

    Raises:
        TryLater: The provider is away, or another worker asks about it.
    """
    refund_id = UUID(delivery.payload["refund_id"])
    plan = apart(ctx, lambda own, mine: gateways.claim_refund(own, mine, refund_id))
    if plan is None:
        return
    outcome = gateways.carry_out_refund(gateway_of(plan.account), plan)
    pause = apart(ctx, lambda own, mine: gateways.note_refund_asked(own, mine, plan, outcome))
    _log.info("gateway_refund_asked", refund_id=str(refund_id))
    if pause is not None:
        raise platform.TryLater(outcome.away, pause)


def book_settlements(
    _session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery
) -> None:
    """Ask a provider for settlements and book those that are new, each in a transaction of its own.

    Raises:
        TryLater: The provider is away.
    """
    account_id = UUID(delivery.payload["account_id"])
    plan = apart(ctx, lambda own, mine: gateways.claim_settlements(own, mine, account_id))
    if plan is None:
        return
    port = gateway_of(plan.account)
    try:
        listed = port.list_settlements(plan.since)
    except gateways.GatewayFailure as failure:
        _wait(ctx, account_id, failure.problem)
        return
    ids = [one.id for one in listed]
    new = apart(ctx, lambda own, mine: gateways.unknown_settlements(own, mine, account_id, ids))
    for facts in sorted(listed, key=lambda one: (one.settled_on, one.id)):
        if new and facts.id in new:
            _book(ctx, plan, facts)
    apart(ctx, lambda own, mine: gateways.note_settled(own, mine, account_id))


def _book(
    ctx: RequestContext, plan: gateways.SettlementPlan, facts: gateways.SettlementFacts
) -> None:
    """Take in what a settlement pays out as it stands now, then book it."""
    missing = apart(ctx, lambda own, mine: gateways.missing_of(own, mine, plan.account, facts))
    if missing is None:
        return
    found = gateways.look_into_missing(gateway_of(plan.account), missing)
    if found.away:
        _wait(ctx, plan.account.account_id, found.away)
    apart(
        ctx,
        lambda own, mine: gateways.note_settlement(own, mine, plan.account, facts, found),
    )


def _wait(ctx: RequestContext, account_id: UUID, problem: str) -> None:
    pause = apart(
        ctx, lambda own, mine: gateways.note_no_settlements(own, mine, account_id, problem)
    )
    if pause is not None:
        raise platform.TryLater(problem, pause)
