"""The ledger."""

from erp.models.accounting.account import (
    Account,
    AccountGroup,
    AccountType,
    CostCentre,
    Period,
    PeriodStatus,
)
from erp.models.accounting.draft import DraftStatus, EntryDraft, EntryTemplate, Interval
from erp.models.accounting.journal import AccountBalance, JournalEntry, JournalLine
from erp.models.accounting.open_item import Allocation, Instalment, InstalmentTerms, OpenItem, Side
from erp.models.accounting.seal import LedgerQueue, LedgerSeal

__all__ = [
    "Account",
    "AccountBalance",
    "AccountGroup",
    "AccountType",
    "Allocation",
    "CostCentre",
    "DraftStatus",
    "EntryDraft",
    "EntryTemplate",
    "Instalment",
    "InstalmentTerms",
    "Interval",
    "JournalEntry",
    "JournalLine",
    "LedgerQueue",
    "LedgerSeal",
    "OpenItem",
    "Period",
    "PeriodStatus",
    "Side",
]
