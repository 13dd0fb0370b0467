"""The tenant, the companies that keep books in it, and their places of business."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from erp.core.ids import new_id
from erp.models.base import INSTANT, TenantRow, belongs_to, created_at, one_of


class GstScheme(StrEnum):
    """How a company is registered for GST. Source: CGST Act s.9 and s.10."""

    REGULAR = "regular"
    """Charges tax and claims input credit."""
    COMPOSITION = "composition"
    """Pays on turnover, issues bills of supply, collects no tax."""
    UNREGISTERED = "unregistered"
    """Makes only exempt supplies or stays under the threshold."""


class Tenant(SQLModel, table=True):
    """An isolated customer organisation; every other row belongs to one.

    Attributes:
        slug: Names the tenant to programs; has no underscore, which ends it in a device's site.
    """

    __tablename__ = "tenant"
    __table_args__ = (CheckConstraint("slug ~ '^[a-z0-9-]{1,40}$'", name="slug"),)

    id: UUID = Field(primary_key=True, default_factory=new_id)
    name: str
    slug: str = Field(unique=True)
    time_zone: str = "Asia/Kolkata"
    is_demo: bool = False
    is_suspended: bool = False
    created_at: datetime = created_at()


class Company(TenantRow, table=True):
    """A legal entity that keeps books."""

    __tablename__ = "company"
    __table_args__ = (one_of("gst_scheme", GstScheme),)

    legal_name: str
    trade_name: str
    pan: str | None = None
    gst_scheme: str = GstScheme.REGULAR
    currency: str = "INR"
    fiscal_year_first_month: int = 4


class Branch(TenantRow, table=True):
    """A place of business with its own registration and document numbers."""

    __tablename__ = "branch"
    __table_args__ = (
        belongs_to("company_id", "company"),
        UniqueConstraint("tenant_id", "code"),
        CheckConstraint("code ~ '^[A-Za-z0-9_-]{1,64}$'", name="code"),
        CheckConstraint("state_code ~ '^[0-9]{2}$'", name="state_code"),
    )

    company_id: UUID
    code: str
    name: str
    gstin: str | None = None
    state_code: str
    address: str = ""
    city: str = ""
    pin: str = ""
    phone: str = ""
    drug_licence_no: str | None = None
    upi_address: str | None = None


class BranchPast(TenantRow, table=True):
    """What papers said of a branch until a moment; a trigger keeps it, papers of before still say it."""

    __tablename__ = "branch_past"
    __table_args__ = (
        belongs_to("branch_id", "branch"),
        Index("ix_branch_past_until", "tenant_id", "branch_id", "until"),
    )

    branch_id: UUID
    until: datetime = Field(sa_type=INSTANT)
    legal_name: str
    trade_name: str
    name: str
    address: str
    city: str
    pin: str
    phone: str
    drug_licence_no: str | None = None
