"""Links that customers pay by."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, created_at, one_of


class LinkStatus(StrEnum):
    """Where a link stands; it only ever moves on, and `paid` is the last word."""

    DUE = "due"
    """It is being made at the provider."""
    REFUSED = "refused"
    """The provider would not make it."""
    OPEN = "open"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    PAID = "paid"


class PaymentLink(TenantRow, table=True):
    """A request for money that a customer pays at the provider's page.

    Committed before the provider hears of it. The database lets its state move forward only
    (`alembic/sql/0041_gateways.sql`), and nothing that was asked for ever change.

    Attributes:
        reference: Ours, by which the provider finds it again after an answer was lost.
        provider_id, url: The provider's, once it is made.
        is_cancelling: The provider is asked to take it back.
        leased_until: A worker asks about it until then. looked_at: When the provider was asked last.
    """

    __tablename__ = "payment_link"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("account_id", "gateway_account"),
        belongs_to("party_id", "party"),
        belongs_to("invoice_id", "invoice"),
        UniqueConstraint("tenant_id", "reference"),
        one_of("status", LinkStatus),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("status <> 'refused' or problem <> ''", name="problem"),
        CheckConstraint("status <> 'open' or (provider_id <> '' and url <> '')", name="made"),
        Index("ix_payment_link_list", "tenant_id", "company_id", "id"),
        Index("ix_payment_link_party", "tenant_id", "party_id", "id"),
        Index(
            "ix_payment_link_waiting",
            "tenant_id",
            "account_id",
            "id",
            postgresql_where=text("status in ('due', 'open')"),
        ),
        Index(
            "uq_payment_link_provider_id",
            "tenant_id",
            "account_id",
            "provider_id",
            unique=True,
            postgresql_where=text("provider_id <> ''"),
        ),
    )

    company_id: UUID
    branch_id: UUID
    account_id: UUID
    party_id: UUID
    invoice_id: UUID | None = None
    reference: str
    amount: Decimal = Field(sa_type=MONEY)
    description: str
    expires_at: datetime = Field(sa_type=INSTANT)
    to_name: str
    to_email: str = ""
    is_sent: bool = False
    status: str = LinkStatus.DUE
    is_cancelling: bool = False
    provider_id: str = ""
    url: str = ""
    problem: str = ""
    attempts: int = 0
    leased_until: datetime | None = Field(default=None, sa_type=INSTANT)
    looked_at: datetime | None = Field(default=None, sa_type=INSTANT)
    user_id: UUID
    requested_at: datetime = created_at()


class PaymentLinkItem(TenantRow, table=True):
    """What a link's money is for: an open item and how much of it."""

    __tablename__ = "payment_link_item"
    __table_args__ = (
        belongs_to("link_id", "payment_link"),
        belongs_to("item_id", "open_item"),
        UniqueConstraint("tenant_id", "link_id", "item_id"),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_payment_link_item_item", "tenant_id", "item_id"),
    )

    link_id: UUID
    item_id: UUID
    amount: Decimal = Field(sa_type=MONEY)
