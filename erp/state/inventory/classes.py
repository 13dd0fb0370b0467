"""ABC x XYZ and turnover."""

from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.formatting import counted, group_count, group_number, money_text
from erp.services.inventory import DEMAND_CLASSES, VALUE_CLASSES
from erp.state.inventory.stock import VIEW
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler

_TONES = {"X": "green", "Y": "amber", "Z": "red"}
_VALUE_TONES = {"A": "green", "B": "blue", "C": "gray"}
_CLASS_TONES = {f"{abc}{xyz}": tone for abc, tone in _VALUE_TONES.items() for xyz in _TONES}
WEEKS_SHOWN = "13"


class ClassesState(ListState, rx.State):
    """Products by class, those of which the most is consumed first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_classes"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "Product", detail="sku"),
        Column("abc", "Class", tone="abc", tones=_CLASS_TONES),
        Column("consumed", "Consumed", Kind.MONEY, detail="share"),
        Column("variation", "Variation", Kind.NUMBER, tone="xyz", tones=_TONES, wide_only=True),
        Column("on_hand", "On hand", Kind.COUNT, wide_only=True),
        Column("stock_value", "Value", Kind.MONEY, wide_only=True),
        Column("turnover", "Turns a year", Kind.NUMBER, wide_only=True),
        Column("days_of_stock", "Lasts, days", Kind.COUNT, wide_only=True),
    )
    row_link: ClassVar[str] = "/stock?variant_id={variant_id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("weeks", "abc", "xyz")
    part_keys: ClassVar[tuple[str, ...]] = ("weeks",)
    topics: ClassVar[tuple[str, ...]] = ("inventory", "pos")

    sums: dict[str, str] = {}
    cells: list[dict[str, str]] = []

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "id": row.variant_id,
            "abc": f"{row.abc}{row.xyz}",
            "share": f"{row.share}%" if row.consumed else "",
        }

    async def _reload(self) -> None:
        await super()._reload()
        if self.problem:
            return
        weeks = self.filters.get("weeks", WEEKS_SHOWN)
        found = await self._ask("inventory.classify_stock", {"weeks": weeks})
        chosen = (self.filters.get("abc"), self.filters.get("xyz"))
        self.cells = [_cell(cell, chosen) for cell in found.rows]
        self.sums = _sums(found)

    @handler(permission=PAGE)
    async def choose(self, name: str) -> EventSpec | None:
        """Show the products of one class; once more shows all again."""
        abc, xyz = f"{name}"[:1], f"{name}"[1:]
        if abc not in VALUE_CLASSES or xyz not in DEMAND_CLASSES:
            return None
        others = {key: held for key, held in self.filters.items() if key not in {"abc", "xyz"}}
        is_chosen = (self.filters.get("abc"), self.filters.get("xyz")) == (abc, xyz)
        self.filters = others if is_chosen else {**others, "abc": abc, "xyz": xyz}
        return await self._from_the_top()


def _cell(cell: Any, chosen: tuple[str | None, str | None]) -> dict[str, str]:
    return {
        "name": f"{cell.abc}{cell.xyz}",
        "count": counted(cell.variants, "product") if cell.variants else "None",
        "consumed": f"{money_text(cell.consumed)} consumed" if cell.variants else "",
        "stock": f"{money_text(cell.stock_value)} in stock" if cell.variants else "",
        "is_empty": "" if cell.variants else "yes",
        "is_chosen": "true" if (cell.abc, cell.xyz) == chosen else "false",
    }


def _sums(found: Any) -> dict[str, str]:
    lasts = found.days_of_stock
    return {
        "consumed": money_text(found.consumed),
        "consumed_note": f"in {found.days} days, at cost",
        "average": money_text(found.average_value),
        "turnover": "None yet"
        if found.turnover is None
        else f"{group_number(found.turnover)} times",
        "lasts": "No end" if lasts is None else f"{group_count(lasts)} days",
    }
