"""Rows of the archive for one object: patient, study, series, instance."""

import json
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import documents
from erp.services.imaging.devices import unknown_device
from erp.services.imaging.matching import party_of, spoken_name
from erp.services.imaging.messages import ReceiptStatus
from erp.services.imaging.ordering import link_order
from erp.services.imaging.placing import REMOVED, Neighbours, instant_of, place, text_of
from erp.services.imaging.ports import ObjectFacts
from erp.services.imaging.receipts import Outcome
from erp.services.imaging.repeating import link_repeat

DESCRIBED: Final = ("patient_name", "patient_code", "study_uid", "modality")
"""What a session says of itself as soon as an object does."""


def neighbours_of(
    session: Session, ctx: RequestContext, sop_uids: list[str], *, way_in: UUID | None = None
) -> Neighbours:
    """Return what is known of objects that are about to be archived together.

    Args:
        way_in: Given where no transfer names it yet: what brings them, which must be in use.

    Raises:
        UnknownDevice: There is no such way in, or it was retired.
    """
    rows = db.fetch_all(
        session,
        "select instance.id, instance.sop_uid, instance.sha256, study.removed_at"
        " from (select 1 where %(way)s::uuid is null or exists (select from imaging_device"
        "   where tenant_id = %(tenant)s and id = %(way)s and is_active and kind <> 'mqtt')) known"
        " left join dicom_instance instance"
        " on instance.tenant_id = %(tenant)s and instance.sop_uid = any(%(sop_uids)s)"
        " left join dicom_series series"
        " on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)"
        " left join dicom_study study"
        " on (study.tenant_id, study.id) = (series.tenant_id, series.study_id)",
        {"tenant": ctx.tenant_id, "sop_uids": sop_uids, "way": way_in},
    )
    if not rows:
        raise unknown_device()
    held = [row for row in rows if row["id"] is not None]
    return Neighbours(
        {row["sop_uid"]: (row["id"], row["sha256"]) for row in held},
        frozenset(row["sop_uid"] for row in held if row["removed_at"] is not None),
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
    series_id = place(session, ctx, facts, own)
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


def lacks_words(found: db.Row, facts: ObjectFacts) -> bool:
    """Tell whether an object may say something that its session does not say of itself."""
    named = facts.study.accession_number if facts.study else ""
    return bool(named and not found["accession"]) or not all(found[name] for name in DESCRIBED)


def describe_session(
    session: Session, ctx: RequestContext, session_id: UUID, facts: ObjectFacts
) -> None:
    """Fill what the device did not tell of its session from its first objects.

    What was signed stays as it was signed.
    """
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
         where tenant_id = %(tenant)s and id = %(id)s and qa_state <> 'signed_off'
           and ('' in (patient_name, patient_code, study_uid, modality)
                or (accession = '' and %(accession)s <> ''))
        returning order_id, repeat_of, patient_code
        """,
        {
            "tenant": ctx.tenant_id,
            "id": session_id,
            "name": person.name if person else spoken_name(patient.name),
            "person": person.id if person else None,
            "code": code,
            "study": study.study_uid if study else "",
            "accession": text_of(study.accession_number if study else None),
            "modality": text_of(series.modality if series else None),
        },
    )
    if row is not None and row["order_id"] is None:
        link_order(session, ctx, session_id)
    if row is not None and row["repeat_of"] is None and row["patient_code"]:
        link_repeat(session, ctx, session_id)


def _existing(near: Neighbours, transfer: db.Row) -> Outcome | None:
    known = near.held.get(transfer["sop_uid"])
    if known is None:
        return None
    if transfer["sop_uid"] in near.removed:
        return REMOVED
    instance_id, sha256 = known
    if sha256 == transfer["sha256"]:
        return Outcome(ReceiptStatus.DUPLICATE, instance_id=instance_id)
    return Outcome(
        ReceiptStatus.CONFLICT,
        "uid_conflict",
        "Another object of the same identity is stored; neither is overwritten.",
    )


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
                 spacing_mm, spacing_source, spacing_region, windows, frame_time_ms, frame_places, laterality,
                 frame_of_reference, is_lossy, is_renderable, not_renderable_because, burned_in,
                 preamble, flags, acquired_at, pixels, attrs, stored_at)
            values (%(tenant_id)s, %(id)s, %(series_id)s, %(session_id)s, %(sop_uid)s, %(sop_class)s,
                    %(transfer_syntax)s, %(object_class)s, %(sha256)s, %(size)s, %(number)s, %(rows)s,
                    %(columns)s, %(frames)s, %(bits)s, %(photometric)s, %(spacing_mm)s,
                    %(spacing_source)s, %(spacing_region)s, %(windows)s::jsonb, %(frame_time_ms)s,
                    %(frame_places)s::jsonb, %(laterality)s, %(frame_of_reference)s, %(is_lossy)s, %(is_renderable)s,
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
        "frame_places": own.frame_places.model_dump_json() if own.frame_places else None,
        "laterality": text_of(facts.series.laterality if facts.series else None),
        "frame_of_reference": text_of(own.frame_of_reference),
        "is_lossy": own.is_lossy,
        "is_renderable": facts.is_renderable,
        "not_renderable_because": text_of(facts.not_renderable_because),
        "burned_in": own.burned_in,
        "preamble": facts.preamble,
        "flags": list(facts.flags),
        "acquired_at": instant_of(own.acquired_at, ctx),
        "pixels": json.dumps(facts.pixels) if facts.pixels else None,
        "attrs": json.dumps(facts.attrs),
        "stored_at": ctx.now,
    }
