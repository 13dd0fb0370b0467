"""The archive as peers search it: patients, studies, series and objects by DICOM's rules of matching.

Source: PS3.4 C.2.2.2 (matching), C.6.1 and C.6.2 (the two information models).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, LiteralString

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput

Level = Literal["PATIENT", "STUDY", "SERIES", "IMAGE"]
LEVELS: Final[tuple[Level, ...]] = ("PATIENT", "STUDY", "SERIES", "IMAGE")
MOST_MATCHES: Final = 2000


@dataclass(frozen=True, slots=True)
class _Key:
    """An attribute that is matched or returned.

    Attributes:
        column: Where it stands.
        kind: How it is matched: `uid`, `text`, `name`, `number`, `date`, `time`, or `none`
            for what is only returned.
    """

    level: Level
    column: LiteralString
    kind: Literal["uid", "text", "name", "number", "date", "time", "none"] = "text"


KEYS: Final[Mapping[str, _Key]] = {
    "PatientID": _Key("PATIENT", "patient.patient_code"),
    "IssuerOfPatientID": _Key("PATIENT", "patient.issuer"),
    "PatientName": _Key("PATIENT", "patient.name", "name"),
    "PatientBirthDate": _Key("PATIENT", "patient.birth_on", "date"),
    "PatientSex": _Key("PATIENT", "patient.sex"),
    "StudyInstanceUID": _Key("STUDY", "study.study_uid", "uid"),
    "StudyDate": _Key("STUDY", "(study.studied_at at time zone %(zone)s)::date", "date"),
    "StudyTime": _Key("STUDY", "(study.studied_at at time zone %(zone)s)::time", "time"),
    "AccessionNumber": _Key("STUDY", "study.accession"),
    "StudyDescription": _Key("STUDY", "study.description"),
    "ReferringPhysicianName": _Key("STUDY", "study.referring_physician", "name"),
    "NumberOfStudyRelatedSeries": _Key("STUDY", "study.series", "none"),
    "NumberOfStudyRelatedInstances": _Key("STUDY", "study.instances", "none"),
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
    "NumberOfSeriesRelatedInstances": _Key("SERIES", "series.instances", "none"),
    "SOPInstanceUID": _Key("IMAGE", "instance.sop_uid", "uid"),
    "SOPClassUID": _Key("IMAGE", "instance.sop_class", "uid"),
    "InstanceNumber": _Key("IMAGE", "instance.number", "number"),
    "Rows": _Key("IMAGE", "instance.rows", "none"),
    "Columns": _Key("IMAGE", "instance.columns", "none"),
    "NumberOfFrames": _Key("IMAGE", "instance.frames", "none"),
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
    params: dict[str, Any] = {"tenant": ctx.tenant_id, "zone": ctx.time_zone, "most": most + 1}
    known = {name: key for name, key in KEYS.items() if _reaches(level, key.level)}
    conditions: list[LiteralString] = []
    for name, key in known.items():
        if asked.get(name):
            conditions.append(_condition(name, key, asked[name], params))
    if level != "PATIENT" and asked.get("ModalitiesInStudy"):
        conditions.append(_any_modality(asked["ModalitiesInStudy"], params))
    columns = [f'{key.column} as "{name}"' for name, key in known.items()]
    if level == "STUDY":
        columns.append(f'{_MODALITIES} as "ModalitiesInStudy"')
    conditions.append(_STAYS if level == "PATIENT" else "study.removed_at is null")
    where = "".join(f" and {condition}" for condition in conditions)
    owner = _OWNER[level]
    return db.fetch_all(
        session,
        f"select {', '.join(columns)} from {_SOURCES[level]}"  # noqa: S608  columns are ours, values bound
        f" where {owner}.tenant_id = %(tenant)s{where}"
        f" order by {_ORDER[level]} limit %(most)s",
        params,
    )


def _reaches(level: Level, of_key: Level) -> bool:
    return LEVELS.index(of_key) <= LEVELS.index(level)


def _condition(name: str, key: _Key, wanted: str, params: dict[str, Any]) -> LiteralString:
    """Return the condition of one key; its values are bound under the key's name."""
    if key.kind == "none":
        return "true"
    if key.kind == "uid":
        params[name] = [part.strip("\0 ") for part in wanted.split("\\")]
        return f"{key.column} = any(%({name})s)"
    if key.kind == "number":
        params[name] = _number(name, wanted)
        return f"{key.column} = %({name})s"
    if key.kind in {"date", "time"}:
        return _range(name, key, wanted, params)
    return _text(name, key, wanted, params)


def _text(name: str, key: _Key, wanted: str, params: dict[str, Any]) -> LiteralString:
    """Match text with wildcards; names without regard to case. Several values: one of them."""
    parts = [part.strip() for part in wanted.split("\\")]
    if all(part.strip("*") == "" for part in parts):
        return "true"
    params[name] = [pattern_of(part) for part in parts]
    sensitive = "ilike" if key.kind == "name" else "like"
    return f"{key.column} {sensitive} any(%({name})s)"


def pattern_of(wanted: str) -> str:
    """Return the pattern of LIKE that a text with DICOM's wildcards stands for."""
    plain = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return plain.replace("*", "%").replace("?", "_")


def _range(name: str, key: _Key, wanted: str, params: dict[str, Any]) -> LiteralString:
    first, dash, last = wanted.strip().partition("-")
    read = _date if key.kind == "date" else _time
    params[f"{name}_from"] = read(name, first, is_end=False) if first else None
    if dash:
        params[f"{name}_to"] = read(name, last, is_end=True) if last else None
    else:
        params[f"{name}_to"] = read(name, first, is_end=True)
    unit = "date" if key.kind == "date" else "time"
    return (
        f"(%({name}_from)s::{unit} is null or {key.column} >= %({name}_from)s::{unit})"
        f" and (%({name}_to)s::{unit} is null or {key.column} <= %({name}_to)s::{unit})"
    )


def _date(name: str, text: str, *, is_end: bool) -> date:  # noqa: ARG001  a day is a day
    try:
        return datetime.strptime(text.strip().replace(".", ""), "%Y%m%d").date()  # noqa: DTZ007
    except ValueError:
        raise _no_value(name, "is no date; write 20260131 or 20260101-20260131") from None


def _time(name: str, text: str, *, is_end: bool) -> str:
    found = re.fullmatch(r"(\d{2})(\d{2})?(\d{2})?(\.\d{1,6})?", text.strip().replace(":", ""))
    if found is None:
        raise _no_value(name, "is no time; write 1430 or 080000-120000")
    fill = ("23", "59", "59") if is_end else ("00", "00", "00")
    hours, minutes, seconds = (found[n] or fill[n - 1] for n in (1, 2, 3))
    fraction = found[4] or (".999999" if is_end else "")
    if int(hours) > 23 or int(minutes) > 59 or int(seconds) > 59:  # noqa: PLR2004  of a clock
        raise _no_value(name, "is no time; write 1430 or 080000-120000")
    return f"{hours}:{minutes}:{seconds}{fraction}"


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise _no_value(name, "is no whole number") from None


def _no_value(name: str, what: str) -> InvalidInput:
    return InvalidInput(f"{name} {what}.", fields={name: what})


def _any_modality(wanted: str, params: dict[str, Any]) -> LiteralString:
    params["ModalitiesInStudy"] = [pattern_of(part.strip()) for part in wanted.split("\\")]
    return (
        "exists (select from dicom_series inside where inside.tenant_id = study.tenant_id"
        " and inside.study_id = study.id and inside.modality like any(%(ModalitiesInStudy)s))"
    )


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
