"""PDF reports of sessions: asked for here, made by a job, shown with their progress."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.core.ids import new_id
from erp.services import documents
from erp.services.imaging.errors import NothingToReport, ReportRunning, SectionsMissing
from erp.services.imaging.events import ReportFinished, ReportRequested
from erp.services.imaging.example_report import example_report
from erp.services.imaging.key_pictures import KeyPicture
from erp.services.imaging.laying_out import Asked, lay_out, missing_sections
from erp.services.imaging.locking import lock_session_row, unknown_session
from erp.services.imaging.printing import KeyImage, SessionReport
from erp.services.imaging.queries import report_row, session_to_print
from erp.services.imaging.summarising import summary_for_print
from erp.services.imaging.templating import (
    ReportTemplate,
    own_trial,
    template_in_force,
    template_of,
)
from erp.services.imaging.withholding import withheld_papers
from erp.services.platform import Command, Query, Result, command, emit

PREVIEWED: Final = 6
"""Key images drawn in a preview, so that it comes at once."""

ORIGIN: Final = "imaging_session"

documents.allow_reading(ORIGIN, "imaging.view")
documents.withhold(ORIGIN, withheld_papers)


class RequestReport(Command):
    """Ask for the PDF report of a session."""

    session_id: UUID
    findings: Annotated[str, Field(max_length=4000)] = ""


class ReportAsked(Result):
    """The report that will be made."""

    id: UUID
    version: int


class PreviewReport(Query):
    """Look at the report of a session before it is made; without one, at an invented example.

    Attributes:
        trial_code: Lay it out as the actor tries out for this protocol.
    """

    session_id: UUID | None = None
    trial_code: Annotated[str, Field(max_length=64)] | None = None


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
        SectionsMissing: The template requires sections that are empty.

    Emits:
        imaging.report_requested.v1.
    """
    found = lock_session_row(session, ctx, cmd.session_id)
    versions, is_running = _earlier(session, ctx, cmd.session_id)
    if found["stored"] == 0:
        raise NothingToReport("The session holds no object yet; a report would be empty.")
    if is_running:
        raise ReportRunning("A report of this session is being made. Wait for it.")
    asked = ReportAsked(id=new_id(), version=versions + 1)
    template_id, template = template_in_force(session, ctx, found["protocol"])
    summary = summary_for_print(session, ctx, found)
    _refuse_lacks(session, ctx, found, cmd.findings, summary, template)
    db.execute(
        session,
        "insert into imaging_report (tenant_id, id, session_id, version, status, progress, step,"
        " findings, problem, template_id, summary_id, requested_by, requested_by_name,"
        " requested_at)"
        " values (%s, %s, %s, %s, 'queued', 0, 'Waiting for a worker', %s, '', %s, %s, %s, %s, %s)",
        (
            *(ctx.tenant_id, asked.id, cmd.session_id, asked.version, cmd.findings),
            *(template_id, summary["id"] if summary else None),
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
    asked = report_row(session, ctx, report_id)
    if asked is None or asked["status"] in {"done", "failed"}:
        return None
    row = session_to_print(session, ctx, asked["session_id"])
    if row is None:
        return None
    number = f"{row['number']}-R{asked['version']}"
    template = template_of(session, ctx, asked["template_id"])
    wanted = Asked(
        number=number,
        version=asked["version"],
        at=asked["requested_at"],
        by_name=asked["requested_by_name"],
        findings=asked["findings"],
        summary=asked,
    )
    report, pictures = lay_out(session, ctx, row, wanted, template)
    return ReportPlan(
        report_id=report_id,
        session_id=row["id"],
        version=asked["version"],
        report=report,
        pictures=pictures,
        file_name=f"session-{number.replace('/', '-')}.pdf",
    )


def plan_preview(
    session: Session, ctx: RequestContext, wanted: PreviewReport
) -> tuple[SessionReport, tuple[KeyPicture, ...]]:
    """Return a session as its report would be now, marked as a preview; nothing is kept.

    Raises:
        PermissionDenied: The actor may not see sessions; or tries templates and may not.
        UnknownSession: There is none.
        NotFound: The actor is trying nothing out for that protocol.
    """
    ctx.require("imaging.view")
    if wanted.session_id is None:
        return example_report(ctx, _previewed(session, ctx, wanted, "")), ()
    row = session_to_print(session, ctx, wanted.session_id)
    if row is None:
        raise unknown_session()
    template = _previewed(session, ctx, wanted, row["protocol"])
    asked = Asked(
        number=f"{row['number']}-preview",
        version=0,
        at=ctx.now,
        by_name=ctx.user_name,
        findings="",
        summary=summary_for_print(session, ctx, row),
    )
    report, pictures = lay_out(session, ctx, row, asked, template)
    lacks = missing_sections(template, report, pictures, row["qa_state"])
    lacks.pop("comments", None)
    notices = [f"Required by the template: {said}." for said in lacks.values()]
    if len(pictures) > PREVIEWED:
        notices.append(f"{len(pictures) - PREVIEWED} more key images are left out of the preview.")
    return replace(report, is_preview=True, notices=tuple(notices)), pictures[:PREVIEWED]


def _previewed(
    session: Session, ctx: RequestContext, wanted: PreviewReport, protocol: str
) -> ReportTemplate:
    if wanted.trial_code is None:
        return template_in_force(session, ctx, protocol)[1]
    ctx.require("imaging.manage")
    tried = own_trial(session, ctx, wanted.trial_code)
    if tried is None:
        raise NotFound("You are trying out no template for this protocol.")
    return tried


def _earlier(session: Session, ctx: RequestContext, session_id: UUID) -> tuple[int, bool]:
    """Return how many reports a session has, and whether one is being made."""
    row = db.fetch_one(
        session,
        "select coalesce(max(version), 0) as versions,"
        " coalesce(bool_or(status in ('queued', 'running')), false) as is_running"
        " from imaging_report where tenant_id = %s and session_id = %s",
        (ctx.tenant_id, session_id),
    )
    return (row["versions"], row["is_running"]) if row else (0, False)


def _refuse_lacks(
    session: Session,
    ctx: RequestContext,
    found: db.Row,
    findings: str,
    summary: db.Row | None,
    template: ReportTemplate,
) -> None:
    if not any(section.is_required for section in template.sections):
        return
    row = session_to_print(session, ctx, found["id"])
    if row is None:
        raise unknown_session()
    asked = Asked("", 0, ctx.now, ctx.user_name, findings, summary)
    report, pictures = lay_out(session, ctx, row, asked, template)
    lacks = missing_sections(template, report, pictures, row["qa_state"])
    if lacks:
        said = "; ".join(f"{kind}: {lack}" for kind, lack in lacks.items())
        raise SectionsMissing(
            f"The template requires what is not there yet. {said[0].upper()}{said[1:]}.",
            details={"sections": list(lacks)},
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
    """Tie the finished document to its report; one that was done or given up meanwhile stays so.

    Emits:
        imaging.report_finished.v1.
    """
    done = db.fetch_one(
        session,
        "update imaging_report set status = 'done', progress = 100, step = 'Ready',"
        " document_id = %s, finished_at = %s where tenant_id = %s and id = %s"
        " and status in ('queued', 'running') returning 1 as is_done",
        (document_id, ctx.now, ctx.tenant_id, plan.report_id),
    )
    if done is None:
        return
    _tell(session, ctx, plan.report_id, plan.session_id, "done")


def fail_report(
    session: Session, ctx: RequestContext, report_id: UUID, session_id: UUID, problem: str
) -> None:
    """Say that a report cannot be made; a new one may be asked for.

    Emits:
        imaging.report_finished.v1.
    """
    failed = db.fetch_one(
        session,
        "update imaging_report set status = 'failed', step = 'Failed', problem = %s,"
        " finished_at = %s where tenant_id = %s and id = %s and status in ('queued', 'running')"
        " returning 1 as is_failed",
        (problem[:500], ctx.now, ctx.tenant_id, report_id),
    )
    if failed is None:
        return
    _tell(session, ctx, report_id, session_id, "failed")


def _tell(
    session: Session, ctx: RequestContext, report_id: UUID, session_id: UUID, status: str
) -> None:
    finished = ReportFinished(report_id=report_id, session_id=session_id, status=status)
    emit(session, ctx, session_id, finished)
