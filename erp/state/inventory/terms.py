"""Terms of buying: the life that goods have left when they come, and how their suppliers sell them."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import counted
from erp.state.asking import DialogFormState
from erp.state.catalog.wording import FORMS
from erp.state.inventory.ageing import PLAN
from erp.state.inventory.stock import VIEW
from erp.state.listing import ListState

STANDINGS = {"in_force": "In force", "to_come": "To come", "replaced": "Replaced"}
TONES = {"in_force": "green", "to_come": "blue", "replaced": "gray"}


class ShelfLivesState(ListState, rx.State):
    """Terms of shelf life, the last set first.

    Attributes:
        usual: What is asked of all goods that no other term is about.
    """

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_shelf_lives"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("supplier", "Supplier", sort="supplier"),
        Column("form", "Form"),
        Column("days", "Asked", sort="days"),
        Column("valid_from", "From", Kind.DATE, sort="valid_from", wide_only=True),
        Column("standing", "Standing", Kind.STATUS, labels=STANDINGS, tones=TONES),
        Column("set_by", "Set by", wide_only=True),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("standing",)
    topics: ClassVar[tuple[str, ...]] = ("inventory",)

    usual: str = ""
    may_plan: bool = False

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "supplier": row.supplier or "All other suppliers",
            "form": FORMS[row.form] if row.form else "All other forms",
            "days": counted(row.days, "day"),
        }

    async def _reload(self) -> None:
        self.may_plan = (await self._principal()).may(PLAN)
        found = await self._ask("inventory.list_shelf_lives", {"limit": 1})
        self.usual = counted(found.usual, "day")
        await super()._reload()


class SetShelfLifeState(DialogFormState, rx.State):
    """Says how much life goods should have left when they come, from a day on."""

    permission: ClassVar[str] = PLAN
    command: ClassVar[str] = "inventory.set_shelf_life"
    done_words: ClassVar[str] = "Term set. Goods are asked for it from its day on."

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(ShelfLivesState))._reload()


class OrderQuantitiesState(ListState, rx.State):
    """Items that their suppliers sell in certain numbers only, the last written down first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_order_quantities"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "Product", sort="label"),
        Column("supplier", "Supplier", sort="supplier"),
        Column("least", "At least", Kind.COUNT, detail="unit", sort="least"),
        Column("step", "In steps of", Kind.COUNT, sort="step"),
        Column("set_by", "Set by", wide_only=True),
    )
    row_link: ClassVar[str] = "/stock?variant_id={variant_id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("supplier_id", "variant_id")
    topics: ClassVar[tuple[str, ...]] = ("inventory",)

    may_plan: bool = False

    async def _reload(self) -> None:
        self.may_plan = (await self._principal()).may(PLAN)
        await super()._reload()


class SetOrderQuantityState(DialogFormState, rx.State):
    """Writes down how much of an item its supplier sells."""

    permission: ClassVar[str] = PLAN
    command: ClassVar[str] = "inventory.set_order_quantity"
    done_words: ClassVar[str] = "Saved. Suggestions follow with the next look, orders at once."

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(OrderQuantitiesState))._reload()
