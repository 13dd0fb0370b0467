"""Statements of the books: rows that fold, columns side by side, every figure leading to its lines."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import group_amount, money_text
from erp.core.money import ZERO
from erp.state.explaining import errors_by_field
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState
from erp.state.showing import NOTHING

VIEW: Final = "accounting.view"
COMPARE: Final = (
    ("previous", "Beside the period before"),
    ("last_year", "Beside last year"),
    ("months", "By month"),
)
SPLIT: Final = (*COMPARE, ("branch", "By branch"), ("cost_centre", "By cost centre"))
LONGEST_CHOICE: Final = 120


class StatementState(SessionState, mixin=True):
    """A statement as text, with what was asked kept in the address."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = ""
    paper: ClassVar[str] = ""
    day_keys: ClassVar[tuple[str, ...]] = ("from_day", "to_day")
    left_out: ClassVar[tuple[str, ...]] = ()
    """What its figures leave out, as the ledger's input names it."""

    rows: list[dict[str, str]] = []
    cells: dict[str, list[dict[str, str]]] = {}
    heads: list[str] = []
    folded: list[str] = []
    choices: dict[str, str] = {}
    branches: list[dict[str, str]] = []
    centres: list[dict[str, str]] = []
    verdict: str = ""
    off_by: str = ""
    asked: str = ""
    problem: str = ""
    is_loading: bool = True

    _rows: list[dict[str, str]] = []

    @handler(permission=PAGE)
    async def open_statement(self) -> None:
        """Show the statement that the address asks for."""
        self.is_loading, self.rows, self.folded = True, [], []
        given = dict(self.router.url.query_parameters)
        keys = (*self.day_keys, "known_on", "compare", "branch_id", "cost_centre")
        self.choices = {key: f"{given.get(key, '')}"[:LONGEST_CHOICE] for key in keys}
        found = await self._ask("identity.list_branches")
        self.branches = [{"value": str(x.id), "label": x.name} for x in found.rows]
        centres = await self._ask("accounting.list_cost_centres", {"limit": 200})
        self.centres = [{"value": x.code, "label": x.name} for x in centres.rows]
        await self._load()

    @handler(permission=PAGE)
    async def choose(self, key: str, value: str) -> EventSpec | None:
        """Set a day, a comparison, a branch or a cost centre; `all` lifts it."""
        if key not in self.choices:
            return None
        wanted = "" if value == "all" else f"{value}"[:LONGEST_CHOICE]
        self.choices = {**self.choices, key: wanted}
        await self._load()
        kept = urlencode({name: held for name, held in self.choices.items() if held})
        path = json.dumps(f"{self.router.url.path}?{kept}")
        return rx.call_script(f"window.history.replaceState(window.history.state, '', {path})")

    @handler(permission=PAGE)
    async def fold(self, row_id: str) -> None:
        """Fold a group's rows away, or show them again."""
        kept = [one for one in self.folded if one != row_id]
        self.folded = kept if row_id in self.folded else [*kept, f"{row_id}"[:LONGEST_CHOICE]]
        self._show()

    @handler(permission=PAGE)
    async def fold_all(self) -> None:
        """Show groups alone, or every account again."""
        groups = [row["id"] for row in self._rows if row["kind"] == "group"]
        self.folded = [] if self.folded else groups
        self._show()

    async def _load(self) -> None:
        self.problem, self.is_loading = "", True
        asked = {key: value for key, value in self.choices.items() if value}
        if asked.get("compare") in {"branch", "cost_centre"}:
            asked["by"] = asked.pop("compare")
        try:
            found = await self._ask(self.query, asked)
        except ValidationError as error:
            self.problem = "; ".join(errors_by_field(error).values()) or "Choose a day."
        except DomainError as error:
            self.problem = error.message
        if self.problem:
            self._rows, self.cells, self.heads = [], {}, []
        else:
            self.asked = urlencode(asked)
            self._fill(found, asked)
        self._show()
        self.is_loading = False

    def _fill(self, found: Any, asked: dict[str, str]) -> None:
        self.heads = [column.label for column in found.columns]
        parents = {row.parent for row in found.rows}
        self._rows = [_text_row(row, foldable=row.id in parents) for row in found.rows]
        self.cells = {
            row.id: [
                {"text": _amount(amount), "href": _href(row, column, asked, self.left_out)}
                for amount, column in zip(row.amounts, found.columns, strict=True)
            ]
            for row in found.rows
        }
        self._dates(found)
        gaps: Sequence[Decimal] = getattr(found, "difference", ())
        off = next((gap for gap in gaps if gap), ZERO)
        self.off_by = money_text(off) if off else ""
        self.verdict = "balanced" if gaps and not off else ""

    def _dates(self, found: Any) -> None:
        """Show the days that were taken where none were named; statements override."""
        own = found.columns[0]
        self.choices = {**self.choices, "from_day": f"{own.from_day}", "to_day": f"{own.to_day}"}

    def _show(self) -> None:
        """Show the rows that no fold hides."""
        parents = {row["id"]: row["parent"] for row in self._rows}
        hidden = set(self.folded)

        def is_shown(row_id: str) -> bool:
            above = parents.get(row_id, "")
            return not above or (above not in hidden and is_shown(above))

        self.rows = [
            row | {"folded": "yes" if row["id"] in hidden else ""}
            for row in self._rows
            if is_shown(row["id"])
        ]


def _text_row(row: Any, *, foldable: bool) -> dict[str, str]:
    return {
        "id": row.id,
        "parent": row.parent,
        "level": f"{row.level}",
        "kind": row.kind.value,
        "label": row.label,
        "code": row.code,
        "foldable": "yes" if foldable and row.kind.value == "group" else "",
    }


def _amount(amount: Decimal) -> str:
    return group_amount(amount) if amount else NOTHING


def _href(row: Any, column: Any, asked: dict[str, str], left_out: Sequence[str]) -> str:
    """Return the ledger of what a figure is made of; nothing for a sum of other rows."""
    if row.account_id is None and not row.group_name:
        return ""
    about = {"account_id": row.account_id} if row.account_id else {"group_name": row.group_name}
    days = {"from_day": column.from_day, "to_day": column.to_day}
    part = {
        "branch_id": column.branch_id or asked.get("branch_id"),
        "cost_centre": column.cost_centre or asked.get("cost_centre"),
        "known_on": asked.get("known_on"),
        "no_cost_centre": "true" if column.no_cost_centre else "",
    } | dict.fromkeys(left_out, "true")
    given = {key: f"{value}" for key, value in (about | days | part).items() if value}
    return f"/books/ledger?{urlencode(given)}"


class ProfitAndLossState(StatementState, rx.State):
    """Income, costs and profit."""

    query: ClassVar[str] = "accounting.profit_and_loss"
    paper: ClassVar[str] = "profit-and-loss"
    left_out: ClassVar[tuple[str, ...]] = ("without_closing",)


class BalanceSheetState(StatementState, rx.State):
    """What is owned and owed as of a day."""

    query: ClassVar[str] = "accounting.balance_sheet"
    paper: ClassVar[str] = "balance-sheet"
    day_keys: ClassVar[tuple[str, ...]] = ("as_of",)

    def _dates(self, found: Any) -> None:
        self.choices = {**self.choices, "as_of": f"{found.columns[0].to_day}"}


class CashFlowState(StatementState, rx.State):
    """Where cash came from and went."""

    query: ClassVar[str] = "accounting.cash_flow"
    paper: ClassVar[str] = "cash-flow"
    left_out: ClassVar[tuple[str, ...]] = ("without_closing", "without_cash")
