"""The trial balance as of a day."""

import json
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import date_text, money_text
from erp.core.money import ZERO
from erp.state.registry import handler
from erp.state.session import SessionState
from erp.state.showing import NOTHING, display_rows

VIEW = "accounting.view"
COLUMNS = (
    Column("name", "Account", detail="group_name"),
    Column("code", "Code", Kind.CODE, wide_only=True),
    Column("debit", "Debit", Kind.MONEY),
    Column("credit", "Credit", Kind.MONEY),
)


class TrialBalanceState(SessionState, rx.State):
    """Balances of every account, each leading to its lines."""

    columns: ClassVar[tuple[Column, ...]] = COLUMNS

    rows: list[dict[str, str]] = []
    as_of: str = ""
    day: str = ""
    total_debit: str = ""
    total_credit: str = ""
    problem: str = ""
    is_loading: bool = True

    @handler(permission=VIEW)
    async def open_report(self) -> None:
        """Show the balances as of the day in the address, or today."""
        self.is_loading = True
        self.as_of = f"{dict(self.router.url.query_parameters).get('as_of', '')}"[:10]
        await self._load()

    @handler(permission=VIEW)
    async def show_day(self, day: str) -> EventSpec:
        """Show the balances as of another day; nothing means today."""
        self.as_of = f"{day}"[:10]
        await self._load()
        path = json.dumps(f"{self.router.url.path}?as_of={self.as_of}")
        return rx.call_script(f"window.history.replaceState(window.history.state, '', {path})")

    async def _load(self) -> None:
        self.problem = ""
        try:
            asked = {"as_of": self.as_of} if self.as_of else {}
            report = await self._ask("accounting.trial_balance", asked)
            zone = (await self._principal()).time_zone
        except (ValidationError, DomainError) as error:
            self.problem = error.message if isinstance(error, DomainError) else "Choose a day."
            self.rows, self.total_debit, self.total_credit = [], "", ""
        else:
            link = "/books/accounts/{account_id}?to_day=" + str(report.as_of)
            self.rows = [
                _quiet(row) for row in display_rows(map(_row, report.rows), COLUMNS, zone, link)
            ]
            self.as_of, self.day = str(report.as_of), date_text(report.as_of)
            self.total_debit = money_text(report.total_debit)
            self.total_credit = money_text(report.total_credit)
        self.is_loading = False


def _row(row: Any) -> dict[str, Any]:
    return row.model_dump() | {"id": row.account_id}


def _quiet(row: dict[str, str]) -> dict[str, str]:
    """Show the side an account has no balance on as a dash."""
    zero = money_text(ZERO)
    return row | {side: NOTHING for side in ("debit", "credit") if row[side] == zero}
