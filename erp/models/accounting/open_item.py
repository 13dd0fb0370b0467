"""What parties owe and are owed, line by line, and what was matched with what."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field

from erp.models.base import MONEY, TenantRow, belongs_to, created_at, one_of


class Side(StrEnum):
    """Side of the account that an item stands on."""

    DEBIT = "debit"
    CREDIT = "credit"


class OpenItem(TenantRow, table=True):
    """A line of debtors or creditors that names a party; kept by the database from the journal.

    Attributes:
        due_on: As the document says, else the customer's credit days after its day.
        settled: Of `amount`, what allocations matched; kept by the database from them.
    """

    __tablename__ = "open_item"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("account_id", "account"),
        belongs_to("party_id", "party"),
        belongs_to("entry_id", "journal_entry"),
        UniqueConstraint("tenant_id", "entry_id", "line_no"),
        one_of("side", Side),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("settled between 0 and amount", name="settled"),
        Index("ix_open_item_party", "tenant_id", "party_id", "account_id", "effective_on"),
        Index(
            "ix_open_item_open",
            "tenant_id",
            "account_id",
            "party_id",
            "due_on",
            postgresql_where=text("settled < amount"),
        ),
    )

    company_id: UUID
    account_id: UUID
    party_id: UUID
    entry_id: UUID
    line_no: int = Field(sa_type=SmallInteger)
    side: str
    amount: Decimal = Field(sa_type=MONEY)
    settled: Decimal = Field(sa_type=MONEY)
    effective_on: date
    due_on: date


class Allocation(TenantRow, table=True):
    """An amount of a debit item matched with a credit item of the same party; never changed.

    Attributes:
        amount: Below zero where it takes an earlier allocation back, which `undoes_id` names.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        belongs_to("debit_item_id", "open_item"),
        belongs_to("credit_item_id", "open_item"),
        belongs_to("undoes_id", "allocation"),
        UniqueConstraint("tenant_id", "undoes_id"),
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint("(amount < 0) = (undoes_id is not null)", name="undoes"),
        Index("ix_allocation_debit", "tenant_id", "debit_item_id"),
        Index("ix_allocation_credit", "tenant_id", "credit_item_id"),
    )

    debit_item_id: UUID
    credit_item_id: UUID
    amount: Decimal = Field(sa_type=MONEY)
    undoes_id: UUID | None = None
    allocated_on: date
    reason: str = ""
    user_id: UUID
    allocated_at: datetime = created_at()
