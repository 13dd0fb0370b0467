"""Rows of laboratories' files that wait for a person."""

from datetime import date
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text
from erp.state.asking import DialogFormState
from erp.state.laboratory.reports import analyte_choices
from erp.state.laboratory.wording import REASON_TONES, REASONS, RECORD, TOPIC, VIEW
from erp.state.listing import ListState
from erp.state.registry import handler


class LabWaitingState(ListState, rx.State):
    """What waits, the oldest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "laboratory.list_waiting"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("patient", "Patient", detail="patient_ids"),
        Column("test", "Test", detail="value"),
        Column("problem", "What to do", detail="label"),
        Column("reason", "Why", Kind.STATUS, labels=REASONS, tones=REASON_TONES, wide_only=True),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("reason", "laboratory_id", "file_id")
    topics: ClassVar[tuple[str, ...]] = (TOPIC,)

    laboratories: list[dict[str, str]] = []
    may_record: bool = False

    async def _reload(self) -> None:
        """Show the list, and what may be done only to those who may do it."""
        self.may_record = (await self._principal()).may(RECORD)
        found = (await self._ask("laboratory.list_laboratories")).rows
        self.laboratories = [{"value": f"{row.id}", "label": row.name} for row in found]
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        born = f"born {_day(row.birth_on)}" if row.birth_on else ""
        about = " \u00b7 ".join(part for part in (row.patient_ids, born, row.sex) if part)
        told = " ".join(part for part in (row.value, row.unit) if part)
        where = f"{row.file_name}, {row.label}"
        return row.model_dump() | {"patient_ids": about, "value": told, "label": where}

    def _aside(self, row: Any) -> dict[str, str]:
        may = "yes" if self.may_record else ""
        return {
            "may_match": may if row.reason == "patient" else "",
            "may_map": may if row.reason in {"test", "unit", "value"} else "",
            "may_discard": may,
            "about_row": f"{row.patient or row.label}: {row.test}".strip(": "),
        }

    @handler(permission=RECORD)
    async def try_again(self) -> EventSpec:
        """Look at everything that waits once more, after something was put right elsewhere."""
        taken = 0
        try:
            for choice in self.laboratories:
                done = await self._run("laboratory.try_rows", {"laboratory_id": choice["value"]})
                taken += done.taken
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._reload()
        return rx.toast.success(f"{counted(taken, 'result')} recorded.")


def _day(text: str) -> str:
    return date_text(date.fromisoformat(text))


class _OnWaiting(DialogFormState, mixin=True):
    """A dialog about a row that waits."""

    permission: ClassVar[str] = RECORD
    subject_field: ClassVar[str] = "row_id"

    async def _done(self, result: Any) -> str:
        page = await self.get_state(LabWaitingState)
        await page._reload()  # noqa: SLF001  sister of this state
        parts = [f"{counted(result.taken, 'result')} recorded."]
        if result.waiting:
            parts.append(f"{counted(result.waiting, 'row waits', 'rows wait')} for something else.")
        return " ".join(parts)


class MatchPatientState(_OnWaiting, rx.State):
    """Says who a patient is."""

    command: ClassVar[str] = "laboratory.match_patient"

    candidates: list[dict[str, str]] = []
    picked: dict[str, str] = {}

    async def _prepare(self) -> None:
        self.picked = {}
        found = await self._ask("laboratory.suggest_patients", {"row_id": self.subject["id"]})
        self.candidates = [
            {
                "id": f"{row.id}",
                "name": row.name,
                "about": f"{row.code}{f', born {_day(row.birth_on)}' if row.birth_on else ''}",
                "why": row.why,
            }
            for row in found.rows
        ]

    @handler(permission=RECORD)
    async def pick(self, patient_id: str) -> None:
        """Choose one of the suggested patients."""
        self.picked = next((row for row in self.candidates if row["id"] == patient_id), {})


class MapTestState(_OnWaiting, rx.State):
    """Says which analyte a test is."""

    command: ClassVar[str] = "laboratory.map_test"

    analytes: list[dict[str, str]] = []
    told: str = ""

    async def _prepare(self) -> None:
        self.analytes = await analyte_choices(self)
        page = await self.get_state(LabWaitingState)
        row = next((row for row in page.rows if row["id"] == self.subject["id"]), {})
        self.told = f"{row.get('test', '')}, told as {row.get('value', '')}".strip(", ")


class DiscardRowState(_OnWaiting, rx.State):
    """Puts a row aside."""

    command: ClassVar[str] = "laboratory.discard_rows"

    def _payload(self, form: Any) -> dict[str, Any]:
        given = dict(super()._payload(form))
        return given | {"row_ids": [given.pop("row_id")]}

    async def _done(self, result: Any) -> str:  # noqa: ARG002  the list shows it
        page = await self.get_state(LabWaitingState)
        await page._reload()  # noqa: SLF001  sister of this state
        return "Discarded."
