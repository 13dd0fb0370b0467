"""Rows of the archive for one object: patient, study, series, instance."""

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
from erp.services import documents
from erp.services.imaging.matching import party_of, spoken_name
from erp.services.imaging.messages import ReceiptStatus
from erp.services.imaging.ordering import link_order
from erp.services.imaging.ports import ObjectFacts, PatientFacts, SeriesFacts, StudyFacts
from erp.services.imaging.receipts import Outcome
from erp.services.imaging.searching import SERIES_ATTRS, STUDY_ATTRS

_REMOVED: Final = Outcome(
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


def neighbours_of(session: Session, ctx: RequestContext, sop_uids: list[str]) -> Neighbours:
    """Return what is known of objects that are about to be archived together."""
    rows = db.fetch_all(
        session,
        "select instance.id, instance.sop_uid, instance.sha256, study.removed_at"
        " from dicom_instance instance left join dicom_series series"
        " on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)"
        " left join dicom_study study"
        " on (study.tenant_id, study.id) = (series.tenant_id, series.study_id)"
        " where instance.tenant_id = %s and instance.sop_uid = any(%s)",
        (ctx.tenant_id, sop_uids),
    )
    return Neighbours(
        {row["sop_uid"]: (row["id"], row["sha256"]) for row in rows},
        frozenset(row["sop_uid"] for row in rows if row["removed_at"] is not None),
    )


def archive(
    session: Session,
    ctx: RequestContext,
    transfer: db.Row,
    facts: ObjectFacts,
    near: Neighbours | None = None,
) -> Outcome:
    """Write the rows of an object whose bytes are in object storage, or say why not.

    Locks the study and the series. An object of the same identity that is there already
    decides: equal bytes are a duplicate, others a conflict; nothing is ever overwritten.

    Args:
        near: Given where several are taken together; the caller then describes their session.
    """
    own = near or _alone(session, ctx, transfer)
    known = _existing(own, transfer)
    if known is not None:
        return known
    series_id = _place(session, ctx, facts, own)
    if isinstance(series_id, Outcome):
        return series_id
    outcome = _instance(session, ctx, transfer, facts, series_id)
    if outcome.status is ReceiptStatus.STORED and outcome.instance_id is not None:
        own.held[transfer["sop_uid"]] = (outcome.instance_id, transfer["sha256"])
        if near is None:
            describe_session(session, ctx, transfer["session_id"], facts)
    return outcome


def _alone(session: Session, ctx: RequestContext, transfer: db.Row) -> Neighbours:
    documents.ensure_blob(
        session, ctx, transfer["sha256"], size=transfer["size"], media_type="application/dicom"
    )
    return neighbours_of(session, ctx, [transfer["sop_uid"]])


def _place(
    session: Session, ctx: RequestContext, facts: ObjectFacts, near: Neighbours
) -> UUID | Outcome | None:
    """Return the series an object belongs to, made if new and locked; none for a directory."""
    if facts.study is None or facts.series is None:
        return None
    key = (
        *(facts.study.study_uid, facts.series.series_uid, _text(facts.series.modality)),
        *(_text(facts.patient.patient_id), _text(facts.patient.issuer)),
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


def describe_session(
    session: Session, ctx: RequestContext, session_id: UUID, facts: ObjectFacts
) -> None:
    """Fill what the device did not tell of its session from its first objects."""
    patient, study, series = facts.patient, facts.study, facts.series
    code = patient.patient_id or ""
    person = party_of(session, ctx, code)
    row = db.fetch_one(
        session,
        """
        update imaging_session
           set patient_name = coalesce(nullif(patient_name, ''), %(name)s),
               patient_id = case when patient_code in ('', %(code)s)
                                 then coalesce(patient_id, %(person)s) else patient_id end,
               patient_code = coalesce(nullif(patient_code, ''), %(code)s),
               study_uid = coalesce(nullif(study_uid, ''), %(study)s),
               accession = coalesce(nullif(accession, ''), %(accession)s),
               modality = coalesce(nullif(modality, ''), %(modality)s)
         where tenant_id = %(tenant)s and id = %(id)s
           and ('' in (patient_name, patient_code, study_uid, modality)
                or (accession = '' and %(accession)s <> ''))
        returning order_id
        """,
        {
            "tenant": ctx.tenant_id,
            "id": session_id,
            "name": person.name if person else spoken_name(patient.name),
            "person": person.id if person else None,
            "code": code,
            "study": study.study_uid if study else "",
            "accession": _text(study.accession_number if study else None),
            "modality": _text(series.modality if series else None),
        },
    )
    if row is not None and row["order_id"] is None:
        link_order(session, ctx, session_id)


def _existing(near: Neighbours, transfer: db.Row) -> Outcome | None:
    known = near.held.get(transfer["sop_uid"])
    if known is None:
        return None
    if transfer["sop_uid"] in near.removed:
        return _REMOVED
    instance_id, sha256 = known
    if sha256 == transfer["sha256"]:
        return Outcome(ReceiptStatus.DUPLICATE, instance_id=instance_id)
    return Outcome(
        ReceiptStatus.CONFLICT,
        "uid_conflict",
        "Another object of the same identity is stored; neither is overwritten.",
    )


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
        return _REMOVED
    if (row["study_uid"], row["modality"]) != (study.study_uid, _text(facts.modality)):
        return Outcome(
            ReceiptStatus.QUARANTINED,
            "series_conflict",
            "The series is known in another study or with another modality.",
        )
    series_id: UUID = row["id"]
    return _other_patient(row, patient) or series_id


def _other_patient(row: db.Row, patient: PatientFacts) -> Outcome | None:
    if (row["patient_code"], row["issuer"]) == (_text(patient.patient_id), _text(patient.issuer)):
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
        return _REMOVED
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
            *(_text(facts.accession_number), _instant(facts.started_at, ctx)),
            *(_text(facts.description), _text(facts.referring_physician)),
            _part_of(attrs, STUDY_ATTRS),
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
            *(ctx.tenant_id, new_id(), code, _text(facts.issuer), _text(facts.name)),
            *(facts.birth_date, _text(facts.sex), person.id if person else None),
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
            *(ctx.tenant_id, new_id(), study_id, facts.series_uid, _text(facts.modality)),
            *(facts.number, _text(facts.description), _text(facts.body_part)),
            *(_text(facts.laterality), _text(facts.station), _text(facts.manufacturer)),
            *(_text(facts.model), _text(facts.protocol), _part_of(attrs, SERIES_ATTRS)),
        ),
    )
    row = db.fetch_one(
        session,
        "select id from dicom_series where tenant_id = %s and series_uid = %s and study_id = %s"
        " and modality = %s for no key update",
        (ctx.tenant_id, facts.series_uid, study_id, _text(facts.modality)),
    )
    if row is None:
        raise Busy("Another object is opening this series; try again.")
    series_id: UUID = row["id"]
    return series_id


def _instance(
    session: Session,
    ctx: RequestContext,
    transfer: db.Row,
    facts: ObjectFacts,
    series_id: UUID | None,
) -> Outcome:
    row = db.fetch_one(
        session,
        """
        with stored as (
            insert into dicom_instance
                (tenant_id, id, series_id, session_id, sop_uid, sop_class, transfer_syntax,
                 object_class, sha256, size, number, rows, columns, frames, bits, photometric,
                 spacing_mm, spacing_source, spacing_region, windows, frame_time_ms, laterality,
                 frame_of_reference, is_lossy, is_renderable, not_renderable_because, burned_in,
                 preamble, flags, acquired_at, pixels, attrs, stored_at)
            values (%(tenant_id)s, %(id)s, %(series_id)s, %(session_id)s, %(sop_uid)s, %(sop_class)s,
                    %(transfer_syntax)s, %(object_class)s, %(sha256)s, %(size)s, %(number)s, %(rows)s,
                    %(columns)s, %(frames)s, %(bits)s, %(photometric)s, %(spacing_mm)s,
                    %(spacing_source)s, %(spacing_region)s, %(windows)s::jsonb, %(frame_time_ms)s,
                    %(laterality)s, %(frame_of_reference)s, %(is_lossy)s, %(is_renderable)s,
                    %(not_renderable_because)s, %(burned_in)s, %(preamble)s, %(flags)s,
                    %(acquired_at)s, %(pixels)s::jsonb, %(attrs)s::jsonb, %(stored_at)s)
            on conflict (tenant_id, sop_uid) do nothing returning id, series_id, size
        ), counted as (
            update dicom_series series set instances = instances + 1 from stored
             where series.tenant_id = %(tenant_id)s and series.id = stored.series_id
            returning series.study_id, series.instances
        ), of_study as (
            update dicom_study study
               set instances = study.instances + 1, bytes = study.bytes + %(size)s,
                   series = study.series + (counted.instances = 1)::int
              from counted where study.tenant_id = %(tenant_id)s and study.id = counted.study_id
        ) select id from stored
        """,
        _instance_values(ctx, transfer, facts, series_id),
    )
    if row is None:
        again = neighbours_of(session, ctx, [transfer["sop_uid"]])
        return _existing(again, transfer) or Outcome(ReceiptStatus.CONFLICT, "uid_conflict")
    return Outcome(ReceiptStatus.STORED, instance_id=row["id"])


def _instance_values(
    ctx: RequestContext, transfer: db.Row, facts: ObjectFacts, series_id: UUID | None
) -> dict[str, Any]:
    own, pixels = facts.instance, facts.pixels or {}
    return {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "series_id": series_id,
        "session_id": transfer["session_id"],
        "sop_uid": own.sop_uid,
        "sop_class": own.sop_class,
        "transfer_syntax": own.transfer_syntax,
        "object_class": facts.object_class,
        "sha256": transfer["sha256"],
        "size": transfer["size"],
        "number": own.number,
        "rows": pixels.get("rows", 0),
        "columns": pixels.get("columns", 0),
        "frames": pixels.get("frames", 0),
        "bits": pixels.get("bits_stored", 0),
        "photometric": pixels.get("photometric", ""),
        "spacing_mm": list(own.spacing_mm) if own.spacing_mm else None,
        "spacing_source": own.spacing_source,
        "spacing_region": list(own.spacing_region) if own.spacing_region else None,
        "windows": json.dumps(list(own.windows)),
        "frame_time_ms": own.frame_time_ms,
        "laterality": _text(facts.series.laterality if facts.series else None),
        "frame_of_reference": _text(own.frame_of_reference),
        "is_lossy": own.is_lossy,
        "is_renderable": facts.is_renderable,
        "not_renderable_because": _text(facts.not_renderable_because),
        "burned_in": own.burned_in,
        "preamble": facts.preamble,
        "flags": list(facts.flags),
        "acquired_at": _instant(own.acquired_at, ctx),
        "pixels": json.dumps(facts.pixels) if facts.pixels else None,
        "attrs": json.dumps(facts.attrs),
        "stored_at": ctx.now,
    }


def _part_of(attrs: dict[str, Any], tags: frozenset[str]) -> str:
    """Return some of an object's attributes as JSON text; marks of bulk stay with the object."""
    kept = {tag: attr for tag, attr in attrs.items() if tag in tags and "BulkDataURI" not in attr}
    return json.dumps(kept)


def _text(value: str | None) -> str:
    return value or ""


def _instant(local: datetime | None, ctx: RequestContext) -> datetime | None:
    """Return device time, which has no zone, as an instant of the tenant's zone."""
    if local is None or local.tzinfo is not None:
        return local
    try:
        return local.replace(tzinfo=ZoneInfo(ctx.time_zone)).astimezone(UTC)
    except OverflowError:
        return None
