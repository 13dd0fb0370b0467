"""The bank accounts of the business."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import counted, date_text
from erp.state import live
from erp.state.asking import DialogFormState
from erp.state.banking.wording import RECONCILE, TOPIC, VIEW
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState
from erp.state.showing import display_rows

ACCOUNT_COLUMNS = (
    Column("name", "Account", detail="bank"),
    Column("until", "Statements until", wide_only=True),
    Column("waits", "Waits", detail="books_wait"),
    Column("in_books", "In the books", Kind.MONEY, wide_only=True),
    Column("at_bank", "At the bank", Kind.MONEY),
)


class BankListState(SessionState, rx.State):
    """Every bank account with both balances, and what waits."""

    permission: ClassVar[str] = VIEW

    is_loading: bool = True
    rows: list[dict[str, str]] = []
    may_reconcile: bool = False

    @handler(permission=PAGE)
    async def open_banks(self) -> None:
        """Show the accounts."""
        await self._show()
        self.is_loading = False

    @handler(permission=PAGE, background=True)
    async def listen(self) -> None:
        """Show the accounts again whenever something changes at a bank."""
        async for _ in live.changes(self, TOPIC, "payments"):
            async with self:
                await self._show()

    async def _show(self) -> None:
        principal = await self._principal()
        found = await self._ask("banking.list_accounts")
        entries = [_entry(row) for row in found.rows]
        self.rows = display_rows(entries, ACCOUNT_COLUMNS, principal.time_zone, "/bank/{id}")
        self.may_reconcile = principal.may(RECONCILE)


def _entry(row: Any) -> dict[str, Any]:
    done = row.waiting == 0
    return row.model_dump() | {
        "bank": f"{row.bank_name}, {row.number}",
        "until": date_text(row.until) if row.until else "No statement yet",
        "waits": "Nothing" if done else counted(row.waiting, "line", "lines"),
        "books_wait": f"{counted(row.not_at_bank, 'entry', 'entries')} not at the bank"
        if row.not_at_bank
        else "",
    }


class OpenBankState(DialogFormState, rx.State):
    """Adds a bank account."""

    permission: ClassVar[str] = RECONCILE
    command: ClassVar[str] = "banking.open_account"

    choices: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        found = await self._ask("accounting.list_accounts", {"limit": 200})
        taken = {row.account_key for row in (await self._ask("banking.list_accounts")).rows}
        self.choices = [
            {"value": row.key, "label": f"{row.code} {row.name}"}
            for row in found.rows
            if row.group_name == "Bank Accounts" and row.key not in taken | {"cheques_in_hand"}
        ]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        for name in ("number", "ifsc"):
            given[name] = f"{given.get(name, '')}".replace(" ", "").upper()
        return given

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self.get_state(BankListState))._show()  # noqa: SLF001  sister of this state
        return "Account added. Upload its first statement."
