"""De-identified copies of studies: asked for here, made by a job, kept on record."""

from dataclasses import dataclass
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import documents
from erp.services.documents import blob_key
from erp.services.imaging.errors import BurnedInText, ExportRunning, UnknownStudy
from erp.services.imaging.events import ExportFinished, ExportRequested
from erp.services.platform import Command, Identified, command, emit

EXPORT_ORIGIN: Final = "imaging_export"
Dates = Literal["remove", "shift", "keep"]
documents.allow_reading(EXPORT_ORIGIN, "imaging.keep")


class RequestExport(Command):
    """Ask for a copy of a study without identity.

    Attributes:
        dates: `remove` them, `shift` them all by the same unknown days, or `keep` them.
        purpose: What the copy is for; it stays on record beside who asked.
    """

    study_id: UUID
    dates: Dates = "remove"
    purpose: Annotated[str, Field(min_length=3, max_length=300)]


@dataclass(frozen=True, slots=True)
class ExportPicture:
    """An object that goes into an export, and where its bytes are."""

    storage_key: str
    sha256: str
    size: int
    sop_uid: str


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """Everything an export is made of but the bytes.

    Attributes:
        left_out: Objects of kinds that cannot be de-identified, such as reports.
    """

    export_id: UUID
    study_id: UUID
    dates: str
    objects: tuple[ExportPicture, ...]
    left_out: int
    file_name: str


@command(
    "imaging.request_export",
    permission="imaging.keep",
    rest="POST /imaging/studies/{study_id}/exports",
)
def request_export(session: Session, ctx: RequestContext, cmd: RequestExport) -> Identified:
    """Ask for a de-identified copy of a study as ZIP with DICOMDIR; it is made in the background.

    Raises:
        UnknownStudy: There is none, or it was removed.
        ExportRunning: One of this study is being made.
        BurnedInText: Pictures say, or are of a kind, that shows text; confirm that you looked.

    Emits:
        imaging.export_requested.v1.
    """
    study = _study(session, ctx, cmd.study_id)
    if study["is_running"]:
        raise ExportRunning("An export of this study is being made. Wait for it.")
    if study["burned_in"] and "burned_in_text" not in ctx.confirmed:
        raise BurnedInText(
            f"{study['burned_in']} pictures are marked as, or are of a kind, that may show the"
            " patient's name. Look at each; export only if none does."
        )
    made = Identified(id=new_id())
    db.execute(
        session,
        "insert into imaging_export (tenant_id, id, study_id, subject, dates, purpose,"
        " burned_in_confirmed, status, progress, step, problem, objects, left_out, requested_by,"
        " requested_by_name, requested_at) values (%s, %s, %s, %s, %s, %s, %s, 'queued', 0,"
        " 'Waiting for a worker', '', 0, 0, %s, %s, %s)",
        (
            *(ctx.tenant_id, made.id, cmd.study_id, study["subject"], cmd.dates, cmd.purpose),
            *(bool(study["burned_in"]), ctx.user_id, ctx.user_name, ctx.now),
        ),
    )
    emit(
        session,
        ctx,
        cmd.study_id,
        ExportRequested(export_id=made.id, study_id=cmd.study_id),
    )
    return made


def _study(session: Session, ctx: RequestContext, study_id: UUID) -> db.Row:
    row = db.fetch_one(
        session,
        """
        select study.removed_at, study.study_uid,
               concat_ws(' ', nullif(patient.name, ''), nullif(patient.patient_code, ''),
                         study.description) as subject,
               exists (select from imaging_export made where made.tenant_id = study.tenant_id
                         and made.study_id = study.id
                         and made.status in ('queued', 'running')) as is_running,
               (select count(*) from dicom_series series join dicom_instance instance
                    on (instance.tenant_id, instance.series_id) = (series.tenant_id, series.id)
                 where (series.tenant_id, series.study_id) = (study.tenant_id, study.id)
                   and instance.object_class = 'image'
                   and (instance.burned_in or instance.burned_in is null and (
                        series.modality in ('US', 'SC', 'OT', 'ES', 'XC', 'DOC')
                        or instance.sop_class like '1.2.840.10008.5.1.4.1.1.7%%'))) as burned_in
          from dicom_study study join dicom_patient patient
            on (patient.tenant_id, patient.id) = (study.tenant_id, study.dicom_patient_id)
         where study.tenant_id = %s and study.id = %s for no key update of study
        """,
        (ctx.tenant_id, study_id),
    )
    if row is None or row["removed_at"] is not None:
        raise UnknownStudy("There is no such study in the archive.")
    return row


def plan_export(session: Session, ctx: RequestContext, export_id: UUID) -> ExportPlan | None:
    """Return what an export is made of, or nothing if it is made already or gone.

    One whose study was removed meanwhile has failed, and says so.

    Emits:
        imaging.export_finished.v1 where the study was removed.
    """
    row = db.fetch_one(
        session,
        "select made.study_id, made.dates, made.status, study.removed_at from imaging_export made"
        " join dicom_study study on (study.tenant_id, study.id) = (made.tenant_id, made.study_id)"
        " where made.tenant_id = %s and made.id = %s",
        (ctx.tenant_id, export_id),
    )
    if row is None or row["status"] in {"done", "failed"}:
        return None
    if row["removed_at"] is not None:
        fail_export(session, ctx, export_id, row["study_id"], "Its study was removed meanwhile.")
        return None
    objects = db.fetch_all(
        session,
        "select instance.sha256, instance.size, instance.sop_uid, instance.object_class"
        " from dicom_series series join dicom_instance instance"
        " on (instance.tenant_id, instance.series_id) = (series.tenant_id, series.id)"
        " where series.tenant_id = %s and series.study_id = %s"
        " order by series.number, series.id, instance.number, instance.id",
        (ctx.tenant_id, row["study_id"]),
    )
    pictures = tuple(
        ExportPicture(
            blob_key(ctx.tenant_id, one["sha256"]), one["sha256"], one["size"], one["sop_uid"]
        )
        for one in objects
        if one["object_class"] == "image"
    )
    return ExportPlan(
        export_id=export_id,
        study_id=row["study_id"],
        dates=row["dates"],
        objects=pictures,
        left_out=len(objects) - len(pictures),
        file_name=f"study-{export_id.hex[-8:]}-without-identity.zip",
    )


def note_export(
    session: Session, ctx: RequestContext, export_id: UUID, percent: int, step: str
) -> None:
    """Write down how far an export is; never goes back."""
    db.execute(
        session,
        "update imaging_export set status = 'running', progress = greatest(progress, %s), step = %s"
        " where tenant_id = %s and id = %s and status in ('queued', 'running')",
        (percent, step, ctx.tenant_id, export_id),
    )


def finish_export(
    session: Session,
    ctx: RequestContext,
    plan: ExportPlan,
    document_id: UUID,
    counts: tuple[int, int],
    step: str = "Ready",
) -> None:
    """Tie the finished file to its export; `counts` are objects in it and left out, `step` says why.

    Emits:
        imaging.export_finished.v1.
    """
    db.execute(
        session,
        "update imaging_export set status = 'done', progress = 100, step = %s,"
        " document_id = %s, objects = %s, left_out = %s, finished_at = %s"
        " where tenant_id = %s and id = %s",
        (step[:500], document_id, *counts, ctx.now, ctx.tenant_id, plan.export_id),
    )
    _tell(session, ctx, plan.export_id, plan.study_id, "done")


def fail_export(
    session: Session, ctx: RequestContext, export_id: UUID, study_id: UUID, problem: str
) -> None:
    """Say that an export cannot be made; it may be asked for again.

    Emits:
        imaging.export_finished.v1.
    """
    db.execute(
        session,
        "update imaging_export set status = 'failed', step = 'Failed', problem = %s,"
        " finished_at = %s where tenant_id = %s and id = %s and status in ('queued', 'running')",
        (problem[:500], ctx.now, ctx.tenant_id, export_id),
    )
    _tell(session, ctx, export_id, study_id, "failed")


def _tell(
    session: Session, ctx: RequestContext, export_id: UUID, study_id: UUID, status: str
) -> None:
    finished = ExportFinished(export_id=export_id, study_id=study_id, status=status)
    emit(session, ctx, study_id, finished)
