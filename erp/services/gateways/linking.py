"""Links at the provider: taking one up, asking about it, and noting what came of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.settings import get_settings
from erp.models.gateways import LinkStatus
from erp.services.gateways.accounts import keys_of
from erp.services.gateways.capturing import note_payment
from erp.services.gateways.events import LinkSettled
from erp.services.gateways.pausing import LEASE, note_awake, note_away, require_awake
from erp.services.gateways.ports import (
    AccountKeys,
    GatewayAway,
    GatewayRefused,
    LinkFacts,
    LinkOrder,
    PaymentFacts,
    PaymentGateway,
)
from erp.services.gateways.raising import acting_for
from erp.services.gateways.requesting import queue_message
from erp.services.platform import TryLater, emit

Wish = Literal["create", "cancel", "look"]
WAITING: Final = frozenset({LinkStatus.DUE, LinkStatus.OPEN})


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """What is to be asked about a link.

    Attributes:
        leased_until: Until when it is asked; what comes after another one took it up is not believed.
        was_tried: The provider was asked to make it before, so that it may know it already.
    """

    link_id: UUID
    account: AccountKeys
    order: LinkOrder
    provider_id: str
    wish: Wish
    leased_until: datetime
    was_tried: bool


@dataclass(frozen=True, slots=True)
class LinkOutcome:
    """What came of asking. Without a link: the provider knows none of ours.

    Attributes:
        refused: The provider's words, where it would not. away: where no answer came.
    """

    link: LinkFacts | None = None
    payments: tuple[PaymentFacts, ...] = ()
    refused: str = ""
    away: str = ""


def claim_link(session: Session, ctx: RequestContext, link_id: UUID) -> LinkPlan | None:
    """Take a link up for the provider; nothing where there is nothing to ask.

    A link that was never told of and is not wanted any more ends here. Locks the link, then its account.

    Raises:
        TryLater: Another worker has it, or the provider is left alone.
    """
    row = db.fetch_one(
        session,
        "select * from payment_link where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, link_id),
    )
    if row is None or row["status"] == LinkStatus.REFUSED:
        return None
    if row["leased_until"] and row["leased_until"] > ctx.now:
        raise TryLater("Another worker asks about it.", row["leased_until"] - ctx.now)
    is_unwanted = row["is_cancelling"] or row["expires_at"] <= ctx.now
    if row["status"] == LinkStatus.DUE and is_unwanted and not row["attempts"]:
        _move(session, ctx, row, _end_of(row))
        return None
    require_awake(session, ctx, row["account_id"])
    leased = row | {"leased_until": ctx.now + LEASE}
    db.execute(
        session,
        "update payment_link set leased_until = %s, attempts = attempts + 1 where tenant_id = %s and id = %s",
        (leased["leased_until"], ctx.tenant_id, link_id),
    )
    return _plan(keys_of(session, ctx, row["account_id"]), leased, is_unwanted=is_unwanted)


def carry_out_link(port: PaymentGateway, plan: LinkPlan) -> LinkOutcome:
    """Ask the provider what a plan says; whatever happens, it returns."""
    try:
        link = _asked(port, plan)
        payments = [port.fetch_payment(one) for one in sorted(link.payment_ids)] if link else []
        return LinkOutcome(link, tuple(payments))
    except GatewayRefused as refused:
        return LinkOutcome(refused=refused.problem)
    except GatewayAway as away:
        return LinkOutcome(away=away.problem)


def note_link(
    session: Session, ctx: RequestContext, plan: LinkPlan, outcome: LinkOutcome
) -> timedelta | None:
    """Note what came of asking; return how long to wait before asking again, nothing where that is over.

    Books the payments that the provider knows first. The rest is kept only where no other worker took the link up
    after the lease ended. Locks each payment, then the link, then the account.

    Emits:
        gateways.link_settled.v1 where it moved on, and what a payment emits.
    """
    acting = acting_for(ctx, plan.account)
    for facts in outcome.payments:
        note_payment(session, acting, plan.account, facts, plan.link_id)
    row = db.fetch_one(
        session,
        "update payment_link set leased_until = null, looked_at = %s where tenant_id = %s and id = %s"
        " and leased_until = %s returning *",
        (ctx.now, ctx.tenant_id, plan.link_id, plan.leased_until),
    )
    if row is None:
        return None
    if outcome.away:
        return note_away(session, ctx, plan.account.account_id, outcome.away)
    if outcome.refused:
        _keep_refusal(session, acting, plan, row, outcome.refused)
    elif outcome.link is not None:
        _keep_link(session, acting, row, outcome.link)
    elif plan.wish == "cancel":
        _move(session, acting, row, _end_of(row))
    note_awake(session, ctx, plan.account.account_id)
    return None


def _plan(account: AccountKeys, row: db.Row, *, is_unwanted: bool) -> LinkPlan:
    wish: Wish = "create" if row["status"] == LinkStatus.DUE else "look"
    if is_unwanted and row["status"] in WAITING:
        wish = "cancel"
    return LinkPlan(
        link_id=row["id"],
        account=account,
        order=LinkOrder(
            reference=row["reference"],
            paise=int(row["amount"] * 100),
            description=row["description"],
            expires_at=row["expires_at"],
            name=row["to_name"],
            email=row["to_email"],
        ),
        provider_id=row["provider_id"],
        wish=wish,
        leased_until=row["leased_until"],
        was_tried=row["attempts"] > 0,
    )


def _asked(port: PaymentGateway, plan: LinkPlan) -> LinkFacts | None:
    if plan.provider_id:
        known: LinkFacts | None = port.fetch_link(plan.provider_id)
    else:
        known = port.find_link(plan.order.reference) if plan.was_tried else None
    if plan.wish == "create" and known is None:
        return port.create_link(plan.order)
    if plan.wish == "cancel" and known is not None and known.status == "open":
        return port.cancel_link(known.id)
    return known


def _keep_refusal(
    session: Session, ctx: RequestContext, plan: LinkPlan, row: db.Row, problem: str
) -> None:
    if plan.wish == "create" and row["status"] == LinkStatus.DUE:
        _move(session, ctx, row, LinkStatus.REFUSED, problem)
        return
    db.execute(
        session,
        "update payment_link set problem = %s where tenant_id = %s and id = %s",
        (problem, ctx.tenant_id, row["id"]),
    )


def _keep_link(session: Session, ctx: RequestContext, row: db.Row, link: LinkFacts) -> None:
    if link.reference != row["reference"] or (row["provider_id"] not in {"", link.id}):
        problem = "The provider answered with another link than it was asked about."
        wrong = LinkStatus.REFUSED if row["status"] == LinkStatus.DUE else None
        _move(session, ctx, row, wrong or LinkStatus(row["status"]), problem)
        return
    if not row["provider_id"]:
        if not _is_safe(link.url):
            problem = "The provider answered with an address that is no web address."
            _move(session, ctx, row, LinkStatus.REFUSED, problem)
            return
        row = _name(session, ctx, row, link)
    ended = {"cancelled": LinkStatus.CANCELLED, "expired": LinkStatus.EXPIRED}.get(link.status)
    if ended is LinkStatus.CANCELLED and not row["is_cancelling"] and row["expires_at"] <= ctx.now:
        ended = LinkStatus.EXPIRED
    if ended is not None and row["status"] in WAITING:
        _move(session, ctx, row, ended)


def _name(session: Session, ctx: RequestContext, row: db.Row, link: LinkFacts) -> db.Row:
    """Keep the provider's name of a link, open it, and send it where that was asked for."""
    is_due = row["status"] == LinkStatus.DUE
    named = db.fetch_one(
        session,
        "update payment_link set provider_id = %s, url = %s, problem = '',"
        " status = case when status = 'due' then 'open' else status end"
        " where tenant_id = %s and id = %s returning *",
        (link.id, link.url, ctx.tenant_id, row["id"]),
    )
    assert named is not None  # noqa: S101  it is locked
    if is_due:
        emit(session, ctx, row["id"], LinkSettled(link_id=row["id"], status="open"))
        if row["is_sent"] and link.status == "open":
            queue_message(session, ctx, named)
    return named


def _move(
    session: Session, ctx: RequestContext, row: db.Row, status: LinkStatus, problem: str = ""
) -> None:
    db.execute(
        session,
        "update payment_link set status = %s, problem = %s where tenant_id = %s and id = %s",
        (status.value, problem, ctx.tenant_id, row["id"]),
    )
    emit(session, ctx, row["id"], LinkSettled(link_id=row["id"], status=status.value))


def _end_of(row: db.Row) -> LinkStatus:
    return LinkStatus.CANCELLED if row["is_cancelling"] else LinkStatus.EXPIRED


def _is_safe(url: str) -> bool:
    """Tell whether an address may be shown as a link: HTTPS, or the HTTP of a provider tried out locally."""
    tried = (get_settings().razorpay_url, get_settings().stripe_url)
    plain = any(address.startswith("http://") for address in tried)
    return url.startswith("https://") or (plain and url.startswith("http://"))
