"""What webhooks do in the background: queueing an event for its hearers, and posting it."""

from datetime import UTC
from uuid import UUID

import structlog
from standardwebhooks import Webhook

from erp.adapters import outgoing_http
from erp.core import db
from erp.core.context import RequestContext
from erp.services import automation, catalogue_of_actions, platform
from jobs.run import apart

__all__ = ["catalogue_of_actions", "post", "queue"]
_log = structlog.get_logger()


def queue(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Queue an event for every webhook that wants to hear of it."""
    automation.queue_webhooks(session, ctx, delivery)


def post(session: db.UnitOfWork, ctx: RequestContext, delivery: platform.Delivery) -> None:
    """Post an event to one webhook, signed; what came of it is noted whatever becomes of the job.

    Raises:
        TryLater: It was not taken; the next attempt is due after a growing pause.
    """
    plan = automation.plan_post(session, ctx, UUID(delivery.payload["delivery_id"]))
    if plan is None:
        return
    answer = outgoing_http.post(plan.url, plan.body.encode(), _headers(plan, ctx))
    pause = apart(ctx, lambda own, mine: automation.note_answer(own, mine, plan, answer))
    _log.info("webhook_posted", delivery_id=str(plan.delivery_id), answer=answer.status)
    if pause is not None:
        raise platform.TryLater(answer.problem or f"It answered {answer.status}.", pause)


def _headers(plan: automation.WebhookPost, ctx: RequestContext) -> dict[str, str]:
    at = ctx.now.astimezone(UTC)
    name = str(plan.delivery_id)
    return {
        "content-type": "application/json",
        "user-agent": "Vantage-ERP",
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(plan.secret).sign(name, at, plan.body),
    }
