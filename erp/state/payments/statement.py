"""A party's statement of account on the screen."""

from typing import Any, ClassVar
from urllib.parse import urlencode

import reflex as rx
from pydantic import ValidationError

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import date_text, money_text
from erp.state.explaining import errors_by_field
from erp.state.payments.wording import ACCOUNT_PAGES, PAGE_OF_ORIGIN, VIEW
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState, as_uuid
from erp.state.showing import display_rows

COLUMNS = (
    Column("narration", "Entry", detail="when"),
    Column("debit", "Debit", Kind.MONEY, wide_only=True),
    Column("credit", "Credit", Kind.MONEY, wide_only=True),
    Column("balance", "Balance", Kind.MONEY, detail="change"),
)
DAYS = ("from_day", "to_day")


class StatementState(SessionState, rx.State):
    """What came and went on an account between two days."""

    permission: ClassVar[str] = VIEW

    is_loading: bool = True
    problem: str = ""
    head: dict[str, str] = {}
    lines: list[dict[str, str]] = []
    errors: dict[str, str] = {}

    _about: dict[str, str] = {}

    @handler(permission=PAGE)
    async def open_statement(self) -> None:
        """Show this financial year of the account that the address names."""
        self.is_loading, self.head, self.lines, self.errors = True, {}, [], {}
        path = self.router.url.path.rstrip("/").removesuffix("/statement")
        page, _, party_id = path.rpartition("/")
        ledger = "supplier" if page.endswith(ACCOUNT_PAGES["supplier"]) else "customer"
        self._about = {"party_id": str(as_uuid(party_id) or ""), "ledger": ledger}
        await self._show({})
        self.is_loading = False

    @handler(permission=PAGE)
    async def show_days(self, form: dict[str, Any]) -> None:
        """Show other days."""
        given = {name: f"{form.get(name) or ''}" for name in DAYS}
        await self._show({name: day for name, day in given.items() if day})

    async def _show(self, days: dict[str, str]) -> None:
        self.problem, self.errors = "", {}
        try:
            found = await self._ask("payments.get_statement", self._about | days)
            zone = (await self._principal()).time_zone
        except ValidationError as error:
            self.errors = errors_by_field(error)
        except DomainError as error:
            self.errors = errors_by_field(error)
            self.problem = "" if self.head else error.message
        else:
            self.lines = display_rows([_entry(x) for x in found.lines], COLUMNS, zone, "{page}")
            self.head = _head(found) | {"pdf": self._pdf(found)}

    def _pdf(self, found: Any) -> str:
        asked = {"ledger": found.ledger.value, "from_day": found.from_day, "to_day": found.to_day}
        return f"/api/erp/statements/{found.party_id}/pdf?{urlencode(asked)}"


def _head(found: Any) -> dict[str, str]:
    return {
        "party": found.party,
        "href": f"{ACCOUNT_PAGES[found.ledger]}/{found.party_id}",
        "from_day": str(found.from_day),
        "to_day": str(found.to_day),
        "days": f"{date_text(found.from_day)} to {date_text(found.to_day)}",
        "opening": money_text(found.opening),
        "debits": money_text(found.debits),
        "credits": money_text(found.credits),
        "closing": money_text(found.closing),
    }


def _entry(line: Any) -> dict[str, Any]:
    page = PAGE_OF_ORIGIN.get(line.origin_type, "/books/journal?origin_id={}")
    is_debit = bool(line.debit)
    return {
        "id": f"{line.origin_id}{line.day}{line.balance}",
        "narration": line.narration,
        "when": date_text(line.day),
        "debit": line.debit if is_debit else None,
        "credit": None if is_debit else line.credit,
        "balance": line.balance,
        "change": f"{'Debit' if is_debit else 'Credit'} {money_text(line.debit or line.credit)}",
        "page": page.format(line.origin_id),
    }
