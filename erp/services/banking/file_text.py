"""What every file of a bank becomes: rows of text, and what the file says beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from erp.core.table_files import LARGEST_FILE, LONGEST_CELL, MOST_ROWS, Table
from erp.models.banking import FileFormat
from erp.services.banking.errors import UnreadableBankFile

HEADERS: Final = ("Date", "Value date", "Amount", "Text", "Reference", "Counterparty", "Bank id")
"""Headers of a file whose format has none."""
FACTS: Final = ("number", "ifsc", "currency", "opening", "closing", "from_day", "to_day")


@dataclass(frozen=True, slots=True)
class BankText:
    """A bank's file as it was read.

    Attributes:
        facts: Of `FACTS` what the file says, as texts.
    """

    format: FileFormat
    cells: Table
    facts: Mapping[str, str] = field(default_factory=dict)


def as_table(rows: Sequence[Mapping[str, str]]) -> Table:
    """Return rows by header as a table.

    Raises:
        UnreadableBankFile: There is none, or there are too many.
    """
    if not rows:
        raise unreadable("The file has no booked lines.")
    if len(rows) > MOST_ROWS:
        raise unreadable(f"The file has more than {MOST_ROWS:,} lines. Ask for fewer days.")
    cut = [[row.get(name, "").strip()[:LONGEST_CELL] for name in HEADERS] for row in rows]
    return [list(HEADERS), *cut]


def check_size(content: bytes) -> None:
    """Refuse a file that is larger than any statement.

    Raises:
        UnreadableBankFile: It is.
    """
    if len(content) > LARGEST_FILE:
        raise unreadable(f"The file is larger than {LARGEST_FILE // 1_000_000} MB.")


def unreadable(message: str) -> UnreadableBankFile:
    """Return the refusal of a file."""
    return UnreadableBankFile(message, fields={"file": message})
