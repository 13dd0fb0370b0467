"""What people spend for the business, and the small cash it is spent from."""

from erp.models.expenses.claim import (
    ClaimKind,
    ClaimStatus,
    CreditRule,
    ExpenseCategory,
    ExpenseClaim,
    ExpenseClaimLine,
    ExpensePayee,
    ExpenseReceipt,
)
from erp.models.expenses.petty_cash import PettyFloat, PettyMove, PettyMoveKind

__all__ = [
    "ClaimKind",
    "ClaimStatus",
    "CreditRule",
    "ExpenseCategory",
    "ExpenseClaim",
    "ExpenseClaimLine",
    "ExpensePayee",
    "ExpenseReceipt",
    "PettyFloat",
    "PettyMove",
    "PettyMoveKind",
]
