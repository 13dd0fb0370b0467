"""An account at a payment provider."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, created_at, one_of


class Provider(StrEnum):
    """Who takes the money."""

    RAZORPAY = "razorpay"
    STRIPE = "stripe"


class GatewayAccount(TenantRow, table=True):
    """An account at a provider through which customers of a branch pay.

    Attributes:
        branch_id: Whose receipts its payments become.
        key_id: The provider's name of our key; no secret.
        key_secret, webhook_secret, previous_webhook_secret: Sealed; see `erp/core/secret_box.py`.
        previous_until: Until when calls signed with the webhook secret before are taken too.
        bank_key: Ledger account of the bank that settlements come to.
        fee_key: Ledger account of the provider's charges.
        is_interstate: The provider bills from another state: the tax on its charges is integrated tax.
        supplier_gstin: Of the provider, as its invoices of charges bear it; empty until it is known.
        rejected_calls: Calls to its address whose signature was wrong.
        failing_since: First failure of the present row of them; None while the provider answers.
        checked_at: When its keys were tried last. check_problem: what was wrong then.
    """

    __tablename__ = "gateway_account"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        UniqueConstraint("tenant_id", "company_id", "provider", "key_id"),
        one_of("provider", Provider),
        CheckConstraint("(failing_since is null) = (paused_until is null)", name="paused"),
        CheckConstraint(
            "(previous_webhook_secret = '') = (previous_until is null)", name="previous"
        ),
        Index("ix_gateway_account_id", "id"),
    )

    company_id: UUID
    branch_id: UUID
    provider: str
    name: str
    key_id: str
    key_secret: str
    webhook_secret: str
    previous_webhook_secret: str = ""
    previous_until: datetime | None = Field(default=None, sa_type=INSTANT)
    bank_key: str
    fee_key: str
    is_interstate: bool = False
    supplier_gstin: str = Field(default="", sa_column_kwargs={"server_default": ""})
    is_active: bool = True
    rejected_calls: int = Field(default=0, sa_type=BigInteger)
    last_rejected_at: datetime | None = Field(default=None, sa_type=INSTANT)
    last_event_at: datetime | None = Field(default=None, sa_type=INSTANT)
    failing_since: datetime | None = Field(default=None, sa_type=INSTANT)
    failures: int = 0
    paused_until: datetime | None = Field(default=None, sa_type=INSTANT)
    last_problem: str = ""
    checked_at: datetime | None = Field(default=None, sa_type=INSTANT)
    check_problem: str = ""
    settlements_at: datetime | None = Field(default=None, sa_type=INSTANT)
    user_id: UUID
    opened_at: datetime = created_at()
