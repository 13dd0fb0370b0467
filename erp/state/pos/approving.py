"""A manager's approval at the till: who, their PIN, and why."""

from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal
from typing import Any

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import money_text
from erp.state.pos.till import SELL
from erp.state.registry import handler
from erp.state.session import SessionState, errors_by_field

LEVEL_STEP = Decimal("0.01")
Continuation = Callable[[], EventSpec]
_CONTINUATIONS: dict[str, Continuation] = {}


def continue_with(kind: str, event: Continuation) -> None:
    """Say what happens once an approval of this kind is given."""
    _CONTINUATIONS[kind] = event


class ApprovalState(SessionState, rx.State):
    """The dialog that stands between a cashier and what is above their limit.

    The PIN passes through to the command and is kept nowhere.
    """

    is_open: bool = False
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
    async def cancel(self) -> None:
        """Close the dialog; nothing is approved."""
        self.is_open = False

    def _wanted(self, form: dict[str, Any]) -> dict[str, Any]:
        given = {key: f"{form.get(key) or ''}" for key in ("approver_id", "pin", "reason")}
        return given | {"origin_id": self._origin_id, "kind": self.kind, "level": self._level}


def _what(kind: str, level: Decimal) -> str:
    if kind == "return":
        return f"A return of {money_text(level)} is above your limit."
    return f"A discount of {level.normalize():f}% is above your ceiling."


def _spoken(fields: dict[str, str]) -> dict[str, str]:
    """Say it as a person would: all three are needed."""
    texts = {
        "approver_id": "Choose who approves.",
        "pin": "Type the PIN.",
        "reason": "Say why, in a few words.",
    }
    return {name: texts.get(name, message) for name, message in fields.items()}
