"""The chart of accounts and the periods books are kept in."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, one_of


class AccountType(StrEnum):
    """Which side of the balance sheet or profit and loss an account is on."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


def _in_group(column: str) -> ForeignKeyConstraint:
    """Return the key by which nothing stands below two groups of the chart at once."""
    return ForeignKeyConstraint(
        ["tenant_id", "company_id", column, "group_name"],
        [f"account_group.{name}" for name in ("tenant_id", "company_id", "id", "group_name")],
    )


class AccountGroup(TenantRow, table=True):
    """A company's own group of accounts, below a group of the chart or another of its own.

    Attributes:
        group_name: The group of the chart it hangs below, the same for everything in it.
        parent_id: Its own group above; none right below the chart's.
    """

    __tablename__ = "account_group"
    __table_args__ = (
        belongs_to("company_id", "company"),
        UniqueConstraint("tenant_id", "company_id", "id", "group_name"),
        Index("uq_account_group_name", "tenant_id", "company_id", text("lower(name)"), unique=True),
        _in_group("parent_id"),
    )

    company_id: UUID
    name: str
    group_name: str
    parent_id: UUID | None = None


class Account(TenantRow, table=True):
    """A ledger account of one company.

    Attributes:
        key: The name posting functions find it by, e.g. `output_cgst`.
        group_name: Group of the Indian chart, e.g. `Duties and Taxes`.
        own_group_id: The company's own group below that, where it is in one.
        is_control: Its lines name a party and agree with a sub-ledger.
    """

    __tablename__ = "account"
    __table_args__ = (
        belongs_to("company_id", "company"),
        UniqueConstraint("tenant_id", "company_id", "code"),
        UniqueConstraint("tenant_id", "company_id", "key"),
        one_of("type", AccountType),
        _in_group("own_group_id"),
    )

    company_id: UUID
    code: str
    key: str
    name: str
    group_name: str
    own_group_id: UUID | None = None
    type: str
    is_control: bool = False
    is_active: bool = True


class CostCentre(TenantRow, table=True):
    """A part of the business that income and costs are booked for; its code stands on the lines."""

    __tablename__ = "cost_centre"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    code: str
    name: str
    is_active: bool = True


class PeriodStatus(StrEnum):
    """Whether a period takes entries."""

    OPEN = "open"
    CLOSED = "closed"
    """Refuses entries; may be opened again with a reason."""
    LOCKED = "locked"
    """Filed or audited; stays closed."""


class Period(TenantRow, table=True):
    """A calendar month of one company's books."""

    __tablename__ = "period"
    __table_args__ = (
        belongs_to("company_id", "company"),
        UniqueConstraint("tenant_id", "company_id", "starts_on"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("starts_on between '2000-01-01' and '2100-01-01'", name="years"),
        one_of("status", PeriodStatus),
    )

    company_id: UUID
    starts_on: date
    ends_on: date
    fiscal_year: str
    status: str = PeriodStatus.OPEN
    closed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    reason: str = ""
