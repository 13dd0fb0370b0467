"""Devices: what they say of themselves, registering one, showing its password once."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted
from erp.services import imaging
from erp.state.asking import DialogFormState
from erp.state.imaging.wording import DEVICE_LABELS, DEVICE_TONES
from erp.state.issuing import show_secret
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.session import new_form_key

VIEW = "imaging.view"
OPERATE = "imaging.operate"


class DeviceListState(ListState, rx.State):
    """Active devices by site and code."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "imaging.list_devices"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", "Device", detail="topic"),
        Column("model", "Model", detail="serial", wide_only=True),
        Column("backlog", "Still to send", Kind.COUNT, wide_only=True),
        Column(
            "clock",
            "Clock",
            tone="is_clock_off",
            tones={"True": "amber", "False": ""},
            wide_only=True,
        ),
        Column("last_seen_at", "Last heard", Kind.INSTANT, wide_only=True),
        Column("standing", "State", Kind.STATUS, labels=DEVICE_LABELS, tones=DEVICE_TONES),
    )
    row_link: ClassVar[str] = "/imaging/devices/{id}"
    topics: ClassVar[tuple[str, ...]] = ("imaging",)

    may_operate: bool = False
    asked_id: str = ""
    asked_name: str = ""
    is_asking: bool = False

    def _aside(self, row: Any) -> dict[str, str]:
        return {"way": row.kind}

    async def _reload(self) -> None:
        """Show the list, and what may be done only to those who may do it."""
        self.may_operate = (await self._principal()).may(OPERATE)
        await super()._reload()

    @handler(permission=OPERATE)
    async def ask_retire(self, device_id: str, name: str) -> None:
        """Ask before a device is retired."""
        self.asked_id, self.asked_name = f"{device_id}", f"{name}"[:120]
        self.is_asking = True

    @handler(permission=OPERATE)
    async def keep(self) -> None:
        """Close the question."""
        self.is_asking = False

    @handler(permission=OPERATE)
    async def retire(self) -> EventSpec:
        """Let the device speak no more."""
        self.is_asking = False
        try:
            done = await self._run("imaging.retire_device", {"device_id": self.asked_id})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._reload()
        planned = f" {counted(done.planned, 'examination')} may be done on any device now."
        return rx.toast.success(f"Device retired.{planned if done.planned else ''}")


class RegisterDeviceState(DialogFormState, rx.State):
    """Registers a device, or renews its password, and shows that once.

    The password goes to the browser's page and into no var, so that no store of states
    holds it.
    """

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "imaging.register_device"

    is_issued: bool = False
    user: str = ""
    branches: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        self.is_issued = False
        found = await self._ask("identity.list_branches")
        own = (await self._principal()).branch_id
        rows = sorted(found.rows, key=lambda branch: branch.id != own)
        self.branches = [
            {"value": str(branch.id), "label": f"{branch.code} · {branch.name}"} for branch in rows
        ]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = {key: value for key, value in form.items() if value not in ("", None)}
        return given | ({"code": f"{given['code']}".strip()} if "code" in given else {})

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        page = await self.get_state(DeviceListState)
        await page._reload()  # noqa: SLF001  sister of this state
        return [self._show_password(result)]

    def _show_password(self, result: imaging.DeviceCredential) -> EventSpec:
        self.is_issued, self.user, self.is_open = True, result.user, True
        return show_secret(result.password)

    @handler(permission=PAGE)
    async def renew(self, device_id: str) -> EventSpec:
        """Give a device a new password and show it once."""
        given = {"device_id": f"{device_id}", "idempotency_key": new_form_key()}
        try:
            result = await self._run("imaging.renew_credential", given)
        except DomainError as error:
            return rx.toast.error(error.message)
        return self._show_password(result)
