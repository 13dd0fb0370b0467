"""A supplier's bill as a file, read and matched with products: nothing is written."""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services import catalog, purchasing
from erp.services.billing.bill_file_reading import (
    FIELDS,
    LARGEST_FILE,
    GoodsRow,
    codes_of,
    guess_columns,
    read_rows,
    read_sheet,
)
from erp.services.platform import Query, Result, ShortText, query

MOST_SUGGESTED: Final = 5
Columns = Annotated[dict[ShortText, ShortText], Field(max_length=len(FIELDS))]


class ReadBillFile(Query):
    """A file of a supplier's bill.

    Attributes:
        content: The CSV or XLSX file in base 64.
        columns: Header by field; guessed, and as kept for the supplier, where it is left out.
    """

    supplier_id: UUID
    content: Annotated[str, Field(max_length=LARGEST_FILE * 4 // 3 + 4)]
    columns: Columns | None = None


class SuggestedProduct(Result):
    """A product that a row may mean."""

    variant_id: UUID
    label: str


class FileError(Result):
    """What is wrong in a cell; the message says what to do."""

    field: str
    column: str
    message: str


class FileRow(Result):
    """A row of goods.

    Attributes:
        number: As a spreadsheet shows it. text: what it calls the product.
        item_code: What is remembered of it for the supplier's next file.
        variant_id: The product, where a code or what was chosen before says which.
        suggestions: What its words may mean, where nothing says which.
    """

    number: int
    text: str
    item_code: str
    variant_id: UUID | None
    label: str
    suggestions: list[SuggestedProduct]
    numbers: dict[str, Decimal]
    lot_number: str
    expires_on: date | None
    errors: list[FileError]


class BillFile(Result):
    """A file as it was read.

    Attributes:
        sha256: Of its content. bill_id: the bill it was made into before; none for a new file.
        headers: Of its columns. columns: header by field.
    """

    sha256: str
    bill_id: UUID | None
    headers: list[str]
    columns: dict[str, str]
    rows: list[FileRow]


@query("billing.read_bill_file", permission="billing.record_bill", rest="POST /supplier-bill-files")
def read_bill_file(session: Session, ctx: RequestContext, wanted: ReadBillFile) -> BillFile:
    """Read a supplier's bill from a file and find the products it names.

    A row's product is found by barcode or SKU, by what was chosen for the supplier's code or
    words before, else products are suggested by its words.

    Raises:
        UnknownParty: The supplier is not in the acting tenant. NotASupplier: it sells nothing.
        InvalidInput: The file cannot be read, or holds no rows or too many.
    """
    purchasing.get_supplier(session, ctx, wanted.supplier_id)
    content = _decoded(wanted.content)
    sheet = read_sheet(content)
    kept = _kept_columns(session, ctx, wanted.supplier_id)
    columns = wanted.columns if wanted.columns is not None else guess_columns(sheet.headers, kept)
    rows = read_rows(sheet, {f: h for f, h in columns.items() if f in FIELDS and h})
    known = _known_items(session, ctx, wanted.supplier_id, rows)
    sha256 = hashlib.sha256(content).hexdigest()
    return BillFile(
        sha256=sha256,
        bill_id=bill_of_file(session, ctx, sha256),
        headers=[header for header in sheet.headers if header],
        columns=columns,
        rows=[_matched(session, ctx, row, known) for row in rows],
    )


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        message = "Send the file in base 64."
        raise InvalidInput(message, fields={"content": message}) from None


def bill_of_file(session: Session, ctx: RequestContext, sha256: str) -> UUID | None:
    """Return the bill that a file was made into before."""
    row = db.fetch_one(
        session,
        "select bill_id from bill_import where tenant_id = %s and company_id = %s and sha256 = %s",
        (ctx.tenant_id, ctx.company_id, sha256),
    )
    return row["bill_id"] if row else None


def _kept_columns(session: Session, ctx: RequestContext, supplier_id: UUID) -> Mapping[str, str]:
    row = db.fetch_one(
        session,
        "select columns from bill_columns where tenant_id = %s and supplier_id = %s",
        (ctx.tenant_id, supplier_id),
    )
    kept: Mapping[str, str] = row["columns"] if row else {}
    return kept


def item_code(row: GoodsRow) -> str:
    """Return what tells the row's product apart for the supplier: a code, else its words."""
    return next(iter([*codes_of(row), row.texts.get("name", "")]), "").upper()


def _known_items(
    session: Session, ctx: RequestContext, supplier_id: UUID, rows: Sequence[GoodsRow]
) -> Mapping[str, SuggestedProduct]:
    found = db.fetch_all(
        session,
        "select i.code, v.id as variant_id, v.label from supplier_item i"
        " join variant v on (v.tenant_id, v.id) = (i.tenant_id, i.variant_id)"
        " where i.tenant_id = %s and i.supplier_id = %s and i.code = any(%s)",
        (ctx.tenant_id, supplier_id, [item_code(row) for row in rows]),
    )
    return {row.pop("code"): SuggestedProduct(**row) for row in found}


def _matched(
    session: Session, ctx: RequestContext, row: GoodsRow, known: Mapping[str, SuggestedProduct]
) -> FileRow:
    code = item_code(row)
    suggestions: list[SuggestedProduct] = []
    product = known.get(code)
    if product is None:
        product, suggestions = _search(session, ctx, row)
    errors = [
        FileError(field=one.field, column=one.column, message=one.message) for one in row.errors
    ]
    return FileRow(
        number=row.number,
        text=row.texts.get("name") or code,
        item_code=code,
        variant_id=product.variant_id if product else None,
        label=product.label if product else "",
        suggestions=suggestions,
        numbers=dict(row.numbers),
        lot_number=row.texts.get("lot_number", "").upper(),
        expires_on=row.expires_on,
        errors=errors,
    )


def _search(
    session: Session, ctx: RequestContext, row: GoodsRow
) -> tuple[SuggestedProduct | None, list[SuggestedProduct]]:
    """Return the product that a code names, or those that the words may mean."""
    for text in codes_of(row):
        found = _find(session, ctx, text)
        if found and found[0].is_exact:
            return _said(found[0]), []
    words = row.texts.get("name", "")
    return None, [_said(one) for one in _find(session, ctx, words)] if words else []


def _find(session: Session, ctx: RequestContext, text: str) -> Sequence[catalog.FoundProduct]:
    try:
        wanted = catalog.SearchProducts(search=text, limit=MOST_SUGGESTED)
        return catalog.search_products(session, ctx, wanted).rows
    except (InvalidInput, ValueError):
        return []


def _said(found: catalog.FoundProduct) -> SuggestedProduct:
    return SuggestedProduct(variant_id=found.variant_id, label=found.label)
