"""Domain events: written with the change they tell of."""

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.platform import Event, EventQueue


class DomainEvent(BaseModel):
    """A fact other domains may care about.

    Subclasses set `name` to `domain.noun_verbed.v1`; a changed meaning is a new version.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: ClassVar[str]


def emit(session: Session, ctx: RequestContext, aggregate_id: UUID, event: DomainEvent) -> UUID:
    """Write an event and queue it for the relay, in the transaction of the change."""
    event_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": event_id,
        "name": event.name,
        "aggregate_id": aggregate_id,
        "payload": event,
        "occurred_at": ctx.now,
        "user_id": ctx.user_id,
        "request_id": ctx.request_id,
    }
    with db.together(session):
        db.insert_rows(session, Event, [row])
        db.insert_rows(session, EventQueue, [{"tenant_id": ctx.tenant_id, "event_id": event_id}])
    return event_id
