"""Tax on purchases beside suppliers' bills: reverse charge, credit reversed, cash deposited."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, PERCENT, TenantRow, belongs_to, created_at, one_of

CANCELLED = "(cancelled_at is null) = (cancelled_by is null) and (cancelled_at is null) = (cancel_reason = '')"
"""A record is cancelled by somebody, for a reason, or not at all."""


SHARED = (
    "num_nonnulls(share_gstin, share_from, share_to, share_figures) in (0, 4) and share_from <= share_to"
    " and case kind when 'common_back' then share_gstin is not null when 'common' then true"
    " else share_gstin is null end"
)
"""What gives a share of common credit back says of which days it is; what is typed does not."""


class CreditChangeKind(StrEnum):
    """Why credit is given back, or claimed again. Source: Form GSTR-3B table 4(B), 4(D)."""

    BLOCKED = "blocked"
    """Goods lost, destroyed, written off, given away: s.17(5)(h)."""
    COMMON = "common"
    """The share of exempt supplies in common credit: r.42, r.43."""
    COMMON_BACK = "common_back"
    """What was given back of it too much: r.42(2)(b)."""
    UNPAID = "unpaid"
    """A supplier not paid within 180 days: r.37."""
    RECLAIMED = "reclaimed"
    """What was reversed as unpaid is claimed again."""
    ASSET_SOLD = "asset_sold"
    """Credit on a fixed asset beyond the tax of its sale: s.18(6), r.40(2)."""
    ASSET_KEPT = "asset_kept"
    """That sale was cancelled, so the credit is back."""
    REFUNDED = "refunded"
    """Tax on advances that days by composition took off, and that the portal paid back: s.54, form RFD-01."""


class GstCreditChange(TenantRow, table=True):
    """Credit that a registration reversed or claimed again; never changed, but cancelled once where typed wrong.

    Attributes:
        share_gstin, share_from, share_to: Of a share of common credit, whose it is and of which days.
        share_figures: What it was worked out from, as text.
    """

    __tablename__ = "gst_credit_change"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        one_of("kind", CreditChangeKind),
        CheckConstraint("least(igst, cgst, sgst) >= 0", name="not_negative"),
        CheckConstraint("igst + cgst + sgst > 0", name="amount"),
        CheckConstraint(CANCELLED, name="cancelled"),
        CheckConstraint(SHARED, name="share"),
        Index("ix_gst_credit_change_day", "tenant_id", "branch_id", "booked_on"),
        Index(
            "ix_gst_credit_change_share",
            "tenant_id",
            "company_id",
            "share_gstin",
            postgresql_where=text("share_gstin is not null"),
        ),
    )

    company_id: UUID
    branch_id: UUID
    kind: str
    booked_on: date
    igst: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    reason: str
    share_gstin: str | None = None
    share_from: date | None = None
    share_to: date | None = None
    share_figures: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    user_id: UUID
    recorded_at: datetime = created_at()
    cancelled_at: datetime | None = Field(default=None, sa_type=INSTANT)
    cancelled_by: UUID | None = None
    cancel_reason: str = Field(default="", sa_column_kwargs={"server_default": ""})


class GstCreditLoss(TenantRow, table=True):
    """Credit on units that were lost, destroyed or given away, reversed once.

    Attributes:
        change_id: The change that gave it back; none where the units bore no credit.
        is_live: That change stands; once it is cancelled the units wait again.
    """

    __tablename__ = "gst_credit_loss"
    __table_args__ = (
        belongs_to("change_id", "gst_credit_change"),
        belongs_to("move_id", "stock_move"),
        Index(
            "uq_gst_credit_loss_live",
            "tenant_id",
            "move_id",
            unique=True,
            postgresql_where=text("is_live"),
        ),
        Index("ix_gst_credit_loss_change", "tenant_id", "change_id"),
        CheckConstraint("least(igst, cgst, sgst) >= 0", name="not_negative"),
        CheckConstraint("(change_id is null) <= (igst + cgst + sgst = 0)", name="change"),
    )

    change_id: UUID | None = None
    move_id: UUID
    igst: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    is_live: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class GstReverseCharge(TenantRow, table=True):
    """A purchase whose tax we owe ourselves, with its self-invoice; cancelled once where it was typed wrong.

    Attributes:
        number: Of the self-invoice, or of our voucher where the supplier is registered.
        supplier_number: As the supplier's paper has it.
    """

    __tablename__ = "gst_reverse_charge"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("supplier_id", "party"),
        UniqueConstraint("tenant_id", "company_id", "number"),
        CheckConstraint("taxable > 0 and least(igst, cgst, sgst) >= 0", name="amount"),
        CheckConstraint(CANCELLED, name="cancelled"),
        Index("ix_gst_reverse_charge_day", "tenant_id", "branch_id", "booked_on"),
    )

    company_id: UUID
    branch_id: UUID
    supplier_id: UUID
    number: str
    supplier_number: str = ""
    booked_on: date
    is_inter: bool
    description: str
    hsn: str
    rate: Decimal = Field(sa_type=PERCENT)
    taxable: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    user_id: UUID
    recorded_at: datetime = created_at()
    cancelled_at: datetime | None = Field(default=None, sa_type=INSTANT)
    cancelled_by: UUID | None = None
    cancel_reason: str = Field(default="", sa_column_kwargs={"server_default": ""})


class GstDeposit(TenantRow, table=True):
    """Cash deposited with the portal by challan; never changed, but cancelled once where it was typed wrong.

    Attributes:
        reference: The challan's identification number (CIN), which no other that stands bears.
    """

    __tablename__ = "gst_deposit"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        Index(
            "uq_gst_deposit_standing",
            "tenant_id",
            "company_id",
            "reference",
            unique=True,
            postgresql_where=text("cancelled_at is null"),
        ),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(CANCELLED, name="cancelled"),
    )

    company_id: UUID
    branch_id: UUID
    gstin: str
    reference: str
    deposited_on: date
    amount: Decimal = Field(sa_type=MONEY)
    user_id: UUID
    recorded_at: datetime = created_at()
    cancelled_at: datetime | None = Field(default=None, sa_type=INSTANT)
    cancelled_by: UUID | None = None
    cancel_reason: str = Field(default="", sa_column_kwargs={"server_default": ""})
