"""Rows of the archive in the DICOM JSON model."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydicom.datadict import dictionary_VR

from erp.core import db

Json = dict[str, Any]
_STUDY: Final = (
    "00080020 00080030 00080050 00080090 00081030 00100010 00100020 00100030 00100040 0020000D"
    " 00200010"
)
_SERIES: Final = "00080060 0008103E 0020000E 00200011 00400244 00400245 00400275"
_INSTANCE: Final = "00080016 00080018 00200013 00280008 00280010 00280011 00280100"
STUDY_SENT: Final = _STUDY.split()
SERIES_SENT: Final = _SERIES.split()
INSTANCE_SENT: Final = _INSTANCE.split()


@dataclass(frozen=True, slots=True)
class Shape:
    """How answers look.

    Attributes:
        fields: Attributes asked for besides those always sent; `all` for every one.
        root: Address of the service. zone: The tenant's time zone.
        is_below: The address named the study, so its attributes need not be repeated.
    """

    fields: frozenset[str]
    root: str
    zone: str
    is_below: bool


def study_json(row: db.Row, shape: Shape) -> Json:
    """Return a study: what the standard always sends, and the fields asked for."""
    known = _study_known(row, shape.zone)
    answer = _chosen(known | row["study_attrs"], STUDY_SENT, shape.fields)
    return _ordered(answer | _study_counts(row, shape.root))


def series_json(row: db.Row, shape: Shape) -> Json:
    """Return a series; with its study's attributes unless the address named the study."""
    known = {
        "00080060": _value("CS", row["modality"]),
        "0008103E": _value("LO", row["series_description"]),
        "0020000E": _value("UI", row["series_uid"]),
        "00200011": _value("IS", row["series_number"]),
    }
    answer: Json = {} if shape.is_below else study_json(row, shape)
    answer |= _chosen(known | row["series_attrs"], SERIES_SENT, shape.fields)
    answer |= _of_the_study(row, shape.fields - answer.keys())
    answer["0020000D"] = _value("UI", row["study_uid"])
    answer["00201209"] = _value("IS", row["n_series_instances"])
    answer["00081190"] = _value("UR", _series_address(row, shape))
    return _ordered(answer)


def instance_json(row: db.Row, shape: Shape) -> Json:
    """Return an instance; with its series' attributes unless the address named the study."""
    answer: Json = {} if shape.is_below else series_json(row, replace(shape, is_below=False))
    known = {
        "00080016": _value("UI", row["sop_class"]),
        "00080018": _value("UI", row["sop_uid"]),
        "00200013": _value("IS", row["instance_number"]),
    }
    answer |= _chosen(known | row["attrs"], INSTANCE_SENT, shape.fields)
    answer["00080056"] = _value("CS", "ONLINE")
    answer["0020000D"] = _value("UI", row["study_uid"])
    answer["0020000E"] = _value("UI", row["series_uid"])
    place = f"{_series_address(row, shape)}/instances/{row['sop_uid']}"
    answer["00081190"] = _value("UR", place)
    return _ordered(answer)


def _study_known(row: db.Row, zone: str) -> Json:
    """Return a study's attributes from its columns, for what its first object did not say."""
    at: datetime | None = row["studied_at"]
    local = at.astimezone(ZoneInfo(zone)) if at else None
    return {
        "00080020": _value("DA", f"{local:%Y%m%d}" if local else ""),
        "00080030": _value("TM", f"{local:%H%M%S}" if local else ""),
        "00080050": _value("SH", row["accession"]),
        "00080090": _name(row["referring_physician"]),
        "00081030": _value("LO", row["description"]),
        "00100010": _name(row["patient_name"]),
        "00100020": _value("LO", row["patient_code"]),
        "00100030": _value("DA", f"{row['birth_on']:%Y%m%d}" if row["birth_on"] else ""),
        "00100040": _value("CS", row["sex"]),
        "0020000D": _value("UI", row["study_uid"]),
    }


def _study_counts(row: db.Row, root: str) -> Json:
    return {
        "00080056": _value("CS", "ONLINE"),
        "00080061": {"vr": "CS", "Value": row["modalities"]} if row["modalities"] else {"vr": "CS"},
        "00081190": _value("UR", f"{root}/studies/{row['study_uid']}"),
        "00201206": _value("IS", row["n_series"]),
        "00201208": _value("IS", row["n_instances"]),
    }


def _chosen(known: Mapping[str, Any], always: Iterable[str], fields: frozenset[str]) -> Json:
    wanted = known if "all" in fields else {*always, *(fields & known.keys())}
    return {tag: known.get(tag) or {"vr": _vr(tag)} for tag in wanted}


def _of_the_study(row: db.Row, missing: frozenset[str]) -> Json:
    """Return fields of the study that were asked for by name though the address names it."""
    return {tag: row["study_attrs"][tag] for tag in missing if tag in row["study_attrs"]}


def _series_address(row: db.Row, shape: Shape) -> str:
    return f"{shape.root}/studies/{row['study_uid']}/series/{row['series_uid']}"


def _vr(tag: str) -> str:
    try:
        return dictionary_VR(int(tag, 16))
    except KeyError:
        return "UN"


def _value(vr: str, value: object) -> Json:
    return {"vr": vr, "Value": [value]} if value not in ("", None) else {"vr": vr}


def _name(text: str) -> Json:
    if not text:
        return {"vr": "PN"}
    groups = zip(("Alphabetic", "Ideographic", "Phonetic"), text.split("="), strict=False)
    return {"vr": "PN", "Value": [{name: part for name, part in groups if part}]}


def _ordered(answer: Json) -> Json:
    return dict(sorted(answer.items()))
