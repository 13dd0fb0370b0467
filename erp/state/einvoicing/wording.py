"""Words of e-invoices and way bills on the screen."""

from collections.abc import Mapping
from typing import Final

from erp.core.columns import Column, Kind

VIEW: Final = "einvoicing.view"
SEND: Final = "einvoicing.send"
DISPATCH: Final = "einvoicing.dispatch"
ARRANGE: Final = "einvoicing.arrange"
STATUSES: Final[Mapping[str, str]] = {
    "due": "On its way",
    "to_mend": "To mend",
    "refused": "Refused",
    "registered": "Registered",
    "cancelling": "Being cancelled",
    "cancelled": "Cancelled",
    "withdrawn": "Not reported",
}
STATUS_TONES: Final[Mapping[str, str]] = {
    "due": "amber",
    "to_mend": "red",
    "refused": "red",
    "registered": "green",
    "cancelling": "amber",
    "cancelled": "gray",
    "withdrawn": "gray",
}
FILTERED: Final = {"open": "Not registered yet", **STATUSES}
DOCUMENT_TYPES: Final = {"INV": "Invoices", "CRN": "Credit notes", "DBN": "Debit notes"}
WAY_STATUSES: Final[Mapping[str, str]] = {
    "draft": "Draft",
    "due": "On its way",
    "refused": "Refused",
    "active": "In force",
    "ending": "Ends within a day",
    "ended": "Ended",
    "cancelled": "Cancelled",
}
WAY_TONES: Final[Mapping[str, str]] = {
    "draft": "gray",
    "due": "amber",
    "refused": "red",
    "active": "green",
    "ending": "amber",
    "ended": "gray",
    "cancelled": "gray",
}
MODES: Final = {"1": "Road", "2": "Rail", "3": "Air", "4": "Ship"}
REASONS: Final = (
    ("2", "Typing mistake"),
    ("1", "Duplicate"),
    ("3", "Order cancelled"),
    ("4", "Other"),
)
CALLS: Final = {
    "register": "Register",
    "fetch": "Look up",
    "cancel": "Cancel",
    "generate": "Make way bill",
    "vehicle": "Tell vehicle",
    "auth": "Sign in",
}
OUTCOMES: Final = {
    "done": "Done",
    "refused": "Refused",
    "away": "No answer",
    "lied": "Not believed",
}
OUTCOME_TONES: Final = {"done": "green", "refused": "red", "away": "amber", "lied": "red"}
CALL_COLUMNS: Final = (
    Column("kind", "Asked", detail="problem"),
    Column("called_at", "When", Kind.INSTANT, wide_only=True),
    Column("milliseconds", "Milliseconds", Kind.COUNT, wide_only=True),
    Column("outcome", "Answer", Kind.STATUS, labels=OUTCOMES, tones=OUTCOME_TONES),
)
PROBLEM_COLUMNS: Final = (
    Column("message", "What is wrong"),
    Column("field", "Field of the portal", Kind.CODE, wide_only=True),
)
