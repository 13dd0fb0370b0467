"""Journal entries, their lines, and the balances the database keeps from them."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from erp.models.base import MONEY, TenantRow, belongs_to, created_at


class JournalEntry(TenantRow, table=True):
    """A balanced set of lines; never changed once posted.

    The database checks at commit that there are exactly `line_count` lines whose
    debits and credits both add up to `total`, in an open period.

    Attributes:
        purpose: What the entry is to its origin; one entry per origin and purpose.
        effective_on: Business date the entry belongs to.
        reverses_entry_id: The entry this one takes back, at most once.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("period_id", "period"),
        belongs_to("reverses_entry_id", "journal_entry"),
        UniqueConstraint("tenant_id", "origin_id", "purpose"),
        UniqueConstraint("tenant_id", "reverses_entry_id"),
        CheckConstraint("line_count >= 2", name="line_count"),
        CheckConstraint("total > 0", name="total"),
        Index("ix_journal_entry_day", "tenant_id", "company_id", "effective_on", "id"),
        Index(
            "ix_journal_entry_off_day",
            "tenant_id",
            "company_id",
            "recorded_at",
            postgresql_where=text("abs((recorded_at at time zone 'UTC')::date - effective_on) > 1"),
        ),
        Index(
            "ix_journal_entry_closing",
            "tenant_id",
            "company_id",
            "effective_on",
            postgresql_where=text("journal = 'closing'"),
        ),
    )

    company_id: UUID
    branch_id: UUID
    period_id: UUID
    journal: str
    effective_on: date
    origin_type: str
    origin_id: UUID
    purpose: str
    narration: str
    line_count: int = Field(sa_type=SmallInteger)
    total: Decimal = Field(sa_type=MONEY)
    reverses_entry_id: UUID | None = None
    user_id: UUID
    recorded_at: datetime = created_at()


class JournalLine(SQLModel, table=True):
    """One account debited or credited by an entry.

    Attributes:
        due_on: When a debt it stands for is due, where its document says so.
    """

    __tablename__ = "journal_line"
    __table_args__ = (
        belongs_to("entry_id", "journal_entry"),
        belongs_to("account_id", "account"),
        belongs_to("party_id", "party"),
        belongs_to("cost_centre", "cost_centre", "code"),
        CheckConstraint(
            "debit >= 0 and credit >= 0 and (debit = 0) <> (credit = 0)", name="one_side"
        ),
        Index("ix_journal_line_account", "tenant_id", "account_id", "effective_on"),
        Index(
            "ix_journal_line_party",
            "tenant_id",
            "party_id",
            "account_id",
            postgresql_where="party_id is not null",
        ),
    )

    tenant_id: UUID = Field(primary_key=True)
    entry_id: UUID = Field(primary_key=True)
    line_no: int = Field(
        primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False}
    )
    account_id: UUID
    effective_on: date
    debit: Decimal = Field(sa_type=MONEY)
    credit: Decimal = Field(sa_type=MONEY)
    party_id: UUID | None = None
    cost_centre: str | None = None
    due_on: date | None = None
    note: str = ""


class AccountBalance(SQLModel, table=True):
    """Sum of an account's lines in one period, branch and cost centre; kept by the database.

    Rebuildable. Lines of no cost centre count for the empty one. Striped, so that tills posting at
    once do not queue on one row: the balance is the sum over stripes.
    """

    __tablename__ = "account_balance"
    __table_args__ = (
        belongs_to("account_id", "account"),
        belongs_to("period_id", "period"),
        belongs_to("branch_id", "branch"),
    )

    tenant_id: UUID = Field(primary_key=True)
    account_id: UUID = Field(primary_key=True)
    period_id: UUID = Field(primary_key=True)
    branch_id: UUID = Field(primary_key=True)
    cost_centre: str = Field(primary_key=True)
    stripe: int = Field(
        primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False}
    )
    debit: Decimal = Field(sa_type=MONEY)
    credit: Decimal = Field(sa_type=MONEY)
