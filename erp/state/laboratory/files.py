"""Laboratories and their files: sent, looked at, taken in."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, group_count
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.laboratory.wording import MANAGE, REASONS, RECORD, TOPIC, VIEW
from erp.state.listing import ListState
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.submitting import is_ticked

STANDINGS = {"new": "Not taken in", "waiting": "Waits", "done": "Done"}
STANDING_TONES = {"new": "blue", "waiting": "amber", "done": "green"}


class LabFilesState(ListState, rx.State):
    """Files that came, and the laboratories they come from."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "laboratory.list_files"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("file_name", "File", detail="laboratory"),
        Column("uploaded_at", "Came", Kind.INSTANT, detail="uploaded_by_name", wide_only=True),
        Column("taken", "Results", wide_only=True),
        Column("standing", "Standing", Kind.STATUS, labels=STANDINGS, tones=STANDING_TONES),
    )
    row_link: ClassVar[str] = "/laboratory/files/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("laboratory_id",)
    topics: ClassVar[tuple[str, ...]] = (TOPIC,)

    laboratories: list[dict[str, str]] = []
    choices: list[dict[str, str]] = []
    chosen: str = ""
    may_record: bool = False
    may_manage: bool = False

    async def _reload(self) -> None:
        """Show the files, the laboratories, and what may be done to those who may do it."""
        principal = await self._principal()
        self.may_record, self.may_manage = principal.may(RECORD), principal.may(MANAGE)
        found = (await self._ask("laboratory.list_laboratories")).rows
        self.laboratories = [_laboratory(row) for row in found]
        active = [row for row in found if row.is_active]
        self.choices = [{"value": f"{row.id}", "label": row.name} for row in active]
        if self.chosen not in {choice["value"] for choice in self.choices}:
            self.chosen = self.choices[0]["value"] if self.choices else ""
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        waits = f", {row.waiting} wait" if row.waiting else ""
        found = f"{counted(row.taken, 'result')}{waits}" if row.imported_at else ""
        return row.model_dump() | {"taken": found}

    @handler(permission=RECORD)
    async def choose(self, laboratory_id: str) -> None:
        """Choose whose file comes next."""
        if laboratory_id in {choice["value"] for choice in self.choices}:
            self.chosen = laboratory_id

    @handler(permission=RECORD)
    async def uploaded(self, file_id: str, known: str) -> list[EventSpec]:
        """Look at the file that was sent."""
        told = [rx.toast.info("This file was here already.")] if known else []
        return [*told, rx.redirect(f"/laboratory/files/{file_id}")]


def _laboratory(row: Any) -> dict[str, str]:
    return {
        "id": f"{row.id}",
        "name": row.name,
        "facility": row.facility,
        "about": " \u00b7 ".join(
            part
            for part in (
                counted(row.reports, "report"),
                f"HL7: {row.facility}" if row.facility else "",
                "" if row.is_active else "no more files",
            )
            if part
        ),
        "waiting": group_count(row.waiting) if row.waiting else "",
        "is_active": "yes" if row.is_active else "",
    }


class OpenLaboratoryState(DialogFormState, rx.State):
    """Adds a laboratory."""

    permission: ClassVar[str] = MANAGE
    command: ClassVar[str] = "laboratory.open_laboratory"

    async def _done(self, result: Any) -> str:
        page = await self.get_state(LabFilesState)
        page.chosen = f"{result.id}"
        await page._reload()  # noqa: SLF001  sister of this state
        return "Added. Send its first file."


class ChangeLaboratoryState(DialogFormState, rx.State):
    """Changes a laboratory."""

    permission: ClassVar[str] = MANAGE
    command: ClassVar[str] = "laboratory.change_laboratory"
    subject_field: ClassVar[str] = "laboratory_id"

    kept: dict[str, str] = {}

    async def _prepare(self) -> None:
        page = await self.get_state(LabFilesState)
        known = {row["id"]: row for row in page.laboratories}
        self.kept = known.get(self.subject.get("id", ""), {})

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"is_active": is_ticked(form.get("is_active"))}

    async def _done(self, result: Any) -> str:  # noqa: ARG002  the page shows it
        page = await self.get_state(LabFilesState)
        await page._reload()  # noqa: SLF001  sister of this state
        return "Saved."


class LabFileState(RecordState, rx.State):
    """One file before it is taken in: which column is what, and what each row would become."""

    permission: ClassVar[str] = VIEW

    headers: list[dict[str, str]] = []
    parts: dict[str, str] = {}
    date_order: str = ""
    rows: list[dict[str, str]] = []
    is_busy: bool = False

    @handler(permission=PAGE)
    async def open_file(self) -> None:
        """Show the file that the address names, read as its laboratory's last one was."""
        self.parts, self.date_order = {}, ""
        await self.open_record()

    @handler(permission=RECORD)
    async def read_as(self, part: str, column: str) -> None:
        """Take another column for a part; none takes the part out."""
        chosen = {key: place for key, place in self.parts.items() if key != part}
        self.parts = chosen | ({part: column} if column else {})
        await self._show()

    @handler(permission=RECORD)
    async def order_days(self, order: str) -> None:
        """Read days in another order."""
        self.date_order = f"{order}"[:3]
        await self._show()

    @handler(permission=RECORD)
    async def take_in(self) -> list[EventSpec]:
        """Take the file in."""
        try:
            done = await self._run("laboratory.import_file", self._reading())
        except (DomainError, ValidationError) as error:
            return [rx.toast.error(getattr(error, "message", "Look at the columns again."))]
        said = f"{counted(done.taken, 'result')} recorded."
        if done.known:
            said += f" {group_count(done.known)} were known."
        if not done.waiting:
            return [rx.toast.success(said), rx.redirect("/laboratory")]
        waits = f"{said} {counted(done.waiting, 'row waits', 'rows wait')} for you."
        return [
            rx.toast.warning(waits),
            rx.redirect("/laboratory/waiting"),
        ]

    def _reading(self) -> dict[str, Any]:
        given: dict[str, Any] = {"file_id": self.head.get("id", ""), "date_order": self.date_order}
        columns = {part: int(place) for part, place in self.parts.items() if place.isdecimal()}
        return given | {"columns": columns}

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        asked = self._reading() | {"file_id": record_id}
        try:
            seen = await self._ask("laboratory.preview_file", asked)
        except ValidationError:
            self.parts, self.date_order = {}, ""
            seen = await self._ask("laboratory.preview_file", {"file_id": record_id})
        self.parts = {part.value: str(place) for part, place in seen.columns.items()}
        self.date_order = seen.date_order
        self.headers = [
            {"value": str(place), "label": header or f"Column {place + 1}"}
            for place, header in enumerate(seen.headers)
        ]
        self.rows = [_row(row) for row in seen.rows]
        counts = {name: seen.counts.get(name, 0) for name in ("taken", "known", "waiting")}
        may_record = principal.may(RECORD)
        self.head = {
            "id": str(seen.file_id),
            "may_record": "yes" if may_record else "",
            "laboratory": seen.laboratory,
            "name": seen.file_name,
            "is_table": "yes" if seen.format == "csv" and may_record else "",
            "imported": "yes" if seen.is_imported else "",
            "refusal": seen.refusal,
            "may_take": "" if seen.refusal or seen.is_imported else "yes",
            **{name: group_count(count) for name, count in counts.items()},
        }


def _row(row: Any) -> dict[str, str]:
    words = {"taken": "New", "known": "Known", "discarded": "No result"}
    waits = row.status == "waiting"
    return {
        "label": row.label,
        "report": row.report_number,
        "patient": row.patient,
        "test": row.test,
        "value": row.value,
        "becomes": REASONS[row.reason] if waits else words[row.status],
        "tone": "amber" if waits else "green" if row.status == "taken" else "gray",
        "problem": row.problem,
    }
