"""A laboratory's CSV: which column is what, and each row as an observation."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from erp.core.table_files import read_table
from erp.services.laboratory.errors import UnreadableLabFile, UnusableColumns
from erp.services.laboratory.reading_times import has_short_year, read_written
from erp.services.laboratory.told import Told
from erp.services.platform import is_formula

_WORKBOOK: Final = b"PK\x03\x04"


class Part(StrEnum):
    """What a column of a laboratory's CSV is."""

    REPORT = "report_number"
    PATIENT_ID = "patient_id"
    PATIENT = "patient_name"
    BIRTH = "birth_on"
    SEX = "sex"
    COLLECTED = "collected_at"
    REPORTED = "reported_at"
    CODE = "code"
    LOINC = "loinc"
    TEST = "test_name"
    VALUE = "value"
    UNIT = "unit"
    RANGE = "range"
    FLAG = "flag"
    STATUS = "status"
    NOTE = "note"


NEEDED: Final = {
    Part.REPORT: "the report's number",
    Part.COLLECTED: "when the sample was taken",
    Part.VALUE: "the result",
}
HEADINGS: Final[dict[Part, tuple[str, ...]]] = {
    Part.REPORT: ("report number", "report no", "report id", "lab no", "lab number", "accession no",
                  "accession", "sample id", "sample no", "barcode", "order id", "bill no"),
    Part.PATIENT_ID: ("patient id", "patient code", "patient no", "mrn", "uhid", "reg no", "pid"),
    Part.PATIENT: ("patient name", "patient", "name"),
    Part.BIRTH: ("birth date", "date of birth", "dob", "born"),
    Part.SEX: ("sex", "gender"),
    Part.COLLECTED: ("collected", "collected at", "collected on", "collection date", "sample date",
                     "collection time", "sample collected", "date", "test date"),
    Part.REPORTED: ("reported", "reported at", "reported on", "report date", "approved on"),
    Part.CODE: ("test code", "code", "parameter code", "analyte code"),
    Part.LOINC: ("loinc", "loinc code"),
    Part.TEST: ("test name", "test", "parameter", "parameter name", "analyte", "investigation"),
    Part.VALUE: ("result", "value", "result value", "observed value"),
    Part.UNIT: ("unit", "units", "uom"),
    Part.RANGE: ("reference range", "range", "ref range", "normal range", "reference interval",
                 "biological reference interval", "bio ref interval"),
    Part.FLAG: ("flag", "abnormal", "abnormal flag"),
    Part.STATUS: ("status", "result status"),
    Part.NOTE: ("note", "notes", "remark", "remarks", "comment", "comments"),
}  # fmt: skip
_SEXES: Final = {"m": "male", "male": "male", "f": "female", "female": "female", "o": "other",
                 "other": "other", "": ""}  # fmt: skip
_STATUSES: Final = {
    **dict.fromkeys(("", "f", "final", "approved", "completed", "verified", "authorised"), "final"),
    **dict.fromkeys(("p", "preliminary", "provisional", "interim", "pending"), "preliminary"),
    **dict.fromkeys(("c", "corrected", "amended", "revised"), "corrected"),
    **dict.fromkeys(("x", "cancelled", "not done", "rejected"), "none"),
    **dict.fromkeys(("w", "withdrawn", "wrong"), "withdrawn"),
}
_LONGEST: Final = {Part.REPORT: 60, Part.PATIENT: 120, Part.CODE: 40, Part.TEST: 120, Part.VALUE: 200,
                   Part.UNIT: 40, Part.RANGE: 60, Part.PATIENT_ID: 40, Part.LOINC: 40, Part.FLAG: 10,
                   Part.NOTE: 500}  # fmt: skip


def read_csv(content: bytes) -> list[list[str]]:
    """Return the rows of a CSV, the headers first.

    Raises:
        UnreadableLabFile: It is a workbook, or no table.
    """
    if content.startswith(_WORKBOOK):
        message = "The file is a workbook. Save it as CSV, so that times keep their minutes."
        raise UnreadableLabFile(message, fields={"file": message})
    return read_table(content)


def plain(header: str) -> str:
    """Return a header without what headers differ in."""
    return " ".join("".join(c if c.isalnum() else " " for c in header.lower()).split())


def guess_columns(headers: Sequence[str], saved: Mapping[str, str]) -> dict[Part, int]:
    """Return which column is what: as last time where the headers are the same, else by their names."""
    names = [plain(header) for header in headers]
    if saved and all(name in names for name in saved.values()):
        return {Part(part): names.index(name) for part, name in saved.items()}
    found: dict[Part, int] = {}
    for part, headings in HEADINGS.items():
        place = next((names.index(h) for h in headings if h in names), None)
        if place is not None and place not in found.values():
            found[part] = place
    return found


def guess_order(cells: Sequence[Sequence[str]], column: int | None) -> str:
    """Return `mdy` where only that reads every day of a column; the Indian `dmy` otherwise."""
    texts = [row[column] for row in cells[1:] if row[column]] if column is not None else []
    if not texts or all(read_written(text, "dmy", "UTC") for text in texts):
        return "dmy"
    return "mdy" if all(read_written(text, "mdy", "UTC") for text in texts) else "dmy"


def check_columns(columns: Mapping[Part, int], width: int) -> None:
    """Refuse columns that the file has not, or that leave out what every row needs.

    Raises:
        UnusableColumns: Names each.
    """
    fields: dict[str, str] = {}
    if any(place >= width for place in columns.values()):
        fields["columns"] = "The file has not so many columns."
    if len(set(columns.values())) < len(columns):
        fields["columns"] = "A column is two things at once. Choose another for one of them."
    for part, what in NEEDED.items():
        if part not in columns:
            fields[f"columns.{part.value}"] = f"Choose the column with {what}."
    if not {Part.CODE, Part.TEST, Part.LOINC} & columns.keys():
        fields["columns.test_name"] = "Choose the column with the test's name or code."
    if not {Part.PATIENT, Part.PATIENT_ID} & columns.keys():
        fields["columns.patient_name"] = "Choose the column with the patient's name or number."
    if fields:
        raise UnusableColumns(" ".join(fields.values()), fields=fields)


def read_rows(
    cells: Sequence[Sequence[str]], columns: Mapping[Part, int], order: str, time_zone: str
) -> list[Told]:
    """Return every row below the headers as an observation; a cell that cannot be read is named."""
    return [
        _told({part: row[place] for part, place in columns.items()}, number, order, time_zone)
        for number, row in enumerate(cells[1:], start=2)
    ]


def _told(cells: Mapping[Part, str], number: int, order: str, time_zone: str) -> Told:
    fault = _fault(cells)
    collected = read_written(cells.get(Part.COLLECTED, ""), order, time_zone)
    reported = read_written(cells.get(Part.REPORTED, ""), order, time_zone)
    born = read_written(cells.get(Part.BIRTH, ""), order, "UTC")
    sex = _SEXES.get(cells.get(Part.SEX, "").lower())
    status = _STATUSES.get(cells.get(Part.STATUS, "").lower())
    day = "Write it as 21/11/2026 10:30."
    unread = (
        (Part.COLLECTED, collected is None, f"is no time. {day}"),
        (Part.REPORTED, bool(cells.get(Part.REPORTED)) and reported is None, f"is no time. {day}"),
        (
            Part.BIRTH,
            bool(cells.get(Part.BIRTH)) and born is None,
            "is no day. Write it as 21/11/1984.",
        ),
        (
            Part.BIRTH,
            has_short_year(cells.get(Part.BIRTH, "")),
            "does not say which century. Write the year with four digits, as 21/11/1984.",
        ),
        (Part.SEX, sex is None, "is neither M, F nor O."),
        (
            Part.STATUS,
            status is None,
            "is no status. Use final, preliminary, corrected or withdrawn.",
        ),
    )
    for part, is_wrong, words in unread:
        if is_wrong and fault is None:
            text = cells.get(part, "")
            fault = (
                part.value,
                f"\u201c{text[:40]}\u201d {words}" if text else f"This cell is empty. {day}",
            )
    is_loinc = bool(cells.get(Part.LOINC))
    return Told(
        label=f"Row {number}",
        report_number=cells.get(Part.REPORT, "")[:60],
        patient_ids=tuple(text[:40] for text in (cells.get(Part.PATIENT_ID, ""),) if text),
        patient_name=cells.get(Part.PATIENT, "")[:120],
        birth_on=born.at.date().isoformat() if born else "",
        sex=sex or "",
        collected_at=collected.at.isoformat() if collected else "",
        is_time_known=bool(collected and collected.is_time_known),
        reported_at=reported.at.isoformat() if reported else "",
        code=(cells[Part.LOINC] if is_loinc else cells.get(Part.CODE, ""))[:40],
        system="LN" if is_loinc else "",
        test_name=cells.get(Part.TEST, "")[:120],
        value=cells.get(Part.VALUE, "")[:200],
        unit=cells.get(Part.UNIT, "")[:40],
        range=cells.get(Part.RANGE, "")[:60],
        flag=cells.get(Part.FLAG, "")[:10],
        status=status or "",
        note=cells.get(Part.NOTE, "")[:500],
        field=fault[0] if fault else "",
        problem=fault[1] if fault else "",
    )


def _fault(cells: Mapping[Part, str]) -> tuple[str, str] | None:
    """Return the first cell that is a formula, too long or empty where it must not be."""
    for part, text in cells.items():
        if text[:1] in "=@" and text and is_formula(text):
            return part.value, "This cell is a formula. Save the sheet with values only."
        if len(text) > _LONGEST.get(part, 300):
            return part.value, f"This cell is longer than {_LONGEST.get(part, 300)} characters."
    for part, what in NEEDED.items():
        if not cells.get(part) and not (part is Part.VALUE and _is_void(cells)):
            return part.value, f"This cell is empty. Write {what}."
    if not any(cells.get(part) for part in (Part.CODE, Part.TEST, Part.LOINC)):
        return Part.TEST.value, "This row names no test. Write its name or code."
    if not any(cells.get(part) for part in (Part.PATIENT, Part.PATIENT_ID)):
        return Part.PATIENT.value, "This row names no patient. Write name or number."
    return None


def _is_void(cells: Mapping[Part, str]) -> bool:
    return _STATUSES.get(cells.get(Part.STATUS, "").lower()) in {"none", "withdrawn"}
