"""Rows as CSV and XLSX: text stays text in every spreadsheet, and comes back as it was.

Source: OWASP ASVS 5.0, 1.2.10 (formula injection).
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any, BinaryIO, Self

import xlsxwriter
from pydantic import BaseModel

from erp.core.errors import InvalidInput

EXACT_DIGITS = 15
"""A spreadsheet keeps a number in a double: this many digits survive."""
LONGEST_CELL = 32_767
SHEET_ROWS = 1_048_575
"""What a worksheet holds below its header."""
FIRST_YEAR = 1900
"""A spreadsheet counts days from here; what was before stays text."""
_RISKY = re.compile(r"'*[=+\-@\t\r\n\0]")
_ESCAPED = re.compile(r"''*[=+\-@\t\r\n\0]")


def escape_text(text: str) -> str:
    """Put a quote before text that a spreadsheet would take for a formula.

    Text that already looks escaped gets one more, so that `unescape_text` returns exactly
    what was there.
    """
    return f"'{text}" if _RISKY.match(text) else text


def unescape_text(text: str) -> str:
    """Return what `escape_text` was given."""
    return text[1:] if _ESCAPED.match(text) else text


def csv_lines(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as CSV lines as RFC 4180 has them."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows([_csv_cell(v) for v in row] for row in rows)
    return buffer.getvalue()


class Workbook:
    """An XLSX file with one sheet, written row by row in constant memory; a context ends it."""

    def __init__(self, file: BinaryIO, title: str, header: Sequence[str]) -> None:
        self._book = xlsxwriter.Workbook(file, {"constant_memory": True})
        self._sheet = self._book.add_worksheet(title[:31])
        bold = self._book.add_format({"bold": True})
        self._day = self._book.add_format({"num_format": "dd-mm-yyyy"})
        self._instant = self._book.add_format({"num_format": "dd-mm-yyyy hh:mm:ss"})
        self._sheet.freeze_panes(1, 0)
        for column, name in enumerate(header):
            self._sheet.write_string(0, column, name, bold)
        self._next = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Append rows.

        Raises:
            InvalidInput: A sheet does not hold so many.
        """
        for row in rows:
            if self._next > SHEET_ROWS:
                message = (
                    f"A worksheet holds {SHEET_ROWS:,} rows: filter the list, or take the CSV."
                )
                raise InvalidInput(message, fields={"file": message})
            for column, value in enumerate(row):
                self._write(self._next, column, value)
            self._next += 1

    def _write(self, row: int, column: int, value: Any) -> None:  # noqa: ANN401  any cell
        if isinstance(value, bool) or value is None:
            self._sheet.write_string(row, column, _plain(value))
        elif isinstance(value, int | Decimal) and _is_exact(value):
            self._sheet.write_number(row, column, value)
        elif isinstance(value, date) and value.year >= FIRST_YEAR:
            self._write_date(row, column, value)
        else:
            self._sheet.write_string(row, column, escape_text(_plain(value))[:LONGEST_CELL])

    def _write_date(self, row: int, column: int, value: date) -> None:
        if isinstance(value, datetime):
            self._sheet.write_datetime(row, column, value.replace(tzinfo=None), self._instant)
        else:
            self._sheet.write_datetime(row, column, value, self._day)


def header_of(row_model: type[BaseModel]) -> list[str]:
    """Return the column names of a list's rows."""
    return list(row_model.model_fields)


def cells_of(row: BaseModel, header: Sequence[str], zone: tzinfo) -> list[Any]:
    """Return a row's values in the header's order, instants in the zone's time."""
    return [_local(getattr(row, name), zone) for name in header]


def _local(value: Any, zone: tzinfo) -> Any:  # noqa: ANN401  any cell
    return value.astimezone(zone) if isinstance(value, datetime) else value


def _csv_cell(value: Any) -> str:  # noqa: ANN401  any cell
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _plain(value)
    return escape_text(_plain(value))


def _plain(value: Any) -> str:  # noqa: ANN401  any cell
    for kinds, write in _WRITERS:
        if isinstance(value, kinds):
            return write(value)
    return str(value)


def _jsonable(value: Any) -> Any:  # noqa: ANN401  any cell
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)


_WRITERS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (type(None), lambda _: ""),
    (bool, lambda value: "true" if value else "false"),
    (Decimal, lambda value: f"{value:f}"),
    (datetime, lambda value: value.isoformat(timespec="seconds")),
    (date, lambda value: value.isoformat()),
    (Enum, lambda value: str(value.value)),
    (BaseModel, lambda value: str(value.model_dump_json())),
    (
        list | tuple | dict,
        lambda value: json.dumps(value, default=_jsonable, ensure_ascii=False),
    ),
)


def _is_exact(value: Decimal | int) -> bool:
    return len(Decimal(value).normalize().as_tuple().digits) <= EXACT_DIGITS
