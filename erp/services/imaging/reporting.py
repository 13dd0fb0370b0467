"""PDF reports of sessions: asked for here, made by a job, shown with their progress."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import instant_text
from erp.core.ids import new_id
from erp.services import documents
from erp.services.documents import blob_key
from erp.services.imaging.errors import NothingToReport, ReportRunning
from erp.services.imaging.events import ReportFinished, ReportRequested
from erp.services.imaging.gauging import size_text
from erp.services.imaging.locking import unknown_session
from erp.services.imaging.matching import spoken_name
from erp.services.imaging.printing import KeyImage, PrintedDecision, PrintedFact, SessionReport
from erp.services.imaging.queries import (
    key_frames,
    place_of_session,
    report_addenda,
    report_decision,
    report_measurements,
    report_pictures,
    session_for_report,
)
from erp.services.imaging.words import DECISIONS, REASONS
from erp.services.platform import Command, Result, command, emit

KEY_IMAGES: Final = 6
MARKED_IMAGES: Final = 24
ORIGIN: Final = "imaging_session"

documents.allow_reading(ORIGIN, "imaging.view")


class RequestReport(Command):
    """Ask for the PDF report of a session."""

    session_id: UUID
    findings: Annotated[str, Field(max_length=4000)] = ""


class ReportAsked(Result):
    """The report that will be made."""

    id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class KeyPicture:
    """A frame chosen for the report and where its bytes are; `frame` counts from 1."""

    storage_key: str
    frame: int
    caption: str
    is_lossy: bool


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """Everything a report needs but the pixels."""

    report_id: UUID
    session_id: UUID
    version: int
    report: SessionReport
    pictures: tuple[KeyPicture, ...]
    file_name: str


@command(
    "imaging.request_report",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/reports",
)
def request_report(session: Session, ctx: RequestContext, cmd: RequestReport) -> ReportAsked:
    """Ask for the report of a session; it is made in the background.

    Raises:
        UnknownSession: There is none.
        NothingToReport: The session holds no object.
        ReportRunning: One is being made.

    Emits:
        imaging.report_requested.v1.
    """
    found = db.fetch_one(
        session,
        "select stored, (select coalesce(max(version), 0) from imaging_report made"
        " where made.tenant_id = held.tenant_id and made.session_id = held.id) as versions,"
        " exists (select from imaging_report made where made.tenant_id = held.tenant_id"
        " and made.session_id = held.id and made.status in ('queued', 'running')) as is_running"
        " from imaging_session held where tenant_id = %s and id = %s for no key update",
        (ctx.tenant_id, cmd.session_id),
    )
    if found is None:
        raise unknown_session()
    if found["stored"] == 0:
        raise NothingToReport("The session holds no object yet; a report would be empty.")
    if found["is_running"]:
        raise ReportRunning("A report of this session is being made. Wait for it.")
    asked = ReportAsked(id=new_id(), version=found["versions"] + 1)
    db.execute(
        session,
        "insert into imaging_report (tenant_id, id, session_id, version, status, progress, step,"
        " findings, problem, requested_by, requested_by_name, requested_at)"
        " values (%s, %s, %s, %s, 'queued', 0, 'Waiting for a worker', %s, '', %s, %s, %s)",
        (
            *(ctx.tenant_id, asked.id, cmd.session_id, asked.version, cmd.findings),
            *(ctx.user_id, ctx.user_name, ctx.now),
        ),
    )
    emit(
        session,
        ctx,
        cmd.session_id,
        ReportRequested(report_id=asked.id, session_id=cmd.session_id),
    )
    return asked


def plan_report(session: Session, ctx: RequestContext, report_id: UUID) -> ReportPlan | None:
    """Return what a report is made of, or nothing if it is made already or gone."""
    row = session_for_report(session, ctx, report_id)
    if row is None or row["report_status"] in {"done", "failed"}:
        return None
    place = place_of_session(session, ctx, row["branch_id"])
    number = f"{row['number']}-R{row['version']}"
    report = SessionReport(
        clinic_name=place["tenant_name"],
        clinic_address=tuple(
            line for line in (place["address"], f"{place['city']} {place['pin']}".strip()) if line
        ),
        report_number=number,
        version=row["version"],
        made_at=row["requested_at"],
        patient_name=row["patient_name"] or spoken_name(row["dicom_name"]) or "Unknown",
        patient_number=row["patient_code"] or row["dicom_code"] or "-",
        session_number=row["number"],
        modality=row["modality"] or row["device_modality"] or "-",
        started_at=row["started_at"] or row["created_at"],
        patient_birth_on=row["birth_on"],
        patient_sex=row["sex"] or "",
        device=_device_facts(row),
        session=_session_facts(row, ctx),
        measurements=tuple(
            _measured(mark)
            for mark in report_measurements(session, ctx, row["id"])
            if mark["tool"] != "key" and (mark["value"] is not None or mark["label"])
        ),
        findings=row["findings"],
        decision=_decision(session, ctx, row["id"]),
        signatory=row["requested_by_name"],
        addenda=tuple(
            PrintedFact(
                f"{instant_text(added['added_at'], ctx.time_zone)}, {added['author_name']}",
                added["text"],
            )
            for added in report_addenda(session, ctx, row["id"])
        ),
        time_zone=ctx.time_zone,
    )
    return ReportPlan(
        report_id=report_id,
        session_id=row["id"],
        version=row["version"],
        report=report,
        pictures=_pictures(session, ctx, row["id"]),
        file_name=f"session-{number.replace('/', '-')}.pdf",
    )


def with_images(plan: ReportPlan, images: Sequence[KeyImage]) -> SessionReport:
    """Return the report with its pictures."""
    return replace(plan.report, images=tuple(images))


def note_progress(
    session: Session, ctx: RequestContext, report_id: UUID, percent: int, step: str
) -> None:
    """Write down how far the making of a report is; never goes back."""
    db.execute(
        session,
        "update imaging_report set status = 'running', progress = greatest(progress, %s), step = %s"
        " where tenant_id = %s and id = %s and status in ('queued', 'running')",
        (percent, step, ctx.tenant_id, report_id),
    )


def finish_report(
    session: Session, ctx: RequestContext, plan: ReportPlan, document_id: UUID
) -> None:
    """Tie the finished document to its report.

    Emits:
        imaging.report_finished.v1.
    """
    db.execute(
        session,
        "update imaging_report set status = 'done', progress = 100, step = 'Ready',"
        " document_id = %s, finished_at = %s where tenant_id = %s and id = %s",
        (document_id, ctx.now, ctx.tenant_id, plan.report_id),
    )
    _tell(session, ctx, plan.report_id, plan.session_id, "done")


def fail_report(
    session: Session, ctx: RequestContext, report_id: UUID, session_id: UUID, problem: str
) -> None:
    """Say that a report cannot be made; a new one may be asked for.

    Emits:
        imaging.report_finished.v1.
    """
    db.execute(
        session,
        "update imaging_report set status = 'failed', step = 'Failed', problem = %s,"
        " finished_at = %s where tenant_id = %s and id = %s and status in ('queued', 'running')",
        (problem[:500], ctx.now, ctx.tenant_id, report_id),
    )
    _tell(session, ctx, report_id, session_id, "failed")


def _tell(
    session: Session, ctx: RequestContext, report_id: UUID, session_id: UUID, status: str
) -> None:
    finished = ReportFinished(report_id=report_id, session_id=session_id, status=status)
    emit(session, ctx, session_id, finished)


def _device_facts(row: db.Row) -> tuple[PrintedFact, ...]:
    facts = (
        ("Device", row["device_name"]),
        ("Code", f"{row['site']}/{row['device_code']}"),
        ("Model", row["model"]),
        ("Serial number", row["serial"]),
    )
    return tuple(PrintedFact(name, value) for name, value in facts if value)


def _session_facts(row: db.Row, ctx: RequestContext) -> tuple[PrintedFact, ...]:
    completed = row["completed_at"]
    facts = (
        ("Objects", f"{row['stored']}"),
        ("Held in quarantine", f"{row['quarantined']}" if row["quarantined"] else ""),
        ("Protocol", row["protocol"]),
        ("Operator", row["operator"]),
        ("Accession", row["accession"]),
        ("Completed", instant_text(completed, ctx.time_zone) if completed else ""),
        ("Device clock", "not synchronised" if row["clock"] == "unsynced" else ""),
    )
    return tuple(PrintedFact(name, value) for name, value in facts if value)


def _measured(row: db.Row) -> PrintedFact:
    name = f"{row['tool'].capitalize()} (image {row['number'] or '-'}, frame {row['frame']})"
    if row["value"] is None:
        return PrintedFact(name, row["label"])
    source = row["spacing_source"].replace("_", " ")
    millimetres = f" ({source})" if row["unit"] in {"mm", "mm2"} else ""
    return PrintedFact(name, f"{size_text(row['value'], row['unit'])}{millimetres}{_inside(row)}")


def _inside(row: db.Row) -> str:
    """Return the figures inside a rectangle or ellipse: the server's, or marked as not."""
    found = row["counted"] or row["statistics"]
    if not found:
        return ""
    unit = f" {found['unit']}" if found["unit"] else ""
    figures = (
        f"; mean {found['mean']:.4g}{unit}, SD {found['deviation']:.4g},"
        f" {found['minimum']:.4g} to {found['maximum']:.4g}"
    )
    return figures if row["counted"] else f"{figures} (counted by the browser)"


def _decision(session: Session, ctx: RequestContext, session_id: UUID) -> PrintedDecision | None:
    row = report_decision(session, ctx, session_id)
    if row is None:
        return None
    return PrintedDecision(
        status=DECISIONS[row["to_state"]],
        reviewer=row["reviewer_name"],
        decided_at=row["decided_at"],
        reason=REASONS.get(row["reason_code"]) or row["reason_code"],
        note=row["note"],
        signed=f"{row['signer_name']}, {instant_text(row['signed_at'], ctx.time_zone)}"
        if row["signed_at"]
        else "",
    )


def _pictures(session: Session, ctx: RequestContext, session_id: UUID) -> tuple[KeyPicture, ...]:
    """Choose the key images that people marked; without any, frames spread evenly."""
    marked = key_frames(session, ctx, session_id)[:MARKED_IMAGES]
    if marked:
        return tuple(_picture(ctx, row, row["frame"]) for row in marked)
    rows = report_pictures(session, ctx, session_id)
    count = min(KEY_IMAGES, len(rows))
    chosen = [rows[(2 * n + 1) * len(rows) // (2 * count)] for n in range(count)]
    return tuple(_picture(ctx, row, (row["frames"] + 1) // 2) for row in chosen)


def _picture(ctx: RequestContext, row: db.Row, frame: int) -> KeyPicture:
    series = row["description"] or row["modality"] or "Series"
    place = f", frame {frame} of {row['frames']}" if row["frames"] > 1 else ""
    return KeyPicture(
        storage_key=blob_key(ctx.tenant_id, row["sha256"]),
        frame=frame,
        caption=f"{series}, image {row['number'] or '-'}{place}",
        is_lossy=row["is_lossy"],
    )
