"""The blocks of assets of a year for income tax, and saying what one was worth."""

from typing import Any, ClassVar
from urllib.parse import urlencode

import reflex as rx
from pydantic import ValidationError

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import date_text, money_text, plain_decimal
from erp.core.money import ZERO
from erp.state.asking import DialogFormState
from erp.state.assets.wording import MANAGE, VIEW
from erp.state.registry import handler
from erp.state.session import SessionState
from erp.state.showing import NOTHING, display_rows

BLOCK_COLUMNS = (
    Column("block", "Block", detail="percent"),
    Column("opening", "Opening", Kind.MONEY, wide_only=True),
    Column("added", "180 days or more", Kind.MONEY, wide_only=True),
    Column("added_late", "Less than 180", Kind.MONEY, wide_only=True),
    Column("deducted", "Deducted", Kind.MONEY, wide_only=True),
    Column("depreciation", "Depreciation", Kind.MONEY),
    Column("closing", "Closing", Kind.MONEY),
    Column("book_depreciation", "In the books", Kind.MONEY, wide_only=True),
    Column("book_worth", "Worth there", Kind.MONEY, wide_only=True),
)
AMOUNTS = tuple(column.key for column in BLOCK_COLUMNS[1:])


class TaxBlocksState(SessionState, rx.State):
    """The blocks of a year."""

    rows: list[dict[str, str]] = []
    totals: dict[str, str] = {}
    words: str = ""
    unsaid: str = ""
    gain: str = ""
    day: str = ""
    asked: str = ""
    problem: str = ""
    may_manage: bool = False
    is_loading: bool = True

    @handler(permission=VIEW)
    async def open_blocks(self) -> None:
        """Show this financial year, or that of the day in the address."""
        self.is_loading = True
        self.day = f"{dict(self.router.url.query_parameters).get('day', '')}"[:10]
        await self._load()

    @handler(permission=VIEW)
    async def show_day(self, day: str) -> None:
        """Show the year of another day."""
        self.day = f"{day}"[:10]
        await self._load()

    async def _load(self) -> None:
        self.problem = ""
        try:
            given = {"day": self.day} if self.day else {}
            found = await self._ask("assets.show_tax_blocks", given)
        except (ValidationError, DomainError) as error:
            self.problem = error.message if isinstance(error, DomainError) else "Choose a day."
            self.rows, self.totals = [], {}
        else:
            principal = await self._principal()
            self.may_manage = principal.may(MANAGE)
            rows = [_told(row) for row in found.rows]
            shown = display_rows(rows, BLOCK_COLUMNS, principal.time_zone)
            self.rows = [_quiet(row) for row in shown]
            self.totals = {name: money_text(found.totals[name]) for name in AMOUNTS}
            self.words = f"{date_text(found.from_day)} to {date_text(found.to_day)}"
            self.unsaid = ", ".join(found.unsaid)
            self.gain = _gains(found.rows)
            self.day = str(found.from_day)
            self.asked = urlencode({"day": self.day})
        self.is_loading = False


def _told(row: Any) -> dict[str, Any]:
    return row.model_dump() | {"percent": f"{plain_decimal(row.rate)}% a year"}


def _gains(rows: list[Any]) -> str:
    """Say where a block ended in a short-term gain or loss."""
    return " ".join(
        f"{row.block}: a short-term {'gain' if row.gain > 0 else 'loss'} of {money_text(abs(row.gain))} (s.50)."
        for row in rows
        if row.gain
    )


def _quiet(row: dict[str, str]) -> dict[str, str]:
    zero = money_text(ZERO)
    return row | {name: NOTHING for name in AMOUNTS if row[name] == zero}


class SetTaxOpeningState(DialogFormState, rx.State):
    """Says what a block was worth when a year began."""

    permission: ClassVar[str] = MANAGE
    command: ClassVar[str] = "assets.set_tax_opening"

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(TaxBlocksState))._load()  # noqa: SLF001  sister of this state
