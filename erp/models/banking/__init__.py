"""Bank accounts, their statements, and what of them is matched with the books."""

from erp.models.banking.matching import BankMatch, BankMatchMember, BankRule, MatchKind
from erp.models.banking.statement import (
    BankAccount,
    BankFile,
    BankLine,
    BankStatement,
    FileFormat,
    LineKind,
)

__all__ = [
    "BankAccount",
    "BankFile",
    "BankLine",
    "BankMatch",
    "BankMatchMember",
    "BankRule",
    "BankStatement",
    "FileFormat",
    "LineKind",
    "MatchKind",
]
