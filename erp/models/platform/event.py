"""Domain events: the append-only store, its queue, its seal and the deliveries."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from erp.models.base import INSTANT, Json, TenantRow, belongs_to, created_at, one_of


class Event(TenantRow, table=True):
    """A fact of a domain, written in the transaction that made it true; never changed."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_aggregate", "tenant_id", "aggregate_id"),)

    name: str
    aggregate_id: UUID
    payload: Json
    occurred_at: datetime = Field(sa_type=INSTANT)
    recorded_at: datetime = created_at()
    user_id: UUID
    request_id: str


class EventQueue(SQLModel, table=True):
    """An event that the relay has not yet sealed and handed to its subscribers."""

    __tablename__ = "event_queue"
    __table_args__ = (belongs_to("event_id", "event"),)

    tenant_id: UUID = Field(primary_key=True)
    event_id: UUID = Field(primary_key=True)


class EventSeal(SQLModel, table=True):
    """The place of an event in its tenant's hash chain.

    `hash` covers the previous hash and the event's canonical text, so that any edit,
    deletion or reordering is located by `verify`.
    """

    __tablename__ = "event_seal"
    __table_args__ = (belongs_to("event_id", "event"), UniqueConstraint("tenant_id", "event_id"))

    tenant_id: UUID = Field(primary_key=True)
    sequence: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    event_id: UUID
    previous_hash: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)
    sealed_at: datetime = created_at()


class DeliveryStatus(StrEnum):
    """Where the delivery of one event to one subscriber stands."""

    PENDING = "pending"
    """Due at `next_attempt_at`; nobody works on it."""
    LEASED = "leased"
    """A worker holds it until `leased_until`."""
    DONE = "done"
    """Its effect is committed."""
    DEAD = "dead"
    """Parked after the last attempt; a person may retry it."""


class EventDelivery(TenantRow, table=True):
    """One event for one subscriber: leased, retried with back-off, parked when hopeless.

    A subscriber's effect and the change to `done` commit together, so a second
    delivery finds nothing to do. `lease_token` fences a worker that lost its lease.
    """

    __tablename__ = "event_delivery"
    __table_args__ = (
        UniqueConstraint("tenant_id", "event_id", "subscriber"),
        belongs_to("event_id", "event"),
        one_of("status", DeliveryStatus),
        Index(
            "ix_event_delivery_due",
            "tenant_id",
            "next_attempt_at",
            postgresql_where=text("status in ('pending', 'leased')"),
        ),
        Index(
            "ix_event_delivery_dead",
            "tenant_id",
            "id",
            postgresql_where=text("status = 'dead'"),
        ),
    )

    event_id: UUID
    subscriber: str
    status: str = DeliveryStatus.PENDING
    attempts: int = 0
    next_attempt_at: datetime = Field(sa_type=INSTANT)
    leased_until: datetime | None = Field(default=None, sa_type=INSTANT)
    lease_token: UUID | None = None
    last_error: str | None = Field(default=None, sa_type=Text)
    done_at: datetime | None = Field(default=None, sa_type=INSTANT)
