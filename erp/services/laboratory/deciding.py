"""What becomes of an observation: a result, nothing new, or something a person must settle."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from erp.core.clock import business_date
from erp.core.formatting import date_text
from erp.models.laboratory import AnalyteKind, Flag, RangeSource, ResultStatus, WaitReason
from erp.services.laboratory.outcomes import (
    Fresh,
    Knowledge,
    KnownReport,
    Nothing,
    Same,
    Waits,
    held_against,
)
from erp.services.laboratory.told import Told, name_words
from erp.services.laboratory.units import convert, find_unit
from erp.services.laboratory.values import (
    Number,
    Range,
    flag_of,
    own_range,
    read_flag,
    read_number,
    read_range,
)

COMPARED: Final = ("comparator", "value", "text", "status", "collected_at", "told_value", "told_unit",
                   "note")  # fmt: skip
"""A result that is alike in these, and in the range and flag that were told, is told again."""
AHEAD: Final = timedelta(hours=1)
"""Clocks of laboratories may be so far ahead."""
NO_RESULT: Final = "none"


def decide(told: Told, known: Knowledge) -> Waits | Same | Nothing | Fresh:
    """Return what becomes of an observation.

    Nothing is guessed: a patient is who their number and name say, a test what its LOINC code or
    a person's mapping says, a value a plain number in a unit of the table.
    """
    unreadable = _unreadable(told, known.now)
    if unreadable is not None:
        return unreadable
    report = known.reports.get(told.report_number)
    patient = _patient(told, known, report)
    if isinstance(patient, Waits):
        return patient
    analyte = _analyte(told, known)
    if isinstance(analyte, Waits):
        return analyte
    before = report.results.get((analyte["id"], told.sub_id)) if report else None
    if told.status in {NO_RESULT, ResultStatus.WITHDRAWN}:
        return _taken_back(told, patient, analyte, before)
    measured = measure(told, analyte, known.people.get(patient), known.time_zone)
    if isinstance(measured, Waits):
        return measured
    superseded = before["id"] if before else None
    fresh = Fresh(patient, analyte["id"], told.sub_id, measured, superseded)
    return _against(told, fresh, before, report, known)


def _unreadable(told: Told, now: datetime) -> Waits | None:
    """Return why a row waits that cannot be read, or whose times have not come yet."""
    if told.problem:
        return Waits(WaitReason.UNREADABLE, told.field, told.problem)
    for named, text in (("collected_at", told.collected_at), ("reported_at", told.reported_at)):
        at = datetime.fromisoformat(text) if text else None
        if at is not None and at > now + AHEAD:
            problem = (
                f"{date_text(at.date())} lies ahead. Check the order of day and month, or have the"
                " laboratory mend the file."
            )
            return Waits(WaitReason.UNREADABLE, named, problem)
    return None


def measure(
    told: Told, analyte: Mapping[str, Any], person: Mapping[str, Any] | None, time_zone: str
) -> dict[str, Any] | Waits:
    """Return a told value as the columns of a result, in the analyte's unit, or why it is none."""
    collected = datetime.fromisoformat(told.collected_at)
    base = {
        "collected_at": collected,
        "is_time_known": told.is_time_known,
        "told_value": told.value,
        "told_unit": told.unit,
        "told_range": told.range,
        "status": told.status,
        "note": told.note,
        "comparator": "", "value": None, "text": "", "low": None, "high": None,
        "range_source": RangeSource.NONE.value,
    }  # fmt: skip
    flag = read_flag(told.flag)
    if analyte["kind"] == AnalyteKind.TEXT and told.value.strip() in {"", '""'}:
        problem = f"No result of {analyte['name']} is told. Discard this row."
        return Waits(WaitReason.VALUE, "value", problem)
    if analyte["kind"] == AnalyteKind.TEXT:
        return base | {
            "text": told.value,
            "flag": flag.value,
            "is_flag_told": flag is not Flag.NONE,
        }
    number = read_number(told.value)
    if number is None:
        problem = f"\u201c{told.value[:40]}\u201d is no number. {analyte['name']} needs one such as 5.6 or <0.1, without commas."  # noqa: E501
        return Waits(WaitReason.VALUE, "value", problem)
    unit = _unit(told, analyte)
    if isinstance(unit, Waits):
        return unit
    value = convert(number.number, unit, analyte["unit"], analyte["loinc"])
    if value is None:
        return _no_way(told, analyte)
    day = business_date(collected, time_zone)
    ranged = _ranged(told, unit, analyte, Number(number.comparator, value), person, day)
    if flag is not Flag.NONE:
        ranged |= {"flag": flag.value, "is_flag_told": True}
    return base | ranged | {"comparator": number.comparator, "value": value}


def _unit(told: Told, analyte: Mapping[str, Any]) -> str | Waits:
    """Return the told unit as the table has it; only a ratio may go without one."""
    if not told.unit and analyte["unit"] != "ratio":
        problem = f"No unit is told. {analyte['name']} is kept in {analyte['unit']}; have the file name its unit."
        return Waits(WaitReason.UNIT, "unit", problem)
    if told.unit == analyte["unit"]:
        return told.unit
    unit = find_unit(told.unit) if told.unit else "ratio"
    return _no_way(told, analyte) if unit is None else unit


def _no_way(told: Told, analyte: Mapping[str, Any]) -> Waits:
    problem = (
        f"\u201c{told.unit}\u201d cannot be turned into {analyte['unit']}, the unit of {analyte['name']}."
        " Take the value in by hand, or map the test to another analyte."
    )
    return Waits(WaitReason.UNIT, "unit", problem)


def _ranged(
    told: Told,
    unit: str,
    analyte: Mapping[str, Any],
    value: Number,
    person: Mapping[str, Any] | None,
    day: date,
) -> dict[str, Any]:
    """Return the range a value is held against and its flag: the laboratory's own, else ours."""
    if told.range:
        source, limits = RangeSource.TOLD, _converted(read_range(told.range), unit, analyte)
    else:
        sex, born = (person["sex"] or "", person["birth_on"]) if person else ("", None)
        source, limits = RangeSource.OWN, own_range(analyte["ranges"], sex, born, day)
    if limits is None:
        return {"flag": Flag.NONE.value, "is_flag_told": False}
    return {
        "low": limits.low,
        "high": limits.high,
        "range_source": source.value,
        "flag": flag_of(value, limits).value,
        "is_flag_told": False,
    }


def _converted(limits: Range | None, unit: str, analyte: Mapping[str, Any]) -> Range | None:
    if limits is None:
        return None

    def turned(bound: Decimal | None) -> Decimal | None:
        return None if bound is None else convert(bound, unit, analyte["unit"], analyte["loinc"])

    low, high = turned(limits.low), turned(limits.high)
    if (low is None, high is None) != (limits.low is None, limits.high is None):
        return None
    return Range(low, high, limits.is_low_open, limits.is_high_open)


def _patient(told: Told, known: Knowledge, report: KnownReport | None) -> UUID | Waits:
    chosen = known.chosen.get(told.patient_key)
    found: UUID | None = chosen
    why = ""
    if chosen is None:
        found, why = _matched(told, known)
    if report is None:
        return found or Waits(WaitReason.PATIENT, "patient_name", why)
    if report.patient_key == told.patient_key and chosen is None:
        return report.patient_id
    if found is not None and found != report.patient_id:
        problem = (
            "This report is another patient's here. Move the report first, or discard this row."
        )
        return Waits(WaitReason.CONFLICT, "patient_name", problem)
    return found or Waits(WaitReason.PATIENT, "patient_name", why)


def _matched(told: Told, known: Knowledge) -> tuple[UUID | None, str]:
    """Return the one patient whose number and name are told, or why there is none."""
    if not told.patient_ids:
        return None, "No number of the patient is told. Choose who it is."
    rows = {row["id"]: row for text in told.patient_ids
            if (row := known.patients.get(text.strip()))}  # fmt: skip
    if not rows:
        return None, "No patient here has this number. Choose who it is."
    if len(rows) > 1:
        return None, "Two patients here have these numbers. Choose who it is."
    [row] = rows.values()
    words = name_words(told.patient_name)
    born = row["birth_on"].isoformat() if row["birth_on"] else ""
    differs = {
        "has another name": not words or words != name_words(row["name"]),
        "was born on another day": bool(told.birth_on and born) and told.birth_on != born,
        "is of the other sex": bool(told.sex and row["sex"]) and told.sex != row["sex"],
    }
    why = next((what for what, is_so in differs.items() if is_so), "")
    return (
        (None, f"The patient with this number {why}. Choose who it is.") if why else (row["id"], "")
    )


def _analyte(told: Told, known: Knowledge) -> Mapping[str, Any] | Waits:
    if told.test_key in known.by_told:
        return known.by_told[told.test_key]
    if told.system == "LN" and told.code in known.by_loinc:
        return known.by_loinc[told.code]
    named = told.test_name or told.code
    problem = f"\u201c{named}\u201d is not known of this laboratory. Choose which analyte it is."
    return Waits(WaitReason.TEST, "test_name", problem)


def _taken_back(
    told: Told, patient: UUID, analyte: Mapping[str, Any], before: dict[str, Any] | None
) -> Waits | Same | Nothing | Fresh:
    """Return what a result becomes that the laboratory takes back, once it has come."""
    if before is None and told.status == ResultStatus.WITHDRAWN:
        problem = (
            "The laboratory takes back what is not here. Settle its own row first if that waits,"
            " then try again; discard this one if there is none."
        )
        return Waits(WaitReason.CONFLICT, "status", problem)
    if before is None or (
        told.status == NO_RESULT and before["status"] != ResultStatus.PRELIMINARY
    ):
        return Nothing()
    if before["status"] == ResultStatus.WITHDRAWN:
        return Same(before["id"])
    measured = {name: before[name] for name in MEASURED} | {
        "status": ResultStatus.WITHDRAWN.value,
        "note": told.note or before["note"],
    }
    return Fresh(patient, analyte["id"], told.sub_id, measured, before["id"])


MEASURED: Final = ("collected_at", "is_time_known", "told_value", "told_unit", "told_range", "comparator",
                   "value", "text", "low", "high", "range_source", "flag", "is_flag_told", "status",
                   "note")  # fmt: skip
"""The columns of a result that say what was measured."""


def _against(
    told: Told,
    fresh: Fresh,
    before: dict[str, Any] | None,
    report: KnownReport | None,
    known: Knowledge,
) -> Waits | Same | Fresh:
    """Hold a readable result against the one that stands for the same analyte of the report."""
    if before is None:
        return fresh
    measured = fresh.measured
    is_settled = before["status"] in {ResultStatus.FINAL, ResultStatus.CORRECTED}
    is_same = all(before[name] == measured[name] for name in COMPARED) and (
        held_against(before) == held_against(measured)
    )
    if is_same and (is_settled or before["status"] == measured["status"]):
        return Same(before["id"])
    is_told_before = report is not None and report.was_told(
        fresh.analyte_id, fresh.sub_id, measured
    )
    is_newer = report is not None and _is_newer(told, report)
    if (
        (is_settled or before["status"] == ResultStatus.WITHDRAWN)
        and is_told_before
        and not is_newer
    ):
        return _out_of_order(told, before, report) or Same(before["id"])
    conflict = _conflict(told, before, report, known, is_settled=is_settled)
    if conflict is not None:
        return conflict
    if is_settled:
        return replace(fresh, measured={**measured, "status": ResultStatus.CORRECTED.value})
    return fresh


def _out_of_order(
    told: Told, before: Mapping[str, Any], report: KnownReport | None
) -> Waits | None:
    """Return why a correction waits that says what the laboratory said before it said otherwise.

    Where no time says which came later it may be the last word, or an old file once more.
    """
    is_last_word = told.status == ResultStatus.CORRECTED and before["file_id"] is not None
    if not is_last_word or report is None or _is_older(told, report):
        return None
    problem = (
        "The laboratory said this before, then otherwise, and no time says which counts. Correct the"
        " result by hand if this one does; else discard this row."
    )
    return Waits(WaitReason.CONFLICT, "value", problem)


def _conflict(
    told: Told,
    before: Mapping[str, Any],
    report: KnownReport | None,
    known: Knowledge,
    *,
    is_settled: bool,
) -> Waits | None:
    """Return why a result may not take the place of the one before it; nothing where it may."""
    if is_settled and told.status == ResultStatus.PRELIMINARY:
        problem = "The report has a final result already, and this one is preliminary. Discard it."
        return Waits(WaitReason.CONFLICT, "status", problem)
    if is_settled and told.status == ResultStatus.FINAL and before["file_id"] == known.file_id:
        problem = "The file tells this test of the report twice, with different results."
        return Waits(WaitReason.CONFLICT, "value", problem)
    if is_settled and told.status == ResultStatus.FINAL and _is_of_another_day(told, before, known):
        problem = (
            "This report has the test of a sample of another day. Take this one in by hand under a"
            " number of its own; if only the day was wrong, take the other back and try again."
        )
        return Waits(WaitReason.CONFLICT, "collected_at", problem)
    if report and _is_older(told, report):
        problem = "This report was told later already, with another result. Discard this one."
        return Waits(WaitReason.CONFLICT, "reported_at", problem)
    return None


def _is_of_another_day(told: Told, before: Mapping[str, Any], known: Knowledge) -> bool:
    """Tell whether two samples were taken on different days: laboratories use numbers again."""
    samples = (datetime.fromisoformat(told.collected_at), before["collected_at"])
    return len({business_date(at, known.time_zone) for at in samples}) > 1


def _is_newer(told: Told, report: KnownReport) -> bool:
    if not told.reported_at or report.known_at is None:
        return False
    return datetime.fromisoformat(told.reported_at) > report.known_at


def _is_older(told: Told, report: KnownReport) -> bool:
    if not told.reported_at or report.reported_at is None:
        return False
    return datetime.fromisoformat(told.reported_at) < report.reported_at
