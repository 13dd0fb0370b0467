"""Read a table's file into rows of text: CSV, or the first sheet of an XLSX workbook."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from openpyxl import load_workbook

from erp.core.errors import InvalidInput

LARGEST_FILE: Final = 5_000_000
LARGEST_CONTENT: Final = 60_000_000
"""Bytes of a workbook unpacked: a small file may hold a large one."""
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
LONGEST_CELL: Final = 300
_WORKBOOK = b"PK\x03\x04"
Table = list[list[str]]


class UnreadableTable(InvalidInput):
    """The file is no table that can be read."""

    code = "unreadable_table"


def read_table(content: bytes) -> Table:
    """Return the rows that hold something, as texts, the headers first; all of one length.

    Nothing in the file is computed: a formula stays the text that it is.

    Raises:
        UnreadableTable: It is too large, neither CSV nor XLSX, or holds no row under its headers.
    """
    if len(content) > LARGEST_FILE:
        raise _bad(f"The file is larger than {LARGEST_FILE // 1_000_000} MB. Split it.")
    rows = _workbook(content) if content.startswith(_WORKBOOK) else _text(content)
    filled = [row for row in islice(_trimmed(rows), MOST_ROWS + 2) if any(row)]
    if len(filled) < 2:  # noqa: PLR2004  headers and one row
        raise _bad("The file has no rows under its headers.")
    if len(filled) > MOST_ROWS + 1:
        raise _bad(f"The file has more than {MOST_ROWS:,} rows. Split it.")
    width = max(len(row) for row in filled)
    return [row + [""] * (width - len(row)) for row in filled]


def read_workbook(content: bytes) -> Table:
    """Return all rows of a workbook's first sheet as texts, empty ones included.

    Raises:
        UnreadableTable: It is no workbook, or too large.
    """
    if len(content) > LARGEST_FILE:
        raise _bad(f"The file is larger than {LARGEST_FILE // 1_000_000} MB. Split it.")
    return [_without_end(row) for row in _workbook(content)]


def _without_end(row: list[str]) -> list[str]:
    """Return a row without the empty cells after its last value."""
    filled = [place for place, cell in enumerate(row, start=1) if cell]
    return row[: filled[-1]] if filled else []


def _trimmed(rows: Iterable[Iterable[str]]) -> Iterator[list[str]]:
    for row in rows:
        cells = [cell.replace("\0", "").strip() for cell in islice(row, MOST_COLUMNS + 1)]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise _bad(f"The file has more than {MOST_COLUMNS} columns.")
        yield [cell[:LONGEST_CELL] for cell in cells]


def _text(content: bytes) -> Iterator[list[str]]:
    text = decoded(content)
    first = text[:4096]
    separator = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error as error:
        raise _bad("The CSV cannot be read. Save the file again as CSV.") from error


def decoded(content: bytes) -> str:
    """Return the text of a file: UTF-16 where it says so, as spreadsheets save "Unicode text"."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\0" in content[:4096]:
        raise _bad("The file is neither CSV nor XLSX. Save it as one of them.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _workbook(content: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        rows = _sheet(content) if unpacked <= LARGEST_CONTENT else None
    except Exception as error:
        message = "The workbook cannot be read. Save it as XLSX or CSV without a password."
        raise _bad(message) from error
    if rows is None:
        raise _bad("The workbook is too large when it is unpacked. Split it.")
    yield from rows


def _sheet(content: bytes) -> list[list[str]]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    rows = book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS + 1)
    return [[_shown(value) for value in row] for row in islice(rows, MOST_ROWS + 2)]


def _shown(value: Any) -> str:  # noqa: ANN401  whatever a cell holds
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value)


def _bad(message: str) -> UnreadableTable:
    return UnreadableTable(message, fields={"file": message})
