"""Which lines of the bank are which lines of the books, and rules that say so."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger
from sqlmodel import Field

from erp.models.base import INSTANT, MONEY, TenantRow, belongs_to, created_at, one_of


class MatchKind(StrEnum):
    """How a match came to be."""

    MATCHED = "matched"
    """Lines of the bank with lines that the books had."""
    BOOKED = "booked"
    """With an entry that was posted for it."""
    PAYMENT = "payment"
    """With a payment that was recorded for it."""
    CHEQUE = "cheque"
    """With a cheque that was cleared for it."""


class BankMatch(TenantRow, table=True):
    """Lines of a bank account and of its ledger account that add up to the same.

    Checked with its members and at commit; undone at most once, and nothing else of it ever changes.

    Attributes:
        member_count: Its lines of both sides; they arrive in one statement.
        entry_id: What was posted for it.
        rule_id: The rule that made it.
    """

    __tablename__ = "bank_match"
    __table_args__ = (
        belongs_to("bank_account_id", "bank_account"),
        belongs_to("entry_id", "journal_entry"),
        one_of("kind", MatchKind),
        CheckConstraint("(kind = 'matched') = (entry_id is null)", name="entry"),
        CheckConstraint(
            "is_live = (undone_at is null) and is_live = (undone_by is null)", name="undone"
        ),
        CheckConstraint("member_count >= 2", name="member_count"),
        Index("ix_bank_match_account", "tenant_id", "bank_account_id", "id"),
    )

    bank_account_id: UUID
    kind: str
    entry_id: UUID | None = None
    rule_id: UUID | None = None
    member_count: int
    is_live: bool = True
    made_by: UUID
    made_at: datetime = created_at()
    undone_by: UUID | None = None
    undone_at: datetime | None = Field(default=None, sa_type=INSTANT)
    undo_reason: str = ""


class BankMatchMember(TenantRow, table=True):
    """A line that belongs to a match: either of the bank or of the books.

    Attributes:
        amount: Of the line; above zero where money came to the bank.
        day: Of the line: when it was booked, or belongs to the books.
        is_live: Follows the match; kept by the database.
    """

    __tablename__ = "bank_match_member"
    __table_args__ = (
        belongs_to("match_id", "bank_match"),
        belongs_to("bank_line_id", "bank_line"),
        belongs_to("entry_id", "journal_entry"),
        CheckConstraint(
            "(bank_line_id is null) <> (entry_id is null)"
            " and (entry_id is null) = (line_no is null)",
            name="one_line",
        ),
        Index(
            "ix_bank_match_member_bank_line",
            "tenant_id",
            "bank_line_id",
            unique=True,
            postgresql_where="is_live and bank_line_id is not null",
        ),
        Index(
            "ix_bank_match_member_ledger_line",
            "tenant_id",
            "entry_id",
            "line_no",
            unique=True,
            postgresql_where="is_live and entry_id is not null",
        ),
        Index("ix_bank_match_member_match", "tenant_id", "match_id"),
    )

    match_id: UUID
    bank_line_id: UUID | None = None
    entry_id: UUID | None = None
    line_no: int | None = Field(default=None, sa_type=SmallInteger)
    amount: Decimal = Field(sa_type=MONEY)
    day: date
    is_live: bool = True


class BankRule(TenantRow, table=True):
    """What lines of a bank account that look so are.

    Attributes:
        contains: Words of the line, in any case; empty for every text.
        direction: `in`, `out`, or empty for both.
        lowest, highest: Of the amount without its sign.
        account_key: Account it is booked to; or else
        party_id, ledger: whose account it is received on or paid from.
        is_automatic: Booked when rules are applied; else only proposed.
        priority: The smallest that fits decides.
    """

    __tablename__ = "bank_rule"
    __table_args__ = (
        belongs_to("bank_account_id", "bank_account"),
        belongs_to("party_id", "party"),
        CheckConstraint("(account_key = '') = (party_id is not null)", name="action"),
        CheckConstraint("(party_id is null) = (ledger = '')", name="ledger"),
        CheckConstraint("direction in ('', 'in', 'out')", name="direction"),
        Index("ix_bank_rule_account", "tenant_id", "bank_account_id", "priority"),
    )

    bank_account_id: UUID
    name: str
    contains: str = ""
    direction: str = ""
    lowest: Decimal | None = Field(default=None, sa_type=MONEY)
    highest: Decimal | None = Field(default=None, sa_type=MONEY)
    account_key: str = ""
    party_id: UUID | None = None
    ledger: str = ""
    note: str = ""
    is_automatic: bool = False
    priority: int
    is_active: bool = True
    user_id: UUID
    made_at: datetime = created_at()
