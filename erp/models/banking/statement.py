"""Bank accounts and what their bank says: files as they came, statements and their lines."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, Json, TenantRow, belongs_to, created_at, one_of


class FileFormat(StrEnum):
    """What a bank's file is."""

    TABLE = "table"
    """CSV or XLSX; its columns are chosen."""
    OFX = "ofx"
    CAMT = "camt"
    MT940 = "mt940"


class LineKind(StrEnum):
    """Whether a line is money that moved."""

    OPENING = "opening"
    """What the account held before its first statement."""
    LINE = "line"


class BankAccount(TenantRow, table=True):
    """An account at a bank, and the ledger account that it is.

    Attributes:
        ifsc: The branch's code; empty where it is not known.
        reading: How the bank's CSV is read: `columns`, a header by part, and `date_order`.
    """

    __tablename__ = "bank_account"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("account_id", "account"),
        UniqueConstraint("tenant_id", "account_id"),
    )

    company_id: UUID
    account_id: UUID
    name: str
    bank_name: str
    number: str
    ifsc: str = ""
    reading: Json
    user_id: UUID
    opened_at: datetime = created_at()


class BankFile(TenantRow, table=True):
    """A file as the bank gave it; never changed.

    Attributes:
        cells: Its rows as texts, headers included; OFX and CAMT.053 have headers of our own.
        facts: What the file says beside its rows, such as its account's number and balances.
    """

    __tablename__ = "bank_file"
    __table_args__ = (
        belongs_to("bank_account_id", "bank_account"),
        UniqueConstraint("tenant_id", "bank_account_id", "sha256"),
        one_of("format", FileFormat),
    )

    bank_account_id: UUID
    file_name: str
    sha256: str
    format: str
    cells: list[Any] = Field(sa_type=JSONB)
    facts: Json
    uploaded_by: UUID
    uploaded_at: datetime = Field(sa_type=INSTANT)


class BankStatement(TenantRow, table=True):
    """What a file brought: between its balances lie exactly its lines; only withdrawn, as the newest.

    Attributes:
        withdrawn_at, withdrawn_by, withdraw_reason: Its lines count no more since then.
        opening: Balance before its new lines. closing: after them.
        line_count: New lines. known_count: those that a statement before had brought.
    """

    __tablename__ = "bank_statement"
    __table_args__ = (
        belongs_to("bank_account_id", "bank_account"),
        belongs_to("file_id", "bank_file"),
        Index(
            "uq_bank_statement_file",
            "tenant_id",
            "file_id",
            unique=True,
            postgresql_where=sa.text("withdrawn_at is null"),
        ),
        CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_by is null)"
            " and (withdrawn_at is null) = (withdraw_reason = '')",
            name="withdrawn",
        ),
        CheckConstraint("to_day >= from_day", name="days"),
        CheckConstraint("line_count > 0 and known_count >= 0", name="counts"),
        Index("ix_bank_statement_account", "tenant_id", "bank_account_id", "id"),
    )

    bank_account_id: UUID
    file_id: UUID
    from_day: date
    to_day: date
    opening: Decimal = Field(sa_type=MONEY)
    closing: Decimal = Field(sa_type=MONEY)
    line_count: int
    known_count: int
    user_id: UUID
    imported_at: datetime = created_at()
    withdrawn_at: datetime | None = Field(default=None, sa_type=INSTANT)
    withdrawn_by: UUID | None = None
    withdraw_reason: str = Field(default="", sa_column_kwargs={"server_default": sa.text("''")})


class BankLine(TenantRow, table=True):
    """A line of a statement; never changed.

    Attributes:
        is_live: Follows its statement; kept by the database.
        place: Its order in the statement.
        amount: Above zero where money came, below where it went.
        counterparty: Who paid or was paid, where the bank names them.
        bank_ref: The bank's own id of the line.
        balance: After the line, where the bank says it.
        fingerprint: Of day, amount, text, reference and how many equal lines came before it.
    """

    __tablename__ = "bank_line"
    __table_args__ = (
        belongs_to("bank_account_id", "bank_account"),
        belongs_to("statement_id", "bank_statement"),
        Index(
            "uq_bank_line_fingerprint",
            "tenant_id",
            "bank_account_id",
            "fingerprint",
            unique=True,
            postgresql_where=sa.text("is_live"),
        ),
        one_of("kind", LineKind),
        CheckConstraint("amount <> 0 or kind = 'opening'", name="amount"),
        Index("ix_bank_line_day", "tenant_id", "bank_account_id", "booked_on", "id"),
        Index("ix_bank_line_statement", "tenant_id", "statement_id", "place"),
    )

    bank_account_id: UUID
    statement_id: UUID
    place: int
    kind: str
    booked_on: date
    value_on: date
    amount: Decimal = Field(sa_type=MONEY)
    text: str
    reference: str = ""
    counterparty: str = ""
    bank_ref: str = ""
    balance: Decimal | None = Field(default=None, sa_type=MONEY)
    fingerprint: str
    is_live: bool = Field(default=True, sa_column_kwargs={"server_default": sa.text("true")})
