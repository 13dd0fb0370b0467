"""A device's webhook: its address, its calls, opening, renewing and closing it."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import instant_text
from erp.core.settings import get_settings
from erp.services import identity, imaging
from erp.state.asking import DialogFormState
from erp.state.imaging.devices import OPERATE, VIEW
from erp.state.issuing import show_secret
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler

CALL_WORDS = {"received": "Taken", "done": "Done", "refused": "Refused"}
PATH = "/api/imaging/sessions/{study UID}/complete"


class DeviceHookState(RecordState, rx.State):
    """The webhook of the device that the address names."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("imaging",)

    calls: list[dict[str, str]] = []
    is_asking: bool = False

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("imaging.get_hook", {"device_id": record_id})
        self.head = {
            "is_open": "yes" if found.is_open else "",
            "address": address_of(found.id) if found.is_open else "",
            "secret": f"Secret {found.secret_version}",
        }
        self.calls = [_call(row, principal.time_zone) for row in found.calls]

    @handler(permission=OPERATE)
    async def ask_close(self) -> None:
        """Ask before the webhook is closed."""
        self.is_asking = True

    @handler(permission=PAGE)
    async def keep(self) -> None:
        """Close the question."""
        self.is_asking = False

    @handler(permission=OPERATE)
    async def close(self) -> EventSpec:
        """Take no calls any more."""
        self.is_asking = False
        device_id = self.router.url.path.rstrip("/").rpartition("/")[2]
        try:
            await self._run("imaging.close_hook", {"device_id": device_id})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._show()
        return rx.toast.success("Closed. Calls are refused from now on.")


class OpenHookState(DialogFormState, rx.State):
    """Opens the webhook, or gives it a new secret, shown once and held in no var."""

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "imaging.open_hook"
    subject_field: ClassVar[str] = "device_id"

    is_issued: bool = False
    address: str = ""

    async def _prepare(self) -> None:
        self.is_issued = False

    async def _succeeded(self, result: imaging.HookSecret) -> Sequence[EventSpec]:
        self.is_issued, self.address = True, address_of(result.id)
        page = await self.get_state(DeviceHookState)
        await page._show()  # noqa: SLF001  sister of this state
        return [show_secret(result.secret)]


def address_of(hook_id: UUID) -> str:
    """Return where another program calls; the study stands in the path."""
    return f"{get_settings().public_url}{PATH}?hook={hook_id}"


def _call(row: Any, zone: str) -> dict[str, str]:
    words = CALL_WORDS[row.status]
    return {
        "id": str(row.id),
        "what": f"{words}: {row.reason}" if row.reason else words,
        "when": instant_text(row.received_at, zone),
        "who": row.subject,
    }
