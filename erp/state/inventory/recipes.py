"""Recipes of packs, and making packs again of the lots of the day."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, expiry_text, group_count, money_text
from erp.services import platform
from erp.state.asking import DialogFormState
from erp.state.inventory.dispensing import DISPENSE, DispensingListState
from erp.state.inventory.stock import VIEW
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler

MOST_TIMES = 100


class RecipeListState(ListState, rx.State):
    """Recipes on offer, by name."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_recipes"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "Recipe", detail="label"),
        Column("made_of", "Of", wide_only=True),
        Column("packs", "Packs", Kind.COUNT, detail="unit"),
        Column("mrp", "MRP", Kind.MONEY, wide_only=True),
        Column("makings", "Made", Kind.COUNT, wide_only=True),
    )
    topics: ClassVar[tuple[str, ...]] = ("inventory",)

    may_dispense: bool = False

    async def _reload(self) -> None:
        self.may_dispense = (await self._principal()).may(DISPENSE)
        await super()._reload()

    def _aside(self, row: Any) -> dict[str, str]:
        return {
            "said": f"{row.name}: {row.packs} of {row.label}",
            "may_make": "yes" if self.may_dispense else "",
        }


class _MakingState(DialogFormState, mixin=True):
    """Makes packs in two presses: the first shows the lots of the day, the second makes them.

    Attributes:
        uses: What would be taken, lot by lot. problem: why nothing would be made.
    """

    permission: ClassVar[str] = DISPENSE

    storages: list[dict[str, str]] = []
    storage: str = ""
    times: str = "1"
    uses: list[dict[str, str]] = []
    _shown: list[dict[str, Any]] = []
    _is_stale: bool = False
    packs: str = ""
    good_until: str = ""
    cost: str = ""
    problem: str = ""

    async def _prepare(self) -> None:
        branch = (await self._principal()).branch_id
        found = await self._ask("inventory.list_locations", {"branch_id": branch})
        self.storages = [
            {"value": str(row.id), "label": row.name} for row in found.rows if row.kind == "storage"
        ]
        self.storage = self.storages[0]["value"] if self.storages else ""
        self.times = "1"
        await self._foresee()

    @handler(permission=PAGE)
    async def choose_storage(self, location_id: str) -> None:
        """Take the goods from another place."""
        if location_id in {place["value"] for place in self.storages}:
            self.storage = location_id
            await self._foresee()

    @handler(permission=PAGE)
    async def foresee_times(self, typed: str) -> None:
        """Show what would be taken for so many makings at once."""
        if self._takes_times(typed):
            await self._foresee()

    def _takes_times(self, typed: object) -> bool:
        text = f"{typed}".strip()
        is_count = text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= MOST_TIMES
        self.times = text[:4] if is_count else self.times
        return is_count

    async def _foresee(self) -> None:
        """Try the making without doing it."""
        self.uses, self.packs, self.good_until, self.cost, self.problem = [], "", "", "", ""
        self._shown = []
        command = self.command
        given = {
            self.subject_field: self.subject.get("id", ""),
            "location_id": self.storage or None,
            "times": int(self.times),
        }
        try:
            tried = await self._call(lambda ctx: platform.preview(command, ctx, given))
        except ValidationError:
            self.problem = "Choose a recipe of the list."
        except DomainError as error:
            self.problem = error.message
        else:
            self._show(tried.result)

    def _show(self, result: Any) -> None:
        self.uses = [
            {
                "id": str(lot.lot_id),
                "label": lot.label,
                "lot": lot.lot_number,
                "expiry": expiry_text(lot.expires_on) if lot.expires_on else "",
                "quantity": f"{group_count(lot.quantity)} {lot.unit}",
            }
            for lot in result.used
        ]
        self._shown = [{"lot_id": str(lot.lot_id), "quantity": lot.quantity} for lot in result.used]
        self.packs = counted(result.packs, "pack")
        self.good_until = expiry_text(result.expires_on) if result.expires_on else "No expiry"
        self.cost = money_text(result.value)

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        place = {"location_id": self.storage} if self.storage else {}
        typed = {name: text for name, text in given.items() if text not in ("", None)}
        return typed | place | {"shown": self._shown}

    def _show_refusal(self, error: ValidationError | DomainError) -> None:
        super()._show_refusal(error)
        self._is_stale = isinstance(error, DomainError) and error.code == "other_lots"

    async def _attempt(self) -> AsyncIterator[Any]:
        """Show the lots of now where they are others than those that were shown."""
        self._is_stale = False
        async for event in super()._attempt():
            yield event
        if self._is_stale:
            self._takes_times(self._held.get("times", ""))
            await self._foresee()

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self.is_open = False
        told = f"Batch {result.number} is made. Print its label."
        return [rx.toast.success(told), rx.redirect("/stock/dispensing")]


class MakeRecipeState(_MakingState, rx.State):
    """Makes packs by a recipe."""

    command: ClassVar[str] = "inventory.make_recipe"
    subject_field: ClassVar[str] = "recipe_id"


class MakeAgainState(_MakingState, rx.State):
    """Makes packs as they were made before."""

    command: ClassVar[str] = "inventory.make_again"
    subject_field: ClassVar[str] = "dispensing_id"

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self.is_open = False
        await (await self.get_state(DispensingListState))._reload()
        return [rx.toast.success(f"Batch {result.number} is made. Print its label.")]


class KeepMakingState(DialogFormState, rx.State):
    """Keeps how packs were made under a name."""

    permission: ClassVar[str] = DISPENSE
    command: ClassVar[str] = "inventory.keep_making"
    subject_field: ClassVar[str] = "dispensing_id"
    done_words: ClassVar[str] = "Saved. Make it again under Recipes."


class RetireRecipeState(DialogFormState, rx.State):
    """Offers a recipe no more."""

    permission: ClassVar[str] = DISPENSE
    command: ClassVar[str] = "inventory.retire_recipe"
    subject_field: ClassVar[str] = "recipe_id"
    done_words: ClassVar[str] = "The recipe is offered no more."

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(RecipeListState))._reload()
