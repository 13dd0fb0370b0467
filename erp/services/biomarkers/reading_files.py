"""A CSV of figures: which column is what, and each row as a figure of a run, with what is wrong in it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from erp.core.errors import InvalidInput
from erp.core.table_files import read_table
from erp.services.biomarkers.recording import Found

LARGEST_FILE: Final = 300_000
MOST_ROWS: Final = 2_000
_WORKBOOK: Final = b"PK\x03\x04"
_NUMBER: Final = re.compile(r"[+-]?\d{1,16}(\.\d{1,8})?")
_NOT_A_NUMBER: Final = "No plain number. Write it like 12.5, with a point and nothing else."


class Part(StrEnum):
    """What a column of the file is."""

    SESSION = "session"
    MODEL = "model"
    VERSION = "model_version"
    RUN = "run_name"
    COMPUTED = "computed_at"
    NAME = "name"
    VALUE = "value"
    UNIT = "unit"
    LOW = "low"
    HIGH = "high"
    SERIES = "series_uid"


NEEDED: Final = (Part.SESSION, Part.MODEL, Part.VERSION, Part.NAME, Part.VALUE)
HEADINGS: Final[dict[Part, tuple[str, ...]]] = {
    Part.SESSION: ("session", "session number", "study uid", "study instance uid", "study"),
    Part.MODEL: ("model", "model name", "algorithm", "software"),
    Part.VERSION: ("model version", "version", "algorithm version", "software version"),
    Part.RUN: ("run", "run name", "run id"),
    Part.COMPUTED: ("computed at", "computed", "run at", "time", "timestamp"),
    Part.NAME: ("biomarker", "name", "figure", "measure", "feature"),
    Part.VALUE: ("value", "result"),
    Part.UNIT: ("unit", "units"),
    Part.LOW: ("low", "lower", "ci low", "interval low"),
    Part.HIGH: ("high", "upper", "ci high", "interval high"),
    Part.SERIES: ("series uid", "series instance uid", "series"),
}  # fmt: skip


@dataclass(slots=True)
class FigureLine:
    """A row of the file.

    Attributes:
        number: As a spreadsheet shows it. cells: what it says, by part.
        session_id: The session it is about, once that was found.
        faults: What is wrong, by part; each says what to do.
    """

    number: int
    cells: dict[Part, str]
    session_id: UUID | None = None
    figure: Found | None = None
    computed_at: datetime | None = None
    faults: dict[Part, str] = field(default_factory=dict)

    @property
    def run(self) -> tuple[str, str, str, str]:
        """Session, model, version and run: rows of the same are one run."""
        session = f"{self.session_id or self.cells[Part.SESSION]}"
        model, version, name = (self.cells[part] for part in (Part.MODEL, Part.VERSION, Part.RUN))
        return session, model, version, name


def read_rows(content: bytes) -> list[list[str]]:
    """Return the rows of a CSV, the headers first.

    Raises:
        InvalidInput: It is a workbook, no table, or too long.
    """
    if content.startswith(_WORKBOOK):
        raise refused("The file is a workbook. Save it as CSV, so that figures keep their places.")
    rows = read_table(content)
    if len(rows) > MOST_ROWS + 1:
        raise refused(f"The file has more than {MOST_ROWS:,} rows. Split it.")
    return rows


def guess_columns(headers: Sequence[str]) -> dict[str, str]:
    """Return the header that each part is read from, by their names."""
    names = {" ".join(re.findall(r"[a-z0-9]+", header.lower())): header for header in headers}
    found: dict[str, str] = {}
    for part, headings in HEADINGS.items():
        header = next((names[one] for one in headings if one in names), "")
        if header and header not in found.values():
            found[part.value] = header
    return found


def places_of(headers: Sequence[str], columns: Mapping[str, str]) -> dict[Part, int]:
    """Return where each part stands.

    Raises:
        InvalidInput: A part is not known, its column is not in the file or read twice, or a needed
            one is left out.
    """
    places: dict[Part, int] = {}
    for name, header in columns.items():
        if name not in set(Part):
            raise refused(f"There is no part {name[:40]}.", f"columns.{name[:40]}")
        if header not in headers:
            raise refused(f"The file has no column {header[:60]}.", f"columns.{name}")
        if headers.index(header) in places.values():
            raise refused(f"The column {header[:60]} is chosen twice.", f"columns.{name}")
        places[Part(name)] = headers.index(header)
    for part in NEEDED:
        if part not in places:
            raise refused("Choose the column of this.", f"columns.{part.value}")
    return places


def read_lines(
    rows: Sequence[Sequence[str]], places: Mapping[Part, int], run_name: str, zone: str
) -> Iterator[FigureLine]:
    """Yield each row as a figure, or with what is wrong in it.

    Args:
        run_name: Of the runs where no column names them. zone: Of times without an offset.
    """
    for number, row in enumerate(rows[1:], start=2):
        cells = {part: row[places[part]] if part in places else "" for part in Part}
        cells[Part.RUN] = cells[Part.RUN] or run_name
        line = FigureLine(number, cells)
        line.faults = {part: "This is needed." for part in NEEDED if not cells[part]}
        _read_time(line, zone)
        _read_figure(line)
        yield line


def _read_time(line: FigureLine, zone: str) -> None:
    text = line.cells[Part.COMPUTED]
    if not text:
        return
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        line.faults[Part.COMPUTED] = "No time. Write it like 2026-11-22T10:15:00+05:30."
        return
    line.computed_at = told if told.tzinfo else told.replace(tzinfo=ZoneInfo(zone))


def _read_figure(line: FigureLine) -> None:
    numbers: dict[str, Decimal] = {}
    for part in (Part.VALUE, Part.LOW, Part.HIGH):
        text = line.cells[part]
        if text and not _NUMBER.fullmatch(text):
            line.faults[part] = _NOT_A_NUMBER
        elif text:
            numbers[part.value] = Decimal(text)
    given: dict[str, Any] = {
        part.value: line.cells[part] for part in (Part.NAME, Part.UNIT, Part.SERIES)
    }
    try:
        line.figure = Found(**(given | numbers))
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            line.faults.setdefault(Part(f"{fault['loc'][0]}"), f"{fault['msg']}.")


def refused(message: str, name: str = "content") -> InvalidInput:
    """Return a refusal that names its field."""
    return InvalidInput(message, fields={name: message})
