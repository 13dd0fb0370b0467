"""The tills of the company: set up, named anew, taken out of use."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.core.formatting import instant_text
from erp.state.asking import DialogFormState
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState
from erp.state.submitting import is_ticked

MANAGE = "pos.manage"


class RegistersState(SessionState, rx.State):
    """Every till, those out of use too."""

    permission: ClassVar[str] = MANAGE

    is_loading: bool = True
    registers: list[dict[str, str]] = []

    @handler(permission=PAGE)
    async def open_registers(self) -> None:
        """Show every till."""
        await self._show()

    async def _show(self) -> None:
        principal = await self._principal()
        rows = (await self._ask("pos.list_registers", {"is_everywhere": True})).rows
        self.registers = [_register(row, principal.time_zone) for row in rows]
        self.is_loading = False


class NewRegisterState(DialogFormState, rx.State):
    """Sets up a till."""

    permission: ClassVar[str] = MANAGE
    command: ClassVar[str] = "pos.create_register"
    done_words: ClassVar[str] = "The till is set up. Whoever sells at its branch can open a shift."

    places: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        found = await self._ask("inventory.list_locations", {"kind": "storage"})
        self.places = [
            {"value": str(row.id), "label": f"{row.name}, {row.branch}"} for row in found.rows
        ]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        code = f"{given.get('code', '')}".strip().upper()
        return given | ({"code": code} if code else {})

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(RegistersState))._show()


class ChangeRegisterState(DialogFormState, rx.State):
    """Names a till anew, takes it out of use, or uses it again."""

    permission: ClassVar[str] = MANAGE
    command: ClassVar[str] = "pos.change_register"
    subject_field: ClassVar[str] = "register_id"

    now: dict[str, str] = {}

    async def _prepare(self) -> None:
        rows = (await self.get_state(RegistersState)).registers
        self.now = next((row for row in rows if row["id"] == self.subject["id"]), {})

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"is_active": is_ticked(form.get("is_active"))}

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(RegistersState))._show()


def _register(row: Any, time_zone: str) -> dict[str, str]:
    since = instant_text(row.opened_at, time_zone) if row.opened_at else ""
    by = f" by {row.opened_by}" if row.opened_by else ""
    return {
        "id": str(row.id),
        "code": row.code,
        "name": row.name,
        "branch": row.branch,
        "place": row.place,
        "is_active": "yes" if row.is_active else "",
        "shift": f"Open since {since}{by}" if row.shift_id else "",
        "shift_id": str(row.shift_id or ""),
    }
