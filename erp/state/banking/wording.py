"""Words of banks on the screen."""

from collections.abc import Iterable
from typing import Any, Final

from erp.core.columns import Column, Kind

VIEW: Final = "banking.view"
RECONCILE: Final = "banking.reconcile"
TOPIC: Final = "banking"
MATCH_KINDS: Final = {
    "matched": "With the books",
    "booked": "Booked",
    "payment": "Payment",
    "cheque": "Cheque",
}
DATE_ORDERS: Final = (
    ("dmy", "Day, month, year"),
    ("mdy", "Month, day, year"),
    ("ymd", "Year, month, day"),
)
PARTS: Final = (
    ("date", "Date"),
    ("value_date", "Value date"),
    ("text", "Text"),
    ("reference", "Reference"),
    ("debit", "Debit"),
    ("credit", "Credit"),
    ("amount", "Amount"),
    ("side", "Dr or Cr"),
    ("balance", "Balance"),
    ("counterparty", "Other party"),
    ("bank_ref", "Bank's id"),
)
STATEMENT_COLUMNS: Final = (
    Column("file_name", "Statement", detail="imported"),
    Column("days", "Days", wide_only=True),
    Column("line_count", "Lines", Kind.COUNT, detail="known"),
    Column("opening", "Opening", Kind.MONEY, wide_only=True),
    Column("closing", "Closing", Kind.MONEY),
)
MATCH_COLUMNS: Final = (
    Column("bank", "At the bank", detail="books"),
    Column("day", "Day", Kind.DATE, wide_only=True),
    Column("kind", "How", Kind.STATUS, labels=MATCH_KINDS, wide_only=True,
           tones={"matched": "green", "booked": "blue", "payment": "green", "cheque": "green"}),
    Column("amount", "Amount", Kind.MONEY),
)  # fmt: skip
OPEN_COLUMNS: Final = (
    Column("text", "Line", detail="when"),
    Column("age", "Age", wide_only=True),
    Column("amount", "Amount", Kind.MONEY),
)


def account_choices(rows: Iterable[Any]) -> list[dict[str, str]]:
    """Return ledger accounts as choices, none chosen first."""
    known = [{"value": row.key, "label": f"{row.code} {row.name}"} for row in rows]
    return [{"value": "", "label": "Choose"}, *known]
