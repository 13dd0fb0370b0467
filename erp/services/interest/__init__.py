"""Interest on what customers pay late: what is owed, its debit notes with tax, and taking them back."""

from erp.services.interest import referees
from erp.services.interest.billing_interest import BillInterest, bill_interest
from erp.services.interest.errors import (
    AlreadyBilled,
    MoneyUnmatched,
    NoRate,
    NothingOwed,
    UnknownCharge,
)
from erp.services.interest.listing import (
    ListInterestNotes,
    ListOwedInterest,
    list_notes,
    list_owed,
)
from erp.services.interest.reversing import ReverseInterest, reverse_interest

__all__ = [
    "AlreadyBilled", "BillInterest", "ListInterestNotes", "ListOwedInterest", "MoneyUnmatched", "NoRate",
    "NothingOwed", "ReverseInterest", "UnknownCharge", "bill_interest", "list_notes", "list_owed", "referees",
    "reverse_interest",
]  # fmt: skip
