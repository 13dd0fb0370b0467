"""Searches of the archive by DICOM's own matching rules, in one statement each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services.imaging.archive_matching import Kind, Statement, is_universal

SearchLevel = Literal["study", "series", "instance"]

MOST_RESULTS: Final = 1000
MOST_KEYS: Final = 40
_OF_STUDIES: Final = (
    "00080020 00080030 00080050 00080051 00080080 00080090 00080201 00081030 00081032 00081040"
    " 00081048 00081060 00081080 00100010 00100020 00100021 00100030 00100032 00100040 00101000"
    " 00101010 00101020 00101030 00102160 001021B0 00104000 0020000D 00200010 00321060"
)
STUDY_ATTRS: Final = frozenset(_OF_STUDIES.split())
"""Attributes of patient and study that a study keeps, as its first object says them."""
_OF_SERIES: Final = (
    "00080021 00080031 00080060 00080070 00081010 0008103E 0008103F 00081050 00081070 00081090"
    " 00180015 00181000 00181020 00181030 00185100 0020000E 00200011 00200052 00200060 00400244"
    " 00400245 00400253 00400254 00400275"
)
SERIES_ATTRS: Final = frozenset(_OF_SERIES.split())
"""Attributes that a series keeps, as its first object says them."""
COLUMNS: Final[dict[str, tuple[SearchLevel, str, Kind]]] = {
    "0020000D": ("study", "study.study_uid", "uid"),
    "00080020": ("study", "study.studied_at", "instant_day"),
    "00080030": ("study", "study.studied_at", "instant_time"),
    "00080050": ("study", "study.accession", "text"),
    "00081030": ("study", "study.description", "text"),
    "00080090": ("study", "study.referring_physician", "name"),
    "00100010": ("study", "patient.name", "name"),
    "00100020": ("study", "patient.patient_code", "text"),
    "00100021": ("study", "patient.issuer", "text"),
    "00100030": ("study", "patient.birth_on", "day"),
    "00100040": ("study", "patient.sex", "text"),
    "00080061": ("study", "", "modalities"),
    "0020000E": ("series", "series.series_uid", "uid"),
    "00080060": ("series", "series.modality", "text"),
    "00200011": ("series", "series.number", "number"),
    "0008103E": ("series", "series.description", "text"),
    "00180015": ("series", "series.body_part", "text"),
    "00200060": ("series", "series.laterality", "text"),
    "00081010": ("series", "series.station", "text"),
    "00080018": ("instance", "instance.sop_uid", "uid"),
    "00080016": ("instance", "instance.sop_class", "uid"),
    "00200013": ("instance", "instance.number", "number"),
    "00280008": ("instance", "instance.frames", "number"),
    "00280010": ("instance", "instance.rows", "number"),
    "00280011": ("instance", "instance.columns", "number"),
}
"""SearchLevel, column and way of matching of the keys that have a column of their own."""
_LEVELS: Final[dict[SearchLevel, tuple[SearchLevel, ...]]] = {
    "study": ("study",),
    "series": ("study", "series"),
    "instance": ("study", "series", "instance"),
}
_STUDY_COLUMNS: Final = """
    study.id as study_id, study.study_uid, study.accession, study.description, study.studied_at,
    study.referring_physician, study.series as n_series, study.instances as n_instances,
    study.attrs as study_attrs, patient.name as patient_name, patient.patient_code,
    patient.birth_on, patient.sex"""
_SERIES_COLUMNS: Final = """
    series.id as series_id, series.series_uid, series.modality, series.number as series_number,
    series.description as series_description, series.instances as n_series_instances,
    series.attrs as series_attrs"""
_INSTANCE_COLUMNS: Final = """
    instance.sop_uid, instance.sop_class, instance.number as instance_number, instance.rows,
    instance.columns, instance.frames, instance.attrs"""
_FROM_STUDY: Final = """
      from dicom_study study
      join dicom_patient patient
        on (patient.tenant_id, patient.id) = (study.tenant_id, study.dicom_patient_id)"""
_FROM_SERIES: Final = """
      join dicom_series series
        on (series.tenant_id, series.study_id) = (study.tenant_id, study.id)"""
_FROM_INSTANCE: Final = """
      join dicom_instance instance
        on (instance.tenant_id, instance.series_id) = (series.tenant_id, series.id)"""
_MODALITIES: Final = """
    select page.*, (select coalesce(array_agg(distinct own.modality) filter (where own.modality <> ''),
                                    '{}')
                      from dicom_series own
                     where own.tenant_id = %(tenant)s and own.study_id = page.study_id) as modalities
      from page"""
_ORDERS: Final[dict[SearchLevel, str]] = {
    "study": "study.studied_at desc nulls last, study.id desc",
    "series": "study.studied_at desc nulls last, study.id desc, series.number, series.id",
    "instance": "study.studied_at desc nulls last, study.id desc, series.number, series.id,"
    " instance.number, instance.id",
}
_TABLES: Final[dict[SearchLevel, tuple[str, str]]] = {
    "study": (_STUDY_COLUMNS, _FROM_STUDY),
    "series": (f"{_STUDY_COLUMNS},{_SERIES_COLUMNS}", _FROM_STUDY + _FROM_SERIES),
    "instance": (
        f"{_STUDY_COLUMNS},{_SERIES_COLUMNS},{_INSTANCE_COLUMNS}",
        _FROM_STUDY + _FROM_SERIES + _FROM_INSTANCE,
    ),
}


@dataclass(frozen=True, slots=True)
class ArchiveSearch:
    """What is looked for.

    Attributes:
        keys: Matching keys as sent, by tag in eight hexadecimal digits.
        fuzzy: Names match by the beginnings of their words, in any order, accents aside.
    """

    level: SearchLevel
    keys: Mapping[str, str] = field(default_factory=dict)
    fuzzy: bool = False
    limit: int = 100
    offset: int = 0


def search_archive(session: Session, ctx: RequestContext, wanted: ArchiveSearch) -> list[db.Row]:
    """Return what matches, the newest study first; one row more than asked says there is more.

    Removed studies are not found. A key without a value matches everything, as the standard
    says; a key of a lower level is refused, for it would answer another question.

    Raises:
        PermissionDenied: The actor may not see images.
        InvalidInput: A key cannot be matched at this level, or its value is no date or number.

    Source:
        PS3.4 C.2.2.2 (matching), PS3.18 10.6 (search transaction).
    """
    ctx.require("imaging.view")
    made = Statement(ctx.time_zone, fuzzy=wanted.fuzzy)
    if len(wanted.keys) > MOST_KEYS:
        raise InvalidInput(f"At most {MOST_KEYS} keys are matched at once; send fewer.")
    for tag, text in wanted.keys.items():
        _add(made, wanted.level, tag, text)
    columns, tables = _TABLES[wanted.level]
    statement = (
        f"with page as (select {columns} {tables}"
        f" where study.tenant_id = %(tenant)s and study.removed_at is null {made.where}"
        f" order by {_ORDERS[wanted.level]} limit %(limit)s offset %(offset)s) {_MODALITIES}"
    )
    given = {"tenant": ctx.tenant_id, "limit": wanted.limit + 1, "offset": wanted.offset}
    return db.fetch_all(session, statement, made.values | given)


def _add(made: Statement, level: SearchLevel, tag: str, text: str) -> None:
    """Add the condition of one key."""
    if is_universal(text):
        return
    if tag not in COLUMNS:
        made.match("text", _attr(made, level, tag), text, tag)
        return
    of, column, kind = COLUMNS[tag]
    if of not in _LEVELS[level]:
        raise InvalidInput(
            f"{tag} is no key of a search for {level} objects; search one level lower.",
            fields={tag: f"is not matched when searching {level}"},
        )
    made.match(kind, column, text, tag)


def _attr(made: Statement, level: SearchLevel, tag: str) -> str:
    """Return the first value of an attribute that has no column."""
    where = "instance.attrs" if level == "instance" else "study.attrs"
    if tag in SERIES_ATTRS and level != "study":
        where = "series.attrs"
    if tag in STUDY_ATTRS:
        where = "study.attrs"
    name = made.value(tag)
    return f"coalesce({where} -> {name} -> 'Value' ->> 0, '')"
