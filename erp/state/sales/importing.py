"""Prices of a file: read, checked without effect, then added together."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, group_count
from erp.services.platform import MOST_CHARACTERS
from erp.services.sales import COLUMNS
from erp.state.explaining import errors_by_field
from erp.state.registry import PAGE, handler
from erp.state.sales.wording import SET, days_words, percent_words, unit_price_text
from erp.state.session import SessionState, as_uuid, new_form_key
from erp.state.showing import display_rows

__all__ = ["COLUMNS", "ERROR_COLUMNS", "MOST_CHARACTERS", "ROW_COLUMNS", "ImportState", "fault_row"]

CHANGES = {"new": "New", "changed": "Changes", "same": "As it is"}
TONES = {"new": "green", "changed": "blue", "same": "gray"}
MOST_SHOWN = 200
ROW_COLUMNS = (
    Column("line", "Line", Kind.COUNT, wide_only=True),
    Column("label", "Goods", detail="sku"),
    Column("was", "Now", wide_only=True),
    Column("becomes", "Becomes"),
    Column("days", "Days", wide_only=True),
    Column("change", "Change", Kind.STATUS, labels=CHANGES, tones=TONES),
)
ERROR_COLUMNS = (
    Column("line", "Line"),
    Column("column", "Column", Kind.CODE),
    Column("remedy", "What to do"),
)


class ImportState(SessionState, rx.State):
    """A file for the list that the address names.

    Attributes:
        rows: What each line would change. faults: values that are wrong, with the remedy.
        summary: What applying it does; empty while nothing sound was read.
    """

    permission: ClassVar[str] = SET

    is_loading: bool = True
    is_busy: bool = False
    problem: str = ""
    head: dict[str, str] = {}
    file_name: str = ""
    refusal: str = ""
    summary: str = ""
    more: str = ""
    rows: list[dict[str, str]] = []
    faults: list[dict[str, str]] = []

    _content: str = ""
    _price_mode: str = ""
    _key: str = ""

    @handler(permission=PAGE)
    async def open_import(self) -> None:
        """Show which list is meant."""
        self._forget()
        self.is_loading, self.problem, self.head = True, "", {}
        found = as_uuid(self.router.url.path.rstrip("/").removesuffix("/import").rpartition("/")[2])
        try:
            row = await self._ask("sales.get_price_list", {"list_id": found})
        except (ValidationError, DomainError):
            self.problem = "This price list is not known here. Choose one of the list."
        else:
            self._price_mode = row.price_mode
            self.head = {"id": str(row.id), "name": row.name, "code": row.code}
        self.is_loading = False

    @handler(permission=PAGE)
    async def read_file(self, name: str, text: str) -> None:
        """Check a chosen file."""
        await self._check(f"{name}"[:120], f"{text}")

    @handler(permission=PAGE)
    async def read_pasted(self, form: dict[str, Any]) -> None:
        """Check lines that were pasted."""
        await self._check("Pasted lines", f"{form.get('content') or ''}")

    @handler(permission=PAGE)
    async def refuse_file(self, message: str) -> None:
        """Say why the browser did not read a file."""
        self._forget()
        self.refusal = f"{message}"[:300]

    @handler(permission=PAGE)
    async def start_over(self) -> None:
        """Ask for another file."""
        self._forget()

    @handler(permission=PAGE)
    async def apply(self, form: dict[str, Any]) -> list[EventSpec]:
        """Add the checked prices to the list."""
        if not self.summary:
            return []
        given = self._given() | {
            "reason": f"{form.get('reason') or self.file_name}"[:200],
            "idempotency_key": self._key,
        }
        try:
            done = await self._run("sales.import_prices", given)
        except (ValidationError, DomainError) as error:
            self._refused(error)
            return []
        self._forget()
        words = f"{counted(done.added, 'price')} set."
        return [rx.toast.success(words), rx.redirect(f"/prices/{self.head.get('id', '')}")]

    async def _check(self, name: str, text: str) -> None:
        self._forget()
        self.file_name, self._content, self._key = name, text, new_form_key()
        try:
            tried = await self._preview("sales.import_prices", self._given())
        except (ValidationError, DomainError) as error:
            self._refused(error)
        else:
            today = await self._call(lambda ctx: ctx.today)
            self._show(tried.result, today, (await self._principal()).time_zone)

    def _given(self) -> dict[str, Any]:
        return {"list_id": self.head.get("id", ""), "content": self._content}

    def _show(self, result: Any, today: Any, zone: str) -> None:
        rows = [self._row(row, today) for row in result.rows[:MOST_SHOWN]]
        self.rows = display_rows(rows, ROW_COLUMNS, zone)
        left = len(result.rows) - len(rows)
        self.more = f"and {counted(left, 'line')} more" if left else ""
        counts = [sum(row.change == change for row in result.rows) for change in CHANGES]
        words = zip(("new", "changed", "as they are"), counts, strict=True)
        told = ", ".join(f"{group_count(count)} {word}" for word, count in words if count)
        self.summary = told if result.added else ""
        if not result.added:
            self.refusal = "Every price of this file holds already. There is nothing to add."

    def _row(self, row: Any, today: Any) -> Mapping[str, Any]:
        was = "No price of its own" if row.change == "new" else None
        return {
            "id": row.line,
            "line": row.line,
            "label": row.label,
            "sku": row.sku,
            "was": was or self._price(row.was_basis, row.was_amount, row.was_percent),
            "becomes": self._price("fixed" if row.amount is not None else "mrp", row.amount,
                                   row.percent, row.min_quantity),
            "days": days_words(row.valid_from, row.valid_until, today),
            "change": row.change,
        }  # fmt: skip

    def _price(self, basis: Any, amount: Any, percent: Any, least: int = 1) -> str:
        tax = " + GST" if self._price_mode == "exclusive" else ""
        words = f"{unit_price_text(amount)}{tax}" if amount is not None else f"{basis}".upper()
        return words + percent_words(percent) + (f" from {group_count(least)}" if least > 1 else "")

    def _refused(self, error: ValidationError | DomainError) -> None:
        fields = errors_by_field(error)
        self.summary, self.rows = "", []
        self.faults = [
            fault_row(field, text) for field, text in fields.items() if "lines." in field
        ]
        plain = fields.get("content", "This file cannot be read.")
        self.refusal = error.message if isinstance(error, DomainError) else plain

    def _forget(self) -> None:
        self.file_name = self.refusal = self.summary = self.more = self._content = ""
        self.rows, self.faults = [], []


def fault_row(field: str, remedy: str) -> dict[str, str]:
    """Return a refused value as a row: line, column and what to do."""
    _, line, *column = field.split(".")
    return {"id": field, "line": line, "column": ".".join(column) or "\u2013", "remedy": remedy}
