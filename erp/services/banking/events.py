"""What happened at banks, for other domains."""

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class BankAccountChanged(DomainEvent):
    """A bank account was opened, or is called differently."""

    name: ClassVar[str] = "banking.account_changed.v1"

    bank_account_id: UUID


class StatementImported(DomainEvent):
    """A statement brought lines."""

    name: ClassVar[str] = "banking.statement_imported.v1"

    bank_account_id: UUID
    statement_id: UUID
    lines: int
    closing: Decimal


class LinesMatched(DomainEvent):
    """Lines of the bank were matched with the books."""

    name: ClassVar[str] = "banking.lines_matched.v1"

    bank_account_id: UUID
    match_id: UUID


class StatementWithdrawn(DomainEvent):
    """The import of a statement was taken back."""

    name: ClassVar[str] = "banking.statement_withdrawn.v1"

    bank_account_id: UUID
    statement_id: UUID


class MatchUndone(DomainEvent):
    """A match was undone; its lines wait again."""

    name: ClassVar[str] = "banking.match_undone.v1"

    bank_account_id: UUID
    match_id: UUID


class RuleChanged(DomainEvent):
    """A rule of a bank account was made or removed."""

    name: ClassVar[str] = "banking.rule_changed.v1"

    bank_account_id: UUID
    rule_id: UUID
