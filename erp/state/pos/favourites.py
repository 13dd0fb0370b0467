"""The first screen of the branch's tills, arranged by a manager."""

from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import counted, money_text
from erp.state.catalog.wording import FORMS
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState, as_uuid, errors_by_field

ARRANGE = "pos.arrange"


class FavouritesState(SessionState, rx.State):
    """The tiles in their order; every change is kept at once.

    Attributes:
        is_chosen: A manager made the screen; else it shows what sells most.
    """

    permission: ClassVar[str] = ARRANGE

    is_loading: bool = True
    is_chosen: bool = False
    tiles: list[dict[str, str]] = []
    errors: dict[str, str] = {}

    @handler(permission=PAGE)
    async def open_favourites(self) -> None:
        """Show the first screen."""
        await self._show()
        self.is_loading = False

    @handler(permission=PAGE)
    async def add(self, variant_id: str, _label: str) -> EventSpec | None:
        """Put goods at the end."""
        chosen = as_uuid(variant_id)
        if chosen is None or str(chosen) in self._ids():
            return None
        return await self._keep([*self._ids(), str(chosen)])

    @handler(permission=PAGE)
    async def remove(self, variant_id: str) -> EventSpec | None:
        """Take goods off."""
        return await self._keep([each for each in self._ids() if each != f"{variant_id}"])

    @handler(permission=PAGE)
    async def move(self, variant_id: str, by: int) -> EventSpec | None:
        """Move goods one place up or down."""
        ids = self._ids()
        if f"{variant_id}" not in ids or by not in (-1, 1):
            return None
        at = ids.index(f"{variant_id}")
        to = max(0, min(at + by, len(ids) - 1))
        ids[at], ids[to] = ids[to], ids[at]
        return await self._keep(ids)

    @handler(permission=PAGE)
    async def leave_to_sales(self) -> EventSpec | None:
        """Show what sells most again."""
        return await self._keep([])

    def _ids(self) -> list[str]:
        return [tile["id"] for tile in self.tiles]

    async def _keep(self, ids: list[str]) -> EventSpec | None:
        self.errors = {}
        try:
            await self._run("pos.set_favourites", {"goods": [{"variant_id": each} for each in ids]})
        except (DomainError, ValidationError) as error:
            message = error.message if isinstance(error, DomainError) else "There is no room left."
            self.errors = {"variant": next(iter(errors_by_field(error).values()), message)}
            return None
        await self._show()
        return rx.toast.success(
            f"The tills show {counted(len(ids), 'favourite')}." if ids else "Sales decide again."
        )

    async def _show(self) -> None:
        found = await self._ask("pos.list_favourites")
        self.is_chosen = found.is_chosen
        self.tiles = [_tile(row) for row in found.rows]


def _tile(row: Any) -> dict[str, str]:
    return {
        "id": str(row.variant_id),
        "label": row.label,
        "sku": row.sku,
        "category": FORMS.get(row.category, row.category),
        "price": money_text(row.price) if row.price is not None else "\u2013",
        "stock": str(row.sellable) if row.sellable > 0 else "Sold out",
        "tone": "green" if row.sellable > 0 else "red",
    }
