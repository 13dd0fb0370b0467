"""Money at a provider: what was paid, and what went back."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, created_at, one_of


class GatewayPaymentStatus(StrEnum):
    """Where a payment stands; it only ever moves on, a failed one too if it comes off after all."""

    CREATED = "created"
    FAILED = "failed"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"


class GatewayPayment(TenantRow, table=True):
    """A payment that the provider knows; the database lets its state move forward only.

    Attributes:
        amount, currency: As the provider said first; another amount later is an exception.
        link_id: The link it paid, once that is known.
        receipt_id: The customer's receipt of it. entry_id: its entry as unidentified money; one that
            was identified later has both.
        refunded: Asked for or made, without those that failed; never above the amount.
        settlement_id: The settlement that paid it out.
    """

    __tablename__ = "gateway_payment"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("account_id", "gateway_account"),
        belongs_to("link_id", "payment_link"),
        belongs_to("receipt_id", "payment"),
        belongs_to("entry_id", "journal_entry"),
        belongs_to("settlement_id", "gateway_settlement"),
        UniqueConstraint("tenant_id", "account_id", "provider_id"),
        UniqueConstraint("tenant_id", "receipt_id"),
        one_of("status", GatewayPaymentStatus),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("refunded between 0 and amount", name="refunded"),
        CheckConstraint(
            "(receipt_id is null and entry_id is null) or (status = 'captured' and currency = 'INR')",
            name="booked",
        ),
        CheckConstraint("(captured_at is not null) = (status = 'captured')", name="captured"),
        Index("ix_gateway_payment_list", "tenant_id", "company_id", "id"),
        Index("ix_gateway_payment_link", "tenant_id", "link_id"),
    )

    company_id: UUID
    account_id: UUID
    provider_id: str
    status: str
    amount: Decimal = Field(sa_type=MONEY)
    currency: str
    method: str = ""
    reference: str = ""
    link_id: UUID | None = None
    receipt_id: UUID | None = None
    entry_id: UUID | None = None
    refunded: Decimal = Field(default=Decimal(0), sa_type=MONEY)
    settlement_id: UUID | None = None
    captured_at: datetime | None = Field(default=None, sa_type=INSTANT)
    seen_at: datetime = created_at()


class RefundStatus(StrEnum):
    """Where a refund stands; it only ever moves on."""

    DUE = "due"
    """It is being asked for at the provider."""
    PENDING = "pending"
    PROCESSED = "processed"
    FAILED = "failed"
    REVERSED = "reversed"
    """It was done, failed at the provider after all, and was taken back in the books."""


class GatewayRefund(TenantRow, table=True):
    """Money that goes back to who paid; the intent is committed before the provider hears of it.

    Attributes:
        reference: Ours, by which the provider finds it again after an answer was lost; the provider's
            own id where it was made on the provider's pages.
        problem: Why it failed; of one that was done, what the provider says since then.
        reversed_on: The day it was taken back, by whom and why.
        repayment_id: The payment to the customer that books it. entry_id: its entry where the money
            was never identified.
        settlement_id: The settlement that it was taken from.
    """

    __tablename__ = "gateway_refund"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("account_id", "gateway_account"),
        belongs_to("gateway_payment_id", "gateway_payment"),
        belongs_to("repayment_id", "payment"),
        belongs_to("entry_id", "journal_entry"),
        belongs_to("settlement_id", "gateway_settlement"),
        UniqueConstraint("tenant_id", "account_id", "reference"),
        one_of("status", RefundStatus),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(
            "(num_nonnulls(repayment_id, entry_id) = 1) = (status in ('processed', 'reversed'))",
            name="booked",
        ),
        CheckConstraint(
            "(status = 'reversed')"
            " = (num_nonnulls(reversed_on, reversed_by) = 2 and reversed_reason <> '')",
            name="reversed",
        ),
        CheckConstraint("status <> 'failed' or problem <> ''", name="problem"),
        Index(
            "uq_gateway_refund_provider_id",
            "tenant_id",
            "account_id",
            "provider_id",
            unique=True,
            postgresql_where="provider_id <> ''",
        ),
        Index("ix_gateway_refund_payment", "tenant_id", "gateway_payment_id"),
    )

    company_id: UUID
    account_id: UUID
    gateway_payment_id: UUID
    reference: str
    provider_id: str = ""
    amount: Decimal = Field(sa_type=MONEY)
    reason: str = ""
    status: str = RefundStatus.DUE
    problem: str = ""
    attempts: int = 0
    leased_until: datetime | None = Field(default=None, sa_type=INSTANT)
    repayment_id: UUID | None = None
    entry_id: UUID | None = None
    settlement_id: UUID | None = None
    reversed_on: date | None = None
    reversed_by: UUID | None = None
    reversed_reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
    user_id: UUID
    asked_at: datetime = created_at()
