"""The trial balance as of a day, and beside those of other days, branches or cost centres."""

from typing import Any, ClassVar
from urllib.parse import urlencode

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import date_text, group_amount, money_text
from erp.core.money import ZERO
from erp.state.accounting.statements import NARROWED, StatementState
from erp.state.showing import NOTHING, display_rows

COLUMNS = (
    Column("name", "Account", detail="standing"),
    Column("code", "Code", Kind.CODE, wide_only=True),
    Column("opening", "Opening", Kind.MONEY, wide_only=True),
    Column("debits", "Debits", Kind.MONEY, wide_only=True),
    Column("credits", "Credits", Kind.MONEY, wide_only=True),
    Column("debit", "Debit balance", Kind.MONEY),
    Column("credit", "Credit balance", Kind.MONEY),
)
SIDES = ("opening", "debits", "credits", "debit", "credit")


class TrialBalanceState(StatementState, rx.State):
    """Balances of every account, each leading to its lines."""

    query: ClassVar[str] = "accounting.trial_balance"
    paper: ClassVar[str] = "trial-balance"
    choice_keys: ClassVar[tuple[str, ...]] = ("as_of", *NARROWED)
    columns: ClassVar[tuple[Column, ...]] = COLUMNS

    accounts: list[dict[str, str]] = []
    is_beside: bool = False
    day: str = ""
    since: str = ""
    total_debit: str = ""
    total_credit: str = ""

    def _query(self) -> str:
        self.is_beside = bool(self.choices.get("compare"))
        return "accounting.compare_trial_balances" if self.is_beside else self.query

    async def _fill(self, found: Any) -> None:
        if self.is_beside:
            self.accounts = []
            await super()._fill(found)
            self.day = date_text(found.columns[0].to_day)
            return
        super()._clear()
        zone = (await self._principal()).time_zone
        shown = display_rows(map(_row, found.rows), COLUMNS, zone, self._link(found))
        self.accounts = [_quiet(row) for row in shown]
        self.day, self.since = date_text(found.as_of), date_text(found.from_day)
        self.total_debit = money_text(found.total_debit)
        self.total_credit = money_text(found.total_credit)
        self._taken(as_of=found.as_of)

    def _clear(self) -> None:
        super()._clear()
        self.accounts, self.day = [], ""

    def _dates(self, found: Any) -> None:
        self._taken(as_of=found.columns[0].to_day)

    def _figure(self, amount: Any) -> str:
        """Write a balance with its side, as books do."""
        if not amount:
            return NOTHING
        return f"{group_amount(abs(amount))} {'Dr' if amount > 0 else 'Cr'}"

    def _link(self, found: Any) -> str:
        days = {"from_day": str(found.from_day), "to_day": str(found.as_of)}
        part = {key: self.choices.get(key, "") for key in ("known_on", "branch_id", "cost_centre")}
        chosen = days | {key: held for key, held in part.items() if held}
        return "/books/accounts/{account_id}?" + urlencode(chosen)


def _row(row: Any) -> dict[str, Any]:
    return row.model_dump() | {"id": row.account_id, "standing": row.own_group or row.group_name}


def _quiet(row: dict[str, str]) -> dict[str, str]:
    """Show what is nothing as a dash."""
    zero = money_text(ZERO)
    return row | {side: NOTHING for side in SIDES if row[side] == zero}
