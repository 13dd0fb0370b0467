"""Domain events: written with the change they tell of."""

import json
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id


class DomainEvent(BaseModel):
    """A fact other domains may care about.

    Subclasses set `name` to `domain.noun_verbed.v1`; a changed meaning is a new version.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: ClassVar[str]


def emit(session: Session, ctx: RequestContext, aggregate_id: UUID, event: DomainEvent) -> UUID:
    """Write an event and queue it for the relay, in the transaction of the change."""
    event_id = new_id()
    db.execute(
        session,
        "with written as (insert into event"
        " (tenant_id, id, name, aggregate_id, payload, occurred_at, user_id, request_id)"
        " values (%s, %s, %s, %s, %s::jsonb, %s, %s, %s) returning tenant_id, id)"
        " insert into event_queue (tenant_id, event_id) select tenant_id, id from written",
        (
            ctx.tenant_id,
            event_id,
            event.name,
            aggregate_id,
            json.dumps(event.model_dump(mode="json")),
            ctx.now,
            ctx.user_id,
            ctx.request_id,
        ),
    )
    return event_id
