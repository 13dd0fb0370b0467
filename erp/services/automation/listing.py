"""Reads of webhooks."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.automation.endpoints import PUBLIC_EVENTS, unknown_endpoint
from erp.services.platform import (
    LAST_ID,
    Nothing,
    Page,
    Query,
    Result,
    Rows,
    decode_cursor,
    encode_cursor,
    query,
)


class ListWebhooks(Page):
    """Webhooks by words of their name or address; they fit on one page."""


class WebhookRow(Result):
    """A webhook as its list shows it.

    Attributes:
        state: `active`, `failing` or `stopped`.
        due: Deliveries that wait. delivered, failed: of the last seven days.
    """

    id: UUID
    name: str
    url: str
    events: list[str]
    state: str
    stopped_because: str
    failing_since: datetime | None
    created_at: datetime
    due: int
    delivered: int
    failed: int


class WebhookRows(Rows):
    """Every webhook, by name."""

    rows: list[WebhookRow]


class GetWebhook(Query):
    """One webhook."""

    endpoint_id: UUID


class ListWebhookDeliveries(Page):
    """Deliveries of one webhook, newest first."""

    endpoint_id: UUID
    status: Literal["", "due", "delivered", "failed"] = ""


class WebhookDeliveryRow(Result):
    """One event for one webhook.

    Attributes:
        problem: What was wrong with the last attempt; empty where nothing was.
    """

    id: UUID
    event_name: str
    status: str
    attempts: int
    answer: int
    problem: str
    queued_at: datetime
    ended_at: datetime | None
    body: str


class WebhookDeliveryPage(Rows):
    """A page of deliveries."""

    rows: list[WebhookDeliveryRow]


class PublicEvent(Result):
    """An event other programs may hear of."""

    name: str
    title: str


class PublicEvents(Rows):
    """Every event other programs may hear of."""

    rows: list[PublicEvent]


_ENDPOINTS = """
    select endpoint.id, endpoint.name, endpoint.url, endpoint.events, endpoint.stopped_because,
           endpoint.failing_since, endpoint.created_at,
           case when not endpoint.is_active then 'stopped'
                when endpoint.failing_since is not null then 'failing' else 'active' end as state,
           coalesce(told.due, 0) as due, coalesce(told.delivered, 0) as delivered,
           coalesce(told.failed, 0) as failed
      from webhook_endpoint endpoint
      left join lateral (
            select count(*) filter (where status = 'due') as due,
                   count(*) filter (where status = 'delivered') as delivered,
                   count(*) filter (where status = 'failed') as failed
              from webhook_delivery delivery
             where (delivery.tenant_id, delivery.endpoint_id) = (endpoint.tenant_id, endpoint.id)
               and (status = 'due' or queued_at > %(now)s - interval '7 days')) told on true
     where endpoint.tenant_id = %(tenant)s and (%(id)s::uuid is null or endpoint.id = %(id)s)
       and lower(endpoint.name || ' ' || endpoint.url) like %(words)s
     order by lower(endpoint.name), endpoint.id
"""


@query("automation.list_webhooks", permission="platform.operate", rest="GET /webhooks")
def list_webhooks(session: Session, ctx: RequestContext, wanted: ListWebhooks) -> WebhookRows:
    """List webhooks with what became of their last week's events."""
    words = f"%{wanted.search.lower()}%"
    given = {"tenant": ctx.tenant_id, "now": ctx.now, "id": None, "words": words}
    return WebhookRows(rows=[WebhookRow(**row) for row in db.fetch_all(session, _ENDPOINTS, given)])


@query("automation.get_webhook", permission="platform.operate", rest="GET /webhooks/{endpoint_id}")
def get_webhook(session: Session, ctx: RequestContext, wanted: GetWebhook) -> WebhookRow:
    """Return one webhook.

    Raises:
        UnknownEndpoint: There is none.
    """
    given = {"tenant": ctx.tenant_id, "now": ctx.now, "id": wanted.endpoint_id, "words": "%"}
    found = db.fetch_one(session, _ENDPOINTS, given)
    if found is None:
        raise unknown_endpoint()
    return WebhookRow(**found)


@query(
    "automation.list_webhook_deliveries",
    permission="platform.operate",
    rest="GET /webhooks/{endpoint_id}/deliveries",
)
def list_webhook_deliveries(
    session: Session, ctx: RequestContext, wanted: ListWebhookDeliveries
) -> WebhookDeliveryPage:
    """List what was, or is to be, posted to a webhook, newest first."""
    before = (decode_cursor(wanted.cursor, 1) or [LAST_ID])[0]
    rows = db.fetch_all(
        session,
        """
        select delivery.id, delivery.event_name, delivery.status, delivery.attempts, delivery.answer,
               delivery.queued_at, delivery.ended_at, delivery.body,
               coalesce((select attempt.problem from webhook_attempt attempt
                          where (attempt.tenant_id, attempt.delivery_id) = (delivery.tenant_id, delivery.id)
                          order by attempt.id desc limit 1), '') as problem
          from webhook_delivery delivery
         where delivery.tenant_id = %(tenant)s and delivery.endpoint_id = %(endpoint)s
           and (%(status)s = '' or delivery.status = %(status)s)
           and delivery.event_name like %(words)s and delivery.id < %(before)s::uuid
         order by delivery.id desc limit %(limit)s
        """,
        {
            "tenant": ctx.tenant_id,
            "endpoint": wanted.endpoint_id,
            "status": wanted.status,
            "words": f"%{wanted.search.strip().lower().replace(' ', '_')}%",
            "before": before,
            "limit": wanted.limit + 1,
        },
    )
    page = [WebhookDeliveryRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return WebhookDeliveryPage(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")


@query("automation.list_public_events", permission="platform.operate", rest="GET /webhook-events")
def list_public_events(_session: Session, _ctx: RequestContext, _wanted: Nothing) -> PublicEvents:
    """List the events other programs may hear of."""
    return PublicEvents(
        rows=[PublicEvent(name=name, title=title) for name, title in PUBLIC_EVENTS.items()]
    )
