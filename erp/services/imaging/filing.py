"""Filing what is held: a person says that an object belongs to its study's patient after all."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.documents import blob_key
from erp.services.imaging.errors import NotFiledSo, UnknownHeld
from erp.services.imaging.events import RetryRequested
from erp.services.imaging.holding import lock_held
from erp.services.imaging.ports import ObjectFacts, PatientFacts
from erp.services.platform import Command, Identified, command, emit


class FileHeld(Command):
    """File an object under the patient of its study although it names another."""

    quarantine_id: UUID
    note: Annotated[str, Field(min_length=3, max_length=500)]


@dataclass(frozen=True, slots=True)
class HeldObject:
    """Where the bytes of something held are; `size` in bytes."""

    storage_key: str
    sha256: str
    size: int


@command(
    "imaging.file_held",
    permission="imaging.operate",
    rest="POST /imaging/quarantine/{quarantine_id}/file",
)
def file_held(session: Session, ctx: RequestContext, cmd: FileHeld) -> Identified:
    """Have a held object taken as one of its study's patient; who said so stays on record.

    Its bytes stay as they came and go on naming the other patient. Locks its session.

    Raises:
        UnknownHeld: There is nothing of this id.
        AlreadyDecided: It was released or discarded.
        NotFiledSo: It is held for another reason.

    Emits:
        imaging.retry_requested.v1.
    """
    held = lock_held(session, ctx, cmd.quarantine_id)
    if held["reason_code"] != "patient_conflict":
        raise NotFiledSo("Only an object whose study is another patient's can be filed so.")
    db.execute(
        session,
        "update quarantine set status = 'retrying', filed_as = 'study_patient', filed_by = %s,"
        " decision_note = %s where tenant_id = %s and id = %s",
        (ctx.user_id, cmd.note, ctx.tenant_id, held["id"]),
    )
    emit(session, ctx, held["id"], RetryRequested(quarantine_id=held["id"]))
    return Identified(id=held["id"])


def filed(session: Session, ctx: RequestContext, held: db.Row, finding: ObjectFacts) -> ObjectFacts:
    """Return what a reader says about a held object, its patient as a person filed it."""
    if held["filed_as"] != "study_patient" or finding.study is None:
        return finding
    row = db.fetch_one(
        session,
        "select patient.patient_code, patient.issuer, patient.name, patient.birth_on, patient.sex"
        " from dicom_study study join dicom_patient patient"
        " on (patient.tenant_id, patient.id) = (study.tenant_id, study.dicom_patient_id)"
        " where study.tenant_id = %s and study.study_uid = %s",
        (ctx.tenant_id, finding.study.study_uid),
    )
    if row is None:
        return finding
    patient = PatientFacts(
        patient_id=row["patient_code"],
        issuer=row["issuer"],
        name=row["name"],
        birth_date=row["birth_on"],
        sex=row["sex"],
    )
    return finding.model_copy(update={"patient": patient})


def find_held(session: Session, ctx: RequestContext, quarantine_id: UUID) -> HeldObject:
    """Return where the bytes of a held object are, for the edge that tries to show it.

    Raises:
        PermissionDenied: The actor may not see images.
        UnknownHeld: There is no held object of this id.
    """
    ctx.require("imaging.view")
    row = db.fetch_one(
        session,
        "select sha256, size from quarantine where tenant_id = %s and id = %s and kind = 'object'",
        (ctx.tenant_id, quarantine_id),
    )
    if row is None:
        raise UnknownHeld("Nothing of this id waits in quarantine.")
    return HeldObject(blob_key(ctx.tenant_id, row["sha256"]), row["sha256"], row["size"])
