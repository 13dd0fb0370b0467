"""Warehouses and how each is run."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.core.formatting import counted
from erp.state.asking import DialogFormState
from erp.state.inventory.stock import VIEW
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState

PLAN = "inventory.plan"
BUILD = "inventory.adjust"
KINDS: Mapping[str, str] = {
    "storage": "For sale",
    "expired_store": "Expired and damaged",
    "quarantine": "Quarantine",
    "transit": "In transit",
}
REMOVALS: Mapping[str, str] = {
    "fefo": "First to expire",
    "fifo": "First that came",
    "lifo": "Last that came",
    "explicit": "Only the lot that is named",
}


class WarehousesState(SessionState, rx.State):
    """The company's warehouses.

    Attributes:
        places: Of each warehouse, every place followed by those that are part of it.
    """

    permission: ClassVar[str] = VIEW

    is_loading: bool = True
    may_plan: bool = False
    may_build: bool = False
    warehouses: list[dict[str, str]] = []
    places: dict[str, list[dict[str, str]]] = {}

    @handler(permission=PAGE)
    async def open_warehouses(self) -> None:
        """Show every warehouse with its rules."""
        await self._show()

    async def _show(self) -> None:
        principal = await self._principal()
        self.may_plan, self.may_build = principal.may(PLAN), principal.may(BUILD)
        rows = (await self._ask("inventory.list_warehouses")).rows
        self.warehouses = [_warehouse(row) for row in rows]
        self.places = {str(row.id): [_place(place) for place in row.tree] for row in rows}
        self.is_loading = False


class WarehouseRulesState(DialogFormState, rx.State):
    """Decides how a warehouse is run."""

    permission: ClassVar[str] = PLAN
    command: ClassVar[str] = "inventory.set_warehouse_rules"
    subject_field: ClassVar[str] = "warehouse_id"

    now: dict[str, str] = {}

    async def _prepare(self) -> None:
        rows = (await self.get_state(WarehousesState)).warehouses
        self.now = next((row for row in rows if row["id"] == self.subject["id"]), {})

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        keeps = bool(form.get("quarantines_returns"))
        return dict(super()._payload(form)) | {"quarantines_returns": keeps}

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self.get_state(WarehousesState))._show()
        return "Saved. It counts from the next sale."


class NewWarehouseState(DialogFormState, rx.State):
    """Opens a warehouse with its first places."""

    permission: ClassVar[str] = BUILD
    command: ClassVar[str] = "inventory.create_warehouse"

    branches: list[dict[str, str]] = []
    own_branch: str = ""

    async def _prepare(self) -> None:
        found = await self._ask("identity.list_branches")
        self.branches = [{"value": str(row.id), "label": row.name} for row in found.rows]
        self.own_branch = str((await self._principal()).branch_id)

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return _with_code(super()._payload(form))

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self.get_state(WarehousesState))._show()
        return "The warehouse is open: places for sale, expired goods, quarantine and transit."


class NewPlaceState(DialogFormState, rx.State):
    """Adds a place to a warehouse."""

    permission: ClassVar[str] = BUILD
    command: ClassVar[str] = "inventory.create_location"
    subject_field: ClassVar[str] = "warehouse_id"
    done_words: ClassVar[str] = "Added. Goods may be received and moved there from now on."

    within: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        places = (await self.get_state(WarehousesState)).places.get(self.subject["id"], [])
        known = [{"value": row["id"], "label": f"{row['name']} ({row['kind']})"} for row in places]
        self.within = [{"value": "", "label": "Nothing: beside the others"}, *known]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return _with_code(super()._payload(form))

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(WarehousesState))._show()


def _with_code(given: Mapping[str, Any]) -> dict[str, Any]:
    """Write the code as it is kept: in capital letters."""
    code = f"{given.get('code', '')}".strip().upper()
    return dict(given) | ({"code": code} if code else {})


def _place(row: Any) -> dict[str, str]:
    return {
        "id": str(row.id),
        "code": row.code,
        "name": row.name,
        "kind": KINDS[row.kind],
        "depth": str(row.depth),
        "holds": counted(row.units, "unit") if row.units else "Empty",
    }


def _warehouse(row: Any) -> dict[str, str]:
    return {
        "id": str(row.id),
        "code": row.code,
        "name": row.name,
        "branch": row.branch,
        "removal": row.removal,
        "removal_words": REMOVALS[row.removal],
        "keeps": "yes" if row.quarantines_returns else "",
        "holds": f"{counted(row.units, 'unit')} in {counted(row.places, 'place')}",
    }
