"""Dead deliveries, for the person who looks after them."""

from datetime import datetime
from typing import Annotated, Literal, LiteralString
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict, NotFound
from erp.services.platform.commanding import command, query
from erp.services.platform.cursors import LAST_ID, decode_cursor, encode_cursor
from erp.services.platform.inputs import Command, Identified, Query, Result, Rows

Status = Literal["pending", "leased", "done", "dead"]


class ListDeliveries(Query):
    """Which deliveries to show; the dead ones unless asked otherwise."""

    status: Status = "dead"
    subscriber: Annotated[str, Field(max_length=120)] = ""
    cursor: Annotated[str, Field(max_length=400)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class DeliveryRow(Result):
    """One event for one subscriber, and what went wrong."""

    id: UUID
    event_id: UUID
    event_name: str
    subscriber: str
    status: str
    attempts: int
    occurred_at: datetime
    next_attempt_at: datetime
    last_error: str


class DeliveryPage(Rows):
    """A page of deliveries, newest first."""

    rows: list[DeliveryRow]


class RetryDelivery(Command):
    """Make a dead delivery due again."""

    delivery_id: UUID


_LISTED: LiteralString = """
          from event_delivery delivery
          join event on (event.tenant_id, event.id) = (delivery.tenant_id, delivery.event_id)
         where delivery.tenant_id = %(tenant)s and delivery.status = %(status)s
           and (%(subscriber)s = '' or delivery.subscriber = %(subscriber)s)
"""


@query("platform.list_deliveries", permission="platform.operate", rest="GET /deliveries")
def list_deliveries(session: Session, ctx: RequestContext, wanted: ListDeliveries) -> DeliveryPage:
    """List deliveries of events to subscribers, newest first."""
    before = (decode_cursor(wanted.cursor, 1) or [LAST_ID])[0]
    rows = db.fetch_all(
        session,
        f"""
        select delivery.id, delivery.event_id, event.name as event_name, delivery.subscriber,
               delivery.status, delivery.attempts, event.occurred_at, delivery.next_attempt_at,
               coalesce(delivery.last_error, '') as last_error
          {_LISTED}
           and delivery.id < %(before)s::uuid
         order by delivery.id desc limit %(limit)s
        """,
        _given(ctx, wanted) | {"before": before, "limit": wanted.limit + 1},
    )
    page = [DeliveryRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return DeliveryPage(rows=page, next_cursor=encode_cursor(page[-1].id) if more else "")


def count_deliveries(session: Session, ctx: RequestContext, wanted: ListDeliveries) -> int:
    """Return how many rows all pages of `list_deliveries` have."""
    row = db.fetch_one(session, f"select count(*) as rows {_LISTED}", _given(ctx, wanted))
    return int(row["rows"]) if row else 0


def _given(ctx: RequestContext, wanted: ListDeliveries) -> db.Row:
    return {"tenant": ctx.tenant_id, "status": wanted.status, "subscriber": wanted.subscriber}


@command(
    "platform.retry_delivery",
    permission="platform.operate",
    rest="POST /deliveries/{delivery_id}/retry",
)
def retry_delivery(session: Session, ctx: RequestContext, cmd: RetryDelivery) -> Identified:
    """Give a dead delivery a fresh set of attempts, the first one now.

    Raises:
        NotFound: There is no such delivery.
        Conflict: It is not dead.
    """
    found = db.fetch_one(
        session,
        "select status from event_delivery where tenant_id = %s and id = %s for update",
        (ctx.tenant_id, cmd.delivery_id),
    )
    if found is None:
        raise NotFound("There is no such delivery.")
    if found["status"] != "dead":
        raise Conflict(
            "This delivery is not parked, so there is nothing to retry. Reload the list."
        )
    db.execute(
        session,
        "update event_delivery set status = 'pending', attempts = 0, next_attempt_at = %s"
        " where tenant_id = %s and id = %s",
        (ctx.now, ctx.tenant_id, cmd.delivery_id),
    )
    return Identified(id=cmd.delivery_id)
