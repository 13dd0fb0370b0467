"""Searches of the archive by DICOM's own matching rules, in one statement each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput

SearchLevel = Literal["study", "series", "instance"]
Kind = Literal["text", "name", "uid", "day", "instant_day", "instant_time", "number", "modalities"]

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
_RANGE: Final = re.compile(r"(?P<low>[^-]*)-(?P<high>[^-]*)")
_DAY_TEXT: Final = re.compile(r"\d{8}")
_TIME_TEXT: Final = re.compile(r"\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?")
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
_NAME: Final = (
    "' ' || regexp_replace(regexp_replace(normalize(lower({column}), nfkd), '[\u0300-\u036f]', '', 'g'),"
    " '[\\^=,.[:space:]]+', ' ', 'g')"
)


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


@dataclass(slots=True)
class _Statement:
    """Conditions, and the values they name."""

    ctx: RequestContext
    fuzzy: bool
    conditions: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def value(self, value: object) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


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
    made = _Statement(ctx, wanted.fuzzy)
    if len(wanted.keys) > MOST_KEYS:
        raise InvalidInput(f"At most {MOST_KEYS} keys are matched at once; send fewer.")
    for tag, text in wanted.keys.items():
        _add(made, wanted.level, tag, text.strip())
    columns, tables = _TABLES[wanted.level]
    conditions = "".join(f" and {condition}" for condition in made.conditions)
    statement = (
        f"with page as (select {columns} {tables}"
        f" where study.tenant_id = %(tenant)s and study.removed_at is null {conditions}"
        f" order by {_ORDERS[wanted.level]} limit %(limit)s offset %(offset)s) {_MODALITIES}"
    )
    given = {"tenant": ctx.tenant_id, "limit": wanted.limit + 1, "offset": wanted.offset}
    return db.fetch_all(session, statement, made.values | given)


def _add(made: _Statement, level: SearchLevel, tag: str, text: str) -> None:
    """Add the condition of one key."""
    if not text or text == "*":
        return
    of, column, kind = COLUMNS.get(tag, ("", "", "text"))
    if not of:
        made.conditions.append(_plain(made, _attr(made, level, tag), text))
    elif of not in _LEVELS[level]:
        raise InvalidInput(
            f"{tag} is no key of a search for {level} objects; search one level lower.",
            fields={tag: f"is not matched when searching {level}"},
        )
    else:
        made.conditions.append(_MATCHERS[kind](made, column, text, tag))


def _attr(made: _Statement, level: SearchLevel, tag: str) -> str:
    """Return the first value of an attribute that has no column."""
    where = "instance.attrs" if level == "instance" else "study.attrs"
    if tag in SERIES_ATTRS and level != "study":
        where = "series.attrs"
    if tag in STUDY_ATTRS:
        where = "study.attrs"
    name = made.value(tag)
    return f"coalesce({where} -> {name} -> 'Value' ->> 0, '')"


def _text(made: _Statement, column: str, text: str, _tag: str) -> str:
    return _plain(made, column, text)


def _plain(made: _Statement, column: str, text: str) -> str:
    if "*" in text or "?" in text:
        return f"{column} like {made.value(_pattern(text))}"
    return f"{column} = {made.value(text)}"


def _pattern(text: str) -> str:
    """Return the LIKE pattern of DICOM's wildcards."""
    plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return plain.replace("*", "%").replace("?", "_")


def _name(made: _Statement, column: str, text: str, _tag: str) -> str:
    """Names match whatever their case; fuzzily by the beginnings of their words."""
    if not made.fuzzy:
        return _plain(made, f"lower({column})", text.lower())
    words = re.split(r"[\^=,.*?\s]+", text.lower())
    folded = _NAME.replace("{column}", column)
    found = [
        f"{folded} like '%% ' || regexp_replace(normalize({made.value(_pattern(word))}, nfkd),"
        " '[\u0300-\u036f]', '', 'g') || '%%'"
        for word in words
        if word
    ]
    return f"({' and '.join(found)})" if found else "true"


def _uid(made: _Statement, column: str, text: str, tag: str) -> str:
    """Match any identifier of a list, which commas or backslashes separate."""
    uids = [part.strip() for part in re.split(r"[,\\]", text) if part.strip()]
    if not all(re.fullmatch(r"[0-9.]{1,64}", uid) for uid in uids):
        raise InvalidInput(f"{tag} is no list of UIDs.", fields={tag: "must be UIDs"})
    return f"{column} = any({made.value(uids)})"


def _number(made: _Statement, column: str, text: str, tag: str) -> str:
    if not re.fullmatch(r"-?\d{1,9}", text):
        raise InvalidInput(f"{tag} must be a whole number.", fields={tag: "is no whole number"})
    return f"{column} = {made.value(int(text))}"


def _modalities(made: _Statement, _column: str, text: str, _tag: str) -> str:
    wanted = [part.strip() for part in re.split(r"[,\\]", text) if part.strip()]
    found = " or ".join(_plain(made, "own.modality", one) for one in wanted) or "true"
    return (
        "exists (select from dicom_series own where own.tenant_id = study.tenant_id"
        f" and own.study_id = study.id and ({found}))"
    )


def _day(made: _Statement, column: str, text: str, tag: str) -> str:
    low, high = _days(text, tag)
    parts = [f"{column} >= {made.value(low)}"] if low else []
    parts += [f"{column} <= {made.value(high)}"] if high else []
    return f"({' and '.join(parts)})"


def _instant_day(made: _Statement, column: str, text: str, tag: str) -> str:
    """Match a day, or a range of days, of the tenant's time zone by its instants."""
    low, high = _days(text, tag)
    zone = ZoneInfo(made.ctx.time_zone)
    parts = []
    if low:
        parts.append(f"{column} >= {made.value(_start(low, zone))}")
    if high:
        parts.append(f"{column} < {made.value(_start(high + timedelta(days=1), zone))}")
    return f"({' and '.join(parts)})"


def _instant_time(made: _Statement, column: str, text: str, tag: str) -> str:
    """Match a time of day, to the precision given, or a range of them."""
    low, high = _ends(text, tag, _TIME_TEXT)
    local = f"({column} at time zone {made.value(made.ctx.time_zone)})::time"
    parts = []
    if low:
        parts.append(f"{local} >= {made.value(_clock(low, tag, '000000.000000'))}")
    if high:
        parts.append(f"{local} <= {made.value(_clock(high, tag, '005959.999999'))}")
    return f"({' and '.join(parts)})"


def _days(text: str, tag: str) -> tuple[date | None, date | None]:
    low, high = _ends(text, tag, _DAY_TEXT)
    return _calendar_day(low, tag), _calendar_day(high, tag)


def _ends(text: str, tag: str, form: re.Pattern[str]) -> tuple[str, str]:
    """Return both ends of a range, either of which may be open; a single value is both."""
    match = _RANGE.fullmatch(text)
    low, high = (match["low"].strip(), match["high"].strip()) if match else (text, text)
    if not (low or high) or any(end and not form.fullmatch(end) for end in (low, high)):
        raise InvalidInput(
            f"{tag} must be a value such as 20240131, or a range such as 20240101-20240131.",
            fields={tag: "is no date, time or range"},
        )
    return low, high


def _calendar_day(text: str, tag: str) -> date | None:
    if not text:
        return None
    try:
        found = datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise InvalidInput(
            f"{tag} names no day of the calendar.", fields={tag: "is no day"}
        ) from None
    if not date(1, 1, 2) <= found <= date(9999, 12, 30):
        raise InvalidInput(f"{tag} is out of range.", fields={tag: "is out of range"})
    return found


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _clock(text: str, tag: str, rest: str) -> time:
    """Return a time whose missing digits are `rest`'s."""
    whole = text + rest[len(text) :]
    try:
        return datetime.strptime(whole.ljust(13, "0"), "%H%M%S.%f").replace(tzinfo=UTC).time()
    except ValueError:
        raise InvalidInput(f"{tag} names no time of day.", fields={tag: "is no time"}) from None


_MATCHERS: Final = {
    "text": _text,
    "name": _name,
    "uid": _uid,
    "day": _day,
    "instant_day": _instant_day,
    "instant_time": _instant_time,
    "number": _number,
    "modalities": _modalities,
}
