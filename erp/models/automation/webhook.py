"""Webhooks: where events are posted, and what became of each."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint, text
from sqlalchemy import Text as TextType
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, created_at, one_of


class WebhookStatus(StrEnum):
    """Where the posting of one event to one endpoint stands."""

    DUE = "due"
    DELIVERED = "delivered"
    FAILED = "failed"


class WebhookEndpoint(TenantRow, table=True):
    """An address of another program that wants to hear of events.

    Attributes:
        events: Names of the events it hears of.
        secret_version: Counts the signing secrets, which are derived and stored nowhere.
        failing_since: First failure of the present row of them; None while it answers.
        stopped_because: Why it hears nothing any more; empty while it does.
    """

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        CheckConstraint("is_active or stopped_because <> ''", name="stopped"),
        CheckConstraint("cardinality(events) > 0", name="events"),
    )

    name: str
    url: str
    events: list[str] = Field(sa_column=Column(ARRAY(TextType), nullable=False))
    secret_version: int = 1
    is_active: bool = True
    stopped_because: str = ""
    failing_since: datetime | None = Field(default=None, sa_type=INSTANT)
    user_id: UUID
    created_at: datetime = created_at()


class WebhookDelivery(TenantRow, table=True):
    """One event for one endpoint; its id is the `webhook-id` the receiver sees.

    Attributes:
        body: The JSON text that is signed and posted, the same at every attempt.
        answer: HTTP status of the last attempt, 0 where none came.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        belongs_to("endpoint_id", "webhook_endpoint"),
        UniqueConstraint("tenant_id", "endpoint_id", "event_id"),
        one_of("status", WebhookStatus),
        CheckConstraint("(status = 'due') = (ended_at is null)", name="ended"),
        Index("ix_webhook_delivery_endpoint", "tenant_id", "endpoint_id", "id"),
        Index(
            "ix_webhook_delivery_due",
            "tenant_id",
            "endpoint_id",
            "id",
            postgresql_where=text("status = 'due'"),
        ),
    )

    endpoint_id: UUID
    event_id: UUID
    event_name: str
    body: str
    status: str = WebhookStatus.DUE
    attempts: int = 0
    answer: int = 0
    queued_at: datetime = Field(sa_type=INSTANT)
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT)


class WebhookAttempt(TenantRow, table=True):
    """One posting and what came of it; never changed.

    Attributes:
        problem: Why it does not count, in words; empty where it does.
    """

    __tablename__ = "webhook_attempt"
    __table_args__ = (
        belongs_to("delivery_id", "webhook_delivery"),
        Index("ix_webhook_attempt_delivery", "tenant_id", "delivery_id"),
    )

    delivery_id: UUID
    attempted_at: datetime = Field(sa_type=INSTANT)
    answer: int
    problem: str = ""
    milliseconds: int
