"""One session under review: its pictures, what the device told, the decision, the report."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from erp.core.formatting import instant_text
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.imaging.marking import MarkingState
from erp.state.imaging.wording import (
    QA_LABELS,
    QA_TONES,
    STATE_LABELS,
    STATE_TONES,
    STEP_LABELS,
    STEP_TONES,
    event_words,
    told_once,
)
from erp.state.registry import handler

VIEW = "imaging.view"
REVIEW = "imaging.review"


class ImagingSessionState(MarkingState, rx.State):
    """The session that the address names."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("imaging", "biomarkers")

    warnings: list[str] = []
    events: list[dict[str, str]] = []
    steps: list[dict[str, str]] = []
    decisions: list[dict[str, str]] = []
    reports: list[dict[str, str]] = []
    figures: list[dict[str, str]] = []
    is_reporting: bool = False
    report_percent: int = 0
    report_step: str = ""
    source: str = ""
    fresh: int = 0
    has_pictures: bool = False

    _shown: int = 0
    _stored: int = 0

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("imaging.get_session", {"session_id": record_id})
        is_other = self.head.get("id") != str(record_id)
        self.head = _head(found, principal)
        self.warnings = found.warnings
        self._stored = found.stored
        zone = principal.time_zone
        self.events = [_event(event, count, zone) for event, count in told_once(found.events)]
        self.steps = [_step(row, zone) for row in found.steps]
        self.decisions = [_decision(row, zone) for row in found.decisions]
        self._show_marks(found.measurements, zone)
        self._load_reports(found.reports, zone)
        told = await self._ask("biomarkers.list_figures", {"session_id": record_id})
        self.figures = [_figure(row, zone) for row in told.rows]
        if is_other:
            self._forget_acts()
            await self._load_layout()
        if is_other or self._shown == 0:
            self._show_pictures()
        self.fresh = self._stored - self._shown

    def _load_reports(self, found: list[Any], zone: str) -> None:
        self.reports = [_report(row, zone) for row in found if row.status in {"done", "failed"}]
        running = next((row for row in found if row.status in {"queued", "running"}), None)
        self.is_reporting = running is not None
        self.report_percent = running.progress if running else 0
        self.report_step = running.step if running else ""

    def _show_pictures(self) -> None:
        """Point the viewer at what is stored now; it asks anew when the address changes."""
        self._shown, self.fresh = self._stored, 0
        self.has_pictures = self._stored > 0
        address = f"/api/erp/imaging/sessions/{self.head['id']}/images"
        self.source = f"{address}?seen={self._shown}" if self.has_pictures else ""

    @handler(permission=VIEW)
    async def show_new_pictures(self) -> None:
        """Let the viewer load what has arrived since the page was opened."""
        self._show_pictures()


class _SessionDialog(DialogFormState, mixin=True):
    """A dialog about the session of the page."""

    subject_field: ClassVar[str] = "session_id"
    permission: ClassVar[str] = REVIEW

    async def _bring_up_to_date(self) -> None:
        page = await self.get_state(ImagingSessionState)
        await page._show()  # noqa: SLF001  sister of this state


class AssignState(_SessionDialog, rx.State):
    """Says whose images these are."""

    permission: ClassVar[str] = REVIEW
    command: ClassVar[str] = "imaging.assign_patient"
    done_words: ClassVar[str] = "Patient assigned."


class SendReportState(_SessionDialog, rx.State):
    """Sends a finished report by e-mail."""

    subject_field: ClassVar[str] = "report_id"
    permission: ClassVar[str] = REVIEW
    command: ClassVar[str] = "imaging.send_report"
    done_words: ClassVar[str] = "The report is on its way. Messages sent says whether it arrived."


class ReportState(_SessionDialog, rx.State):
    """Asks for the PDF report."""

    permission: ClassVar[str] = REVIEW
    command: ClassVar[str] = "imaging.request_report"
    done_words: ClassVar[str] = "The report is being made."


def _head(found: Any, principal: identity.Principal) -> dict[str, str]:
    zone, may = principal.time_zone, principal.may(REVIEW)
    expected = f" of {found.expected}" if found.expected is not None else ""
    return {
        "id": str(found.id),
        "number": found.number,
        "patient": found.patient,
        "patient_code": found.patient_code,
        "is_matched": "yes" if found.patient_id else "",
        "trends": f"/laboratory/patients/{found.patient_id}" if found.patient_id else "",
        "patient_link": f"/parties/{found.patient_id}" if found.patient_id else "",
        "device": found.device,
        "device_topic": found.device_topic,
        "modality": found.modality,
        "protocol": found.protocol,
        "operator": found.operator,
        "accession": found.accession,
        "state": STATE_LABELS.get(found.state, found.state),
        "state_tone": STATE_TONES.get(found.state, "gray"),
        "qa_state": QA_LABELS.get(found.qa_state, found.qa_state),
        "qa_tone": QA_TONES.get(found.qa_state, "gray"),
        "objects": f"{found.stored}{expected}",
        "missing": f"{found.missing}" if found.missing else "",
        "held": f"{found.quarantined}" if found.quarantined else "",
        "gaps": f"{found.gaps}" if found.gaps else "",
        "started": instant_text(found.started_at, zone) if found.started_at else "",
        "completed": instant_text(found.completed_at, zone) if found.completed_at else "",
        "external_id": found.external_id,
        "study_uid": found.study_uid,
        "may_review": "yes" if may and found.qa_state != "signed_off" else "",
        "may_report": "yes" if may else "",
    }


def _event(event: Any, count: int, zone: str) -> dict[str, str]:
    clock = "" if event.clock != "unsynced" else " · device clock wrong"
    at = event.device_at if event.clock != "unsynced" else event.received_at
    return {
        "id": str(event.id),
        "when": instant_text(at, zone),
        "what": event_words(event.type, count),
        "who": f"no. {event.seq}{clock}",
    }


def _step(row: Any, zone: str) -> dict[str, str]:
    ended = f" to {instant_text(row.ended_at, zone)}" if row.ended_at else ""
    here = "" if row.stored == row.images else f", {row.stored} here"
    made = f"{row.series} series, {row.images} images{here}"
    when = f"{instant_text(row.started_at, zone)}{ended}"
    return {
        "id": str(row.id),
        "title": " \u00b7 ".join(part for part in (row.step_id, row.description) if part),
        "state": STEP_LABELS[row.state],
        "tone": STEP_TONES[row.state],
        "detail": f"{row.station} \u00b7 {row.modality} \u00b7 {when}",
        "made": made if row.series else "No series yet" if row.state == "in_progress" else "",
        "reason": row.reason,
    }


def _decision(row: Any, zone: str) -> dict[str, str]:
    words = [row.decision, row.reason, row.note]
    return {
        "id": str(row.id),
        "when": instant_text(row.decided_at, zone),
        "what": ": ".join(word for word in words if word),
        "who": row.reviewer_name,
    }


def _figure(row: Any, zone: str) -> dict[str, str]:
    spread = (
        f" ({row.low.normalize():f} to {row.high.normalize():f})" if row.low is not None else ""
    )
    model = f"{row.model} {row.model_version}"
    when = instant_text(row.computed_at, zone)
    return {
        "id": str(row.id),
        "name": row.name,
        "value": f"{row.value.normalize():f} {row.unit}".strip() + spread,
        "detail": " \u00b7 ".join(part for part in (model, row.series, when) if part),
        "standing": "Earlier run" if row.is_earlier else "Out of date" if row.is_stale else "",
        "tone": "gray" if row.is_earlier else "amber",
    }


def _report(row: Any, zone: str) -> dict[str, str]:
    return {
        "id": str(row.id),
        "title": f"Version {row.version}",
        "detail": f"{instant_text(row.requested_at, zone)} · {row.requested_by_name}",
        "href": f"/api/erp/documents/{row.document_id}" if row.document_id else "",
        "problem": row.problem,
    }
