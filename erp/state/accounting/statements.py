"""Statements of the books: rows that fold, columns side by side, every figure leading to its lines."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

import reflex as rx

from erp.core.formatting import group_amount, money_text
from erp.core.money import ZERO
from erp.state.choosing import LONGEST_CHOICE, ReportState
from erp.state.registry import PAGE, handler
from erp.state.showing import NOTHING

VIEW: Final = "accounting.view"
COMPARE: Final = (
    ("previous", "Beside the period before"),
    ("last_year", "Beside last year"),
    ("months", "By month"),
)
SPLIT: Final = (*COMPARE, ("branch", "By branch"), ("cost_centre", "By cost centre"))
NARROWED: Final = ("known_on", "compare", "branch_id", "cost_centre")
"""What every statement may be narrowed to or set beside."""


class StatementState(ReportState, mixin=True):
    """A statement as text, with what was asked kept in the address."""

    permission: ClassVar[str] = VIEW
    paper: ClassVar[str] = ""
    choice_keys: ClassVar[tuple[str, ...]] = ("from_day", "to_day", *NARROWED)
    left_out: ClassVar[tuple[str, ...]] = ()
    """What its figures leave out, as the ledger's input names it."""

    rows: list[dict[str, str]] = []
    cells: dict[str, list[dict[str, str]]] = {}
    heads: list[str] = []
    folded: list[str] = []
    branches: list[dict[str, str]] = []
    centres: list[dict[str, str]] = []
    verdict: str = ""
    off_by: str = ""

    _rows: list[dict[str, str]] = []

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

    async def _prepare(self) -> None:
        self.rows, self.folded = [], []
        found = await self._ask("identity.list_branches")
        self.branches = [{"value": str(x.id), "label": x.name} for x in found.rows]
        centres = await self._ask("accounting.list_cost_centres", {"limit": 200})
        self.centres = [{"value": x.code, "label": x.name} for x in centres.rows]

    def _chosen(self) -> dict[str, str]:
        asked = super()._chosen()
        if asked.get("compare") in {"branch", "cost_centre"}:
            asked["by"] = asked.pop("compare")
        return asked

    async def _fill(self, found: Any) -> None:
        asked = self._chosen()
        self.heads = [column.label for column in found.columns]
        parents = {row.parent for row in found.rows}
        self._rows = [_text_row(row, foldable=row.id in parents) for row in found.rows]
        self.cells = {
            row.id: [
                {"text": self._figure(amount), "href": _href(row, column, asked, self.left_out)}
                for amount, column in zip(row.amounts, found.columns, strict=True)
            ]
            for row in found.rows
        }
        self._dates(found)
        gaps: Sequence[Decimal] = getattr(found, "difference", ())
        off = next((gap for gap in gaps if gap), ZERO)
        self.off_by = money_text(off) if off else ""
        self.verdict = "balanced" if gaps and not off else ""
        self._show()

    def _clear(self) -> None:
        self._rows, self.cells, self.heads, self.off_by, self.verdict = [], {}, [], "", ""
        self._show()

    def _figure(self, amount: Decimal) -> str:
        """Write an amount; statements override."""
        return group_amount(amount) if amount else NOTHING

    def _dates(self, found: Any) -> None:
        """Show the days that were taken where none were named; statements override."""
        own = found.columns[0]
        self._taken(from_day=own.from_day, to_day=own.to_day)

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
    choice_keys: ClassVar[tuple[str, ...]] = ("as_of", *NARROWED)

    def _dates(self, found: Any) -> None:
        self._taken(as_of=found.columns[0].to_day)


class CashFlowState(StatementState, rx.State):
    """Where cash came from and went."""

    query: ClassVar[str] = "accounting.cash_flow"
    paper: ClassVar[str] = "cash-flow"
    left_out: ClassVar[tuple[str, ...]] = ("without_closing", "without_cash")
