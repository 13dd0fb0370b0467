"""Rows of files that wait: listed with their reasons, and settled by a person."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.models.laboratory import ResultSource
from erp.services import party
from erp.services.laboratory.analytes import find_analyte
from erp.services.laboratory.errors import PatientDiffers, UnknownLabRow
from erp.services.laboratory.events import FileTaken
from erp.services.laboratory.laboratories import hold_laboratory
from erp.services.laboratory.queries import person
from erp.services.laboratory.recording import Source, record, settle_rows
from erp.services.laboratory.told import Told, name_words
from erp.services.platform import Command, Result, ShortText, command, emit

MOST_AT_ONCE = 2_000


class MatchPatient(Command):
    """Who the patient of a waiting row is; the other rows of its file that name them so follow."""

    row_id: UUID
    patient_id: UUID


class MapTest(Command):
    """Which analyte a waiting row's test is, for this laboratory from now on."""

    row_id: UUID
    analyte_id: UUID


class DiscardRows(Command):
    """Rows that will never be results, and why."""

    row_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=200)]
    reason: ShortText


class TryRows(Command):
    """Look again at what waits of a laboratory, after something was put right elsewhere."""

    laboratory_id: UUID


class SettledRows(Result):
    """What became of the rows."""

    taken: int
    known: int
    waiting: int
    discarded: int


@command(
    "laboratory.match_patient",
    permission="laboratory.record",
    rest="POST /lab-rows/{row_id}/patient",
)
def match_patient(session: Session, ctx: RequestContext, cmd: MatchPatient) -> SettledRows:
    """Say who a patient is; every row of the file that names them so is tried again.

    Locks the laboratory.

    Raises:
        UnknownLabRow: There is no such row, or it waits no more.
        UnknownParty: There is no such patient.
        PatientDiffers: What the file says of the patient is not what is known; may be confirmed.

    Emits:
        laboratory.file_taken.v1; laboratory.results_recorded.v1 for each report
    """
    row = _held(session, ctx, cmd.row_id)
    party.check_known(session, ctx, cmd.patient_id, "patient_id")
    told = Told(**row["told"])
    _ask_about_differences(ctx, told, person(session, ctx, cmd.patient_id) or {})
    about = (ctx.tenant_id, row["file_id"], row["patient_key"])
    db.execute(
        session,
        "update lab_row set patient_id = %s where tenant_id = %s and file_id = %s"
        " and patient_key = %s and status = 'waiting'",
        (cmd.patient_id, *about),
    )
    rows = _waiting(
        session,
        ctx,
        row["laboratory_id"],
        file_id=row["file_id"],
        patient_key=row["patient_key"],
    )
    return _try(session, ctx, rows)


@command(
    "laboratory.map_test", permission="laboratory.record", rest="POST /lab-rows/{row_id}/analyte"
)
def map_test(session: Session, ctx: RequestContext, cmd: MapTest) -> SettledRows:
    """Say which analyte a laboratory means; kept for its next files, and its waiting rows are tried.

    Locks the laboratory.

    Raises:
        UnknownLabRow: There is no such row, or it waits no more.
        UnknownAnalyte: There is no such analyte.

    Emits:
        laboratory.file_taken.v1; laboratory.results_recorded.v1 for each report
    """
    row = _held(session, ctx, cmd.row_id)
    find_analyte(session, ctx, cmd.analyte_id)
    told = Told(**row["told"])
    if not row["test_key"]:
        message = "This row names no test. Discard it."
        raise InvalidInput(message, fields={"row_id": message})
    db.execute(
        session,
        "insert into analyte_code (tenant_id, id, laboratory_id, told_key, told_name, analyte_id,"
        " mapped_by) values (%s, %s, %s, %s, %s, %s, %s)"
        " on conflict (tenant_id, laboratory_id, told_key) do update"
        " set analyte_id = excluded.analyte_id, mapped_by = excluded.mapped_by, mapped_at = now(),"
        " is_active = true",
        (
            *(ctx.tenant_id, new_id(), row["laboratory_id"], row["test_key"]),
            *(told.test_name or told.code, cmd.analyte_id, ctx.user_id),
        ),
    )
    rows = _waiting(session, ctx, row["laboratory_id"], test_key=row["test_key"])
    return _try(session, ctx, rows)


@command("laboratory.discard_rows", permission="laboratory.record", rest="POST /lab-rows/discard")
def discard_rows(session: Session, ctx: RequestContext, cmd: DiscardRows) -> SettledRows:
    """Put rows aside for good; they stay to be seen, with who did it and why. Locks the laboratories.

    Raises:
        UnknownLabRow: One of them is not there, or waits no more.

    Emits:
        laboratory.file_taken.v1 for each file
    """
    for found in db.fetch_all(
        session,
        "select distinct laboratory_id from lab_row where tenant_id = %s and id = any(%s) order by 1",
        (ctx.tenant_id, sorted(set(cmd.row_ids))),
    ):
        hold_laboratory(session, ctx, found["laboratory_id"])
    rows = db.fetch_all(
        session,
        "update lab_row set status = 'discarded', reason = '', decided_by = %s, decision = %s"
        " where tenant_id = %s and id = any(%s) and status = 'waiting' returning file_id",
        (ctx.user_id, cmd.reason, ctx.tenant_id, sorted(set(cmd.row_ids))),
    )
    if len(rows) != len(set(cmd.row_ids)):
        raise _unknown("row_ids")
    for file_id in sorted({row["file_id"] for row in rows}):
        emit(session, ctx, file_id, FileTaken(file_id=file_id, taken=0, waiting=0))
    return SettledRows(taken=0, known=0, waiting=0, discarded=len(rows))


@command(
    "laboratory.try_rows",
    permission="laboratory.record",
    rest="POST /laboratories/{laboratory_id}/try",
)
def try_rows(session: Session, ctx: RequestContext, cmd: TryRows) -> SettledRows:
    """Try a laboratory's waiting rows again, the oldest first, up to 2,000. Locks the laboratory.

    Raises:
        UnknownLaboratory: There is none.

    Emits:
        laboratory.file_taken.v1; laboratory.results_recorded.v1 for each report
    """
    hold_laboratory(session, ctx, cmd.laboratory_id)
    return _try(session, ctx, _waiting(session, ctx, cmd.laboratory_id))


def _held(session: Session, ctx: RequestContext, row_id: UUID) -> db.Row:
    """Return a row that waits, once its laboratory is held."""
    found = db.fetch_one(
        session,
        "select laboratory_id from lab_row where tenant_id = %s and id = %s",
        (ctx.tenant_id, row_id),
    )
    if found is None:
        raise _unknown("row_id")
    hold_laboratory(session, ctx, found["laboratory_id"])
    row = db.fetch_one(
        session,
        "select * from lab_row where tenant_id = %s and id = %s and status = 'waiting'",
        (ctx.tenant_id, row_id),
    )
    if row is None:
        raise _unknown("row_id")
    return row


def _waiting(
    session: Session,
    ctx: RequestContext,
    laboratory_id: UUID,
    *,
    file_id: UUID | None = None,
    patient_key: str | None = None,
    test_key: str | None = None,
) -> list[db.Row]:
    return db.fetch_all(
        session,
        "select id, file_id, place, told, patient_key from lab_row"
        " where tenant_id = %(tenant)s and laboratory_id = %(laboratory)s and status = 'waiting'"
        " and reason <> 'unreadable'"
        " and (%(file)s::uuid is null or file_id = %(file)s)"
        " and (%(patient)s::text is null or patient_key = %(patient)s)"
        " and (%(test)s::text is null or test_key = %(test)s)"
        " order by file_id, place limit %(most)s",
        {
            "tenant": ctx.tenant_id,
            "laboratory": laboratory_id,
            "file": file_id,
            "patient": patient_key,
            "test": test_key,
            "most": MOST_AT_ONCE,
        },
    )


def _try(session: Session, ctx: RequestContext, rows: Sequence[db.Row]) -> SettledRows:
    """Decide rows of one laboratory again, file by file, in the order in which they came."""
    counts: Counter[str] = Counter()
    for file_id in dict.fromkeys(row["file_id"] for row in rows):
        own = [row for row in rows if row["file_id"] == file_id]
        told = [Told(**row["told"]) for row in own]
        source = _source(session, ctx, file_id)
        outcomes = record(session, ctx, source, told, _chosen(session, ctx, file_id))
        settled = [{"id": row["id"]} | outcome for row, outcome in zip(own, outcomes, strict=True)]
        settle_rows(session, ctx, settled)
        found = Counter(outcome["status"] for outcome in outcomes)
        counts += found
        event = FileTaken(file_id=file_id, taken=found["taken"], waiting=found["waiting"])
        emit(session, ctx, file_id, event)
    return SettledRows(
        **{name: counts[name] for name in ("taken", "known", "waiting", "discarded")}
    )


def _source(session: Session, ctx: RequestContext, file_id: UUID) -> Source:
    row = db.fetch_one(
        session,
        "select laboratory_id, format from lab_file where tenant_id = %s and id = %s",
        (ctx.tenant_id, file_id),
    )
    assert row is not None  # noqa: S101  its rows point at it
    return Source(row["laboratory_id"], ResultSource(row["format"]), file_id)


def _chosen(session: Session, ctx: RequestContext, file_id: UUID) -> dict[str, UUID]:
    """Return the patients that a person chose for a file, by how it names them."""
    rows = db.fetch_all(
        session,
        "select told, patient_id from lab_row"
        " where tenant_id = %s and file_id = %s and patient_id is not null order by place",
        (ctx.tenant_id, file_id),
    )
    return {Told(**row["told"]).patient_key: row["patient_id"] for row in rows}


def _ask_about_differences(ctx: RequestContext, told: Told, known: Mapping[str, Any]) -> None:
    """Ask a person before what is told of a patient overrules what is known of them.

    Raises:
        PatientDiffers: Name, birthday or sex differ, and nobody confirmed it.
    """
    if PatientDiffers.code in ctx.confirmed:
        return
    born: date | None = known.get("birth_on")
    differences = []
    if told.patient_name and name_words(told.patient_name) != name_words(known.get("name", "")):
        differences.append(f"the name {told.patient_name}")
    if told.birth_on and born and told.birth_on != born.isoformat():
        differences.append(f"a birthday on {date_text(date.fromisoformat(told.birth_on))}")
    if told.sex and known.get("sex") and told.sex != known["sex"]:
        differences.append(f"the sex {told.sex}")
    if differences:
        own = known.get("name", "")
        message = f"The file tells {', '.join(differences)}. Is this really {own}?"
        raise PatientDiffers(message)


def _unknown(field: str) -> UnknownLabRow:
    message = "There is no such row, or somebody settled it meanwhile. Look again."
    return UnknownLabRow(message, fields={field: message})
