"""Files of lines under named columns: CSV as sheets save it, or XLSX, read with every fault named."""

import base64
import binascii
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from erp.core.errors import InvalidInput
from erp.core.table_files import UnreadableTable, read_workbook

FORMULA = ("=", "+", "@")
PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""Text of lines; nothing a database could not keep."""
WORKBOOK = "UEsDB"
"""How the Base64 of a workbook begins; no CSV does."""
MOST_CHARACTERS, MOST_ROWS, MOST_ERRORS = 200_000, 5_000, 50


def read_table(content: str) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns, small and joined by underscores, and the rows below them.

    Args:
        content: Text of a CSV file, or the Base64 of an XLSX workbook, whose first sheet is read.

    Raises:
        InvalidInput: It is neither.
    """
    table = _workbook(content) if content.startswith(WORKBOOK) else _text(content)
    head = [name.strip().lower().replace(" ", "_") for name in table[0]] if table else []
    return head, table[1:]


def _text(content: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(content.lstrip("\ufeff"), newline=""), strict=True))
    except csv.Error as error:
        message = f"This is no CSV file ({error}). Save the sheet as CSV and choose it again."
        raise InvalidInput(message, fields={"content": message}) from error


def _workbook(content: str) -> list[list[str]]:
    try:
        return read_workbook(base64.b64decode(content, validate=True))
    except binascii.Error as error:
        message = "This workbook is cut off. Choose the file again."
        raise InvalidInput(message, fields={"content": message}) from error
    except UnreadableTable as error:
        raise InvalidInput(error.message, fields={"content": error.message}) from error


def fault_of_head(head: Sequence[str], rows: int, columns: Sequence[str]) -> str:
    """Return what is wrong with the names of columns or the number of rows; nothing where all is well."""
    unknown = [name for name in head if name not in columns]
    if unknown:
        return f"Column {unknown[0] or 'without a name'} is not known. Use {', '.join(columns)}."
    if len(set(head)) < len(head):
        return "A column is named twice. Name each once."
    if not 1 <= rows <= MOST_ROWS:
        return f"A file has 1 to {MOST_ROWS:,} lines below its head. Split a longer one."
    return ""


def lines_of(
    head: Sequence[str], rows: Sequence[Sequence[str]], wrong: dict[str, str]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield each line that holds something with its number in the file; note those with too much."""
    for number, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(head) and any(cell.strip() for cell in cells[len(head) :]):
            wrong[f"lines.{number}"] = "It has more values than columns. Put quotes round commas."
            continue
        yield number, dict(zip(head, (cell.strip() for cell in cells), strict=False))


def is_formula(text: str) -> bool:
    """Tell whether a sheet would run a text."""
    return text.startswith(FORMULA) or (text.startswith("-") and not text[1:2].isdecimal())


def read_day(text: str) -> date:
    """Read a day as DD-MM-YYYY or YYYY-MM-DD.

    Raises:
        ValueError: It is none.
    """
    parts = text.replace("/", "-").split("-")
    try:
        year, month, day = parts if len(parts[0]) == 4 else reversed(parts)  # noqa: PLR2004  a year
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError("Write a day as DD-MM-YYYY.") from None


def refused_lines(wrong: Mapping[str, str]) -> InvalidInput:
    """Return the refusal that names the faults, up to fifty."""
    shown = dict(list(wrong.items())[:MOST_ERRORS])
    told = "1 value is wrong" if len(wrong) == 1 else f"{len(wrong)} values are wrong"
    return InvalidInput(f"{told}; nothing was changed. Mend the file and try again.", fields=shown)
