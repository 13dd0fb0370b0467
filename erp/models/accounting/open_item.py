"""What parties owe and are owed, line by line, and what was matched with what."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, created_at, one_of


class Side(StrEnum):
    """Side of the account that an item stands on."""

    DEBIT = "debit"
    CREDIT = "credit"


class OpenItem(TenantRow, table=True):
    """A line of debtors or creditors that names a party, or an instalment of one; kept by the database.

    Attributes:
        part: Of its line, where that is paid by instalments.
        due_on: As the document says, else the customer's credit days after its day.
        settled: Of `amount`, what allocations matched; kept by the database from them.
    """

    __tablename__ = "open_item"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("account_id", "account"),
        belongs_to("party_id", "party"),
        belongs_to("entry_id", "journal_entry"),
        UniqueConstraint("tenant_id", "entry_id", "line_no", "part"),
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
    part: int = Field(
        default=1, sa_type=SmallInteger, sa_column_kwargs={"server_default": text("1")}
    )
    side: str
    amount: Decimal = Field(sa_type=MONEY)
    settled: Decimal = Field(sa_type=MONEY)
    effective_on: date
    due_on: date


class Instalment(TenantRow, table=True):
    """A part of what was open of an item, and its own day; never changed.

    The parts of a plan come in one statement and split the item: the first stays its own, the others
    become items of the same line.

    Attributes:
        plan_id: What was agreed together. place: 1 for the first.
    """

    __tablename__ = "instalment"
    __table_args__ = (
        belongs_to("item_id", "open_item"),
        UniqueConstraint("tenant_id", "plan_id", "place"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("place > 0", name="place"),
        Index("ix_instalment_item", "tenant_id", "item_id"),
    )

    plan_id: UUID
    item_id: UUID
    place: int = Field(sa_type=SmallInteger)
    due_on: date
    amount: Decimal = Field(sa_type=MONEY)
    reason: str
    user_id: UUID
    agreed_at: datetime = created_at()


class InstalmentTerms(TenantRow, table=True):
    """The days after an invoice on which a customer pays equal parts of it, such as 30, 60, 90."""

    __tablename__ = "instalment_terms"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("party_id", "party"),
        UniqueConstraint("tenant_id", "company_id", "party_id"),
        CheckConstraint("cardinality(days) between 1 and 12", name="days"),
    )

    company_id: UUID
    party_id: UUID
    days: list[int] = Field(sa_type=ARRAY(SmallInteger))
    user_id: UUID
    set_at: datetime = Field(sa_type=INSTANT)


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
