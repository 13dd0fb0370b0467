"""Fixed assets: their kinds, the register, what they lose and where they move."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, PERCENT, TenantRow, belongs_to, created_at, one_of

METHOD_FACTS = (
    "(method = 'straight_line') = (life_months is not null)"
    " and (method = 'written_down') = (rate is not null)"
)
FACTS = "coalesce(life_months, 1) > 0 and coalesce(rate, 1) > 0 and coalesce(rate, 1) < 100"


class AssetMethod(StrEnum):
    """How an asset loses its value."""

    STRAIGHT_LINE = "straight_line"
    """The same each day of its life, down to its residual value."""
    WRITTEN_DOWN = "written_down"
    """A yearly rate of what it was worth when the year began."""


class AssetStatus(StrEnum):
    """What became of an asset."""

    IN_USE = "in_use"
    SOLD = "sold"
    SCRAPPED = "scrapped"


class BoughtFrom(StrEnum):
    """What stands against the asset in the books."""

    SUPPLIER = "supplier"
    """It is owed for, until it is paid."""
    BANK = "bank"
    OPENING = "opening"
    """It came over from the books of before."""


class AssetCategory(TenantRow, table=True):
    """A kind of asset, with its account and how such assets lose value.

    Attributes:
        residual_percent: Of the cost; what is left at the end.
    """

    __tablename__ = "asset_category"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("account_id", "account"),
        UniqueConstraint("tenant_id", "company_id", "name"),
        one_of("method", AssetMethod),
        CheckConstraint(METHOD_FACTS, name="method_facts"),
        CheckConstraint(FACTS, name="facts"),
        CheckConstraint("residual_percent >= 0 and residual_percent < 100", name="residual"),
    )

    company_id: UUID
    account_id: UUID
    name: str
    method: str
    life_months: int | None = None
    rate: Decimal | None = Field(default=None, sa_type=PERCENT)
    residual_percent: Decimal = Field(sa_type=PERCENT)
    is_active: bool = True
    changed_at: datetime = created_at()


class Asset(TenantRow, table=True):
    """One asset; of it only where it is and what became of it ever change.

    Attributes:
        cost: What it stands in the books for; tax that is no credit is part of it.
        booked_on: Day it came into these books; earlier only by `bought_on`.
        used_from: First day that counts for depreciation.
        opening_depreciation: What it had lost when it came over from the books of before.
        proceeds: What it was sold for.
    """

    __tablename__ = "asset"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("category_id", "asset_category"),
        belongs_to("account_id", "account"),
        belongs_to("supplier_id", "party"),
        belongs_to("buyer_id", "party"),
        UniqueConstraint("tenant_id", "company_id", "number"),
        one_of("method", AssetMethod),
        one_of("status", AssetStatus),
        one_of("bought_from", BoughtFrom),
        CheckConstraint(METHOD_FACTS, name="method_facts"),
        CheckConstraint(FACTS, name="facts"),
        CheckConstraint("cost > 0 and residual >= 0 and residual < cost", name="cost"),
        CheckConstraint("least(igst, cgst, sgst) >= 0", name="credit"),
        CheckConstraint(
            "opening_depreciation between 0 and cost - residual"
            " and (opening_depreciation = 0 or bought_from = 'opening')",
            name="opening",
        ),
        CheckConstraint(
            "bought_from <> 'supplier' or (supplier_id is not null and bill_number <> '')",
            name="supplier",
        ),
        CheckConstraint("bought_on <= booked_on and bought_on <= used_from", name="days"),
        CheckConstraint(
            "(status = 'in_use') = (disposed_on is null)"
            " and (disposed_on is null) = (proceeds is null)"
            " and coalesce(disposed_on, booked_on) >= booked_on",
            name="disposed",
        ),
        CheckConstraint("coalesce(proceeds, 0) >= 0", name="proceeds"),
        CheckConstraint("status <> 'scrapped' or proceeds = 0", name="scrapped"),
        Index("ix_asset_list", "tenant_id", "company_id", "id"),
        Index("ix_asset_bill", "tenant_id", "supplier_id", "bill_number"),
    )

    company_id: UUID
    branch_id: UUID
    category_id: UUID
    account_id: UUID
    number: str
    name: str
    status: str
    method: str
    life_months: int | None = None
    rate: Decimal | None = Field(default=None, sa_type=PERCENT)
    cost: Decimal = Field(sa_type=MONEY)
    residual: Decimal = Field(sa_type=MONEY)
    igst: Decimal = Field(sa_type=MONEY)
    cgst: Decimal = Field(sa_type=MONEY)
    sgst: Decimal = Field(sa_type=MONEY)
    opening_depreciation: Decimal = Field(sa_type=MONEY)
    bought_from: str
    bought_on: date
    booked_on: date
    used_from: date
    supplier_id: UUID | None = None
    bill_number: str = ""
    serial: str = ""
    place: str = ""
    custodian: str = ""
    note: str = ""
    disposed_on: date | None = None
    proceeds: Decimal | None = Field(default=None, sa_type=MONEY)
    buyer_id: UUID | None = None
    disposal_reason: str = ""
    registered_by: UUID
    registered_at: datetime = Field(sa_type=INSTANT)


class AssetClock(TenantRow, table=True):
    """Whether a company's depreciation is run by the clock, on the first of each month."""

    __tablename__ = "asset_clock"
    __table_args__ = (
        belongs_to("company_id", "company"),
        UniqueConstraint("tenant_id", "company_id"),
    )

    company_id: UUID
    is_on: bool
    user_id: UUID
    changed_at: datetime = Field(sa_type=INSTANT)


class AssetTaxOpening(TenantRow, table=True):
    """What a block of assets was worth for income tax when a year began; a later row takes the place of an earlier.

    Attributes:
        block: Class of assets with its rate; see `tax_blocks`. year: 1 April.
    """

    __tablename__ = "asset_tax_opening"
    __table_args__ = (
        belongs_to("company_id", "company"),
        CheckConstraint("worth >= 0", name="worth"),
        CheckConstraint("extract(day from year) = 1 and extract(month from year) = 4", name="year"),
        Index("ix_asset_tax_opening_block", "tenant_id", "company_id", "block", "year"),
    )

    company_id: UUID
    block: str
    year: date
    worth: Decimal = Field(sa_type=MONEY)
    user_id: UUID
    recorded_at: datetime = created_at()


class AssetRun(TenantRow, table=True):
    """A month's depreciation of a company, posted once."""

    __tablename__ = "asset_run"
    __table_args__ = (
        belongs_to("company_id", "company"),
        UniqueConstraint("tenant_id", "company_id", "month"),
        CheckConstraint("extract(day from month) = 1", name="month"),
        CheckConstraint("total >= 0 and assets >= 0", name="total"),
    )

    company_id: UUID
    month: date
    until: date
    assets: int
    total: Decimal = Field(sa_type=MONEY)
    user_id: UUID
    run_at: datetime = Field(sa_type=INSTANT)


class AssetDepreciation(TenantRow, table=True):
    """What one asset lost until a day, once for each month that is run; never changed.

    Attributes:
        until: Last day it counts. run_id: none where the asset went in the middle of a month.
    """

    __tablename__ = "asset_depreciation"
    __table_args__ = (
        belongs_to("asset_id", "asset"),
        belongs_to("run_id", "asset_run"),
        UniqueConstraint("tenant_id", "asset_id", "until"),
        Index(
            "uq_asset_depreciation_run",
            "tenant_id",
            "asset_id",
            "month",
            unique=True,
            postgresql_where=text("run_id is not null"),
        ),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(
            "extract(day from month) = 1 and date_trunc('month', until) = month", name="month"
        ),
        Index("ix_asset_depreciation_run", "tenant_id", "run_id"),
    )

    asset_id: UUID
    run_id: UUID | None = None
    month: date
    until: date
    amount: Decimal = Field(sa_type=MONEY)


class AssetTransfer(TenantRow, table=True):
    """An asset moved, within its branch or to another; never changed.

    Attributes:
        value: What it stood in the books for, cost less depreciation, where it changed its branch.
    """

    __tablename__ = "asset_transfer"
    __table_args__ = (
        belongs_to("asset_id", "asset"),
        belongs_to("from_branch_id", "branch"),
        belongs_to("to_branch_id", "branch"),
        Index("ix_asset_transfer_asset", "tenant_id", "asset_id", "id"),
    )

    asset_id: UUID
    from_branch_id: UUID
    to_branch_id: UUID
    moved_on: date
    place: str = ""
    custodian: str = ""
    cost: Decimal = Field(sa_type=MONEY)
    depreciation: Decimal = Field(sa_type=MONEY)
    note: str = ""
    user_id: UUID
    moved_at: datetime = Field(sa_type=INSTANT)
