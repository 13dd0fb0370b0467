"""Suppliers' bills as files, as tests write them."""

import base64
import hashlib
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from tests.factories import MRP, Shop
from tests.services.billing.bills.billing import usual

HEADERS = ("Item Name", "Code", "Batch", "Exp", "MRP", "Qty", "Free", "Rate", "Disc %", "GST %")
GOODS = ("Arnica 1", "SKU1", "B1", "03/2030", "105", "10", "0", "60", "0", "5")


def as_csv(*rows: Sequence[str], headers: Sequence[str] = HEADERS) -> bytes:
    """Return rows as CSV below a letterhead and headers."""
    lines = [("SBL Agencies",), headers, *rows]
    return "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines).encode()


def as_xlsx(*rows: Sequence[Any], headers: Sequence[str] = HEADERS) -> bytes:
    """Return rows as an XLSX file; a cell that begins with `=` is a formula."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet()
    for at, line in enumerate([headers, *rows]):
        sheet.write_row(at, 0, line)
    book.close()
    return made.getvalue()


def read(shop: Shop, content: bytes, **more: Any) -> Any:
    """Read a file of the first supplier."""
    given = {"supplier_id": usual(shop), "content": base64.b64encode(content).decode()}
    by = more.pop("by", None)
    return shop.run("billing.read_bill_file", given | more, by=by)


def line(shop: Shop, quantity: int, *, at: int = 0, **facts: Any) -> dict[str, Any]:
    """Return a row of the file as a bill's line."""
    made = {
        "variant_id": shop.variant_ids[at],
        "item_code": f"SKU{at + 1}",
        "quantity": quantity,
        "unit_cost": "60",
        "gst_rate": 5,
        "lot_number": "B1",
        "expires_on": shop.ctx.today.replace(year=2035, day=1),
        "mrp": MRP,
    }
    return made | facts


def importing(shop: Shop, total: str, *lines: Any, **more: Any) -> Any:
    """Make a bill from a file of the first supplier; `by` whom."""
    by = more.pop("by", None)
    given = {
        "supplier_id": usual(shop),
        "sha256": hashlib.sha256(total.encode()).hexdigest(),
        "file_name": "bill.csv",
        "columns": {"name": "Item Name", "quantity": "Qty"},
        "bill_number": "SBL/117",
        "billed_on": shop.ctx.today,
        "total": total,
        "lines": list(lines),
    }
    return shop.run("billing.import_bill", given | more, by=by)
