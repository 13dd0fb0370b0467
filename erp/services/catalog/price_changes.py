"""What the rows of a price list would change."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.models.catalog import MakerList
from erp.services.catalog.price_matching import Matched, match_rows
from erp.services.catalog.price_rows import PRICES, Part, read_row
from erp.services.platform import Result


class Standing(StrEnum):
    """What a row would do."""

    ERROR = "error"
    CHANGED = "changed"
    NEW = "new"
    SAME = "same"


class PriceChange(Result):
    """A row of the difference.

    Attributes:
        row: Line in the file.
        old, new: MRP, PTR and PTS before and after.
        notes: What does not hinder: another HSN or GST rate than the pack's.
    """

    row: int
    name: str
    variant_id: UUID | None
    label: str
    standing: Standing
    old: dict[Part, Decimal | None]
    new: dict[Part, Decimal | None]
    errors: list[str]
    notes: list[str]


def changes_of(
    session: Session,
    ctx: RequestContext,
    listed: MakerList,
    columns: Mapping[Part, int],
    on: date,
) -> list[PriceChange]:
    """Return what each row of a list would do from a day on.

    Raises:
        InvalidInput: A column is named that the file does not have, or too few are.
    """
    headers, *lines = listed.cells
    _check_columns(columns, len(headers))
    rows = [
        read_row(number, cells, columns, headers) for number, cells in enumerate(lines, start=2)
    ]
    return [_change(matched) for matched in match_rows(session, ctx, rows, on)]


def _check_columns(columns: Mapping[Part, int], width: int) -> None:
    missing = [part for part, place in columns.items() if place >= width]
    if missing:
        message = "The file has no such column."
        raise InvalidInput(message, fields={f"columns.{missing[0]}": message})
    if Part.MRP not in columns:
        message = "Say which column holds the MRP."
        raise InvalidInput(message, fields={"columns.mrp": message})
    if not {Part.SKU, Part.BARCODE, Part.NAME} & columns.keys():
        message = "Say which column holds the SKU, the barcode or the name."
        raise InvalidInput(message, fields={"columns.sku": message})


def _change(matched: Matched) -> PriceChange:
    row, known = matched.row, matched.known
    before: Any = known.before if known else None
    new = dict(row.prices)
    old = dict(zip(PRICES, before or (None, None, None), strict=True))
    if row.errors or known is None:
        standing = Standing.ERROR
    elif before is None:
        standing = Standing.NEW
    else:
        standing = Standing.SAME if old == new else Standing.CHANGED
    notes = []
    if known and row.hsn and not (known.hsn.startswith(row.hsn) or row.hsn.startswith(known.hsn)):
        notes.append(f"HSN here is {known.hsn}, the list says {row.hsn}")
    if known and row.gst and known.gst_rate is not None and _other_rate(row.gst, known.gst_rate):
        notes.append(f"GST here is {known.gst_rate.normalize():f}%, the list says {row.gst}%")
    return PriceChange(
        row=row.number,
        name=row.shown,
        variant_id=known.id if known else None,
        label=known.label if known else "",
        standing=standing,
        old=old,
        new=new,
        errors=list(row.errors),
        notes=notes,
    )


def _other_rate(text: str, rate: Decimal) -> bool:
    return not text.replace(".", "", 1).isdigit() or Decimal(text) != rate


def check_changes(
    changes: list[PriceChange], counts: Mapping[Standing, int], *, without_errors: bool
) -> None:
    """Refuse to apply changes with errors that nobody gave up, or none at all.

    Raises:
        InvalidInput: There are such errors, or nothing would change.
    """
    wrong = [change for change in changes if change.standing is Standing.ERROR]
    if wrong and not without_errors:
        message = (
            f"{len(wrong)} of {len(changes)} rows have errors; the first is row {wrong[0].row}:"
            f" {wrong[0].errors[0]} Correct the file, or apply it without them."
        )
        raise InvalidInput(message, fields={"without_errors": message})
    if not counts[Standing.NEW] and not counts[Standing.CHANGED]:
        raise InvalidInput("Nothing would change. The prices in force say the same.")
