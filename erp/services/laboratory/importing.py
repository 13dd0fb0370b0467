"""Take a laboratory's file in: looked at first, then every row of it, whatever becomes of each."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.laboratory import LabFileFormat, LabRow, ResultSource
from erp.services.laboratory.errors import FileTakenIn, UnknownLabFile, UnusableColumns
from erp.services.laboratory.events import FileTaken
from erp.services.laboratory.laboratories import find_laboratory, hold_laboratory
from erp.services.laboratory.reading_rows import (
    Part,
    check_columns,
    guess_columns,
    guess_order,
    plain,
    read_rows,
)
from erp.services.laboratory.recording import Source, record, would_become
from erp.services.laboratory.told import Told
from erp.services.platform import Closed, Command, Query, Result, command, emit, query

SHOWN_ROWS: Final = 100
Columns = Annotated[dict[Part, Annotated[int, Field(ge=0, lt=60)]], Field(max_length=len(Part))]


class _Reads(Closed):
    """How a file is read; HL7 needs nothing of it.

    Attributes:
        columns: Column by what it is, counted from 0; as the laboratory's last file, or guessed
            from the headers, where empty.
        date_order: Which part of a day comes first; guessed where nothing is said.
    """

    file_id: UUID
    columns: Columns = Field(default_factory=dict)
    date_order: Literal["", "dmy", "mdy"] = ""


class PreviewLabFile(_Reads, Query):
    """Which file, and how to read it."""


class ImportLabFile(_Reads, Command):
    """Take a file in."""


class PreviewedRow(Result):
    """An observation of a file, and what would become of it."""

    label: str
    report_number: str
    patient: str
    test: str
    value: str
    collected_at: str
    status: str
    reason: str
    field: str
    problem: str


class LabFilePreview(Result):
    """What a file would bring.

    Attributes:
        refusal: Why it cannot be taken in as it is read.
        rows: Those that would wait, then the others; the first hundred.
    """

    file_id: UUID
    laboratory_id: UUID
    laboratory: str
    file_name: str
    format: LabFileFormat
    is_imported: bool
    headers: list[str]
    sample: list[str]
    columns: dict[Part, int]
    date_order: str
    refusal: str
    refused_fields: dict[str, str]
    counts: dict[str, int]
    rows: list[PreviewedRow]


class ImportedLabFile(Result):
    """What became of a file's rows."""

    id: UUID
    taken: int
    known: int
    waiting: int
    discarded: int


@dataclass(frozen=True, slots=True)
class _Read:
    columns: dict[Part, int]
    order: str
    told: list[Told]
    fields: dict[str, str]


@query(
    "laboratory.preview_file",
    permission="laboratory.view",
    rest="POST /lab-files/{file_id}/preview",
)
def preview_lab_file(
    session: Session, ctx: RequestContext, wanted: PreviewLabFile
) -> LabFilePreview:
    """Show what a file would bring, row by row, and which cells are at fault.

    Raises:
        UnknownLabFile: There is no such file.
    """
    file = find_file(session, ctx, wanted.file_id)
    laboratory = find_laboratory(session, ctx, file["laboratory_id"])
    read = _read(ctx, file, laboratory, wanted)
    outcomes = would_become(session, ctx, _source(file), read.told) if not read.fields else []
    cells = file["cells"] if file["format"] == LabFileFormat.CSV else []
    seen = [
        _seen(one, outcome) for one, outcome in zip(read.told, outcomes, strict=not read.fields)
    ]
    return LabFilePreview(
        file_id=file["id"],
        laboratory_id=laboratory["id"],
        laboratory=laboratory["name"],
        file_name=file["file_name"],
        format=file["format"],
        is_imported=file["imported_at"] is not None,
        headers=cells[0] if cells else [],
        sample=cells[1] if cells else [],
        columns=read.columns,
        date_order=read.order,
        refusal=" ".join(read.fields.values()),
        refused_fields=read.fields,
        counts=dict(Counter(outcome["status"] for outcome in outcomes)),
        rows=sorted(seen, key=lambda row: row.status != "waiting")[:SHOWN_ROWS],
    )


@command(
    "laboratory.import_file",
    permission="laboratory.record",
    rest="POST /lab-files/{file_id}/import",
)
def import_lab_file(session: Session, ctx: RequestContext, cmd: ImportLabFile) -> ImportedLabFile:
    """Take a file in. What can be recorded is; every other row waits for a person, with its reason.

    A file is taken in once. What another file told already brings nothing; a changed result of a
    known report is its correction. How the columns were read is kept for the laboratory's next
    file. Locks the laboratory.

    Raises:
        UnknownLabFile: There is no such file.
        FileTakenIn: It was taken in already.
        UnusableColumns: A column that every row needs is not chosen.

    Emits:
        laboratory.file_taken.v1; laboratory.results_recorded.v1 for each report
    """
    laboratory = hold_laboratory(
        session, ctx, find_file(session, ctx, cmd.file_id)["laboratory_id"]
    )
    file = find_file(session, ctx, cmd.file_id)
    if file["imported_at"] is not None:
        raise FileTakenIn("This file was taken in already. Look at what waits of it.")
    read = _read(ctx, file, laboratory, cmd)
    if file["format"] == LabFileFormat.CSV:
        check_columns(read.columns, len(file["cells"][0]))
        _remember(session, ctx, laboratory["id"], file["cells"][0], read)
    outcomes = record(session, ctx, _source(file), read.told)
    rows = [_row(ctx, file, place, one) | outcome
            for place, (one, outcome) in enumerate(zip(read.told, outcomes, strict=True), start=1)]  # fmt: skip
    db.insert_rows(session, LabRow, rows)
    db.execute(
        session,
        "update lab_file set imported_at = %s where tenant_id = %s and id = %s",
        (ctx.now, ctx.tenant_id, file["id"]),
    )
    counts = Counter(outcome["status"] for outcome in outcomes)
    event = FileTaken(file_id=file["id"], taken=counts["taken"], waiting=counts["waiting"])
    emit(session, ctx, file["id"], event)
    return ImportedLabFile(
        id=file["id"],
        **{name: counts[name] for name in ("taken", "known", "waiting", "discarded")},
    )


def find_file(session: Session, ctx: RequestContext, file_id: UUID) -> db.Row:
    """Return a file.

    Raises:
        UnknownLabFile: There is none.
    """
    found = db.fetch_one(
        session, "select * from lab_file where tenant_id = %s and id = %s", (ctx.tenant_id, file_id)
    )
    if found is None:
        message = "This file is not known here. Upload it."
        raise UnknownLabFile(message, fields={"file_id": message})
    return found


def _source(file: db.Row) -> Source:
    return Source(file["laboratory_id"], ResultSource(file["format"]), file["id"])


def _read(ctx: RequestContext, file: db.Row, laboratory: db.Row, wanted: _Reads) -> _Read:
    if file["format"] == LabFileFormat.HL7:
        return _Read({}, "", [Told(**one) for one in file["cells"]], {})
    cells = file["cells"]
    saved: Mapping[str, Any] = laboratory["reading"]
    columns = wanted.columns or guess_columns(cells[0], saved.get("columns", {}))
    order = (
        wanted.date_order
        or saved.get("date_order", "")
        or guess_order(cells, columns.get(Part.COLLECTED))
    )
    try:
        check_columns(columns, len(cells[0]))
    except UnusableColumns as refusal:
        return _Read(columns, order, [], refusal.fields)
    return _Read(columns, order, read_rows(cells, columns, order, ctx.time_zone), {})


def _remember(
    session: Session, ctx: RequestContext, laboratory_id: UUID, headers: list[str], read: _Read
) -> None:
    """Keep which column is what, by header, for the laboratory's next file."""
    columns = {part.value: plain(headers[place]) for part, place in read.columns.items()}
    db.execute(
        session,
        "update laboratory set reading = %s::jsonb where tenant_id = %s and id = %s",
        (json.dumps({"columns": columns, "date_order": read.order}), ctx.tenant_id, laboratory_id),
    )


def _row(ctx: RequestContext, file: db.Row, place: int, told: Told) -> dict[str, Any]:
    return {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "laboratory_id": file["laboratory_id"],
        "file_id": file["id"],
        "place": place,
        "label": told.label,
        "report_number": told.report_number,
        "test_key": told.test_key,
        "patient_key": told.patient_key,
        "told": told.stored(),
        "decided_by": None,
    }


def _seen(told: Told, outcome: Mapping[str, Any]) -> PreviewedRow:
    return PreviewedRow(
        label=told.label,
        report_number=told.report_number,
        patient=told.patient_name or ", ".join(told.patient_ids),
        test=told.test_name or told.code,
        value=" ".join(part for part in (told.value, told.unit) if part),
        collected_at=told.collected_at,
        **{name: outcome[name] for name in ("status", "reason", "field", "problem")},
    )
