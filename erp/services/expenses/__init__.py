"""Expenses: what people pay for the business, and the petty cash of each branch."""

from erp.models.expenses import ClaimKind, ClaimStatus, CreditRule, PettyMoveKind
from erp.services.expenses import referees
from erp.services.expenses.categories import (
    AddUsualCategories,
    ChangeCategory,
    CreateCategory,
    ListCategories,
    add_usual_categories,
    change_category,
    create_category,
    list_categories,
)
from erp.services.expenses.claiming import (
    AmendClaim,
    ClaimAnswer,
    SubmitClaim,
    WithdrawClaim,
    amend_claim,
    submit_claim,
    withdraw_claim,
)
from erp.services.expenses.correcting import CorrectBillTax, correct_bill_tax
from erp.services.expenses.deciding import (
    DecideClaim,
    ReverseClaim,
    decide_claim,
    reverse_claim,
)
from erp.services.expenses.errors import (
    BeyondLimit,
    CashBeyondRule,
    ClaimChanged,
    ClaimDone,
    CreditLost,
    FloatFull,
    NotCustodian,
    NotInTheBox,
    OwnClaim,
    PaidAlready,
    SpentBefore,
    ToCorrect,
    UnknownClaim,
    UnknownReceipt,
)
from erp.services.expenses.listing import ClaimDetail, GetClaim, ListClaims, get_claim, list_claims
from erp.services.expenses.petty_book import (
    PettyBook,
    PettyCashBook,
    get_printed_petty_book,
    list_custodians,
    list_floats,
    petty_cash_book,
)
from erp.services.expenses.petty_cash import (
    ChangeFloat,
    CountFloat,
    OpenFloat,
    SpendPettyCash,
    TopUpFloat,
    change_float,
    count_float,
    open_float,
    spend_petty_cash,
    top_up_float,
)
from erp.services.expenses.receipts import (
    PDF,
    PICTURE,
    RECEIPT,
    KeptReceipt,
    get_receipt,
    is_pdf,
    keep_receipt,
)
from erp.services.expenses.spending import SpentLine

__all__ = [
    "PDF", "PICTURE", "RECEIPT", "AddUsualCategories", "AmendClaim", "BeyondLimit", "CashBeyondRule",
    "ChangeCategory", "ChangeFloat", "ClaimAnswer", "ClaimChanged", "ClaimDetail", "ClaimDone", "ClaimKind",
    "ClaimStatus", "CorrectBillTax", "CountFloat", "CreateCategory", "CreditLost", "CreditRule",
    "DecideClaim", "FloatFull", "GetClaim",
    "KeptReceipt", "ListCategories", "ListClaims", "NotCustodian", "NotInTheBox", "OpenFloat", "OwnClaim",
    "PaidAlready", "PettyBook", "PettyCashBook", "PettyMoveKind", "ReverseClaim", "SpendPettyCash", "SpentBefore",
    "SpentLine", "SubmitClaim", "ToCorrect", "TopUpFloat", "UnknownClaim", "UnknownReceipt", "WithdrawClaim",
    "add_usual_categories", "amend_claim", "change_category", "change_float", "correct_bill_tax",
    "count_float", "create_category",
    "decide_claim", "get_claim", "get_printed_petty_book", "get_receipt", "is_pdf", "keep_receipt",
    "list_categories", "list_claims", "list_custodians",
    "list_floats", "open_float", "petty_cash_book", "referees", "reverse_claim",
    "spend_petty_cash", "submit_claim", "top_up_float", "withdraw_claim",
]  # fmt: skip
