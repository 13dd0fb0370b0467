"""What customers pay before they buy."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, one_of


class VoucherKind(StrEnum):
    """Which way an advance went."""

    RECEIPT = "receipt"
    REFUND = "refund"


class AdvanceVoucher(TenantRow, table=True):
    """Money taken before a sale, or paid back without one; never changed.

    What is left of a customer's advances is what the books owe them for it.

    Attributes:
        number: Of the series of receipt or refund vouchers of the branch.
        method: Cash, UPI or card.
    """

    __tablename__ = "advance_voucher"
    __table_args__ = (
        belongs_to("branch_id", "branch"),
        belongs_to("shift_id", "register_shift"),
        belongs_to("party_id", "party"),
        UniqueConstraint("tenant_id", "number"),
        one_of("kind", VoucherKind),
        CheckConstraint("method in ('cash', 'upi', 'card')", name="method"),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_advance_voucher_party", "tenant_id", "party_id", "id"),
        Index("ix_advance_voucher_shift", "tenant_id", "shift_id"),
    )

    kind: str
    number: str
    branch_id: UUID
    shift_id: UUID
    party_id: UUID
    method: str
    amount: Decimal = Field(sa_type=MONEY)
    reference: str = ""
    note: str = ""
    taken_at: datetime = Field(sa_type=INSTANT)
    user_id: UUID
