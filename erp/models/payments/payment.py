"""A payment as it was recorded, and what became of it."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from erp.models.base import MONEY, TenantRow, belongs_to, created_at, one_of


class Direction(StrEnum):
    """Whether money came or went."""

    IN = "in"
    OUT = "out"


class Ledger(StrEnum):
    """Which of a party's two accounts a payment is on."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"


class PaymentMethod(StrEnum):
    """How money came or went."""

    CASH = "cash"
    BANK = "bank"
    UPI = "upi"
    CARD = "card"
    CHEQUE = "cheque"
    GATEWAY = "gateway"
    """Through a payment provider; only its own word makes such a payment."""


class Payment(TenantRow, table=True):
    """Money that a party paid or was paid; never changed.

    Attributes:
        discount: Given for paying, on top of `amount`. written_off: a rest that nobody pays.
        reference: The bank's, such as a UTR or the cheque's number.
        cheque_on: Day on the cheque; it is banked no sooner.
        is_service_advance: For a service to come, or paid back of it: it is no debtor's item.
    """

    __tablename__ = "payment"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("party_id", "party"),
        UniqueConstraint("tenant_id", "company_id", "number"),
        one_of("direction", Direction),
        one_of("ledger", Ledger),
        one_of("method", PaymentMethod),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("least(discount, written_off) >= 0", name="deductions"),
        CheckConstraint("(method = 'cheque') = (cheque_on is not null)", name="cheque"),
        CheckConstraint(
            "not is_service_advance or ledger = 'customer' and discount + written_off = 0",
            name="service_advance",
        ),
        Index("ix_payment_list", "tenant_id", "company_id", "id"),
        Index("ix_payment_party", "tenant_id", "party_id", "id"),
    )

    company_id: UUID
    branch_id: UUID
    number: str
    direction: str
    ledger: str
    party_id: UUID
    paid_on: date
    method: str
    amount: Decimal = Field(sa_type=MONEY)
    discount: Decimal = Field(sa_type=MONEY)
    written_off: Decimal = Field(sa_type=MONEY)
    reference: str = ""
    cheque_on: date | None = None
    note: str = ""
    is_service_advance: bool = Field(
        default=False, sa_column_kwargs={"server_default": text("false")}
    )
    user_id: UUID
    recorded_at: datetime = created_at()


class StepKind(StrEnum):
    """What became of a payment after it was recorded."""

    BANKED = "banked"
    """A cheque was paid into the bank."""
    REVERSED = "reversed"
    """It was taken back: a cheque bounced, or it was recorded in error."""


class PaymentStep(TenantRow, table=True):
    """What became of a payment; each thing once."""

    __tablename__ = "payment_step"
    __table_args__ = (
        belongs_to("payment_id", "payment"),
        UniqueConstraint("tenant_id", "payment_id", "kind"),
        one_of("kind", StepKind),
    )

    payment_id: UUID
    kind: str
    done_on: date
    reason: str = ""
    user_id: UUID
    done_at: datetime = created_at()
