"""A manager's approval at the till: their PIN here, or their answer from elsewhere."""

import contextlib
from collections.abc import AsyncIterator, Callable
from decimal import ROUND_CEILING, Decimal
from typing import Any

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import money_text
from erp.state import live
from erp.state.pos.till import SELL, TillState
from erp.state.registry import handler
from erp.state.session import SessionState, errors_by_field

LEVEL_STEP = Decimal("0.01")
MOST_NAMED = 4
"""Goods of the bill that a manager elsewhere is told."""
Continuation = Callable[[], EventSpec]
_CONTINUATIONS: dict[str, Continuation] = {}


def continue_with(kind: str, event: Continuation) -> None:
    """Say what happens once an approval of this kind is given."""
    _CONTINUATIONS[kind] = event


class ApprovalState(SessionState, rx.State):
    """The dialog that stands between a cashier and what is above their limit.

    The PIN passes through to the command and is kept nowhere.

    Attributes:
        is_elsewhere: The manager is not at hand, and is asked.
        request_id: What waits for an answer; the till goes on by itself once it comes.
    """

    is_open: bool = False
    is_elsewhere: bool = False
    request_id: str = ""
    kind: str = ""
    what: str = ""
    approvers: list[dict[str, str]] = []
    errors: dict[str, str] = {}
    attempt: int = 0
    granted_level: str = "0"

    _origin_id: str = ""
    _level: str = "0"

    async def _request(self, kind: str, origin_id: str, level: Decimal) -> None:
        """Open the dialog for one sale or return."""
        rounded = level.quantize(LEVEL_STEP, ROUND_CEILING)
        found = await self._ask("identity.list_approvers")
        able = [row for row in found.rows if kind != "discount" or row.discount_percent >= rounded]
        self.approvers = [{"value": str(row.id), "label": row.display_name} for row in able]
        self.kind, self._origin_id, self._level = kind, origin_id, str(rounded)
        self.what = _what(kind, rounded)
        self.errors, self.is_open = {}, True
        self.request_id, self.is_elsewhere = "", not self.approvers

    @handler(permission=SELL)
    async def approve(self, form: dict[str, Any]) -> Any:
        """Check the PIN; go on with what was asked for where it is right."""
        if not self.is_open:
            return None
        self.errors = {}
        try:
            answer = await self._run("pos.request_approval", self._wanted(form))
        except ValidationError as error:
            self.errors = _spoken(errors_by_field(error))
        except DomainError as error:
            self.errors = {"pin": error.message}
        else:
            if answer.granted:
                self.is_open, self.granted_level = False, self._level
                return _CONTINUATIONS[self.kind]()
            self.errors = {"pin": answer.message}
        self.attempt += 1
        return None

    @handler(permission=SELL)
    async def turn(self, place: str) -> None:
        """Ask a manager who is here, or one who is elsewhere."""
        self.is_elsewhere, self.errors = place == "elsewhere", {}

    @handler(permission=SELL)
    async def ask(self, form: dict[str, Any]) -> Any:
        """Ask whoever may approve, wherever they are, and wait."""
        if not self.is_open or self.request_id:
            return None
        till = await self.get_state(TillState)
        wanted = {
            "shift_id": till.shift_id,
            "origin_id": self._origin_id,
            "kind": self.kind,
            "level": self._level,
            "reason": f"{form.get('reason') or ''}",
            "about": self._about(till),
        }
        self.errors = {}
        try:
            asked = await self._run("pos.ask_approval", wanted)
        except ValidationError as error:
            self.errors = _spoken(errors_by_field(error))
            return None
        except DomainError as error:
            self.errors = {"reason": error.message}
            return None
        self.request_id = str(asked.id)
        return ApprovalState.wait

    @handler(permission=SELL, background=True)
    async def wait(self) -> AsyncIterator[EventSpec]:
        """Go on as soon as the answer comes."""
        async with self:
            is_waiting = bool(self.request_id)
        if not is_waiting:
            return
        async for _ in live.changes(self, "pos"):
            async with self:
                event = await self._look()
                is_waiting = bool(self.request_id)
            if event is not None:
                yield event
            if not is_waiting:
                return

    async def _look(self) -> EventSpec | None:
        """Read the answer, if there is one; return what happens next."""
        if not self.request_id:
            return None
        try:
            found = await self._ask("pos.get_approval_request", {"request_id": self.request_id})
        except DomainError as error:
            self.request_id, self.errors = "", {"reason": error.message}
            return None
        if found.status == "waiting":
            return None
        self.request_id = ""
        if found.status == "approved":
            self.is_open, self.granted_level = False, self._level
            return _CONTINUATIONS[self.kind]()
        said = f" {found.answer}" if found.answer else ""
        self.errors = {"reason": f"{found.decided_by or 'Nobody'} refused.{said}"}
        return None

    def _about(self, till: TillState) -> str:
        if self.kind == "return":
            return self.what
        goods = ", ".join(str(line["label"]) for line in till.lines[:MOST_NAMED])
        return f"{till.register_name}: {till.totals.get('total', '')}, {till.customer['name']}, {goods}"

    @handler(permission=SELL)
    async def cancel(self) -> None:
        """Close the dialog; nothing is approved, and what waits is withdrawn."""
        self.is_open = False
        request_id, self.request_id = self.request_id, ""
        if request_id:
            with contextlib.suppress(DomainError):
                await self._run("pos.withdraw_approval", {"request_id": request_id})

    def _wanted(self, form: dict[str, Any]) -> dict[str, Any]:
        given = {key: f"{form.get(key) or ''}" for key in ("approver_id", "pin", "reason")}
        return given | {"origin_id": self._origin_id, "kind": self.kind, "level": self._level}


def _what(kind: str, level: Decimal) -> str:
    if kind == "return":
        return f"A return of {money_text(level)} is above your limit."
    return f"A discount of {level.normalize():f}% is above the ceiling."


def _spoken(fields: dict[str, str]) -> dict[str, str]:
    """Say it as a person would: all three are needed."""
    texts = {
        "approver_id": "Choose who approves.",
        "pin": "Type the PIN.",
        "reason": "Say why, in a few words.",
    }
    return {name: texts.get(name, message) for name, message in fields.items()}
