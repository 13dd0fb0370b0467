"""The bank reconciliation statement on the screen."""

from typing import Any, ClassVar
from urllib.parse import urlencode

import reflex as rx
from pydantic import ValidationError

from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, money_text
from erp.state import live
from erp.state.banking.wording import OPEN_COLUMNS, TOPIC, VIEW
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState, as_uuid
from erp.state.showing import display_rows


class ReconciliationState(SessionState, rx.State):
    """What lies between the books and the bank, as of a day."""

    permission: ClassVar[str] = VIEW

    is_loading: bool = True
    problem: str = ""
    head: dict[str, str] = {}
    in_books: list[dict[str, str]] = []
    at_bank: list[dict[str, str]] = []

    _day: str = ""

    @handler(permission=PAGE)
    async def open_reconciliation(self) -> None:
        """Show the account that the address names, as of the last day of its statements."""
        self.is_loading, self.head, self._day = True, {}, ""
        await self._show()
        self.is_loading = False

    @handler(permission=PAGE)
    async def as_of(self, day: str) -> None:
        """Show another day."""
        self._day = f"{day}"[:10]
        await self._show()

    @handler(permission=PAGE, background=True)
    async def listen(self) -> None:
        """Show it again whenever something changes at a bank, or in payments."""
        async for _ in live.changes(self, TOPIC, "payments"):
            async with self:
                await self._show()

    async def _show(self) -> None:
        path = self.router.url.path.rstrip("/").removesuffix("/reconciliation")
        account_id = as_uuid(path.rpartition("/")[2])
        asked = {"bank_account_id": str(account_id or "")} | (
            {"as_of": self._day} if self._day else {}
        )
        try:
            found = await self._ask("banking.get_reconciliation", asked)
        except (DomainError, ValidationError) as error:
            self.problem = getattr(error, "message", "This day or this account is none.")
            return
        self.problem = ""
        zone = (await self._principal()).time_zone
        for side in ("books", "bank"):
            rows = [_entry(line) for line in found.lines if line.side == side]
            shown = display_rows(rows, OPEN_COLUMNS, zone, "{page}")
            self.in_books, self.at_bank = (
                (shown, self.at_bank) if side == "books" else (self.in_books, shown)
            )
        self.head = _head(found)


def _head(found: Any) -> dict[str, str]:
    asked = {"bank_account_id": found.bank_account_id, "as_of": found.as_of}
    file = f"/api/erp/export/banking.list_open_lines.{{}}?{urlencode(asked)}"
    return {
        "id": str(found.bank_account_id),
        "name": found.account,
        "bank": f"{found.bank_name}, {found.number}",
        "as_of": str(found.as_of),
        "day": date_text(found.as_of),
        "per_books": money_text(found.per_books),
        "not_at_bank": money_text(-found.not_at_bank),
        "not_in_books": money_text(found.not_in_books),
        "per_bank": money_text(found.per_bank),
        "books_count": counted(found.open_in_books, "entry", "entries"),
        "bank_count": counted(found.open_at_bank, "line", "lines"),
        "agrees": {True: "yes", False: "no", None: ""}[found.agrees],
        "said": f"The statement of that day ends with {money_text(found.statement_closing)}."
        if found.agrees is not None
        else f"No statement ends on that day. The bank's lines until then are {money_text(found.said_by_bank)}.",
        "pdf": f"/api/erp/bank-accounts/{found.bank_account_id}/reconciliation.pdf?as_of={found.as_of}",
        "csv": file.format("csv"),
        "xlsx": file.format("xlsx"),
    }


def _entry(line: Any) -> dict[str, Any]:
    return {
        "id": line.id,
        "text": line.text,
        "when": date_text(line.day),
        "age": counted(line.age_days, "day", "days"),
        "amount": line.amount,
        "page": f"/books/journal/{line.entry_id}" if line.entry_id else "",
    }
