"""Words of GST returns on the screen."""

from datetime import date
from typing import Final

VIEW = "gst_returns.view"
PREPARE = "gst_returns.prepare"
RECORD = "gst_returns.record"
REVIEW = "gst_returns.review"
FILE = "gst_returns.file"
SET_LIMITS = "gst_returns.set_limits"
SET_SCHEME = "gst_returns.set_scheme"
FORMS: Final = {"gstr1": "GSTR-1", "gstr3b": "GSTR-3B", "cmp08": "CMP-08"}
FORM_TONES: Final = {"gstr1": "blue", "gstr3b": "gray", "cmp08": "amber"}
SCHEMES: Final = {
    "regular": "Regular",
    "composition": "Composition",
    "unregistered": "Not registered",
}
TRADES: Final = {
    "trader": "Trading",
    "manufacturer": "Manufacturing",
    "service": "Services, s.10(2A)",
}
STATUSES: Final = {"prepared": "Prepared", "reviewed": "Reviewed", "filed": "Filed"}
STATUS_TONES: Final = {"prepared": "amber", "reviewed": "blue", "filed": "green"}
SECTIONS: Final = {
    "b2b": ("4", "Invoices to registered buyers"),
    "b2cl": ("5", "Large invoices to other states, unregistered"),
    "exp": ("6A", "Exports"),
    "b2cs": ("7", "Other supplies to unregistered buyers, net"),
    "nil": ("8", "Nil-rated, exempt and outside GST"),
    "cdnr": ("9B", "Notes to registered buyers"),
    "cdnur": ("9B", "Notes on large invoices and exports, unregistered"),
    "b2ba": ("9A", "Amended: invoices to registered buyers, the change"),
    "b2cla": ("9A", "Amended: large invoices, the change"),
    "expa": ("9A", "Amended: exports, the change"),
    "cdnra": ("9C", "Amended: notes to registered buyers, the change"),
    "cdnura": ("9C", "Amended: notes, unregistered, the change"),
    "b2csa": ("10", "Amended: other supplies to unregistered buyers, the change"),
    "at": ("11A", "Advances for services received"),
    "txpd": ("11B", "Advances for services adjusted"),
    "ata": ("11A", "Amended: advances for services received, the change"),
    "txpda": ("11B", "Amended: advances for services adjusted, the change"),
}
ISSUED: Final = {1: "Invoices", 4: "Debit notes", 5: "Credit notes"}
CHANGES: Final = {
    "blocked": "Lost or given away goods, s.17(5)",
    "common": "Share of exempt supplies, rule 42",
    "unpaid": "Supplier unpaid for 180 days",
    "reclaimed": "Claimed again after payment",
    "refunded": "Tax on advances paid back, RFD-01",
}
"""What a person may record."""
CREDIT_KINDS: Final = CHANGES | {
    "common_back": "Too much given back of common credit, rule 42(2)",
    "asset_sold": "Asset sold, beyond the tax of its sale",
    "asset_kept": "Sale of an asset cancelled",
}

MATCHES: Final = {
    "exact": "Agrees",
    "matched_normalised_number": "Agrees, number written otherwise",
    "matched_within_tolerance": "Agrees but for rounding",
    "date_mismatch": "Other date",
    "amount_mismatch": "Amounts differ",
    "missing_in_2b": "Only in books",
    "missing_in_books": "Only in 2B",
}
PAPERS_2B: Final = {
    "INV": "Invoice",
    "DBN": "Debit note",
    "CRN": "Credit note",
    "ISD": "Distributed credit",
    "ISC": "Distributed credit, taken back",
    "BOE": "Bill of entry",
}
"""Documents of GSTR-2B."""
NOTES: Final = frozenset({"CRN", "ISC"})
"""Those that take credit back."""
MATCH_TONES: Final = {
    "exact": "green",
    "matched_normalised_number": "green",
    "matched_within_tolerance": "green",
    "date_mismatch": "blue",
    "amount_mismatch": "red",
    "missing_in_2b": "amber",
    "missing_in_books": "amber",
}
DECISIONS: Final = {
    "open": "Open",
    "accepted": "Accepted",
    "parked": "Parked",
    "asked": "Supplier asked",
}
DECISION_TONES: Final = {"open": "gray", "accepted": "green", "parked": "amber", "asked": "blue"}
STATES: Final = {
    "agrees": "Agrees",
    "differs": "Differs",
    "only_in_books": "Only in books",
    "only_in_2b": "Only in 2B",
}


def period_words(starts_on: date, ends_on: date) -> str:
    """Return a month, or the months of a quarter."""
    if (starts_on.year, starts_on.month) == (ends_on.year, ends_on.month):
        return f"{starts_on:%B} {starts_on.year}"
    return f"{starts_on:%b}-{ends_on:%b} {ends_on.year}"


USES: Final = {
    "common": "Both",
    "taxable": "Taxable",
    "exempt": "Exempt",
    "private": "Private",
}
"""What a purchase serves."""
SHARE_WORDS: Final = {
    "T": "All credit of the days on inputs and services",
    "T1": "Of it for other purposes than business",
    "T2": "Of it for exempt supplies alone",
    "T3": "Of it blocked, s.17(5): given back by itself",
    "C1": "T less T1, T2 and T3",
    "T4": "Of it for taxable supplies alone, goods for sale among it",
    "C2": "Common credit: C1 less T4",
    "D1": "What exempt supplies bear: C2 by exempt turnover of the whole",
    "D2": "What other purposes bear: 5% of C2",
    "C3": "What remains: C2 less D1 and D2",
    "Tr": "Common credit on capital goods, a sixtieth for each month",
    "Te": "What exempt supplies bear of Tr",
}
"""Figures of rules 42 and 43."""
