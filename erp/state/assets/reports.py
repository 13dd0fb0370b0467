"""The asset register over some days, and a month's depreciation before it is posted."""

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, money_text
from erp.core.money import ZERO
from erp.state.assets.wording import MANAGE, VIEW
from erp.state.choosing import ReportState
from erp.state.registry import handler
from erp.state.session import SessionState
from erp.state.showing import NOTHING, display_rows

REGISTER_COLUMNS = (
    Column("name", "Asset", detail="number"),
    Column("cost_before", "Opening", Kind.MONEY, wide_only=True),
    Column("added", "Added", Kind.MONEY, wide_only=True),
    Column("deducted", "Deducted", Kind.MONEY, wide_only=True),
    Column("cost_after", "Gross", Kind.MONEY, wide_only=True),
    Column("lost", "In these days", Kind.MONEY, wide_only=True),
    Column("lost_after", "Depreciation", Kind.MONEY),
    Column("worth", "Net", Kind.MONEY),
)
AMOUNTS = tuple(column.key for column in REGISTER_COLUMNS[1:])
LOSS_COLUMNS = (
    Column("name", "Asset", detail="number"),
    Column("before", "Worth before", Kind.MONEY, wide_only=True),
    Column("amount", "Depreciation", Kind.MONEY),
    Column("worth", "Worth after", Kind.MONEY),
)


class RegisterState(ReportState, rx.State):
    """The register over some days."""

    columns: ClassVar[tuple[Column, ...]] = REGISTER_COLUMNS

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "assets.show_register"

    rows: list[dict[str, str]] = []
    totals: dict[str, str] = {}
    accounts: list[dict[str, str]] = []

    async def _fill(self, found: Any) -> None:
        zone = (await self._principal()).time_zone
        shown = display_rows(found.rows, REGISTER_COLUMNS, zone, "/fixed-assets/{id}")
        self.rows = [_quiet(row) for row in shown]
        self.totals = {name: money_text(found.totals[name]) for name in AMOUNTS}
        self.accounts = [
            {
                "account": one.account,
                "register": money_text(one.cost_after),
                "ledger": money_text(one.ledger),
                "agrees": "yes" if one.cost_after == one.ledger else "",
            }
            for one in found.accounts
        ]
        self._taken(from_day=found.from_day, to_day=found.to_day)

    def _clear(self) -> None:
        self.rows, self.totals, self.accounts = [], {}, []


class DepreciationState(SessionState, rx.State):
    """What the next run would post, and posting it."""

    columns: ClassVar[tuple[Column, ...]] = LOSS_COLUMNS

    rows: list[dict[str, str]] = []
    month: str = ""
    words: str = ""
    total: str = ""
    problem: str = ""
    may_run: bool = False
    may_manage: bool = False
    is_by_clock: bool = False
    is_busy: bool = False
    is_loading: bool = True

    @handler(permission=MANAGE)
    async def turn_clock(self) -> EventSpec:
        """Let the clock run depreciation, or no longer."""
        try:
            done = await self._run("assets.set_clock", {"is_on": not self.is_by_clock})
        except (ValidationError, DomainError) as error:
            words = error.message if isinstance(error, DomainError) else "Load the page again."
            return rx.toast.error(words)
        self.is_by_clock = done.is_on
        return rx.toast.success(
            "Runs on the first of each month." if done.is_on else "Runs by hand alone."
        )

    @handler(permission=VIEW)
    async def open_run(self) -> None:
        """Show what the month after the last run would post."""
        self.is_loading, self.month = True, ""
        await self._load()

    @handler(permission=VIEW)
    async def show_month(self, day: str) -> None:
        """Show what another month would post."""
        self.month = f"{day}"[:10]
        await self._load()

    @handler(permission=MANAGE)
    async def run_month(self) -> AsyncIterator[Any]:
        """Post the month that is shown."""
        self.is_busy = True
        yield
        try:
            made = await self._run("assets.run_depreciation", {"month": self.month})
        except (ValidationError, DomainError) as error:
            words = error.message if isinstance(error, DomainError) else "Choose a month."
            yield rx.toast.error(words)
        else:
            self.month = ""
            words = f"{money_text(made.total)} posted for {counted(made.assets, 'asset')}."
            yield rx.toast.success(words)
        await self._load()
        self.is_busy = False

    async def _load(self) -> None:
        try:
            given = {"month": self.month} if self.month else {}
            found = await self._ask("assets.preview_depreciation", given)
        except (ValidationError, DomainError) as error:
            self.problem = error.message if isinstance(error, DomainError) else "Choose a month."
            self.rows, self.may_run = [], False
        else:
            principal = await self._principal()
            rows = [row.model_dump() | {"id": row.asset_id} for row in found.rows]
            link = "/fixed-assets/{asset_id}"
            self.rows = display_rows(rows, LOSS_COLUMNS, principal.time_zone, link)
            self.month, self.problem = str(found.month), found.problem
            self.total = money_text(found.total)
            posted = (
                f"Posted until {date_text(found.last_until)}. "
                if found.last_until
                else "Nothing is posted yet. "
            )
            self.words = f"{posted}This run posts until {date_text(found.until)}."
            self.may_manage = principal.may(MANAGE)
            self.may_run = self.may_manage and not found.problem
            self.is_by_clock = (await self._ask("assets.get_clock", {})).is_on
        self.is_loading = False


def _quiet(row: dict[str, str]) -> dict[str, str]:
    zero = money_text(ZERO)
    return row | {name: NOTHING for name in AMOUNTS if row[name] == zero}
