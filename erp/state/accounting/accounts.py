"""The chart of accounts, and the lines of one account."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import date_text, money_text
from erp.services.accounting import OPEN_GROUPS
from erp.state.asking import DialogFormState
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState, as_uuid
from erp.state.showing import NOTHING, display_rows

POST = "accounting.post"
GROUP_CHOICES = tuple((name, name) for name in OPEN_GROUPS)
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
        Column("name", "Account", detail="group_name"),
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


class OpenAccountState(DialogFormState, rx.State):
    """Adds an account to the chart."""

    permission: ClassVar[str] = POST
    command: ClassVar[str] = "accounting.open_account"

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


class StockCheckState(SessionState, rx.State):
    """The stock accounts beside the goods."""

    rows: list[dict[str, str]] = []
    sources: list[dict[str, str]] = []
    day: str = ""
    difference: str = ""
    is_loading: bool = True

    @handler(permission="accounting.view")
    async def open_check(self) -> None:
        """Compare as of the day in the address, else now."""
        self.day = dict(self.router.url.query_parameters).get("as_of", "")[:10]
        await self._compare()

    @handler(permission="accounting.view")
    async def choose_day(self, day: str) -> None:
        """Compare as of another day."""
        self.day = f"{day}"[:10]
        await self._compare()

    async def _compare(self) -> None:
        self.is_loading = True
        try:
            asked = {"as_of": self.day} if self.day else {}
            found = await self._ask("inventory.stock_against_books", asked)
        except (ValidationError, DomainError):
            self.day = ""
            found = await self._ask("inventory.stock_against_books", {})
        self.day = f"{found.as_of}"
        zone = (await self._principal()).time_zone
        link = "/books/accounts/{account_id}"
        rows = [one.model_dump() | {"id": one.account_id} for one in found.rows]
        self.rows = display_rows(rows, STOCK_COLUMNS, zone, link)
        sources = [
            source.model_dump() | {"account": one.name, "id": f"{one.code}{source.origin_id}",
                                   "difference": source.booked - source.moved}
            for one in found.rows for source in one.sources
        ]  # fmt: skip
        self.sources = display_rows(
            sources, SOURCE_COLUMNS, zone, "/books/journal?origin_id={origin_id}"
        )
        self.difference = money_text(found.difference) if found.difference else ""
        self.is_loading = False


STOCK_COLUMNS = (
    Column("name", "Account", detail="code"),
    Column("booked", "In the books", Kind.MONEY),
    Column("counted", "Goods at cost", Kind.MONEY),
    Column("difference", "Difference", Kind.MONEY),
)
SOURCE_COLUMNS = (
    Column("account", "Account", detail="origin_type"),
    Column("booked", "In the books", Kind.MONEY),
    Column("moved", "By its goods", Kind.MONEY),
    Column("difference", "Difference", Kind.MONEY),
)
