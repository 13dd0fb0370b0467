"""A supplier's bill as a file: rows of a CSV or XLSX sheet, as text, and what its columns hold.

Formulas are never worked out: of a cell with one the value counts that was saved with it.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from erp.core.errors import InvalidInput
from erp.core.pack_dates import BAD_MONTH, read_expiry

LARGEST_FILE: Final = 180_000
"""In base 64 it fits one message of a page; bills are a tenth of it."""

LARGEST_UNPACKED: Final = 30_000_000
"""Bytes of all parts of an XLSX file together; more is an archive made to burst."""
MOST_ROWS: Final = 200
MOST_COLUMNS: Final = 60
LONGEST_CELL: Final = 200
FEWEST_HEADERS: Final = 3

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("product", "item", "itemname", "productname", "description", "particulars", "goods"),
    "code": ("code", "itemcode", "productcode", "sku", "articleno", "article"),
    "barcode": ("barcode", "ean", "gtin", "eancode"),
    "quantity": ("qty", "quantity", "billedqty", "units", "pcs"),
    "free_quantity": ("free", "freeqty", "freequantity", "scheme", "schemeqty", "bonus"),
    "unit_cost": ("rate", "price", "unitprice", "purchaserate", "ptr", "pts", "cost", "unitcost"),
    "discount_percent": ("disc", "discount", "discpercent", "discountpercent", "dis"),
    "gst_rate": ("gst", "gstpercent", "gstrate", "tax", "taxpercent", "taxrate"),
    "lot_number": ("batch", "batchno", "lot", "lotno", "batchnumber", "lotnumber"),
    "expires_on": ("exp", "expiry", "expirydate", "expdate"),
    "mrp": ("mrp",),
}
"""What a column may hold, and headers that say so, without blanks and signs."""
NUMBERS: Final = frozenset(
    {"quantity", "free_quantity", "unit_cost", "discount_percent", "gst_rate", "mrp"}
)
NEEDED: Final = frozenset({"quantity", "unit_cost"})
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The headers of a file and its rows, each with its number as a spreadsheet shows it."""

    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_sheet(content: bytes) -> Sheet:
    """Return what stands in a CSV or XLSX file; its first row with three words or more is the head.

    Raises:
        InvalidInput: It is no such file, too large, or holds no rows or too many.
    """
    if len(content) > LARGEST_FILE:
        raise _refused(f"The file is larger than {LARGEST_FILE // 1000} KB. Split the bill.")
    is_archive = content.startswith(b"PK")
    rows = _xlsx_rows(content) if is_archive else _csv_rows(content)
    numbered = [
        (number, tuple(cell.strip()[:LONGEST_CELL] for cell in row[:MOST_COLUMNS]))
        for number, row in enumerate(rows, start=1)
    ]
    filled = [(number, row) for number, row in numbered if any(row)]
    head = next(
        (at for at, (_, row) in enumerate(filled) if sum(map(bool, row)) >= FEWEST_HEADERS), None
    )
    if head is None or not filled[head + 1 :]:
        raise _refused("No row of goods was found below a row of headers. Look at the file.")
    goods = filled[head + 1 :]
    if len(goods) > MOST_ROWS:
        raise _refused(f"A bill holds {MOST_ROWS} rows. Split the file.")
    return Sheet(filled[head][1], tuple(goods))


def _refused(message: str) -> InvalidInput:
    return InvalidInput(message, fields={"content": message})


def _csv_rows(content: bytes) -> list[list[str]]:
    if b"\0" in content:
        raise _refused("This is no CSV or XLSX file. Save the bill as one of them.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(text[:4096], ",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        return list(csv.reader(io.StringIO(text, newline=""), dialect))
    except csv.Error:
        raise _refused("A row of the CSV file cannot be read. Save it again.") from None


def _xlsx_rows(content: bytes) -> list[list[str]]:
    """Return the first sheet's cells as text; looks into no more rows than a bill may have."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
                raise _refused("The file unpacks to too much. Save the bill as CSV.")
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        sheet = book.worksheets[0]
        most = MOST_ROWS * 2
        rows = sheet.iter_rows(max_row=most, max_col=MOST_COLUMNS, values_only=True)
        return [[_cell(value) for value in row] for row in rows]
    except (
        zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, ParseError,
        OSError,
    ):  # fmt: skip
        raise _refused("This XLSX file cannot be read. Save the bill again, or as CSV.") from None


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def guess_columns(headers: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """Return the header of each field: as it was before where it is there, else by its name."""
    plain = {_plain(header): header for header in reversed(headers) if header}
    found: dict[str, str] = {}
    for field, names in FIELDS.items():
        if known.get(field) in headers:
            found[field] = known[field]
            continue
        header = next((plain[name] for name in names if name in plain), "")
        if header and header not in found.values():
            found[field] = header
    return found


def _plain(header: str) -> str:
    return re.sub(r"[^a-z]", "", header.lower().replace("%", "percent"))


@dataclass(frozen=True, slots=True)
class CellError:
    """What cannot be read in a row, by the field and the header of its column."""

    field: str
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """A row of the file: texts and numbers by field, with what is wrong."""

    number: int
    texts: Mapping[str, str]
    numbers: Mapping[str, Decimal]
    expires_on: date | None
    errors: tuple[CellError, ...]


def read_rows(sheet: Sheet, columns: Mapping[str, str]) -> list[GoodsRow]:
    """Return the rows of goods by a mapping of fields to headers."""
    places = {f: sheet.headers.index(h) for f, h in columns.items() if h in sheet.headers}
    return [_row(number, _picked(cells, places), columns) for number, cells in sheet.rows]


def _picked(cells: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    return {field: cells[at] if at < len(cells) else "" for field, at in places.items()}


def _row(number: int, cells: Mapping[str, str], columns: Mapping[str, str]) -> GoodsRow:
    numbers: dict[str, Decimal] = {}
    errors: list[CellError] = []
    for field in sorted(NUMBERS & cells.keys()):
        value = _number(cells[field])
        if value is not None:
            numbers[field] = value
        elif cells[field] or field in NEEDED:
            errors.append(CellError(field, columns[field], _not_a_number(cells[field])))
    expiry = read_expiry(cells["expires_on"]) if cells.get("expires_on") else None
    if cells.get("expires_on") and expiry is None:
        errors.append(CellError("expires_on", columns["expires_on"], BAD_MONTH))
    return GoodsRow(number, cells, numbers, expiry, tuple(errors))


def _number(text: str) -> Decimal | None:
    plain = re.sub(r"[\s,₹%]|^rs\.?", "", text.lower())
    if not _NUMBER.fullmatch(plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def _not_a_number(text: str) -> str:
    said = f"says “{text}”" if text else "is empty"
    return f"This cell {said}. Write a number."


def codes_of(row: GoodsRow) -> Iterable[str]:
    """Return the codes by which a row may name its product, the barcode first."""
    return [row.texts[field] for field in ("barcode", "code") if row.texts.get(field)]
