"""Reports of laboratories: the list, one of them, and what is typed in or put right."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from erp.core.clock import business_date, utc_now
from erp.core.columns import Column, Kind
from erp.core.formatting import counted, date_text, instant_text, plain_decimal
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.laboratory.wording import (
    FLAG_TONES,
    FLAGS,
    RECORD,
    STATUS_TONES,
    STATUSES,
    TOPIC,
    VIEW,
    span_text,
)
from erp.state.listing import ListState
from erp.state.reading import RecordState

SOURCES = {"csv": "CSV", "hl7": "HL7", "manual": "By hand"}


class LabReportsState(ListState, rx.State):
    """Reports, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "laboratory.list_reports"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("patient", "Patient", sort="patient", detail="patient_code"),
        Column("number", "Report", Kind.CODE, sort="number", detail="laboratory"),
        Column("collected_at", "Sample taken", sort="collected_at", wide_only=True),
        Column("results", "Results", sort="results", wide_only=True),
        Column("status", "Status", Kind.STATUS, sort="status", labels=STATUSES, tones=STATUS_TONES),
    )
    row_link: ClassVar[str] = "/laboratory/reports/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("laboratory_id", "patient_id")
    topics: ClassVar[tuple[str, ...]] = (TOPIC,)

    laboratories: list[dict[str, str]] = []
    may_record: bool = False
    _zone: str = "UTC"

    async def _reload(self) -> None:
        """Show the list with the laboratories it may be narrowed to."""
        found = await self._ask("laboratory.list_laboratories")
        self.laboratories = [{"value": f"{row.id}", "label": row.name} for row in found.rows]
        principal = await self._principal()
        self.may_record, self._zone = principal.may(RECORD), principal.time_zone
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        outside = f", {row.outside} outside" if row.outside else ""
        taken = _taken(row.collected_at, row.is_time_known, self._zone) if row.collected_at else ""
        return row.model_dump() | {
            "results": f"{counted(row.results, 'result')}{outside}",
            "collected_at": taken,
        }


class RecordResultState(DialogFormState, rx.State):
    """Types a result in."""

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "laboratory.record_result"

    laboratories: list[dict[str, str]] = []
    analytes: list[dict[str, str]] = []
    today: str = ""

    async def _prepare(self) -> None:
        found = await self._ask("laboratory.list_laboratories")
        self.laboratories = [
            {"value": f"{row.id}", "label": row.name} for row in found.rows if row.is_active
        ]
        self.analytes = await analyte_choices(self)
        zone = (await self._principal()).time_zone
        self.today = business_date(utc_now(), zone).isoformat()

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self.is_open = False
        return [
            rx.toast.success(f"Recorded in report {result.report_number}."),
            rx.redirect(f"/laboratory/reports/{result.report_id}"),
        ]


async def analyte_choices(state: Any) -> list[dict[str, str]]:
    """Return the analytes in use as choices, each with its unit; none is chosen beforehand."""
    found = await state._ask("laboratory.list_analytes", {"only_active": True})  # noqa: SLF001  the state's own
    known = [
        {"value": f"{row.id}", "label": f"{row.name} ({row.unit or 'words'})"} for row in found.rows
    ]
    return [{"value": "", "label": "Choose an analyte"}, *known]


class LabReportState(RecordState, rx.State):
    """One report: what stands, what stood before, who changed it."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = (TOPIC,)

    results: list[dict[str, str]] = []
    versions: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("laboratory.get_report", {"report_id": record_id})
        zone = principal.time_zone
        may_record = principal.may(RECORD)
        self.results = [_result(row, zone, may_record=may_record) for row in found.results]
        self.versions = [_version(row, zone) for row in found.versions]
        self.head = {
            "id": f"{found.id}",
            "number": found.number,
            "laboratory": found.laboratory,
            "patient": found.patient,
            "patient_code": found.patient_code,
            "told": found.told_patient,
            "trends": f"/laboratory/patients/{found.patient_id}",
            "reported": instant_text(found.reported_at, zone) if found.reported_at else "",
            "may_record": "yes" if may_record else "",
        }


def _result(row: Any, zone: str, *, may_record: bool) -> dict[str, str]:
    stands = row.is_standing and row.status != "withdrawn"
    value = row.text if row.value is None else f"{row.comparator}{plain_decimal(row.value)}"
    told = " ".join(part for part in (row.told_value, row.told_unit) if part)
    shown = f"{value} {row.unit}".strip()
    whose = {"told": "laboratory's", "own": "our own"}.get(row.range_source, "")
    span = span_text(row.low, row.high)
    return {
        "id": f"{row.id}",
        "analyte": row.analyte,
        "panel": row.panel,
        "taken": _taken(row.collected_at, row.is_time_known, zone),
        "value": shown,
        "told": f"told {told}" if told != shown else "",
        "range": f"{span} ({whose})" if span else row.told_range,
        "flag": FLAGS[row.flag] if stands else "",
        "flag_tone": FLAG_TONES[row.flag],
        "status": STATUSES[row.status] if row.is_standing else "Superseded",
        "status_tone": STATUS_TONES[row.status] if row.is_standing else "gray",
        "note": row.note,
        "stands": "yes" if stands else "",
        "may_change": "yes" if stands and may_record else "",
    }


def _taken(at: Any, is_time_known: bool, zone: str) -> str:  # noqa: FBT001  of the row
    text = instant_text(at, zone)
    return text if is_time_known else date_text(business_date(at, zone))


def _version(row: Any, zone: str) -> dict[str, str]:
    came = f" from {row.file_name}" if row.file_name else ""
    what = counted(row.results, "result") if row.results else f"Given to {row.patient}"
    why = f": {row.note}" if row.note else ""
    return {
        "id": f"{row.version}",
        "when": instant_text(row.recorded_at, zone),
        "who": row.recorded_by_name,
        "what": f"Version {row.version}, {SOURCES[row.source]}{came}. {what}{why}",
    }


class _OnReport(DialogFormState, mixin=True):
    """A dialog on the page of a report."""

    permission: ClassVar[str] = RECORD

    async def _done(self, result: Any) -> str:  # noqa: ARG002  the page shows it
        await (await self.get_state(LabReportState))._show()  # noqa: SLF001  sister of this state
        return "The report has a new version."


class CorrectResultState(_OnReport, rx.State):
    """Puts a result right."""

    command: ClassVar[str] = "laboratory.correct_result"
    subject_field: ClassVar[str] = "result_id"


class WithdrawResultState(_OnReport, rx.State):
    """Takes a result back."""

    command: ClassVar[str] = "laboratory.withdraw_result"
    subject_field: ClassVar[str] = "result_id"


class MoveReportState(_OnReport, rx.State):
    """Gives a report to another patient."""

    command: ClassVar[str] = "laboratory.move_report"
    subject_field: ClassVar[str] = "report_id"
