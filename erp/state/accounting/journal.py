"""The journal: entries, one of them with its lines, and taking a manual one back."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import date_text, instant_text, money_text
from erp.core.money import ZERO
from erp.services import identity
from erp.state.explaining import errors_by_field
from erp.state.listing import ListState
from erp.state.payments.wording import PAGE_OF_ORIGIN
from erp.state.reading import RecordState
from erp.state.registry import handler
from erp.state.session import as_uuid, new_form_key
from erp.state.showing import NOTHING, display_rows

POST = "accounting.post"
ORIGINS = {
    "sale": "Sale",
    "return": "Return",
    "sales_invoice": "Order invoice",
    "sales_return": "Credit note",
    "supplier_bill": "Supplier bill",
    "supplier_return": "Return to supplier",
    "manual": "Manual",
    "payment": "Payment",
    "expense_claim": "Expenses",
    "petty_move": "Petty cash",
    "asset": "Fixed asset",
    "asset_run": "Depreciation",
    "asset_move": "Asset moved",
    "asset_sale": "Asset sold",
    "gst_return": "GST return",
    "bank_match": "Bank line",
    "shift": "Shift",
    "goods_receipt": "Goods receipt",
    "adjustment": "Stock adjustment",
    "transfer": "Stock transfer",
    "stock_adjustment": "Stock adjustment",
    "stock_count": "Stock count",
    "stock_quarantine": "Quarantine",
    "stock_transfer": "Stock transfer",
    "stock_write_off": "Write-off",
    "opening_stock": "Opening stock",
    "opening_stock_back": "Opening stock taken back",
    "gst_deposit": "GST challan",
    "supplier_claim": "Claim on a supplier",
    "landed_cost": "Landed cost",
    "landed_cost_reversal": "Landed cost taken off",
    "supplier_note": "Supplier's note",
    "invoice_cancellation": "Cancelled invoice",
    "advance": "Advance",
    "service_advance": "Advance for a service",
    "points": "Loyalty points",
    "opening": "Opening balance",
    "year_end": "Year end",
}
LINE_COLUMNS = (
    Column("account_name", "Account", detail="party"),
    Column("account_code", "Code", Kind.CODE, wide_only=True),
    Column("cost_centre", "Cost centre", wide_only=True),
    Column("note", "Note", wide_only=True),
    Column("debit", "Debit", Kind.MONEY),
    Column("credit", "Credit", Kind.MONEY),
)


class JournalState(ListState, rx.State):
    """Entries, newest first."""

    permission: ClassVar[str] = "accounting.view"
    query: ClassVar[str] = "accounting.list_entries"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("narration", "Entry", sort="narration"),
        Column("effective_on", "Day", Kind.DATE, sort="effective_on"),
        Column("origin_type", "Comes from", sort="origin_type", labels=ORIGINS, wide_only=True),
        Column("total", "Amount", Kind.MONEY, sort="total"),
    )
    row_link: ClassVar[str] = "/books/journal/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("from_day", "to_day", "account_id", "origin_id")
    topics: ClassVar[tuple[str, ...]] = ("pos", "inventory")


class EntryState(RecordState, rx.State):
    """One entry; a manual one may be taken back."""

    permission: ClassVar[str] = "accounting.view"

    lines: list[dict[str, str]] = []
    is_asking: bool = False
    is_busy: bool = False
    form_key: str = ""
    form_error: str = ""
    field_errors: dict[str, str] = {}

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        entry = await self._ask("accounting.get_entry", {"entry_id": record_id})
        self.lines = [
            _quiet(row) for row in display_rows(map(_line, entry.lines), LINE_COLUMNS, "", _LEDGER)
        ]
        is_open = entry.origin_type == "manual" and entry.reversed_by_id is None
        self.head = _head(entry, principal.time_zone) | {
            "may_reverse": "yes" if is_open and principal.may(POST) else "",
            "may_copy": "yes" if entry.origin_type == "manual" and principal.may(POST) else "",
        }

    def _told_of(self, record_id: UUID) -> UUID:
        """Return the document that posted the entry; one made by hand tells of itself."""
        return as_uuid(self.head.get("told_of", "")) or record_id

    @handler(permission=POST)
    async def ask_reversal(self) -> None:
        """Ask why the entry is taken back."""
        self.form_key, self.is_asking = new_form_key(), True
        self.form_error, self.field_errors = "", {}

    @handler(permission=POST)
    async def keep_entry(self) -> None:
        """Close the question."""
        self.is_asking = False

    @handler(permission=POST)
    async def reverse(self, form: dict[str, Any]) -> AsyncIterator[Any]:
        """Post the opposite entry, and show it."""
        self.is_busy, self.form_error, self.field_errors = True, "", {}
        yield
        given = dict(form) if isinstance(form, dict) else {}
        for event in await self._reversed(given | {"entry_id": self.head.get("id", "")}):
            yield event
        self.is_busy = False

    async def _reversed(self, given: dict[str, Any]) -> Sequence[EventSpec]:
        try:
            made = await self._run("accounting.reverse_entry", given)
        except (ValidationError, DomainError) as error:
            self.field_errors = errors_by_field(error)
            self.form_error = error.message if isinstance(error, DomainError) else ""
            return []
        self.is_asking = False
        return [rx.toast.success("Entry reversed."), rx.redirect(f"/books/journal/{made.id}")]


_LEDGER = "/books/accounts/{account_id}"


def _line(line: Any) -> dict[str, Any]:
    return line.model_dump() | {"id": line.line_no}


def _quiet(row: dict[str, str]) -> dict[str, str]:
    zero = money_text(ZERO)
    return row | {side: NOTHING for side in ("debit", "credit") if row[side] == zero}


def _head(entry: Any, zone: str) -> dict[str, str]:
    page = PAGE_OF_ORIGIN.get(entry.origin_type, "")
    return {
        "id": str(entry.id),
        "narration": entry.narration,
        "day": date_text(entry.effective_on),
        "recorded": instant_text(entry.recorded_at, zone),
        "journal": entry.journal.capitalize(),
        "origin": ORIGINS.get(entry.origin_type, entry.origin_type.replace("_", " ").capitalize()),
        "origin_href": page.format(entry.origin_id) if page else "",
        "total": money_text(entry.total),
        "reverses_href": _entry_href(entry.reverses_entry_id),
        "reversed_by_href": _entry_href(entry.reversed_by_id),
        "told_of": str(entry.id if entry.origin_type == "manual" else entry.origin_id),
    }


def _entry_href(entry_id: UUID | None) -> str:
    return f"/books/journal/{entry_id}" if entry_id else ""
