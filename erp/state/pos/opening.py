"""Coming to the till: choose a register, join its shift or open one with a counted float."""

from collections.abc import Mapping
from typing import Any

import reflex as rx
from pydantic import ValidationError

from erp.core.errors import DomainError
from erp.core.formatting import instant_text, money_text
from erp.services import identity
from erp.state.pos.till import SELL, TillState
from erp.state.registry import handler
from erp.state.session import SessionState, errors_by_field, new_form_key


class OpeningState(SessionState, rx.State):
    """The registers of the branch and the form that opens a shift."""

    registers: list[dict[str, str]] = []
    chosen: str = ""
    chosen_name: str = ""
    float_left: str = ""
    open_by: str = ""
    errors: dict[str, str] = {}
    problem: str = ""
    needs_reason: bool = False
    is_busy: bool = False

    _key: str = ""

    @handler(permission=SELL)
    async def open_till(self) -> None:
        """Go on with the shift that is worked on, or offer to open one."""
        principal = await self._principal()
        rows = await self._load(principal)
        till = await self.get_state(TillState)
        till.may_move_cash = principal.may("pos.cash")
        till.may_return = principal.may("pos.return")
        till.may_arrange = principal.may("pos.arrange")
        own = [row for row in rows if str(row.shift_id) == till.shift_id] if till.shift_id else []
        own += [row for row in rows if row.shift_id and row.opened_by == principal.display_name]
        if own:
            await self._enter(till, own[0], principal.time_zone)
        else:
            till.stage, till.shift_id = "opening", ""

    @handler(permission=SELL)
    async def look_again(self) -> None:
        """Look which registers are open by now."""
        await self._load(await self._principal())

    @handler(permission=SELL)
    async def choose(self, register_id: str) -> None:
        """Choose a register to open a shift on, or to join its shift."""
        row = next((row for row in self.registers if row["id"] == register_id), None)
        if row is not None:
            self._offer(row)

    @handler(permission=SELL)
    async def join(self) -> None:
        """Work on the open shift of the chosen register."""
        await self._join()

    @handler(permission=SELL)
    async def open_shift(self, form: dict[str, Any]) -> Any:
        """Open a shift with the float that was counted."""
        self.errors, self.problem, self.is_busy = {}, "", True
        yield
        try:
            await self._run("pos.open_shift", self._wanted(form))
        except ValidationError:
            self.errors = {"opening_float": "Count the drawer: an amount such as 1000 or 985.50."}
        except DomainError as error:
            self.errors, self.problem = errors_by_field(error), error.message
            self.needs_reason = self.needs_reason or error.code == "reason_required"
            self._key = new_form_key()
        else:
            await self._join()
        finally:
            self.is_busy = False

    @handler(permission=SELL)
    async def leave(self) -> None:
        """Go back to the choice of registers; shift and cart stay."""
        till = await self.get_state(TillState)
        await self._load(await self._principal())
        till.stage, till.shift_id = "opening", ""

    async def _join(self) -> None:
        principal = await self._principal()
        rows = await self._load(principal)
        till = await self.get_state(TillState)
        found = [row for row in rows if str(row.id) == self.chosen and row.shift_id]
        if found:
            await self._enter(till, found[0], principal.time_zone)

    def _wanted(self, form: Mapping[str, Any]) -> dict[str, Any]:
        given = {key: form.get(key) or "" for key in ("opening_float", "reason")}
        return given | {"register_id": self.chosen, "idempotency_key": self._key}

    async def _load(self, principal: identity.Principal) -> list[Any]:
        found = await self._ask("pos.list_registers")
        self.registers = [_shown(row, principal.time_zone) for row in found.rows]
        kept = [row for row in self.registers if row["id"] == self.chosen]
        if self.registers:
            self._offer((kept or self.registers)[0])
        return list(found.rows)

    def _offer(self, row: dict[str, str]) -> None:
        self.chosen, self.chosen_name = row["id"], row["name"]
        self.float_left, self.open_by = row["float_left"], row["open_by"]
        self.errors, self.problem, self.needs_reason = {}, "", False
        self._key = new_form_key()

    async def _enter(self, till: TillState, row: Any, time_zone: str) -> None:
        till.shift_id, till.register_id = str(row.shift_id), str(row.id)
        till.register_name, till.location_id = row.name, str(row.location_id)
        till.opened = f"since {instant_text(row.opened_at, time_zone)[-5:]}"
        cart = till._cart()
        if cart.is_begun:
            await till._adopt(cart.model_copy(update={"shift_id": row.shift_id}))
        else:
            await till._renew()
        till.stage = "selling"


def _shown(row: Any, time_zone: str) -> dict[str, str]:
    since = instant_text(row.opened_at, time_zone) if row.opened_at else ""
    return {
        "id": str(row.id),
        "name": row.name,
        "code": row.code,
        "float_left": money_text(row.float_left) if row.float_left is not None else "",
        "open_by": _since(row, since) if row.shift_id else "",
    }


def _since(row: Any, instant: str) -> str:
    return f"Open since {instant}" + (f" by {row.opened_by}" if row.opened_by else "")
