"""What a provider paid out to the bank, line by line."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import MONEY, TenantRow, belongs_to, created_at, one_of


class SettlementLineKind(StrEnum):
    """What a line of a settlement is."""

    PAYMENT = "payment"
    REFUND = "refund"
    OTHER = "other"
    """An adjustment, a dispute, a reserve."""


class GatewaySettlement(TenantRow, table=True):
    """Money that a provider paid to the bank, with what it kept; never changed.

    Attributes:
        amount: What the bank gets. fee: without tax. tax: on the fee.
        difference: What no payment or refund of ours explains; booked as unidentified money.
        utr: The bank's reference, which its statement shows.
    """

    __tablename__ = "gateway_settlement"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("account_id", "gateway_account"),
        belongs_to("entry_id", "journal_entry"),
        UniqueConstraint("tenant_id", "account_id", "provider_id"),
        Index("ix_gateway_settlement_list", "tenant_id", "company_id", "settled_on", "id"),
    )

    company_id: UUID
    account_id: UUID
    provider_id: str
    utr: str = ""
    settled_on: date
    amount: Decimal = Field(sa_type=MONEY)
    fee: Decimal = Field(sa_type=MONEY)
    tax: Decimal = Field(sa_type=MONEY)
    difference: Decimal = Field(sa_type=MONEY)
    line_count: int
    entry_id: UUID | None = None
    booked_at: datetime = created_at()


class GatewaySettlementLine(TenantRow, table=True):
    """A line of a settlement, and what of ours it is; never changed.

    Attributes:
        gross: Above zero for money that came; below for money that went back.
        cleared: What of it the clearing account had.
        problem: Why it is not, or not wholly, one of ours.
    """

    __tablename__ = "gateway_settlement_line"
    __table_args__ = (
        belongs_to("settlement_id", "gateway_settlement"),
        belongs_to("gateway_payment_id", "gateway_payment"),
        belongs_to("refund_id", "gateway_refund"),
        UniqueConstraint("tenant_id", "gateway_payment_id"),
        UniqueConstraint("tenant_id", "refund_id"),
        one_of("kind", SettlementLineKind),
        CheckConstraint("num_nonnulls(gateway_payment_id, refund_id) <= 1", name="one"),
        CheckConstraint(
            "(num_nonnulls(gateway_payment_id, refund_id) = 1) = (cleared <> 0)", name="cleared"
        ),
        Index("ix_gateway_settlement_line_settlement", "tenant_id", "settlement_id", "place"),
    )

    settlement_id: UUID
    place: int
    kind: str
    entity: str
    gross: Decimal = Field(sa_type=MONEY)
    fee: Decimal = Field(sa_type=MONEY)
    tax: Decimal = Field(sa_type=MONEY)
    net: Decimal = Field(sa_type=MONEY)
    cleared: Decimal = Field(sa_type=MONEY)
    gateway_payment_id: UUID | None = None
    refund_id: UUID | None = None
    problem: str = ""
