"""The worklist: planned examinations, as modalities will see them."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.clock import business_date, utc_now
from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.state.asking import DialogFormState
from erp.state.listing import ListState
from erp.state.registry import handler
from erp.state.session import new_form_key

VIEW = "imaging.view"
OPERATE = "imaging.operate"
LABELS = {
    "scheduled": "Scheduled",
    "started": "Images came",
    "done": "Done",
    "cancelled": "Cancelled",
}
TONES = {"scheduled": "blue", "started": "amber", "done": "green", "cancelled": "gray"}


class WorklistState(ListState, rx.State):
    """Planned examinations, the latest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "imaging.list_orders"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("patient", "Patient", detail="patient_code"),
        Column("procedure", "Examination", sort="procedure", detail="modality"),
        Column("scheduled_at", "When", Kind.INSTANT, sort="scheduled_at", detail="accession"),
        Column(
            "status",
            "Status",
            Kind.STATUS,
            sort="status",
            labels=LABELS,
            tones=TONES,
            detail="kind",
        ),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("status",)
    topics: ClassVar[tuple[str, ...]] = ("imaging",)

    may_operate: bool = False

    async def _reload(self) -> None:
        """Show the list, and what may be done only to those who may do it."""
        self.may_operate = (await self._principal()).may(OPERATE)
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        where = " · ".join(part for part in (row.modality, row.device or "Any device") if part)
        return row.model_dump() | {"modality": where}

    def _aside(self, row: Any) -> dict[str, str]:
        return {
            "may_cancel": "yes" if self.may_operate and row.status == "scheduled" else "",
            "link": f"/imaging/sessions/{row.session_id}" if row.session_id else "",
        }

    @handler(permission=OPERATE)
    async def cancel(self, order_id: str) -> EventSpec:
        """Take an examination off the worklist."""
        given = {"order_id": f"{order_id}", "idempotency_key": new_form_key()}
        try:
            await self._run("imaging.cancel_order", given)
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._reload()
        return rx.toast.success("Taken off the worklist.")


class ScheduleState(DialogFormState, rx.State):
    """Puts an examination on the worklist."""

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "imaging.schedule_order"

    devices: list[dict[str, str]] = []
    today: str = ""

    async def _prepare(self) -> None:
        found = await self._ask("imaging.list_devices")
        own = [row for row in found.rows if row.kind in {"mqtt", "dicom"}]
        rows = [{"value": f"{row.id}", "label": f"{row.name} ({row.topic})"} for row in own]
        self.devices = [{"value": "", "label": "Any device of the branch"}, *rows]
        zone = (await self._principal()).time_zone
        self.today = business_date(utc_now(), zone).isoformat()

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = {key: value for key, value in form.items() if value not in ("", None)}
        if "modality" in given:
            given["modality"] = f"{given['modality']}".strip().upper()
        return given | {"is_priority": "is_priority" in given}

    async def _done(self, result: Any) -> str:
        page = await self.get_state(WorklistState)
        await page._reload()  # noqa: SLF001  sister of this state
        return f"{result.accession} is on the worklist."
