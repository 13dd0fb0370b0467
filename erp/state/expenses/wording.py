"""Words of expenses on the screen."""

from typing import Final

VIEW = "expenses.view"
SEE_ALL = "expenses.view_all"
CLAIM = "expenses.claim"
APPROVE = "expenses.approve"
SEE_BOX = "expenses.view_petty_cash"
SPEND = "expenses.petty_cash"
ARRANGE = "expenses.arrange"
PAY = "payments.pay"
KINDS: Final = {"claim": "Claim", "voucher": "Petty cash"}
STATUSES: Final = {
    "submitted": "Waits",
    "returned": "Sent back",
    "approved": "Booked",
    "withdrawn": "Withdrawn",
    "reversed": "Taken back",
}
TONES: Final = {
    "submitted": "amber",
    "returned": "red",
    "approved": "green",
    "withdrawn": "gray",
    "reversed": "gray",
}
STANDINGS: Final = {"waiting": "Waits for me", "unpaid": "To be paid back"}
CREDIT_RULES: Final = {
    "allowed": "A credit, with GSTIN and bill number",
    "blocked": "Part of the cost (s.17(5))",
    "none": "No GST",
}
MOVES: Final = {
    "top_up": "Top-up",
    "spent": "Spent",
    "given_back": "Taken back",
    "counted": "Count",
}
RATES: Final = (
    ("0", "No GST on the bill"),
    ("5", "5%"),
    ("12", "12%"),
    ("18", "18%"),
    ("28", "28%"),
    ("40", "40%"),
)
