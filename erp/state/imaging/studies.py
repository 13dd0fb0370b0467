"""The archive's studies: what holds them, copies without identity, removal."""

from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.state.asking import DialogFormState
from erp.state.imaging.wording import KEEPING_LABELS, KEEPING_TONES
from erp.state.listing import ListState
from erp.state.registry import handler

VIEW = "imaging.view"
OPERATE = "imaging.operate"
KEEP = "imaging.keep"


class StudyListState(ListState, rx.State):
    """Studies by the time they came."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "imaging.list_studies"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("patient", "Patient", detail="patient_code"),
        Column("description", "Study", sort="description", detail="modalities", wide_only=True),
        Column("studied_at", "Taken", Kind.INSTANT, sort="studied_at", wide_only=True),
        Column(
            "instances", "Objects", Kind.COUNT, sort="instances", detail="size_text", wide_only=True
        ),
        Column("state", "Keeping", Kind.STATUS, labels=KEEPING_LABELS, tones=KEEPING_TONES),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("show",)
    topics: ClassVar[tuple[str, ...]] = ("imaging",)

    may_keep: bool = False
    may_operate: bool = False
    years: str = ""
    percent: int = 0
    shown: dict[str, str] = {}
    is_showing: bool = False

    async def _reload(self) -> None:
        """Show the list, and what may be done only to those who may do it."""
        principal = await self._principal()
        self.may_keep, self.may_operate = principal.may(KEEP), principal.may(OPERATE)
        kept = await self._ask("imaging.get_retention", {})
        self.years = f"{kept.years}"
        await super()._reload()
        held = next((row for row in self.rows if row["id"] == self.shown.get("id")), None)
        if held is not None:
            self._show(held)

    def _show(self, row: dict[str, str]) -> None:
        self.shown, self.percent = row, int(row["export_progress"])

    def _aside(self, row: Any) -> dict[str, str]:
        document = f"/api/erp/documents/{row.document_id}" if row.document_id else ""
        is_there = row.state != "removed"
        return {
            "keeping": row.keeping,
            "study_uid": row.study_uid,
            "accession": row.accession,
            "hold_id": f"{row.hold_id or ''}",
            "removal_id": f"{row.removal_id or ''}",
            "removal_reason": row.removal_reason,
            "is_there": "yes" if is_there else "",
            "may_ask": "yes" if row.is_due and self.may_operate and not row.removal_id else "",
            "export_by": row.export_by,
            "export_step": row.export_problem or row.export_step,
            "export_progress": f"{row.export_progress}",
            "is_exporting": "yes" if row.export_status in {"queued", "running"} else "",
            "document": document if self.may_keep else "",
        }

    @handler(permission=VIEW)
    async def look(self, study_id: str) -> None:
        """Show everything known about one study."""
        found = next((row for row in self.rows if row["id"] == study_id), None)
        if found is not None:
            self._show(found)
            self.is_showing = True

    @handler(permission=VIEW)
    async def stop_looking(self) -> None:
        """Close the facts."""
        self.is_showing = False

    @handler(permission=KEEP)
    async def approve(self, removal_id: str) -> EventSpec:
        """Approve a removal that somebody else asked for."""
        return await self._decided("imaging.approve_removal", removal_id, "It is being removed.")

    @handler(permission=KEEP)
    async def refuse(self, removal_id: str) -> EventSpec:
        """Refuse a removal."""
        return await self._decided("imaging.refuse_removal", removal_id, "The study stays.")

    async def _decided(self, command: str, removal_id: str, words: str) -> EventSpec:
        try:
            await self._run(command, {"removal_id": f"{removal_id}"})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._reload()
        return rx.toast.success(words)


class _OfStudy(DialogFormState, mixin=True):
    """A form about one study; the list shows the news when it is done."""

    subject_field: ClassVar[str] = "study_id"
    permission: ClassVar[str] = KEEP

    async def _prepare(self) -> None:
        page = await self.get_state(StudyListState)
        page.is_showing = False

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(StudyListState)
        await page._reload()  # noqa: SLF001  sister of this state


class HoldState(_OfStudy, rx.State):
    """Holds a study."""

    command: ClassVar[str] = "imaging.hold_study"
    done_words: ClassVar[str] = "Held. Nobody can remove it until the hold is released."


class ReleaseState(_OfStudy, rx.State):
    """Releases a hold."""

    command: ClassVar[str] = "imaging.release_hold"
    subject_field: ClassVar[str] = "hold_id"
    done_words: ClassVar[str] = "Released."


class AskRemovalState(_OfStudy, rx.State):
    """Asks for the removal of a study."""

    permission: ClassVar[str] = OPERATE
    command: ClassVar[str] = "imaging.ask_removal"
    done_words: ClassVar[str] = "Asked. Somebody who keeps the archive decides."


class ExportState(_OfStudy, rx.State):
    """Asks for a copy of a study without identity; text in pictures has to be confirmed."""

    command: ClassVar[str] = "imaging.request_export"
    done_words: ClassVar[str] = "The copy is being made. It shows here when it is ready."


class RetentionState(_OfStudy, rx.State):
    """Sets for how many years studies are kept."""

    command: ClassVar[str] = "imaging.set_retention"
    subject_field: ClassVar[str] = ""
    done_words: ClassVar[str] = "Set."
