"""Words of stock on the screen."""

from collections.abc import Mapping
from typing import Any, Final

from erp.core.columns import Column, Kind

STATUSES: Mapping[str, str] = {
    "available": "Available",
    "hold": "On hold",
    "quarantine": "Quarantine",
    "recalled": "Recalled",
}
HELD: Final[tuple[str, str]] = ("held", "Any but available")
STATUS_TONES: Final[dict[str, str]] = {
    "available": "green",
    "hold": "amber",
    "quarantine": "amber",
    "recalled": "red",
}
HELD_TONES: Mapping[str, str] = STATUS_TONES | {"available": ""}
"""Colour of a quantity that cannot be sold; plain text where it can."""

STATUS = Column(
    "status",
    "Status",
    Kind.STATUS,
    sort="status",
    labels=STATUSES,
    tones=STATUS_TONES,
    wide_only=True,
)
RUNGS: Mapping[str, str] = {
    "expired": "Expired",
    "0-30": "Up to 30 days",
    "31-60": "31 to 60 days",
    "61-90": "61 to 90 days",
}
ORIGINS: Mapping[str, str] = {
    "goods_receipt": "Received",
    "opening_stock": "Opening stock",
    "sale": "Sold",
    "return": "Returned",
    "sales_invoice": "Delivered",
    "sales_return": "Returned",
    "supplier_return": "Sent back",
    "stock_adjustment": "Adjusted",
    "stock_write_off": "Written off",
    "stock_transfer": "Transferred",
    "stock_count": "Counted",
    "stock_quarantine": "Quarantine",
    "dispensing": "Dispensed",
}
MOVE_COLUMNS = (
    Column("label", "Product", detail="lot_number"),
    Column("effective_at", "When", Kind.INSTANT, detail="user", wide_only=True),
    Column(
        "origin_type",
        "Why",
        Kind.STATUS,
        detail="reason",
        labels=ORIGINS,
        tones={
            "goods_receipt": "green",
            "sale": "blue",
            "return": "blue",
            "sales_invoice": "blue",
            "sales_return": "blue",
            "stock_write_off": "red",
        },
    ),
    Column("from_location", "From", wide_only=True),
    Column("to_location", "To", wide_only=True),
    Column("quantity", "Units", Kind.COUNT),
    Column("value", "Value", Kind.MONEY, wide_only=True),
)
REASONS: Mapping[str, str] = {
    "count": "Count differs",
    "found": "Goods turned up",
    "theft": "Stolen",
    "sample": "Given as a sample",
    "own_use": "Used in the business",
    "expired": "Expired",
    "damaged": "Damaged",
    "broken": "Broken",
    "recalled": "Recalled",
    "recall_notice": "Recall notice",
    "suspected": "Suspected",
    "released": "Released",
    "returned": "Sent back",
    "written_off": "Written off",
}
ACCOUNTS: Mapping[str, str] = {
    "inventory": "Stock",
    "inventory_expired": "Stock, expired and damaged",
    "goods_in_transit": "Goods in transit",
    "grni": "Goods received, not billed yet",
    "stock_adjustment": "Stock differences",
    "loss_expired": "Loss on expired stock",
    "supplier_claims": "Claims on suppliers",
    "input_cgst": "Input CGST",
    "input_sgst": "Input SGST",
    "input_igst": "Input IGST",
    "creditors": "Creditors",
    "debtors": "Customers",
    "cogs": "Cost of goods sold",
    "freight_inward": "Freight inward",
    "output_cgst": "Output CGST",
    "output_sgst": "Output SGST",
    "output_igst": "Output IGST",
}


def move_entry(row: Any) -> dict[str, Any]:
    """Return a move as the list shows it, its reason in words."""
    code, _, note = row.reason.partition(": ")
    words = REASONS.get(code, code)
    return row.model_dump() | {"reason": f"{words}: {note}" if note else words}


def document_of(row: Any, *, sees_sales: bool) -> str:
    """Return where what moved the goods is shown; empty where the reader may not see it."""
    if row.origin_type in {"sale", "return"}:
        return f"/sales/{row.origin_id}" if sees_sales else ""
    if row.origin_type in {"sales_invoice", "sales_return"}:
        return f"/invoices/{row.origin_id}" if sees_sales else ""
    if row.origin_type == "supplier_return":
        return f"/returns/{row.origin_id}"
    if row.origin_type == "stock_count":
        return f"/stock/counts/{row.origin_id}"
    is_way = row.origin_type == "stock_transfer" and "transit" in {row.from_kind, row.to_kind}
    if is_way:
        return f"/stock/transfers/{row.origin_id}"
    return f"/stock/moves?origin_id={row.origin_id}"
