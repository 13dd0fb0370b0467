"""What providers told us, as it came, and what a person has to decide."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, created_at, one_of


class EventStatus(StrEnum):
    """What became of a provider's event."""

    RECEIVED = "received"
    DONE = "done"
    IGNORED = "ignored"
    """It is about nothing that the books know or want to know."""


class GatewayEvent(TenantRow, table=True):
    """A signed call of a provider, kept before anything is done about it.

    Attributes:
        event_id: The provider's. With the digest of the body it is unique: Razorpay does not sign its
            event's id, so an id alone must not make a true event look known.
        body: The raw bytes that the signature covers.
    """

    __tablename__ = "gateway_event"
    __table_args__ = (
        belongs_to("account_id", "gateway_account"),
        UniqueConstraint("tenant_id", "account_id", "event_id", "body_sha256"),
        one_of("status", EventStatus),
        CheckConstraint("(status = 'received') = (ended_at is null)", name="ended"),
        Index("ix_gateway_event_account", "tenant_id", "account_id", "id"),
    )

    account_id: UUID
    event_id: str
    kind: str
    body: bytes = Field(sa_type=LargeBinary)
    body_sha256: str
    status: str = EventStatus.RECEIVED
    received_at: datetime = Field(sa_type=INSTANT)
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT)


class ExceptionKind(StrEnum):
    """Why a person has to look."""

    UNKNOWN_REFERENCE = "unknown_reference"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_CURRENCY = "wrong_currency"
    CHANGED = "changed"
    """The provider says something else of a payment than before."""
    PAID_TWICE = "paid_twice"
    NOT_BOOKED = "not_booked"
    REFUND_FAILED = "refund_failed"
    REFUND_TOO_LARGE = "refund_too_large"
    DISPUTE = "dispute"
    SETTLEMENT = "settlement"


class GatewayException(TenantRow, table=True):
    """Something that cannot be settled without a person.

    Attributes:
        subject: What it is about; the same kind of exception about it is raised once.
        is_open: Nobody has settled it yet. answer: how it was settled.
    """

    __tablename__ = "gateway_exception"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("account_id", "gateway_account"),
        belongs_to("gateway_payment_id", "gateway_payment"),
        belongs_to("settlement_id", "gateway_settlement"),
        UniqueConstraint("tenant_id", "account_id", "kind", "subject"),
        one_of("kind", ExceptionKind),
        CheckConstraint("is_open = (settled_at is null)", name="settled"),
        Index(
            "ix_gateway_exception_open",
            "tenant_id",
            "company_id",
            "id",
            postgresql_where=text("is_open"),
        ),
    )

    company_id: UUID
    account_id: UUID
    kind: str
    subject: str
    gateway_payment_id: UUID | None = None
    settlement_id: UUID | None = None
    amount: Decimal | None = Field(default=None, sa_type=MONEY)
    problem: str
    is_open: bool = True
    answer: str = ""
    settled_by: UUID | None = None
    settled_at: datetime | None = Field(default=None, sa_type=INSTANT)
    raised_at: datetime = created_at()
