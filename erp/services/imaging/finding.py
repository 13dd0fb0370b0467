"""The archive as peers search it: patients, studies, series and objects by DICOM's rules of matching.

Source: PS3.4 C.2.2.2 (matching), C.6.1 and C.6.2 (the two information models).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, LiteralString

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services.imaging.archive_matching import Kind, Statement

Level = Literal["PATIENT", "STUDY", "SERIES", "IMAGE"]
LEVELS: Final[tuple[Level, ...]] = ("PATIENT", "STUDY", "SERIES", "IMAGE")
MOST_MATCHES: Final = 2000


@dataclass(frozen=True, slots=True)
class _Key:
    """An attribute that is matched or returned.

    Attributes:
        column: What is returned.
        kind: How it is matched; None for what is only returned.
        within: The column it is matched by, where that is another.
    """

    level: Level
    column: LiteralString
    kind: Kind | None = "text"
    within: LiteralString = ""


KEYS: Final[Mapping[str, _Key]] = {
    "PatientID": _Key("PATIENT", "patient.patient_code"),
    "IssuerOfPatientID": _Key("PATIENT", "patient.issuer"),
    "PatientName": _Key("PATIENT", "patient.name", "name"),
    "PatientBirthDate": _Key("PATIENT", "patient.birth_on", "day"),
    "PatientSex": _Key("PATIENT", "patient.sex"),
    "StudyInstanceUID": _Key("STUDY", "study.study_uid", "uid"),
    "StudyDate": _Key(
        "STUDY", "(study.studied_at at time zone %(zone)s)::date", "instant_day", "study.studied_at"
    ),
    "StudyTime": _Key(
        "STUDY",
        "(study.studied_at at time zone %(zone)s)::time",
        "instant_time",
        "study.studied_at",
    ),
    "AccessionNumber": _Key("STUDY", "study.accession"),
    "StudyDescription": _Key("STUDY", "study.description"),
    "ReferringPhysicianName": _Key("STUDY", "study.referring_physician", "name"),
    "NumberOfStudyRelatedSeries": _Key("STUDY", "study.series", None),
    "NumberOfStudyRelatedInstances": _Key("STUDY", "study.instances", None),
    "SeriesInstanceUID": _Key("SERIES", "series.series_uid", "uid"),
    "Modality": _Key("SERIES", "series.modality"),
    "SeriesNumber": _Key("SERIES", "series.number", "number"),
    "SeriesDescription": _Key("SERIES", "series.description"),
    "BodyPartExamined": _Key("SERIES", "series.body_part"),
    "Laterality": _Key("SERIES", "series.laterality"),
    "StationName": _Key("SERIES", "series.station"),
    "Manufacturer": _Key("SERIES", "series.manufacturer"),
    "ManufacturerModelName": _Key("SERIES", "series.model"),
    "ProtocolName": _Key("SERIES", "series.protocol"),
    "NumberOfSeriesRelatedInstances": _Key("SERIES", "series.instances", None),
    "SOPInstanceUID": _Key("IMAGE", "instance.sop_uid", "uid"),
    "SOPClassUID": _Key("IMAGE", "instance.sop_class", "uid"),
    "InstanceNumber": _Key("IMAGE", "instance.number", "number"),
    "Rows": _Key("IMAGE", "instance.rows", None),
    "Columns": _Key("IMAGE", "instance.columns", None),
    "NumberOfFrames": _Key("IMAGE", "instance.frames", None),
}
_SOURCES: Final[Mapping[Level, LiteralString]] = {
    "PATIENT": "dicom_patient patient",
    "STUDY": "dicom_study study join dicom_patient patient"
    " on (patient.tenant_id, patient.id) = (study.tenant_id, study.dicom_patient_id)",
    "SERIES": "dicom_series series join dicom_study study"
    " on (study.tenant_id, study.id) = (series.tenant_id, series.study_id)"
    " join dicom_patient patient"
    " on (patient.tenant_id, patient.id) = (study.tenant_id, study.dicom_patient_id)",
    "IMAGE": "dicom_instance instance join dicom_series series"
    " on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)"
    " join dicom_study study on (study.tenant_id, study.id) = (series.tenant_id, series.study_id)"
    " join dicom_patient patient"
    " on (patient.tenant_id, patient.id) = (study.tenant_id, study.dicom_patient_id)",
}
_ORDER: Final[Mapping[Level, LiteralString]] = {
    "PATIENT": "patient.id",
    "STUDY": "study.studied_at desc nulls last, study.id",
    "SERIES": "series.number nulls last, series.id",
    "IMAGE": "series.number nulls last, series.id, instance.number nulls last, instance.id",
}
_OWNER: Final[Mapping[Level, LiteralString]] = {
    "PATIENT": "patient",
    "STUDY": "study",
    "SERIES": "series",
    "IMAGE": "instance",
}
_STAYS: Final = (
    "exists (select from dicom_study own where own.tenant_id = patient.tenant_id"
    " and own.dicom_patient_id = patient.id and own.removed_at is null)"
)
_MODALITIES: Final = (
    "array(select distinct inside.modality from dicom_series inside where inside.tenant_id ="
    " study.tenant_id and inside.study_id = study.id order by 1)"
)


def find_in_archive(
    session: Session,
    ctx: RequestContext,
    level: Level,
    asked: Mapping[str, str],
    most: int = MOST_MATCHES,
) -> list[dict[str, Any]]:
    """Return what matches, one row per entity of the level, with every known key at or above it.

    Args:
        asked: Attribute by keyword with what it must match, as DICOM writes it; the empty text
            matches everything. What the archive does not know matches everything too.
        most: One row more is returned where there are more.

    Raises:
        PermissionDenied: The actor may not see images.
        InvalidInput: A date or a number is none.
    """
    ctx.require("imaging.view")
    known = {name: key for name, key in KEYS.items() if _reaches(level, key.level)}
    made = Statement(ctx.time_zone)
    for name, key in known.items():
        if key.kind is not None:
            made.match(key.kind, key.within or key.column, asked.get(name, ""), name)
    if level != "PATIENT":
        made.match("modalities", "", asked.get("ModalitiesInStudy", ""), "ModalitiesInStudy")
    columns = [f'{key.column} as "{name}"' for name, key in known.items()]
    if level == "STUDY":
        columns.append(f'{_MODALITIES} as "ModalitiesInStudy"')
    made.conditions.append(_STAYS if level == "PATIENT" else "study.removed_at is null")
    owner = _OWNER[level]
    return db.fetch_all(
        session,
        f"select {', '.join(columns)} from {_SOURCES[level]}"  # noqa: S608  columns are ours, values bound
        f" where {owner}.tenant_id = %(tenant)s{made.where}"
        f" order by {_ORDER[level]} limit %(most)s",
        made.values | {"tenant": ctx.tenant_id, "zone": ctx.time_zone, "most": most + 1},
    )


def _reaches(level: Level, of_key: Level) -> bool:
    return LEVELS.index(of_key) <= LEVELS.index(level)


def objects_to_send(
    session: Session, ctx: RequestContext, asked: Mapping[str, str], most: int
) -> list[db.Row]:
    """Return the objects that unique keys name, in the order of series and number.

    Args:
        asked: `PatientID`, `StudyInstanceUID`, `SeriesInstanceUID`, `SOPInstanceUID`; several
            identifiers are divided by a backslash. At least one is given, and none is a wildcard.

    Raises:
        PermissionDenied: The actor may not see images.
        InvalidInput: No key is given.
    """
    ctx.require("imaging.view")
    names = ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
    given = {name: asked[name].split("\\") for name in names if asked.get(name)}
    if not given:
        raise InvalidInput("Name a patient, a study, a series or an object to fetch.")
    where = "".join(f" and {KEYS[name].column} = any(%({name})s)" for name in given)
    return db.fetch_all(
        session,
        f"select instance.id, instance.sop_uid, instance.sop_class, instance.transfer_syntax,"  # noqa: S608  as above
        f" instance.sha256, instance.size from {_SOURCES['IMAGE']}"
        " where instance.tenant_id = %(tenant)s and study.removed_at is null"
        f"{where} order by {_ORDER['IMAGE']} limit %(most)s",
        given | {"tenant": ctx.tenant_id, "most": most + 1},
    )
