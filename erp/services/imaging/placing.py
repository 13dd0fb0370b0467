"""Where an object belongs: its patient, its study and its series, made if new, locked."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Busy
from erp.core.ids import new_id
from erp.services.imaging.matching import party_of
from erp.services.imaging.messages import ReceiptStatus
from erp.services.imaging.ports import ObjectFacts, PatientFacts, SeriesFacts, StudyFacts
from erp.services.imaging.receipts import Outcome
from erp.services.imaging.searching import SERIES_ATTRS, STUDY_ATTRS

REMOVED: Final = Outcome(
    ReceiptStatus.QUARANTINED,
    "study_removed",
    "The study was removed after its time of keeping; it is not taken again by itself.",
)


@dataclass(slots=True)
class Neighbours:
    """What objects that are taken together have in common, asked once; their blobs are recorded.

    Attributes:
        held: Id and digest of the objects of the archive, by identity.
        removed: Identities of objects whose study was removed.
        series: Series found or made, locked, by all that must agree with it.
    """

    held: dict[str, tuple[UUID, str]]
    removed: frozenset[str] = frozenset()
    series: dict[tuple[str, ...], UUID] = field(default_factory=dict)


def place(
    session: Session, ctx: RequestContext, facts: ObjectFacts, near: Neighbours
) -> UUID | Outcome | None:
    """Return the series an object belongs to, made if new and locked; none for a directory."""
    if facts.study is None or facts.series is None:
        return None
    key = (
        *(facts.study.study_uid, facts.series.series_uid, text_of(facts.series.modality)),
        *(text_of(facts.patient.patient_id), text_of(facts.patient.issuer)),
    )
    if key not in near.series:
        found = _known_series(session, ctx, facts.patient, facts.study, facts.series)
        if found is None:
            found = _new_series(session, ctx, facts.patient, facts.study, facts.series, facts.attrs)
        if isinstance(found, Outcome):
            return found
        near.series[key] = found
    return near.series[key]


def _new_series(
    session: Session,
    ctx: RequestContext,
    patient: PatientFacts,
    study: StudyFacts,
    series: SeriesFacts,
    attrs: dict[str, Any],
) -> UUID | Outcome:
    found = _study(session, ctx, patient, study, attrs)
    return found if isinstance(found, Outcome) else _series(session, ctx, found, series, attrs)


def _known_series(
    session: Session,
    ctx: RequestContext,
    patient: PatientFacts,
    study: StudyFacts,
    facts: SeriesFacts,
) -> UUID | Outcome | None:
    """Return a series that is known, locked with its study; or in what an object disagrees with it."""
    row = db.fetch_one(
        session,
        "select series.id, series.modality, study.study_uid, study.removed_at,"
        " patient.patient_code, patient.issuer"
        " from dicom_study study join dicom_series series"
        " on (series.tenant_id, series.study_id) = (study.tenant_id, study.id)"
        " join dicom_patient patient"
        " on (patient.tenant_id, patient.id) = (study.tenant_id, study.dicom_patient_id)"
        " where series.tenant_id = %s and series.series_uid = %s for no key update of study, series",
        (ctx.tenant_id, facts.series_uid),
    )
    if row is None:
        return None
    if row["removed_at"] is not None:
        return REMOVED
    if (row["study_uid"], row["modality"]) != (study.study_uid, text_of(facts.modality)):
        return Outcome(
            ReceiptStatus.QUARANTINED,
            "series_conflict",
            "The series is known in another study or with another modality.",
        )
    series_id: UUID = row["id"]
    return _other_patient(row, patient) or series_id


def _other_patient(row: db.Row, patient: PatientFacts) -> Outcome | None:
    if (row["patient_code"], row["issuer"]) == (
        text_of(patient.patient_id),
        text_of(patient.issuer),
    ):
        return None
    return Outcome(
        ReceiptStatus.QUARANTINED,
        "patient_conflict",
        f"The study belongs to patient {row['patient_code'] or 'without identifier'},"
        f" the object names {patient.patient_id or 'none'}.",
    )


def _study(
    session: Session,
    ctx: RequestContext,
    patient: PatientFacts,
    facts: StudyFacts,
    attrs: dict[str, Any],
) -> UUID | Outcome:
    row = db.fetch_one(
        session,
        "select study.id, study.removed_at, patient.patient_code, patient.issuer from dicom_study study"
        " join dicom_patient patient"
        " on (patient.tenant_id, patient.id) = (study.tenant_id, study.dicom_patient_id)"
        " where study.tenant_id = %s and study.study_uid = %s for no key update of study",
        (ctx.tenant_id, facts.study_uid),
    )
    if row is None:
        return _new_study(session, ctx, patient, facts, attrs)
    if row["removed_at"] is not None:
        return REMOVED
    study_id: UUID = row["id"]
    return _other_patient(row, patient) or study_id


def _new_study(
    session: Session,
    ctx: RequestContext,
    patient: PatientFacts,
    facts: StudyFacts,
    attrs: dict[str, Any],
) -> UUID | Outcome:
    patient_id = _patient(session, ctx, patient)
    row = db.fetch_one(
        session,
        "insert into dicom_study (tenant_id, id, dicom_patient_id, study_uid, accession, studied_at,"
        " description, referring_physician, series, instances, bytes, attrs)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, 0, 0, 0, %s::jsonb)"
        " on conflict (tenant_id, study_uid) do nothing returning id",
        (
            *(ctx.tenant_id, new_id(), patient_id, facts.study_uid),
            *(text_of(facts.accession_number), instant_of(facts.started_at, ctx)),
            *(text_of(facts.description), text_of(facts.referring_physician)),
            part_of(attrs, STUDY_ATTRS),
        ),
    )
    return row["id"] if row is not None else _study(session, ctx, patient, facts, attrs)


def _patient(session: Session, ctx: RequestContext, facts: PatientFacts) -> UUID:
    """Return the row of a patient; one without identifier is new each time."""
    code = facts.patient_id or ""
    person = party_of(session, ctx, code)
    row = db.fetch_one(
        session,
        "insert into dicom_patient as known (tenant_id, id, patient_code, issuer, name, birth_on, sex,"
        " party_id, match_state) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict (tenant_id, issuer, patient_code) where patient_code <> ''"
        " do update set name = coalesce(nullif(known.name, ''), excluded.name),"
        "   birth_on = coalesce(known.birth_on, excluded.birth_on),"
        "   sex = coalesce(nullif(known.sex, ''), excluded.sex),"
        "   party_id = coalesce(known.party_id, excluded.party_id),"
        "   match_state = case when known.party_id is null then excluded.match_state"
        "                      else known.match_state end"
        " returning id",
        (
            *(ctx.tenant_id, new_id(), code, text_of(facts.issuer), text_of(facts.name)),
            *(facts.birth_date, text_of(facts.sex), person.id if person else None),
            "exact" if person else "none",
        ),
    )
    if row is None:
        msg = "An insert returned no row."
        raise RuntimeError(msg)
    patient_id: UUID = row["id"]
    return patient_id


def _series(
    session: Session,
    ctx: RequestContext,
    study_id: UUID,
    facts: SeriesFacts,
    attrs: dict[str, Any],
) -> UUID:
    """Return the series, made if new, locked; it never changes its study or its modality."""
    db.execute(
        session,
        "insert into dicom_series (tenant_id, id, study_id, series_uid, modality, number, description,"
        " body_part, laterality, station, manufacturer, model, protocol, instances, attrs)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, %s::jsonb)"
        " on conflict (tenant_id, series_uid) do nothing",
        (
            *(ctx.tenant_id, new_id(), study_id, facts.series_uid, text_of(facts.modality)),
            *(facts.number, text_of(facts.description), text_of(facts.body_part)),
            *(text_of(facts.laterality), text_of(facts.station), text_of(facts.manufacturer)),
            *(text_of(facts.model), text_of(facts.protocol), part_of(attrs, SERIES_ATTRS)),
        ),
    )
    row = db.fetch_one(
        session,
        "select id from dicom_series where tenant_id = %s and series_uid = %s and study_id = %s"
        " and modality = %s for no key update",
        (ctx.tenant_id, facts.series_uid, study_id, text_of(facts.modality)),
    )
    if row is None:
        raise Busy("Another object is opening this series; try again.")
    series_id: UUID = row["id"]
    return series_id


def part_of(attrs: dict[str, Any], tags: frozenset[str]) -> str:
    """Return some of an object's attributes as JSON text; marks of bulk stay with the object."""
    kept = {tag: attr for tag, attr in attrs.items() if tag in tags and "BulkDataURI" not in attr}
    return json.dumps(kept)


def text_of(value: str | None) -> str:
    """Return a text that may be absent."""
    return value or ""


def instant_of(local: datetime | None, ctx: RequestContext) -> datetime | None:
    """Return device time, which has no zone, as an instant of the tenant's zone."""
    if local is None or local.tzinfo is not None:
        return local
    try:
        return local.replace(tzinfo=ZoneInfo(ctx.time_zone)).astimezone(UTC)
    except OverflowError:
        return None
