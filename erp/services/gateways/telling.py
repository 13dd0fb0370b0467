"""What providers tell by themselves: kept first, then looked into at the provider.

An event is a bell. It says what to ask about; what is booked is what the provider answers when it is asked, so that
doubled, late and reordered events have the effect of one.
"""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Final, cast
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.gateways import EventStatus, ExceptionKind
from erp.services import identity, platform
from erp.services.gateways.accounts import keys_of, opened
from erp.services.gateways.capturing import note_payment
from erp.services.gateways.events import EventReceived, SettlementsAsked
from erp.services.gateways.pausing import note_awake, note_away, require_awake
from erp.services.gateways.ports import (
    AccountKeys,
    GatewayAway,
    GatewayRefused,
    LinkFacts,
    Notice,
    PaymentFacts,
    PaymentGateway,
    RefundFacts,
)
from erp.services.gateways.raising import Matter, acting_for, close_matter, raise_exception
from erp.services.gateways.refunding import note_refund
from erp.services.platform import Command, Result, command, emit

HEAR: Final = "gateways.hear"
"""Held by the door for providers only, and by whoever may do everything."""

LARGEST_EVENT: Final = 256_000
KNOWN_WITHIN: Final = timedelta(hours=1)
"""A provider may tell of what its own pages do not know yet; after that a person is told."""

ASK_AGAIN: Final = timedelta(minutes=2)
LET_GO: Final = timedelta(days=7)
"""How long it is asked about, the last days each few hours."""

ASK_LATER: Final = timedelta(hours=3)


def _in_base_64(body: SecretStr) -> SecretStr:
    try:
        base64.b64decode(body.get_secret_value(), validate=True)
    except ValueError as wrong:
        raise ValueError("This is not base 64. Send the raw bytes in it.") from wrong
    return body


class KeepEvent(Command):
    """A signed event as it came; `body` is its raw bytes in base 64, kept out of the record of commands."""

    account_id: UUID
    event_id: Annotated[str, Field(min_length=1, max_length=128)]
    kind: Annotated[str, Field(min_length=1, max_length=80)]
    body: Annotated[SecretStr, Field(max_length=400_000), AfterValidator(_in_base_64)]


class Kept(Result):
    """Whether an event was a new one."""

    is_new: bool


@dataclass(frozen=True, slots=True)
class HookedAccount:
    """An account that may be called, of which tenant, with its secrets."""

    tenant_id: UUID
    time_zone: str
    keys: AccountKeys


@dataclass(frozen=True, slots=True)
class EventPlan:
    """An event that waits to be looked into."""

    event_id: UUID
    account: AccountKeys
    received_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class Looked:
    """What the provider answered about what an event named."""

    link: LinkFacts | None = None
    payments: tuple[PaymentFacts, ...] = ()
    refunds: tuple[RefundFacts, ...] = ()
    refused: str = ""
    away: str = ""


def find_account(session: Session, account_id: UUID, now: datetime) -> HookedAccount | None:
    """Return an account that may be called, of whatever tenant; needs the operators' role."""
    row = db.fetch_one(
        session,
        "select account.*, tenant.time_zone from gateway_account account"
        " join tenant on tenant.id = account.tenant_id"
        " where account.id = %s and not tenant.is_suspended",
        (account_id,),
    )
    if row is None:
        return None
    return HookedAccount(row["tenant_id"], row["time_zone"], opened(_still_held(row, now)))


def event_context(account: HookedAccount, now: datetime, request_id: str) -> RequestContext:
    """Return the context in which an account's events are kept; it may do nothing else."""
    return RequestContext(
        tenant_id=account.tenant_id,
        company_id=account.keys.company_id,
        branch_id=account.keys.branch_id,
        user_id=identity.NOBODY,
        user_name=f"Webhook of {account.keys.name}",
        permissions=frozenset({HEAR}),
        now=now,
        request_id=request_id,
        source="device",
        time_zone=account.time_zone,
    )


@command("gateways.keep_event", permission=HEAR)
def keep_event(session: Session, ctx: RequestContext, cmd: KeepEvent) -> Kept:
    """Keep a signed event of a provider as it came.

    Nothing is believed of it: what it names is asked about at the provider.

    Emits:
        gateways.event_received.v1 for a new one.
    """
    body = base64.b64decode(cmd.body.get_secret_value())
    row = db.fetch_one(
        session,
        "insert into gateway_event (tenant_id, id, account_id, event_id, kind, body, body_sha256, status,"
        " received_at) values (%s, %s, %s, %s, %s, %s, %s, 'received', %s)"
        " on conflict (tenant_id, account_id, event_id, body_sha256) do nothing returning id",
        (
            *(ctx.tenant_id, new_id(), cmd.account_id, cmd.event_id),
            *(cmd.kind, body, sha256(body).hexdigest(), ctx.now),
        ),
    )
    if row is None:
        return Kept(is_new=False)
    db.execute(
        session,
        "update gateway_account set last_event_at = %s where tenant_id = %s and id = %s",
        (ctx.now, ctx.tenant_id, cmd.account_id),
    )
    emit(session, ctx, row["id"], EventReceived(event_id=row["id"]))
    return Kept(is_new=True)


def hear_event(ctx: RequestContext, account: HookedAccount, notice: Notice, body: bytes) -> bool:
    """Keep an event whose signature is right, committed when this returns; tell whether it is a new one."""
    account_id = account.keys.account_id
    named = sha256(f"{account_id} {notice.event_id} ".encode() + body).hexdigest()
    given = {
        "idempotency_key": f"gateway-event-{named}",
        "account_id": account_id,
        "event_id": notice.event_id[:128],
        "kind": notice.kind[:80],
        "body": base64.b64encode(body).decode(),
    }
    answer = platform.run("gateways.keep_event", ctx, given)
    return not answer.replayed and cast("Kept", answer.result).is_new


def count_rejected(ctx: RequestContext, account: HookedAccount) -> None:
    """Count a call whose signature was wrong; nothing else of it is kept."""
    with db.unit_of_work(ctx) as session:
        db.execute(
            session,
            "update gateway_account set rejected_calls = rejected_calls + 1, last_rejected_at = %s"
            " where tenant_id = %s and id = %s",
            (ctx.now, ctx.tenant_id, account.keys.account_id),
        )


def claim_event(session: Session, ctx: RequestContext, event_id: UUID) -> EventPlan | None:
    """Return an event that waits to be looked into; nothing where somebody did.

    Raises:
        TryLater: The provider is left alone.
    """
    row = db.fetch_one(
        session,
        "select * from gateway_event where tenant_id = %s and id = %s and status = 'received'",
        (ctx.tenant_id, event_id),
    )
    if row is None:
        return None
    require_awake(session, ctx, row["account_id"])
    account = keys_of(session, ctx, row["account_id"])
    return EventPlan(event_id, account, row["received_at"], bytes(row["body"]))


def look_into(port: PaymentGateway, notice: Notice) -> Looked:
    """Ask the provider about what an event names; whatever happens, it returns."""
    try:
        refund = port.fetch_refund(notice.refund_id) if notice.refund_id else None
        link = port.fetch_link(notice.link_id) if notice.link_id else None
        names = {notice.payment_id, *(link.payment_ids if link else ())}
        names.add(refund.payment_id if refund else "")
        payments = [port.fetch_payment(name) for name in sorted(names - {""})]
        more = {one for payment in payments for one in payment.refund_ids}
        refunds = [refund] if refund else []
        refunds += [port.fetch_refund(name) for name in sorted(more - {notice.refund_id})]
        return Looked(link, tuple(payments), tuple(refunds))
    except GatewayRefused as refused:
        return Looked(refused=refused.problem)
    except GatewayAway as away:
        return Looked(away=away.problem)


def note_event(
    session: Session, ctx: RequestContext, plan: EventPlan, notice: Notice, found: Looked
) -> timedelta | None:
    """Take in what the provider answered and end the event; return how long to wait where it did not.

    Emits:
        What payments and refunds emit, gateways.settlements_asked.v1 where money was settled, and
        gateways.exception_changed.v1 for a dispute.
    """
    if found.away:
        return note_away(session, ctx, plan.account.account_id, found.away)
    acting = acting_for(ctx, plan.account)
    age = ctx.now - plan.received_at
    if found.refused and age < KNOWN_WITHIN:
        return ASK_AGAIN
    if found.refused:
        _note_unknown(session, acting, plan, notice, found.refused)
        if notice.dispute:
            _note_dispute(session, acting, plan, notice)
        if age < LET_GO:
            return ASK_LATER
    else:
        named = (ExceptionKind.NOT_BOOKED, f"event {plan.event_id}")
        answer = "The provider knows it now."
        close_matter(session, acting, plan.account.account_id, named, answer)
    link_id = _link_named(session, acting, plan, found)
    note_found(session, acting, plan.account, found, link_id)
    if notice.dispute:
        _note_dispute(session, acting, plan, notice)
    if notice.is_settlement:
        told = SettlementsAsked(account_id=plan.account.account_id)
        emit(session, acting, plan.account.account_id, told)
    is_about = bool(
        found.payments or found.refunds or found.link or notice.dispute or notice.is_settlement
    )
    status = EventStatus.DONE if is_about else EventStatus.IGNORED
    db.execute(
        session,
        "update gateway_event set status = %s, ended_at = %s"
        " where tenant_id = %s and id = %s and status = 'received'",
        (status.value, ctx.now, ctx.tenant_id, plan.event_id),
    )
    note_awake(session, ctx, plan.account.account_id)
    return None


def note_found(
    session: Session,
    ctx: RequestContext,
    account: AccountKeys,
    found: Looked,
    link_id: UUID | None = None,
) -> None:
    """Take in the payments and refunds that the provider answered with, those of a link as its own."""
    of_link = set(found.link.payment_ids) if found.link else set()
    for payment in found.payments:
        note_payment(session, ctx, account, payment, link_id if payment.id in of_link else None)
    for refund in found.refunds:
        note_refund(session, ctx, account, refund)


def _link_named(
    session: Session, ctx: RequestContext, plan: EventPlan, found: Looked
) -> UUID | None:
    """Return our link that the provider's is; by our reference, which it may be the first to name."""
    if found.link is None:
        return None
    row = db.fetch_one(
        session,
        "select id from payment_link where tenant_id = %s and account_id = %s and reference = %s",
        (ctx.tenant_id, plan.account.account_id, found.link.reference),
    )
    return row["id"] if row else None


def _note_unknown(
    session: Session, ctx: RequestContext, plan: EventPlan, notice: Notice, refused: str
) -> None:
    problem = (
        f"{plan.account.name} told of {notice.kind} ({notice.payment_id or notice.link_id or notice.refund_id}),"
        f" but says when asked: {refused} It is asked again for a week; look at its pages."
    )
    matter = Matter(ExceptionKind.NOT_BOOKED, f"event {plan.event_id}", problem)
    raise_exception(session, ctx, plan.account.account_id, matter)


def _note_dispute(session: Session, ctx: RequestContext, plan: EventPlan, notice: Notice) -> None:
    row = db.fetch_one(
        session,
        "select id, amount from gateway_payment where tenant_id = %s and account_id = %s and provider_id = %s",
        (ctx.tenant_id, plan.account.account_id, notice.payment_id),
    )
    matter = Matter(
        ExceptionKind.DISPUTE,
        f"{notice.payment_id or notice.event_id} {notice.kind}",
        f"{notice.dispute} Answer it on the pages of {plan.account.name} before its day.",
        amount=row["amount"] if row else None,
        gateway_payment_id=row["id"] if row else None,
    )
    raise_exception(session, ctx, plan.account.account_id, matter)


def _still_held(row: db.Row, now: datetime) -> db.Row:
    """Return the account's row without a webhook secret that holds no longer."""
    until = row["previous_until"]
    if until is not None and until <= now:
        return row | {"previous_webhook_secret": ""}
    return row
