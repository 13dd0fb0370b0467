"""The chart of accounts, and the lines of one account."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import date_text, money_text
from erp.services.accounting import OPEN_GROUPS
from erp.state.accounting.groups import choices_of
from erp.state.asking import DialogFormState
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid
from erp.state.showing import NOTHING

POST = "accounting.post"
BOOKS = {"/books/cash-book": "Cash in Hand", "/books/bank-book": "Bank Accounts"}
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
        Column("name", "Account", detail="standing"),
        Column("code", "Code", Kind.CODE),
        Column("type", "Type", labels=TYPES, wide_only=True),
        Column("balance", "Balance (debit)", Kind.MONEY),
    )
    row_link: ClassVar[str] = "/books/accounts/{id}"
    topics: ClassVar[tuple[str, ...]] = ("pos", "inventory")

    may_post: bool = False

    async def _reload(self) -> None:
        await super()._reload()
        self.may_post = (await self._principal()).may(POST)

    def _aside(self, row: Any) -> dict[str, str]:
        return {"group": row.standing, "chart_group": row.group_name}


class OpenAccountState(DialogFormState, rx.State):
    """Adds an account to the chart."""

    permission: ClassVar[str] = POST
    command: ClassVar[str] = "accounting.open_account"

    groups: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        found = (await self._ask("accounting.list_groups", {})).rows
        self.groups = choices_of([row for row in found if row.chart_group in OPEN_GROUPS])

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"code": f"{given.get('code', '')}".strip().upper()}

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        page = await self.get_state(AccountListState)
        await page._reload()  # noqa: SLF001  the list behind the dialog
        return "Account opened. Entries may be booked on it."


class RenameAccountState(DialogFormState, rx.State):
    """Calls an account something else."""

    permission: ClassVar[str] = POST
    command: ClassVar[str] = "accounting.rename_account"
    subject_field: ClassVar[str] = "account_id"

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        page = await self.get_state(AccountListState)
        await page._reload()  # noqa: SLF001  the list behind the dialog
        return "Renamed."


class MoveAccountState(DialogFormState, rx.State):
    """Puts an account into another group below that of the chart it is in."""

    permission: ClassVar[str] = POST
    command: ClassVar[str] = "accounting.move_account"
    subject_field: ClassVar[str] = "account_id"
    done_words: ClassVar[str] = "Moved. Statements of any day show it there."

    groups: list[dict[str, str]] = []
    now: str = ""

    @handler(permission=PAGE)
    async def open_for(self, account_id: str, name: str, chart_group: str, now: str) -> None:
        """Offer the groups that the account may stand in."""
        found = (await self._ask("accounting.list_groups", {})).rows
        self.groups = choices_of([row for row in found if row.chart_group == chart_group])
        self.now = f"{now}"[:120]
        await self.open_dialog(account_id, name)

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(AccountListState)
        await page._reload()  # noqa: SLF001  the list behind the dialog


class LedgerState(ListState, rx.State):
    """Lines of an account, of a group of accounts or of a party, with the balance after each."""

    permission: ClassVar[str] = "accounting.view"
    query: ClassVar[str] = "accounting.ledger"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("narration", "Entry", detail="beside"),
        Column("effective_on", "Day", Kind.DATE),
        Column("account", "Account", detail="party", wide_only=True),
        Column("debit", "Debit", Kind.MONEY),
        Column("credit", "Credit", Kind.MONEY),
        Column("balance", "Balance", Kind.MONEY, wide_only=True),
    )
    row_link: ClassVar[str] = "/books/journal/{entry_id}"
    filter_keys: ClassVar[tuple[str, ...]] = (
        "from_day", "to_day", "known_on", "account_id", "group_name", "party_id", "branch_id", "cost_centre",
        "without_closing", "without_cash", "no_cost_centre",
    )  # fmt: skip
    part_keys: ClassVar[tuple[str, ...]] = (
        "account_id", "group_name", "party_id", "without_closing", "without_cash", "no_cost_centre",
    )  # fmt: skip
    topics: ClassVar[tuple[str, ...]] = ("pos", "inventory")

    head: dict[str, str] = {}

    _fixed_to: dict[str, str] = {}

    @handler(permission=PAGE)
    async def open_ledger(self) -> None:
        """Show the account, group or book that the address names."""
        self.is_loading, self.rows, self.head = True, [], {}
        path = self.router.url.path.rstrip("/")
        account = as_uuid(path.rpartition("/")[2])
        self._fixed_to = {"group_name": BOOKS[path]} if path in BOOKS else {}
        if account or "/accounts/" in path:
            self._fixed_to = {"account_id": str(account or UUID(int=0))}
        await self.open_list()

    def _overlook(self, page: Any) -> None:
        self.head = {
            "title": page.title,
            "days": f"{date_text(page.from_day)} to {date_text(page.to_day)} {page.left_out}".strip(),
            "opening": sided_text(page.opening),
            "debits": money_text(page.debits),
            "credits": money_text(page.credits),
            "closing": sided_text(page.closing),
        }
        named = {"from_day": str(page.from_day), "to_day": str(page.to_day)}
        self.filters = named | self.filters

    def _entry(self, row: Any) -> Any:
        own = {"entry_id": row.id, "id": f"{row.id}.{row.line_no}"}
        sides = {side: getattr(row, side) or None for side in ("debit", "credit")}
        return row.model_dump() | own | sides

    def _fixed(self) -> dict[str, str]:
        return self._fixed_to


class DayBookState(ListState, rx.State):
    """Every line of every entry of some days."""

    permission: ClassVar[str] = "accounting.view"
    query: ClassVar[str] = "accounting.day_book"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("account", "Account"),
        Column("effective_on", "Day", Kind.DATE),
        Column("narration", "Entry", detail="party", wide_only=True),
        Column("debit", "Debit", Kind.MONEY),
        Column("credit", "Credit", Kind.MONEY),
    )
    row_link: ClassVar[str] = "/books/journal/{entry_id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("from_day", "to_day", "known_on", "branch_id")
    topics: ClassVar[tuple[str, ...]] = ("pos", "inventory")

    head: dict[str, str] = {}

    def _overlook(self, page: Any) -> None:
        self.head = {"debits": money_text(page.debits), "credits": money_text(page.credits)}
        self.filters = {
            "from_day": str(page.from_day),
            "to_day": str(page.to_day),
        } | self.filters

    def _entry(self, row: Any) -> Any:
        own = {"entry_id": row.id, "id": f"{row.id}.{row.line_no}"}
        sides = {side: getattr(row, side) or None for side in ("debit", "credit")}
        return row.model_dump() | own | sides


def sided_text(amount: Decimal | None) -> str:
    """Write a balance with its side, as books do: `₹5.00 Dr`."""
    if amount is None:
        return NOTHING
    side = "" if not amount else " Dr" if amount > 0 else " Cr"
    return f"{money_text(abs(amount))}{side}"
