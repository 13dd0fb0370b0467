"""The stock accounts beside the goods, and the documents behind a difference."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.state.accounting.statements import StatementState
from erp.state.showing import display_rows

SOURCE_COLUMNS = (
    Column("account", "Account", detail="origin_type"),
    Column("booked", "In the books", Kind.MONEY),
    Column("moved", "By its goods", Kind.MONEY),
    Column("difference", "Difference", Kind.MONEY),
)


class StockCheckState(StatementState, rx.State):
    """What the stock accounts say beside what the goods cost."""

    query: ClassVar[str] = "inventory.compare_stock_with_books"
    paper: ClassVar[str] = "stock"
    choice_keys: ClassVar[tuple[str, ...]] = ("as_of", "known_on", "compare")

    sources: list[dict[str, str]] = []

    async def _fill(self, found: Any) -> None:
        await super()._fill(found)
        self.sources = await self._differing() if found.difference[0] else []

    def _clear(self) -> None:
        super()._clear()
        self.sources = []

    def _dates(self, found: Any) -> None:
        self._taken(as_of=found.columns[0].to_day)

    async def _differing(self) -> list[dict[str, str]]:
        """Return the documents that make the difference of the first column's day."""
        asked = {key: self.choices[key] for key in ("as_of", "known_on") if self.choices[key]}
        found = await self._ask("inventory.stock_against_books", asked)
        zone = (await self._principal()).time_zone
        entries = [
            source.model_dump()
            | {
                "account": one.name,
                "id": f"{one.code}{source.origin_id}",
                "difference": source.booked - source.moved,
            }
            for one in found.rows
            for source in one.sources
        ]
        return display_rows(entries, SOURCE_COLUMNS, zone, "/books/journal?origin_id={origin_id}")
