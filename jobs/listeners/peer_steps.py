"""Performed procedure steps as modalities write them, and what of them cannot be taken.

Source: PS3.4 table F.7.2-1.
"""

import json
from datetime import datetime, timedelta, timezone
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.valuerep import DA, TM

from erp.adapters.dicom.reading import storable

INVALID_VALUE: Final = 0x0106
MISSING: Final = 0x0120
MISSING_VALUE: Final = 0x0121
TOO_MUCH: Final = 0x0213
STATES: Final = {
    "IN PROGRESS": "in_progress",
    "COMPLETED": "completed",
    "DISCONTINUED": "discontinued",
}
NEEDED: Final = (
    "ScheduledStepAttributesSequence",
    "PerformedProcedureStepID",
    "PerformedStationAETitle",
    "PerformedProcedureStepStartDate",
    "PerformedProcedureStepStartTime",
    "PerformedProcedureStepStatus",
    "Modality",
)
FIXED: Final = (
    "ScheduledStepAttributesSequence",
    "PatientName",
    "PatientID",
    "IssuerOfPatientID",
    "PatientBirthDate",
    "PatientSex",
    "PerformedProcedureStepID",
    "PerformedStationAETitle",
    "PerformedStationName",
    "PerformedLocation",
    "PerformedProcedureStepStartDate",
    "PerformedProcedureStepStartTime",
    "Modality",
    "StudyID",
)
"""What an N-SET may not change."""
BEGUN_CHARACTERS: Final = 64 * 1024
SHORT: Final = 16
LONG: Final = 64


class NotTaken(Exception):
    """A request that is not taken, with the status that says why.

    Attributes:
        status: As PS3.7 annex C numbers it. `code`: for the quarantine page.
    """

    def __init__(self, status: int, comment: str, code: str = "step_invalid") -> None:
        super().__init__(comment)
        self.status = status
        self.code = code


def beginning_of(told: Dataset, zone: str) -> dict[str, Any]:
    """Return what an N-CREATE says, as `imaging.begin_step` takes it.

    Raises:
        NotTaken: It lacks what it must have, or says what it must not.
    """
    for keyword in NEEDED:
        _need(told, keyword)
    if _text(told, "PerformedProcedureStepStatus") != "IN PROGRESS":
        raise NotTaken(INVALID_VALUE, "PerformedProcedureStepStatus begins IN PROGRESS.")
    planned = [_scheduled(item) for item in told.ScheduledStepAttributesSequence]
    return {
        "step_id": _text(told, "PerformedProcedureStepID")[:SHORT],
        "station": _text(told, "PerformedStationAETitle")[:SHORT],
        "modality": _text(told, "Modality")[:SHORT],
        "description": _text(told, "PerformedProcedureStepDescription")[:LONG],
        "patient_code": _text(told, "PatientID")[:LONG],
        "started_at": _instant(told, "PerformedProcedureStepStart", zone),
        "scheduled": planned,
        "series": _series(told) or [],
        "begun": _begun(told),
    }


def change_of(told: Dataset, zone: str) -> dict[str, Any]:
    """Return what an N-SET says, as `imaging.change_step` takes it; what it leaves out is left out.

    Raises:
        NotTaken: It says what it must not.
    """
    state = _text(told, "PerformedProcedureStepStatus") or "IN PROGRESS"
    if state not in STATES:
        raise NotTaken(INVALID_VALUE, "PerformedProcedureStepStatus is none of the three.")
    found: dict[str, Any] = {"state": STATES[state], "begun": _begun(told)}
    if _text(told, "PerformedProcedureStepEndDate"):
        _need(told, "PerformedProcedureStepEndTime")
        found["ended_at"] = _instant(told, "PerformedProcedureStepEnd", zone)
    if "PerformedProcedureStepDescription" in told:
        found["description"] = _text(told, "PerformedProcedureStepDescription")[:LONG]
    series = _series(told)
    reason = _reason(told)
    return found | ({"series": series} if series is not None else {}) | {"reason": reason}


def _need(told: Dataset, keyword: str) -> None:
    if keyword not in told:
        raise NotTaken(MISSING, f"{keyword} is missing.")
    if not told[keyword].value:
        raise NotTaken(MISSING_VALUE, f"{keyword} is empty.")


def _text(told: Dataset, keyword: str) -> str:
    value = told.get(keyword)
    if isinstance(value, MultiValue | list | tuple):
        value = value[0] if value else None
    return "" if value is None else str(storable(str(value))).strip()


def _instant(told: Dataset, keyword: str, zone: str) -> datetime:
    """Return an instant that is told as day and time, by the clocks of the organisation."""
    day, time = DA(_text(told, f"{keyword}Date")), TM(_text(told, f"{keyword}Time"))
    if day is None or time is None:
        raise NotTaken(INVALID_VALUE, f"{keyword}Date and {keyword}Time are no instant.")
    return datetime.combine(day, time, _offset(told) or ZoneInfo(zone))


def _offset(told: Dataset) -> timezone | None:
    written = _text(told, "TimezoneOffsetFromUTC")
    if not written:
        return None
    sign = -1 if written.startswith("-") else 1
    digits = written.lstrip("+-")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:4])))


def _scheduled(item: Dataset) -> dict[str, str]:
    _need(item, "StudyInstanceUID")
    return {
        "study_uid": _text(item, "StudyInstanceUID"),
        "accession": _text(item, "AccessionNumber")[:SHORT],
        "sps_id": _text(item, "ScheduledProcedureStepID")[:SHORT],
    }


def _series(told: Dataset) -> list[dict[str, Any]] | None:
    """Return the series a step made; nothing where the message does not speak of them."""
    if "PerformedSeriesSequence" not in told:
        return None
    return [_one_series(item) for item in told.PerformedSeriesSequence or ()]


def _one_series(item: Dataset) -> dict[str, Any]:
    _need(item, "SeriesInstanceUID")
    listed = [
        _text(each, "ReferencedSOPInstanceUID")
        for keyword in (
            "ReferencedImageSequence",
            "ReferencedNonImageCompositeSOPInstanceSequence",
        )
        for each in item.get(keyword) or ()
    ]
    return {
        "series_uid": _text(item, "SeriesInstanceUID"),
        "protocol": _text(item, "ProtocolName")[:LONG],
        "operator": _text(item, "OperatorsName").replace("^", " ").strip()[:LONG],
        "images": listed,
    }


def _reason(told: Dataset) -> str:
    """Return why a step was discontinued, by the meaning of its code."""
    reasons = told.get("PerformedProcedureStepDiscontinuationReasonCodeSequence") or ()
    words = [_text(each, "CodeMeaning") or _text(each, "CodeValue") for each in reasons]
    return ", ".join(word for word in words if word)[:LONG]


def _begun(told: Dataset) -> dict[str, Any]:
    found = {
        keyword: storable(told[keyword].to_json_dict(None, BEGUN_CHARACTERS))
        for keyword in FIXED
        if keyword in told
    }
    if len(json.dumps(found)) > BEGUN_CHARACTERS:
        raise NotTaken(TOO_MUCH, "More attributes than a step has.")
    return found
