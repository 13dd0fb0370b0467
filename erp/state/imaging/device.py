"""One device: how it is, its account and topics, its history, its maintenance."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

import plotly.graph_objects as go
import reflex as rx
from reflex.event import EventSpec

from erp.core.formatting import date_text, group_count, instant_text
from erp.services import identity, imaging
from erp.state.asking import DialogFormState
from erp.state.imaging.device_drawing import (
    clock_chart,
    day_rows,
    objects_chart,
    sessions_chart,
    span_rows,
    standing_chart,
)
from erp.state.imaging.devices import OPERATE, VIEW
from erp.state.imaging.wording import DEVICE_LABELS, DEVICE_TONES
from erp.state.issuing import show_secret
from erp.state.reading import RecordState
from erp.state.showing import NOTHING

SERVICES = {
    "send": "send objects",
    "search": "search",
    "fetch": "fetch objects",
    "worklist": "read the worklist",
}
"""What a DICOM peer may do, in words."""
WAYS = {"dicom": "DICOM peer", "upload": "Uploads of a branch", "dicomweb": "DICOMweb of a branch"}


COMMAND_WORDS = {
    "repeat": "Take it again",
    "withdraw_repeat": "Do not take it again",
    "send_events": "Say again what never came",
}
TOLD_WORDS = {
    "answered": "answered",
    "waiting": "waits for the broker",
    "sent": "not answered yet",
    "expired": "expired without an answer",
}


class DeviceState(RecordState, rx.State):
    """The device that the address names."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("imaging",)

    chart: go.Figure = go.Figure()
    has_objects: bool = False
    stood: go.Figure = go.Figure()
    has_stood: bool = False
    clock: go.Figure = go.Figure()
    has_clock: bool = False
    sessions: go.Figure = go.Figure()
    has_sessions: bool = False
    days: list[dict[str, str]] = []
    spans: list[dict[str, str]] = []
    writes: list[str] = []
    reads: list[str] = []
    firmwares: list[dict[str, str]] = []
    maintenances: list[dict[str, str]] = []
    told: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("imaging.get_device", {"device_id": record_id})
        zone = principal.time_zone
        self.head = _head(found, principal)
        self.chart, self.has_objects = objects_chart(found.days), found.objects > 0
        await self._load_history(record_id, found, zone)
        self.writes, self.reads = found.writes, found.reads
        self.firmwares = [
            {
                "id": str(row.id),
                "what": row.firmware,
                "when": instant_text(row.seen_at, zone),
                "who": "first said",
            }
            for row in found.firmwares
        ]
        self.maintenances = [
            {
                "id": str(row.id),
                "what": row.note,
                "when": date_text(row.done_on),
                "who": row.recorded_name,
            }
            for row in found.maintenances
        ]

        self.told = [
            {
                "id": str(row.id),
                "what": _command_words(row),
                "when": instant_text(row.told_at, zone),
                "who": row.answer[:80] or TOLD_WORDS[row.standing],
            }
            for row in found.told
        ]

    async def _load_history(self, record_id: UUID, found: Any, zone: str) -> None:
        """Fill what a device's days were."""
        told = await self._ask("imaging.get_device_history", {"device_id": record_id})
        self.stood, self.has_stood = standing_chart(told.days), bool(told.spans)
        self.clock = clock_chart(told.clock, found.clock_warn_seconds, zone)
        self.has_clock = bool(told.clock)
        self.sessions = sessions_chart(told.days)
        self.has_sessions = any(day.sessions for day in told.days)
        self.days, self.spans = day_rows(found.days, told.days), span_rows(told.spans, zone)


class _DeviceDialog(DialogFormState, mixin=True):
    """A dialog about the device of the page."""

    permission: ClassVar[str] = OPERATE
    subject_field: ClassVar[str] = "device_id"

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(DeviceState)
        await page._show()  # noqa: SLF001  sister of this state


class MaintenanceState(_DeviceDialog, rx.State):
    """Writes a maintenance down."""

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "imaging.record_maintenance"
    done_words: ClassVar[str] = "Maintenance recorded."


class CareState(_DeviceDialog, rx.State):
    """Says what of the device is watched."""

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "imaging.set_device_care"
    done_words: ClassVar[str] = "What is watched has changed."


class ChangeDeviceState(_DeviceDialog, rx.State):
    """Corrects what the device is called and what it is."""

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "imaging.change_device"
    done_words: ClassVar[str] = "Device changed."


class NewPasswordState(DialogFormState, rx.State):
    """Gives the device a new password, shown once and held in no var."""

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "imaging.renew_credential"
    subject_field: ClassVar[str] = "device_id"

    is_issued: bool = False

    async def _prepare(self) -> None:
        self.is_issued = False

    async def _succeeded(self, result: imaging.DeviceCredential) -> Sequence[EventSpec]:
        self.is_issued = True
        page = await self.get_state(DeviceState)
        await page._show()  # noqa: SLF001  sister of this state
        return [show_secret(result.password)]


def _standing(found: Any) -> str:
    """Return how a device stands; ways in that say nothing of themselves stand nowhere."""
    if not found.is_active:
        return "Retired"
    if found.kind != "mqtt":
        return ""
    return DEVICE_LABELS.get(found.standing) or str(found.standing).capitalize()


def _head(found: Any, principal: identity.Principal) -> dict[str, str]:
    zone = principal.time_zone
    percent = f"{100 * found.errors / found.objects:.1f}%" if found.objects else NOTHING
    due = found.maintenance_due_on
    return {
        "id": str(found.id),
        "name": found.name,
        "user": found.user,
        "kind": found.kind,
        "topic": found.user if found.kind == "mqtt" else WAYS.get(found.kind, ""),
        "ae_title": found.ae_title,
        "called": ", ".join(found.called),
        "address": found.address,
        "services": ", ".join(SERVICES[name] for name in found.services),
        "modality": found.modality,
        "model": found.model,
        "serial": found.serial,
        "standing": _standing(found),
        "tone": DEVICE_TONES.get(found.standing, "gray") if found.is_active else "gray",
        "is_silent": "yes" if found.standing == "silent" and found.is_active else "",
        "last_seen": instant_text(found.last_seen_at, zone) if found.last_seen_at else NOTHING,
        "last_object": instant_text(found.last_object_at, zone)
        if found.last_object_at
        else NOTHING,
        "backlog": group_count(found.backlog),
        "clock": imaging.clock_text(found.clock_skew_ms) or NOTHING,
        "clock_tone": "amber" if found.is_clock_off else "",
        "firmware": found.firmware,
        "free": f"{group_count(found.free_mb)} MB" if found.free_mb is not None else "",
        "credential": f"Password {found.credential_version}",
        "sessions": group_count(found.sessions),
        "open_sessions": f"{group_count(found.open_sessions)} open",
        "objects": group_count(found.objects),
        "errors": group_count(found.errors),
        "error_rate": percent,
        "error_tone": "amber" if found.errors else "",
        "due": date_text(due) if due else "None planned",
        "due_tone": "red" if found.is_maintenance_due else "",
        "maintained": date_text(found.maintained_on) if found.maintained_on else "Never recorded",
        "clock_warn_seconds": f"{found.clock_warn_seconds}",
        "takeovers": _takeovers(found, zone),
        "silent_after_minutes": f"{found.silent_after_minutes}",
        "maintenance_days": f"{found.maintenance_days or ''}",
        "may_operate": "yes" if principal.may(OPERATE) and found.is_active else "",
    }


def _takeovers(found: Any, zone: str) -> str:
    if not found.is_taken_over:
        return ""
    times = "Once" if found.takeovers == 1 else f"{group_count(found.takeovers)} times"
    return f"{times}, last {instant_text(found.taken_over_at, zone)}"


def _command_words(row: Any) -> str:
    words = COMMAND_WORDS.get(row.command, row.command)
    return f"{words}: {row.session_number}" if row.session_number else words
