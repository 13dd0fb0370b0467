"""A person's own password and PIN."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.state.registry import SIGNED_IN
from erp.state.submitting import FormState


class OwnPasswordState(FormState, rx.State):
    """Changes one's own password; every session ends with it."""

    permission: ClassVar[str] = SIGNED_IN
    command: ClassVar[str] = "identity.change_password"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        given.pop("repeated", None)
        return given

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        if not result.changed:
            self.field_errors = {"current_password": result.message}
            return []
        return [
            rx.toast.success("Password changed. Sign in again with the new one."),
            rx.call_script("window.location.assign('/sign-in')"),
        ]


class OwnPinState(FormState, rx.State):
    """Sets one's own PIN for approvals."""

    permission: ClassVar[str] = SIGNED_IN
    command: ClassVar[str] = "identity.set_pin"

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:  # noqa: ARG002  nothing to show of it
        return [rx.toast.success("PIN set.")]
