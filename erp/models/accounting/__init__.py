"""The ledger."""

from erp.models.accounting.account import Account, AccountType, Period, PeriodStatus
from erp.models.accounting.journal import AccountBalance, JournalEntry, JournalLine

__all__ = [
    "Account",
    "AccountBalance",
    "AccountType",
    "JournalEntry",
    "JournalLine",
    "Period",
    "PeriodStatus",
]
