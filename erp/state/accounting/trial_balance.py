"""The trial balance as of a day."""

import json
from typing import Any, ClassVar
from urllib.parse import urlencode

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
    Column("opening", "Opening", Kind.MONEY, wide_only=True),
    Column("debits", "Debits", Kind.MONEY, wide_only=True),
    Column("credits", "Credits", Kind.MONEY, wide_only=True),
    Column("debit", "Debit balance", Kind.MONEY),
    Column("credit", "Credit balance", Kind.MONEY),
)


SIDES = ("opening", "debits", "credits", "debit", "credit")


class TrialBalanceState(SessionState, rx.State):
    """Balances of every account, each leading to its lines."""

    columns: ClassVar[tuple[Column, ...]] = COLUMNS

    rows: list[dict[str, str]] = []
    as_of: str = ""
    known_on: str = ""
    since: str = ""
    asked: str = ""
    day: str = ""
    total_debit: str = ""
    total_credit: str = ""
    problem: str = ""
    is_loading: bool = True

    @handler(permission=VIEW)
    async def open_report(self) -> None:
        """Show the balances as of the day in the address, or today."""
        self.is_loading = True
        given = dict(self.router.url.query_parameters)
        self.as_of = f"{given.get('as_of', '')}"[:10]
        self.known_on = f"{given.get('known_on', '')}"[:10]
        await self._load()

    @handler(permission=VIEW)
    async def show_day(self, day: str) -> EventSpec:
        """Show the balances as of another day; nothing means today."""
        self.as_of = f"{day}"[:10]
        return await self._shown()

    @handler(permission=VIEW)
    async def show_known(self, day: str) -> EventSpec:
        """Show the balances as they were known at the end of a day; nothing means now."""
        self.known_on = f"{day}"[:10]
        return await self._shown()

    async def _shown(self) -> EventSpec:
        await self._load()
        path = json.dumps(f"{self.router.url.path}?{self.asked}")
        return rx.call_script(f"window.history.replaceState(window.history.state, '', {path})")

    async def _load(self) -> None:
        self.problem = ""
        try:
            given = {"as_of": self.as_of, "known_on": self.known_on}
            asked = {key: day for key, day in given.items() if day}
            report = await self._ask("accounting.trial_balance", asked)
            zone = (await self._principal()).time_zone
        except (ValidationError, DomainError) as error:
            self.problem = error.message if isinstance(error, DomainError) else "Choose a day."
            self.rows, self.total_debit, self.total_credit = [], "", ""
        else:
            days = {"from_day": str(report.from_day), "to_day": str(report.as_of)}
            known = {"known_on": self.known_on} if self.known_on else {}
            link = "/books/accounts/{account_id}?" + urlencode(days | known)
            self.rows = [
                _quiet(row) for row in display_rows(map(_row, report.rows), COLUMNS, zone, link)
            ]
            self.as_of, self.day = str(report.as_of), date_text(report.as_of)
            self.since = date_text(report.from_day)
            self.asked = urlencode({"as_of": self.as_of} | known)
            self.total_debit = money_text(report.total_debit)
            self.total_credit = money_text(report.total_credit)
        self.is_loading = False


def _row(row: Any) -> dict[str, Any]:
    return row.model_dump() | {"id": row.account_id}


def _quiet(row: dict[str, str]) -> dict[str, str]:
    """Show what is nothing as a dash."""
    zero = money_text(ZERO)
    return row | {side: NOTHING for side in SIDES if row[side] == zero}
