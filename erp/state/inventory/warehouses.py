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
REMOVALS: Mapping[str, str] = {
    "fefo": "First to expire",
    "fifo": "First that came",
    "lifo": "Last that came",
    "explicit": "Only the lot that is named",
}


class WarehousesState(SessionState, rx.State):
    """The company's warehouses."""

    permission: ClassVar[str] = VIEW

    is_loading: bool = True
    may_plan: bool = False
    warehouses: list[dict[str, str]] = []

    @handler(permission=PAGE)
    async def open_warehouses(self) -> None:
        """Show every warehouse with its rules."""
        await self._show()

    async def _show(self) -> None:
        self.may_plan = (await self._principal()).may(PLAN)
        rows = (await self._ask("inventory.list_warehouses")).rows
        self.warehouses = [_warehouse(row) for row in rows]
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
