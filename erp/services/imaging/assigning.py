"""Telling whose images these are, and which session comes first."""

from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import party
from erp.services.imaging.events import PatientAssigned, SessionChanged
from erp.services.imaging.locking import unknown_session
from erp.services.imaging.words import URGENCIES
from erp.services.platform import Command, Identified, command, emit


class AssignPatient(Command):
    """Say which party a session's patient is."""

    session_id: UUID
    patient_id: UUID


class PrioritiseSession(Command):
    """Say how urgent a session is."""

    session_id: UUID
    urgency: Literal["routine", "urgent", "stat"]


@command(
    "imaging.assign_patient",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/patient",
)
def assign_patient(session: Session, ctx: RequestContext, cmd: AssignPatient) -> Identified:
    """Say which party a session's patient is; the objects' own texts stay as they came.

    Raises:
        UnknownSession: There is none.
        UnknownParty: There is no such party.

    Emits:
        imaging.patient_assigned.v1.
    """
    party.check_known(session, ctx, cmd.patient_id, "patient_id")
    person = party.get_party_for_sale(session, ctx, cmd.patient_id)
    row = db.fetch_one(
        session,
        "update imaging_session set patient_id = %s, patient_name = %s"
        " where tenant_id = %s and id = %s returning id",
        (cmd.patient_id, person.name, ctx.tenant_id, cmd.session_id),
    )
    if row is None:
        raise unknown_session()
    db.execute(
        session,
        """
        update dicom_patient patient set party_id = %s, match_state = 'assigned'
         where patient.tenant_id = %s and patient.id in (
               select study.dicom_patient_id from dicom_instance instance
                 join dicom_series series
                   on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)
                 join dicom_study study
                   on (study.tenant_id, study.id) = (series.tenant_id, series.study_id)
                where instance.tenant_id = patient.tenant_id and instance.session_id = %s)
        """,
        (cmd.patient_id, ctx.tenant_id, cmd.session_id),
    )
    assigned = PatientAssigned(session_id=cmd.session_id, patient_id=cmd.patient_id)
    emit(session, ctx, cmd.session_id, assigned)
    return Identified(id=cmd.session_id)


@command(
    "imaging.prioritise_session",
    permission="imaging.review",
    rest="POST /imaging/sessions/{session_id}/priority",
)
def prioritise_session(session: Session, ctx: RequestContext, cmd: PrioritiseSession) -> Identified:
    """Say how urgent a session is: the more urgent, the sooner due and the further in front.

    Raises:
        UnknownSession: There is none.

    Emits:
        imaging.session_changed.v1.
    """
    row = db.fetch_one(
        session,
        "update imaging_session set urgency = %s where tenant_id = %s and id = %s"
        " returning number, state",
        (URGENCIES.index(cmd.urgency), ctx.tenant_id, cmd.session_id),
    )
    if row is None:
        raise unknown_session()
    changed = SessionChanged(session_id=cmd.session_id, number=row["number"], state=row["state"])
    emit(session, ctx, cmd.session_id, changed)
    return Identified(id=cmd.session_id)
