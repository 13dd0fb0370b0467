"""Warehouses and how each is run."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
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
        closed: How many places are closed, in words. with_closed: they are shown too.
    """

    permission: ClassVar[str] = VIEW

    is_loading: bool = True
    may_plan: bool = False
    may_build: bool = False
    closed: str = ""
    with_closed: bool = False
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
        count = sum(place.is_closed for row in rows for place in row.tree)
        self.closed = counted(count, "closed place") if count else ""
        self.with_closed = self.with_closed and bool(count)
        self.warehouses = [_warehouse(row) for row in rows if self.with_closed or not row.is_closed]
        self.places = {
            str(row.id): [
                _place(place) for place in row.tree if self.with_closed or not place.is_closed
            ]
            for row in rows
        }
        self.is_loading = False

    @handler(permission=PAGE)
    async def show_closed(self) -> None:
        """Show closed places too; once more hides them again."""
        self.with_closed = not self.with_closed
        await self._show()

    @handler(permission=BUILD)
    async def reopen(self, place_id: str) -> EventSpec:
        """Use a place again."""
        return await self._reopened("inventory.reopen_location", {"location_id": place_id})

    @handler(permission=BUILD)
    async def reopen_warehouse(self, warehouse_id: str) -> EventSpec:
        """Use every place of a warehouse again."""
        return await self._reopened("inventory.reopen_warehouse", {"warehouse_id": warehouse_id})

    async def _reopened(self, command: str, about: Mapping[str, Any]) -> EventSpec:
        try:
            done = await self._run(command, about)
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._show()
        return rx.toast.success(f"Open again: {counted(done.places, 'place')}.")


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


class ChangeWarehouseState(DialogFormState, rx.State):
    """Names a warehouse anew."""

    permission: ClassVar[str] = BUILD
    command: ClassVar[str] = "inventory.change_warehouse"
    subject_field: ClassVar[str] = "warehouse_id"
    done_words: ClassVar[str] = "Named anew. Papers of before keep the old name."

    now: dict[str, str] = {}

    async def _prepare(self) -> None:
        rows = (await self.get_state(WarehousesState)).warehouses
        self.now = next((row for row in rows if row["id"] == self.subject["id"]), {})

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return _with_code(super()._payload(form))

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(WarehousesState))._show()


class ChangePlaceState(DialogFormState, rx.State):
    """Names a place anew, or moves it in the tree."""

    permission: ClassVar[str] = BUILD
    command: ClassVar[str] = "inventory.change_location"
    subject_field: ClassVar[str] = "location_id"

    now: dict[str, str] = {}
    within: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        houses = (await self.get_state(WarehousesState)).places.values()
        known = next((x for x in houses if any(p["id"] == self.subject["id"] for p in x)), [])
        self.now = next((place for place in known if place["id"] == self.subject["id"]), {})
        others = [
            {"value": place["id"], "label": place["name"]}
            for place in known
            if place["id"] != self.subject["id"] and place["kind"] == self.now["kind"]
        ]
        self.within = [{"value": "", "label": "Nothing: beside the others"}, *others]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        return _with_code(super()._payload(form))

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(WarehousesState))._show()


class ClosePlaceState(DialogFormState, rx.State):
    """Closes a place with its parts."""

    permission: ClassVar[str] = BUILD
    command: ClassVar[str] = "inventory.close_location"
    subject_field: ClassVar[str] = "location_id"
    done_words: ClassVar[str] = "Closed. Nothing is moved into it until it is opened again."

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(WarehousesState))._show()


class CloseWarehouseState(DialogFormState, rx.State):
    """Closes every place of a warehouse."""

    permission: ClassVar[str] = BUILD
    command: ClassVar[str] = "inventory.close_warehouse"
    subject_field: ClassVar[str] = "warehouse_id"
    done_words: ClassVar[str] = "Closed. Nothing is moved into it until it is opened again."

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
        "parent_id": str(row.parent_id or ""),
        "is_closed": "yes" if row.is_closed else "",
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
        "is_closed": "yes" if row.is_closed else "",
        "keeps": "yes" if row.quarantines_returns else "",
        "holds": f"{counted(row.units, 'unit')} in {counted(row.places, 'place')}",
    }
