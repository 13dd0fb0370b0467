"""Prints of a document, as pages of sales and documents list them."""

from collections.abc import Sequence
from typing import Any

from erp.core.columns import Column, Kind
from erp.services.billing import BillPrinted
from erp.state.showing import display_rows

LAYOUTS = {"receipt": "Receipt", "invoice": "A4 invoice"}
SURFACES = {"ui": "Pages", "rest": "REST"}
PRINT_COLUMNS = (
    Column("copy_no", "Print", Kind.COUNT, detail="marked"),
    Column("printed_at", "When", Kind.INSTANT, detail="user"),
    Column("layout", "Paper", labels=LAYOUTS, wide_only=True),
    Column("address", "From", detail="source", wide_only=True),
)


def print_rows(prints: Sequence[BillPrinted], zone: str) -> list[dict[str, str]]:
    """Return prints as rows of a table, in the order in which they were made."""
    rows: list[dict[str, Any]] = [
        each.model_dump()
        | {
            "id": each.copy_no,
            "marked": "Duplicate" if each.is_duplicate else "Original",
            "source": SURFACES.get(each.source, each.source),
        }
        for each in prints
    ]
    return display_rows(rows, PRINT_COLUMNS, zone)
