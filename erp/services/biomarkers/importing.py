"""Figures of models from a CSV: looked at row by row, then kept all together or not at all."""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, ValidationError
from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services import imaging
from erp.services.biomarkers.reading_files import (
    LARGEST_FILE,
    FigureLine,
    Part,
    guess_columns,
    places_of,
    read_lines,
    read_rows,
    refused,
)
from erp.services.biomarkers.recording import (
    RunTold,
    fault_of_time,
    faults_of,
    keep_run,
    known_run,
    run_digest,
)
from erp.services.platform import Command, Query, Result, ShortText, command, query

Content = Annotated[str, Field(max_length=LARGEST_FILE * 4 // 3 + 4)]
Columns = Annotated[dict[ShortText, ShortText], Field(max_length=len(Part))]
DIGEST_SHOWN: Final = 12


class ReadFigureFile(Query):
    """A CSV of figures.

    Attributes:
        content: The file in base 64.
        columns: Header by part; guessed by the headers where it is left out.
    """

    content: Content
    columns: Columns | None = None


class ImportFigures(Command):
    """A CSV of figures that is to be kept; see `ReadFigureFile`."""

    content: Content
    columns: Columns


class FigureFault(Result):
    """What is wrong in a row: the part, the column it was read from, and what to do."""

    part: str
    column: str
    message: str


class ReadFigure(Result):
    """A row of the file.

    Attributes:
        number: As a spreadsheet shows it. session: as the product numbers it.
        is_known: Its run was told before with the same figures.
    """

    number: int
    session_id: UUID | None
    session: str
    model: str
    model_version: str
    run_name: str
    name: str
    value: str
    unit: str
    is_known: bool
    faults: list[FigureFault]


class FigureFile(Result):
    """A file as it was read, and which part was read from which column."""

    headers: list[str]
    columns: dict[str, str]
    rows: list[ReadFigure]


class FiguresImported(Result):
    """How many runs and figures were kept, and how many of the file's runs were known."""

    runs: int
    figures: int
    known: int


@query("biomarkers.read_file", permission="imaging.operate", rest="POST /biomarker-files/preview")
def read_file(session: Session, ctx: RequestContext, wanted: ReadFigureFile) -> FigureFile:
    """Read a CSV of figures: each row, what it would become, and what is wrong in which column.

    Raises:
        InvalidInput: The file cannot be read, or a column is chosen that it has not.
    """
    content = _decoded(wanted.content)
    rows = read_rows(content)
    columns = guess_columns(rows[0]) if wanted.columns is None else dict(wanted.columns)
    headers = [header for header in rows[0] if header]
    if wanted.columns is None and not _is_enough(rows[0], columns):
        return FigureFile(headers=headers, columns=columns, rows=[])
    looked = _Looked(session, ctx, content, rows, columns)
    return FigureFile(headers=headers, columns=columns, rows=looked.rows())


@command("biomarkers.import_figures", permission="imaging.operate", rest="POST /biomarker-files")
def import_figures(session: Session, ctx: RequestContext, cmd: ImportFigures) -> FiguresImported:
    """Keep the figures of a CSV, for good; rows of the same session, model, version and run are one run.

    All of it or nothing. A run told before with the same figures stays as it is, so the same file
    changes nothing. Locks the sessions in the order of their ids.

    Raises:
        InvalidInput: A row cannot be kept; names the first with its column.

    Emits:
        biomarkers.run_recorded.v1 for each new run.
    """
    content = _decoded(cmd.content)
    looked = _Looked(session, ctx, content, read_rows(content), dict(cmd.columns))
    for row in looked.rows():
        for fault in row.faults:
            where = f"Row {row.number}, {fault.column or fault.part}"
            raise refused(f"{where}: {fault.message}", f"rows.{row.number}.{fault.part}")
    runs = sorted(looked.runs.values(), key=lambda one: (one[0], one[1].run_name))
    kept = [keep_run(session, ctx, session_id, run) for session_id, run in runs]
    new = [run for (_, run), one in zip(runs, kept, strict=True) if not one.is_known]
    return FiguresImported(
        runs=len(new), figures=sum(len(run.figures) for run in new), known=len(runs) - len(new)
    )


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise refused("Send the file in base 64.") from None


def _is_enough(headers: Sequence[str], columns: dict[str, str]) -> bool:
    """Tell whether the columns that were guessed are enough to read rows by."""
    try:
        places_of(headers, columns)
    except InvalidInput:
        return False
    return True


class _Looked:
    """The rows of a file held against the archive.

    Attributes:
        runs: Session and run by what names it, of runs without a fault.
    """

    def __init__(
        self,
        session: Session,
        ctx: RequestContext,
        content: bytes,
        rows: list[list[str]],
        columns: dict[str, str],
    ) -> None:
        self._session, self._ctx, self._columns = session, ctx, columns
        run_name = f"File {hashlib.sha256(content).hexdigest()[:DIGEST_SHOWN]}"
        places = places_of(rows[0], columns)
        self._lines = list(read_lines(rows, places, run_name, ctx.time_zone))
        names = {line.cells[Part.SESSION] for line in self._lines}
        self._named = imaging.sessions_named(session, ctx, names)
        ids = {found.id for one in self._named.values() for found in one}
        self._inputs = imaging.inputs_of(session, ctx, ids)
        self.runs: dict[tuple[str, ...], tuple[UUID, RunTold]] = {}
        self._known: set[tuple[str, ...]] = set()
        for line in self._lines:
            self._find_session(line)
        for _, own in groupby(sorted(self._lines, key=lambda one: one.run), lambda one: one.run):
            self._look(list(own))

    def rows(self) -> list[ReadFigure]:
        return [self._shown(line) for line in self._lines]

    def _find_session(self, line: FigureLine) -> None:
        found = self._named.get(line.cells[Part.SESSION], [])
        if len(found) == 1:
            line.session_id = found[0].id
        elif line.cells[Part.SESSION]:
            line.faults[Part.SESSION] = (
                "Several sessions are of this study. Name the session by its number."
                if found
                else "There is no such session. Give its number, or the study's UID."
            )

    def _look(self, own: list[FigureLine]) -> None:
        """Hold the rows of one run against its session, and against what was told before."""
        self._check_times(own)
        session_id = own[0].session_id
        figures = [line.figure for line in own if line.figure is not None]
        if session_id is None or any(line.faults or line.figure is None for line in own):
            return
        for place, message in faults_of(figures, self._inputs[session_id]):
            at, part = place.split(".")
            own[int(at)].faults.setdefault(Part(part), message)
        run = self._told(own)
        if run is not None and not any(line.faults for line in own):
            self.runs[own[0].run] = session_id, run
            self._compare(own[0], session_id, run)

    def _check_times(self, own: list[FigureLine]) -> None:
        times = {line.computed_at for line in own}
        for line in own:
            if len(times) > 1:
                line.faults[Part.COMPUTED] = "Rows of one run have one time. Give each the same."
            elif fault := fault_of_time(line.computed_at, self._ctx.now):
                line.faults[Part.COMPUTED] = fault

    def _compare(self, first: FigureLine, session_id: UUID, run: RunTold) -> None:
        """Hold a run against the one that was told under its name."""
        known = known_run(self._session, self._ctx, session_id, run)
        if known is not None and known["content_digest"] != run_digest(run):
            first.faults[Part.RUN] = (
                f"Run {run.run_name} was told with other figures. Give this run another name."
            )
        elif known is not None:
            self._known.add(first.run)

    def _told(self, own: list[FigureLine]) -> RunTold | None:
        _, model, version, run_name = own[0].run
        figures = tuple(line.figure for line in own if line.figure is not None)
        try:
            return RunTold(
                model=model,
                model_version=version,
                run_name=run_name,
                computed_at=own[0].computed_at,
                figures=figures,
            )
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                part = f"{fault['loc'][0]}"
                own[0].faults[Part(part) if part in set(Part) else Part.RUN] = f"{fault['msg']}."
            return None

    def _shown(self, line: FigureLine) -> ReadFigure:
        found = self._named.get(line.cells[Part.SESSION], [])
        _, model, version, run_name = line.run
        return ReadFigure(
            number=line.number,
            session_id=line.session_id,
            session=found[0].number if len(found) == 1 else line.cells[Part.SESSION],
            model=model,
            model_version=version,
            run_name=run_name,
            name=line.cells[Part.NAME],
            value=line.cells[Part.VALUE],
            unit=line.cells[Part.UNIT],
            is_known=line.run in self._known,
            faults=[
                FigureFault(
                    part=part.value, column=self._columns.get(part.value, ""), message=words
                )
                for part, words in line.faults.items()
            ],
        )
