"""Posting an event to a webhook: queueing it, planning one attempt, noting what came of it.

The attempt itself is the worker's: while it waits for a stranger's server, nothing is
locked.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.automation import WebhookAttempt, WebhookDelivery
from erp.services import platform, workflows
from erp.services.automation.endpoints import OneWebhook, signing_secret, stop, unknown_endpoint
from erp.services.automation.errors import StillDue, UnknownDelivery
from erp.services.automation.events import WebhookQueued, WebhookTried
from erp.services.platform import Command, Identified, command, emit

GIVE_UP_AFTER: Final = timedelta(days=3)
"""How long an endpoint may fail before its webhook is stopped."""

GONE: Final = 410
"""What a receiver answers that wants to hear nothing any more."""

PAUSES: Final = (5, 30, 120, 600, 1800, 3600)
"""Seconds before the second, third ... attempt; the last repeats."""

LONGEST_BEHIND: Final = timedelta(minutes=10)
TEST_EVENT: Final = "automation.webhook_tested.v1"


@dataclass(frozen=True, slots=True)
class WebhookPost:
    """What is to be posted.

    Attributes:
        delivery_id: Also the `webhook-id` of the request, the same at every attempt.
        secret: Signs the request.
        body: JSON text.
    """

    delivery_id: UUID
    endpoint_id: UUID
    url: str
    secret: str
    body: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered: `status` 0 and a problem where nothing came."""

    status: int
    problem: str
    milliseconds: int

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has it: any answer of success."""
        return not self.problem and 200 <= self.status < 300  # noqa: PLR2004  HTTP's


class RetryWebhook(Command):
    """Post a failed delivery once more."""

    delivery_id: UUID


def queue_webhooks(session: Session, ctx: RequestContext, told: platform.Delivery) -> None:
    """Queue an event for every active webhook that wants to hear of it; again changes nothing.

    Locks those webhooks against being stopped meanwhile, so that what is queued ends with them.

    Emits:
        automation.webhook_queued.v1 for each of them.
    """
    wanting = db.fetch_all(
        session,
        "select id from webhook_endpoint where tenant_id = %s and is_active and %s = any(events)"
        " and created_at <= %s order by id for share",
        (ctx.tenant_id, told.event_name, told.occurred_at),
    )
    for endpoint in wanting:
        body = _body(told.event_name, told.occurred_at, told.payload)
        _queue(session, ctx, endpoint["id"], told.event_id, told.event_name, body)


@command(
    "automation.test_webhook",
    permission="platform.operate",
    rest="POST /webhooks/{endpoint_id}/test",
)
def test_webhook(session: Session, ctx: RequestContext, cmd: OneWebhook) -> Identified:
    """Post a test event to a webhook, whether it hears of anything else or not.

    Raises:
        UnknownEndpoint: There is none.
        StillDue: It is stopped.

    Emits:
        automation.webhook_queued.v1.
    """
    found = db.fetch_one(
        session,
        "select is_active from webhook_endpoint where tenant_id = %s and id = %s",
        (ctx.tenant_id, cmd.endpoint_id),
    )
    if found is None:
        raise unknown_endpoint()
    if not found["is_active"]:
        raise StillDue("This webhook is stopped. Start it first.")
    body = _body(TEST_EVENT, ctx.now, {"endpoint_id": str(cmd.endpoint_id)})
    queued = _queue(session, ctx, cmd.endpoint_id, new_id(), TEST_EVENT, body)
    return Identified(id=queued or cmd.endpoint_id)


@command(
    "automation.retry_webhook",
    permission="platform.operate",
    rest="POST /webhook-deliveries/{delivery_id}/retry",
)
def retry_webhook(session: Session, ctx: RequestContext, cmd: RetryWebhook) -> Identified:
    """Post a failed delivery again, under the same `webhook-id`.

    Raises:
        UnknownDelivery: There is none.
        StillDue: It did not fail, or its webhook is stopped.

    Emits:
        automation.webhook_queued.v1.
    """
    found = _locked(session, ctx, cmd.delivery_id)
    if found is None:
        raise UnknownDelivery("There is no such delivery.")
    if found["status"] != "failed":
        raise StillDue("Only a delivery that failed is posted again.")
    if not found["is_active"]:
        raise StillDue("Its webhook is stopped. Start it first.")
    db.execute(
        session,
        "update webhook_delivery set status = 'due', ended_at = null, queued_at = %s"
        " where tenant_id = %s and id = %s",
        (ctx.now, ctx.tenant_id, cmd.delivery_id),
    )
    emit(session, ctx, cmd.delivery_id, WebhookQueued(delivery_id=cmd.delivery_id))
    return Identified(id=cmd.delivery_id)


def plan_post(session: Session, ctx: RequestContext, delivery_id: UUID) -> WebhookPost | None:
    """Return what is to be posted now; nothing where it has ended.

    While its endpoint fails, only the oldest delivery is tried; the others wait for that one, so
    that a dead receiver costs one attempt at a time.

    Raises:
        TryLater: An older delivery of a failing endpoint goes first.
    """
    found = db.fetch_one(
        session,
        """
        select delivery.*, endpoint.url, endpoint.secret_version, endpoint.failing_since,
               (select min(older.id::text) from webhook_delivery older
                 where (older.tenant_id, older.endpoint_id) = (delivery.tenant_id, endpoint.id)
                   and older.status = 'due')::uuid as oldest_id
          from webhook_delivery delivery
          join webhook_endpoint endpoint
            on (endpoint.tenant_id, endpoint.id) = (delivery.tenant_id, delivery.endpoint_id)
         where delivery.tenant_id = %s and delivery.id = %s and delivery.status = 'due'
        """,
        (ctx.tenant_id, delivery_id),
    )
    if found is None:
        return None
    if found["failing_since"] is not None and found["oldest_id"] != delivery_id:
        wait = pause_behind(ctx.now - found["failing_since"])
        raise platform.TryLater("Its receiver fails; an older one goes first.", wait)
    return WebhookPost(
        delivery_id=delivery_id,
        endpoint_id=found["endpoint_id"],
        url=found["url"],
        secret=signing_secret(found["endpoint_id"], found["secret_version"]),
        body=found["body"],
    )


def note_answer(
    session: Session, ctx: RequestContext, post: WebhookPost, answer: Answer
) -> timedelta | None:
    """Note what came of an attempt; return how long to wait for the next, nothing if none follows.

    A receiver that is gone (410), or failed for three days, is told nothing any more and the
    product's operators hear of it. Locks the delivery.

    Emits:
        automation.webhook_tried.v1, and what stopping emits.
    """
    found = _locked(session, ctx, post.delivery_id)
    if found is None or found["status"] != "due":
        return None
    _record(session, ctx, post, answer)
    if answer.is_taken:
        _end(session, ctx, found)
        return None
    since = found["failing_since"] or ctx.now
    if answer.status == GONE or ctx.now - since >= GIVE_UP_AFTER:
        _give_up(session, ctx, found, answer)
        return None
    db.execute(
        session,
        "update webhook_endpoint set failing_since = %s where tenant_id = %s and id = %s",
        (since, ctx.tenant_id, post.endpoint_id),
    )
    _tell(session, ctx, post, "due")
    return pause_after(found["attempts"] + 1)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts."""
    return timedelta(seconds=PAUSES[min(attempts, len(PAUSES)) - 1])


def pause_behind(failing: timedelta) -> timedelta:
    """Return how long to wait behind an older delivery: the longer it fails, the less often we look."""
    return min(max(timedelta(seconds=PAUSES[0]), failing / 10), LONGEST_BEHIND)


def _queue(
    session: Session, ctx: RequestContext, endpoint_id: UUID, event_id: UUID, name: str, body: str
) -> UUID | None:
    known = db.fetch_one(
        session,
        "select id from webhook_delivery where tenant_id = %s and endpoint_id = %s and event_id = %s",
        (ctx.tenant_id, endpoint_id, event_id),
    )
    if known is not None:
        return None
    delivery_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": delivery_id,
        "endpoint_id": endpoint_id,
        "event_id": event_id,
        "event_name": name,
        "body": body,
        "status": "due",
        "attempts": 0,
        "answer": 0,
        "queued_at": ctx.now,
    }
    db.insert_rows(session, WebhookDelivery, [row])
    emit(session, ctx, delivery_id, WebhookQueued(delivery_id=delivery_id))
    return delivery_id


def _body(name: str, at: datetime, data: object) -> str:
    told = {"type": name, "timestamp": at.isoformat(), "data": data}
    return json.dumps(told, separators=(",", ":"), sort_keys=True)


def _locked(session: Session, ctx: RequestContext, delivery_id: UUID) -> db.Row | None:
    return db.fetch_one(
        session,
        "select delivery.*, endpoint.name, endpoint.is_active, endpoint.failing_since"
        " from webhook_delivery delivery join webhook_endpoint endpoint"
        " on (endpoint.tenant_id, endpoint.id) = (delivery.tenant_id, delivery.endpoint_id)"
        " where delivery.tenant_id = %s and delivery.id = %s for no key update of endpoint, delivery",
        (ctx.tenant_id, delivery_id),
    )


def _record(session: Session, ctx: RequestContext, post: WebhookPost, answer: Answer) -> None:
    row = {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "delivery_id": post.delivery_id,
        "attempted_at": ctx.now,
        "answer": answer.status,
        "problem": answer.problem[:500],
        "milliseconds": answer.milliseconds,
    }
    db.insert_rows(session, WebhookAttempt, [row])
    db.execute(
        session,
        "update webhook_delivery set attempts = attempts + 1, answer = %s"
        " where tenant_id = %s and id = %s",
        (answer.status, ctx.tenant_id, post.delivery_id),
    )


def _end(session: Session, ctx: RequestContext, found: db.Row) -> None:
    db.execute(
        session,
        "update webhook_delivery set status = 'delivered', ended_at = %s"
        " where tenant_id = %s and id = %s",
        (ctx.now, ctx.tenant_id, found["id"]),
    )
    db.execute(
        session,
        "update webhook_endpoint set failing_since = null where tenant_id = %s and id = %s"
        " and failing_since is not null",
        (ctx.tenant_id, found["endpoint_id"]),
    )
    emit(
        session,
        ctx,
        found["id"],
        WebhookTried(delivery_id=found["id"], status="delivered"),
    )


def _tell(session: Session, ctx: RequestContext, post: WebhookPost, status: str) -> None:
    event = WebhookTried(delivery_id=post.delivery_id, status=status)
    emit(session, ctx, post.delivery_id, event)


def _give_up(session: Session, ctx: RequestContext, found: db.Row, answer: Answer) -> None:
    gone = answer.status == GONE
    because = (
        "Its receiver answered 410: it wants to hear nothing any more."
        if gone
        else f"Its receiver failed for three days; last: {answer.problem or answer.status}."
    )
    stop(session, ctx, found["endpoint_id"], because)
    news = workflows.News(
        kind="automation.webhook_stopped",
        title=f"Webhook {found['name']} was stopped",
        body=because,
        link=f"/settings/webhooks/{found['endpoint_id']}",
        severity="warning",
        dedupe_key=f"webhook-stopped-{found['endpoint_id']}-{found['id']}",
    )
    workflows.notify_members(session, ctx, permission="platform.operate", news=news)
