"""The chart of accounts, and the lines of one account."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import money_text
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid

TYPES = {
    "asset": "Asset",
    "liability": "Liability",
    "equity": "Equity",
    "income": "Income",
    "expense": "Expense",
}


class AccountListState(ListState, rx.State):
    """Accounts by code, with today's balances."""

    permission: ClassVar[str] = "accounting.view"
    query: ClassVar[str] = "accounting.list_accounts"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "Account", detail="group_name"),
        Column("code", "Code", Kind.CODE),
        Column("type", "Type", labels=TYPES, wide_only=True),
        Column("balance", "Balance (debit)", Kind.MONEY),
    )
    row_link: ClassVar[str] = "/books/accounts/{id}"
    topics: ClassVar[tuple[str, ...]] = ("pos", "inventory")


class LedgerState(ListState, rx.State):
    """Lines of one account, newest first."""

    permission: ClassVar[str] = "accounting.view"
    query: ClassVar[str] = "accounting.list_account_lines"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("narration", "Entry", detail="party"),
        Column("effective_on", "Day", Kind.DATE),
        Column("debit", "Debit", Kind.MONEY),
        Column("credit", "Credit", Kind.MONEY),
    )
    row_link: ClassVar[str] = "/books/journal/{entry_id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("from_day", "to_day")
    topics: ClassVar[tuple[str, ...]] = ("pos", "inventory")

    head: dict[str, str] = {}

    _account_id: str = ""

    @handler(permission=PAGE)
    async def open_ledger(self) -> None:
        """Show the account that the address names."""
        self.is_loading, self.rows, self.head = True, [], {}
        wanted = as_uuid(self.router.url.path.rstrip("/").rpartition("/")[2])
        self._account_id = str(wanted or UUID(int=0))
        await self.open_list()

    async def _reload(self) -> None:
        try:
            account = await self._ask("accounting.get_account", {"account_id": self._account_id})
        except DomainError as error:
            self.problem, self.rows, self.is_loading = error.message, [], False
            return
        self.head = {
            "name": account.name,
            "about": f"{account.code} · {account.group_name} · {TYPES[account.type]}",
            "balance": money_text(abs(account.balance)),
            "side": "debit" if account.balance >= 0 else "credit",
        }
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        own = {"entry_id": row.id, "id": f"{row.id}.{row.line_no}"}
        sides = {side: getattr(row, side) or None for side in ("debit", "credit")}
        return row.model_dump() | own | sides

    def _fixed(self) -> dict[str, str]:
        return {"account_id": self._account_id}
