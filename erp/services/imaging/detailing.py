"""One session with everything about it, and single objects."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.documents import blob_key
from erp.services.imaging.asking_for import GetSession
from erp.services.imaging.errors import UnknownObject
from erp.services.imaging.locking import unknown_session
from erp.services.imaging.marks import MeasurementRow, marks_in_force
from erp.services.imaging.performed import StepRow, steps_of
from erp.services.imaging.words import DECISIONS, REASONS
from erp.services.platform import Query, Result, query

LATEST_EVENTS = 100


class GetInstance(Query):
    """One object."""

    instance_id: UUID


class EventRow(Result):
    """Something the device told."""

    id: UUID
    seq: int
    type: str
    device_at: datetime
    received_at: datetime
    clock: str


class DecisionRow(Result):
    """Something a person decided."""

    id: UUID
    decision: str
    reason: str
    note: str
    reviewer_name: str
    decided_at: datetime


class ReportRow(Result):
    """A report and how far it is."""

    id: UUID
    version: int
    status: str
    progress: int
    step: str
    problem: str
    document_id: UUID | None
    requested_by_name: str
    requested_at: datetime


class SessionDetail(Result):
    """A session with its device, patient, events, performed steps, decisions and reports.

    Attributes:
        gaps: Events that the device numbered and that never came.
        missing: Objects of the manifest that are neither stored nor held.
        warnings: What a reviewer should know before deciding.
    """

    id: UUID
    number: str
    external_id: str
    device: str
    device_topic: str
    patient: str
    patient_code: str
    patient_id: UUID | None
    accession: str
    protocol: str
    operator: str
    study_uid: str
    modality: str
    state: str
    qa_state: str
    qa_reason: str
    version: int
    stored: int
    expected: int | None
    quarantined: int
    gaps: int
    missing: int
    started_at: datetime | None
    completed_at: datetime | None
    settled_at: datetime | None
    created_at: datetime
    warnings: list[str]
    events: list[EventRow]
    steps: list[StepRow]
    decisions: list[DecisionRow]
    reports: list[ReportRow]
    measurements: list[MeasurementRow]


class InstanceDetail(Result):
    """An object's facts and attributes, in the DICOM JSON model."""

    id: UUID
    session_id: UUID
    sop_uid: str
    sop_class: str
    transfer_syntax: str
    object_class: str
    sha256: str
    size: int
    flags: list[str]
    is_renderable: bool
    not_renderable_because: str
    attrs: dict[str, Any]


class InstanceSource(Result):
    """Where an object's bytes are and how its frames lie in them, for the edge."""

    id: UUID
    sha256: str
    size: int
    storage_key: str
    sop_uid: str
    preamble: str
    frames: int
    is_renderable: bool
    not_renderable_because: str
    pixels: dict[str, Any] | None


@query("imaging.get_session", permission="imaging.view", rest="GET /imaging/sessions/{session_id}")
def get_session(session: Session, ctx: RequestContext, wanted: GetSession) -> SessionDetail:
    """Return one session with everything about it.

    Raises:
        UnknownSession: There is none.
    """
    row = db.fetch_one(
        session,
        "select held.*, device.name as device, device.site || '/' || device.code as device_topic"
        " from imaging_session held join imaging_device device"
        " on (device.tenant_id, device.id) = (held.tenant_id, held.device_id)"
        " where held.tenant_id = %s and held.id = %s",
        (ctx.tenant_id, wanted.session_id),
    )
    if row is None:
        raise unknown_session()
    decisions = [_decision(found) for found in _decisions(session, ctx, wanted.session_id)]
    missing = max(0, (row["expected"] or 0) - row["stored"] - row["quarantined"])
    plain = {name: row[name] for name in SessionDetail.model_fields if name in row}
    known = plain | {
        "patient": row["patient_name"] or row["patient_code"] or "Unknown patient",
        "gaps": max(0, row["last_seq"] + 1 - row["events"]),
        "missing": 0 if row["settled_at"] else missing,
        "events": _events(session, ctx, wanted.session_id),
    }
    return SessionDetail(
        **known,
        steps=steps_of(session, ctx, wanted.session_id),
        warnings=_warnings(session, ctx, row),
        decisions=decisions,
        reports=_reports(session, ctx, wanted.session_id),
        measurements=marks_in_force(session, ctx, wanted.session_id),
    )


def _events(session: Session, ctx: RequestContext, session_id: UUID) -> list[EventRow]:
    rows = db.fetch_all(
        session,
        "select id, seq, type, device_at, received_at, clock from session_event"
        " where tenant_id = %s and session_id = %s order by seq desc limit %s",
        (ctx.tenant_id, session_id, LATEST_EVENTS),
    )
    return [EventRow(**row) for row in rows]


def _decisions(session: Session, ctx: RequestContext, session_id: UUID) -> list[db.Row]:
    return db.fetch_all(
        session,
        "select id, to_state, reason_code, note, reviewer_name, decided_at from qa_review"
        " where tenant_id = %s and session_id = %s order by id desc limit 100",
        (ctx.tenant_id, session_id),
    )


def _decision(row: db.Row) -> DecisionRow:
    return DecisionRow(
        id=row["id"],
        decision=DECISIONS.get(row["to_state"], row["to_state"]),
        reason=REASONS.get(row["reason_code"], row["reason_code"]),
        note=row["note"],
        reviewer_name=row["reviewer_name"],
        decided_at=row["decided_at"],
    )


def _reports(session: Session, ctx: RequestContext, session_id: UUID) -> list[ReportRow]:
    """Return the latest reports; a second reader who must not know the first one's words gets their own."""
    rows = db.fetch_all(
        session,
        "select id, version, status, progress, step, problem, document_id, requested_by_name,"
        " requested_at from imaging_report report where tenant_id = %s and session_id = %s"
        " and (requested_by = %s or not exists (select from imaging_session held"
        "   where (held.tenant_id, held.id) = (report.tenant_id, report.session_id)"
        "   and held.awaiting = 'second')) order by version desc limit 20",
        (ctx.tenant_id, session_id, ctx.user_id),
    )
    return [ReportRow(**row) for row in rows]


def _warnings(session: Session, ctx: RequestContext, row: db.Row) -> list[str]:
    found: list[str] = []
    others = _other_patients(session, ctx, row)
    if others:
        found.append(
            f"The images name patient {', '.join(others)}, the device announced"
            f" {row['patient_code']}. Find out whose images these are."
        )
    if row["clock"] == "unsynced":
        found.append("The device's clock is not right; times are those of arrival.")
    if row["quarantined"]:
        found.append(f"{row['quarantined']} objects of this session are held in quarantine.")
    removed = _removed(session, ctx, row["id"])
    if removed:
        found.append(f"{removed} objects of this session were removed with their study.")
    if row["state"] == "aborted":
        found.append("The device broke this session off.")
    return found


def _removed(session: Session, ctx: RequestContext, session_id: UUID) -> int:
    row = db.fetch_one(
        session,
        "select count(*) as removed from dicom_instance instance"
        " join dicom_series series"
        " on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)"
        " join dicom_study study"
        " on (study.tenant_id, study.id) = (series.tenant_id, series.study_id)"
        " where instance.tenant_id = %s and instance.session_id = %s"
        " and study.removed_at is not null",
        (ctx.tenant_id, session_id),
    )
    return int(row["removed"]) if row else 0


def _other_patients(session: Session, ctx: RequestContext, row: db.Row) -> list[str]:
    rows = db.fetch_all(
        session,
        """
        select distinct coalesce(nullif(patient.patient_code, ''), 'without number') as code
          from dicom_instance instance
          join dicom_series series
            on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)
          join dicom_study study on (study.tenant_id, study.id) = (series.tenant_id, series.study_id)
          join dicom_patient patient
            on (patient.tenant_id, patient.id) = (study.tenant_id, study.dicom_patient_id)
         where instance.tenant_id = %s and instance.session_id = %s and %s <> ''
           and patient.patient_code <> %s order by code limit 5
        """,
        (ctx.tenant_id, row["id"], row["patient_code"], row["patient_code"]),
    )
    return [found["code"] for found in rows]


@query(
    "imaging.get_instance",
    permission="imaging.view",
    rest="GET /imaging/instances/{instance_id}/metadata",
)
def get_instance(session: Session, ctx: RequestContext, wanted: GetInstance) -> InstanceDetail:
    """Return an object's facts and attributes.

    Raises:
        UnknownObject: There is none.
    """
    row = _instance(session, ctx, wanted.instance_id)
    return InstanceDetail(**{name: row[name] for name in InstanceDetail.model_fields})


def find_instance(session: Session, ctx: RequestContext, wanted: GetInstance) -> InstanceSource:
    """Return where an object's bytes are, for the edge that streams or renders them.

    Raises:
        PermissionDenied: The actor may not see images.
        UnknownObject: There is none.
    """
    ctx.require("imaging.view")
    row = _instance(session, ctx, wanted.instance_id)
    plain = {name: row[name] for name in InstanceSource.model_fields if name in row}
    return InstanceSource(**plain, storage_key=blob_key(ctx.tenant_id, row["sha256"]))


def _instance(session: Session, ctx: RequestContext, instance_id: UUID) -> db.Row:
    row = db.fetch_one(
        session,
        "select instance.*, study.removed_at from dicom_instance instance"
        " left join dicom_series series"
        " on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)"
        " left join dicom_study study"
        " on (study.tenant_id, study.id) = (series.tenant_id, series.study_id)"
        " where instance.tenant_id = %s and instance.id = %s",
        (ctx.tenant_id, instance_id),
    )
    if row is None or row["removed_at"] is not None:
        raise UnknownObject("There is no such object, or its study was removed.")
    return row
