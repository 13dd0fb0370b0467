"""Coupons and their uses."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from erp.models.base import INSTANT, MONEY, PERCENT, TenantRow, belongs_to, created_at


class Coupon(TenantRow, table=True):
    """A code that takes something off a bill.

    Attributes:
        code: In upper case.
        percent, amount: What it takes off the bill, tax included; one of them.
        max_discount: The most a percentage takes off.
        min_bill: What the goods must come to, tax included, before it is taken off.
        party_id: The only customer who may use it.
        max_uses: How often it may be used by all together.
        is_once_each: Whether a customer may use it once only; then nobody without a name may.
    """

    __tablename__ = "coupon"
    __table_args__ = (
        belongs_to("party_id", "party"),
        UniqueConstraint("tenant_id", "code"),
        UniqueConstraint("tenant_id", "id", "max_uses"),
        CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9_-]{2,19}$'", name="code"),
        CheckConstraint("num_nonnulls(percent, amount) = 1", name="value"),
        CheckConstraint("percent > 0 and percent <= 100", name="percent"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(
            "max_discount is null or (max_discount > 0 and percent is not null)",
            name="max_discount",
        ),
        CheckConstraint("min_bill >= 0", name="min_bill"),
        CheckConstraint("max_uses > 0", name="max_uses"),
        CheckConstraint("valid_until >= valid_from", name="dates"),
    )

    code: str
    name: str
    percent: Decimal | None = Field(default=None, sa_type=PERCENT)
    amount: Decimal | None = Field(default=None, sa_type=MONEY)
    max_discount: Decimal | None = Field(default=None, sa_type=MONEY)
    min_bill: Decimal = Field(default=Decimal(0), sa_type=MONEY)
    party_id: UUID | None = None
    max_uses: int
    is_once_each: bool = False
    valid_from: date
    valid_until: date | None = None
    is_active: bool = True
    created_at: datetime = created_at()


class CouponUse(SQLModel, table=True):
    """One use of a coupon by one document; the constraints alone keep its limits.

    A use is given back once, and nothing else of it changes.

    Attributes:
        use_no: From 1, in the order in which it was used.
        slot: Which of the coupon's `max_uses` it takes; another use may take it once this is given back.
        only_party_id: The customer, where each may use the coupon once.
        discount: What it took off, tax included.
        given_back_for: The return that brought the last of the document's goods back.
    """

    __tablename__ = "coupon_use"
    __table_args__ = (
        belongs_to("coupon_id", "coupon"),
        belongs_to("party_id", "party"),
        ForeignKeyConstraint(
            ["tenant_id", "coupon_id", "max_uses"],
            ["coupon.tenant_id", "coupon.id", "coupon.max_uses"],
        ),
        UniqueConstraint("tenant_id", "document_id"),
        CheckConstraint("use_no >= 1", name="use_no"),
        CheckConstraint("slot between 1 and max_uses", name="slot"),
        CheckConstraint(
            "num_nulls(given_back_at, given_back_by, given_back_for) in (0, 3)",
            name="given_back",
        ),
        CheckConstraint("only_party_id = party_id", name="only_party"),
        CheckConstraint("discount > 0", name="discount"),
        Index(
            "uq_coupon_use_slot",
            "tenant_id",
            "coupon_id",
            "slot",
            unique=True,
            postgresql_where=text("given_back_at is null"),
        ),
        Index(
            "ix_coupon_use_given_back",
            "tenant_id",
            "coupon_id",
            "slot",
            postgresql_where=text("given_back_at is not null"),
        ),
        Index(
            "uq_coupon_use_party",
            "tenant_id",
            "coupon_id",
            "only_party_id",
            unique=True,
            postgresql_where=text("only_party_id is not null and given_back_at is null"),
        ),
    )

    tenant_id: UUID = Field(primary_key=True)
    coupon_id: UUID = Field(primary_key=True)
    use_no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    slot: int
    max_uses: int
    party_id: UUID
    only_party_id: UUID | None = None
    document_type: str
    document_id: UUID
    discount: Decimal = Field(sa_type=MONEY)
    used_by: UUID
    used_at: datetime = Field(sa_type=INSTANT)
    given_back_at: datetime | None = Field(default=None, sa_type=INSTANT)
    given_back_by: UUID | None = None
    given_back_for: UUID | None = None
