"""What waits of laboratories, and their files, as lists."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.laboratory.errors import UnknownLabRow
from erp.services.laboratory.queries import people_like
from erp.services.laboratory.told import Told, name_words
from erp.services.platform import (
    LAST_ID,
    Page,
    Query,
    Result,
    Rows,
    decode_cursor,
    encode_cursor,
    query,
)

_FIRST = "00000000-0000-0000-0000-000000000000"
_LATEST = "9999-12-31T00:00:00+00:00"


class ListLabFiles(Page):
    """Files, the newest first."""

    laboratory_id: UUID | None = None


class LabFileRow(Result):
    """A file, and what became of its rows; `standing` is new, waiting or done."""

    id: UUID
    laboratory_id: UUID
    laboratory: str
    file_name: str
    format: str
    uploaded_by_name: str
    uploaded_at: datetime
    imported_at: datetime | None
    rows: int
    taken: int
    waiting: int
    standing: str


class LabFilePage(Rows):
    """A page of files."""

    rows: list[LabFileRow]


class ListWaitingRows(Page):
    """Rows that wait for a person, the oldest first."""

    laboratory_id: UUID | None = None
    file_id: UUID | None = None
    reason: Literal["", "patient", "test", "unit", "value", "conflict", "unreadable"] = ""


class WaitingRow(Result):
    """A row that waits: what it tells, why it waits, and what to do."""

    id: UUID
    laboratory_id: UUID
    laboratory: str
    file_id: UUID
    file_name: str
    label: str
    report_number: str
    patient: str
    patient_ids: str
    birth_on: str
    sex: str
    test: str
    code: str
    value: str
    unit: str
    range: str
    collected_at: str
    reason: str
    field: str
    problem: str


class WaitingPage(Rows):
    """A page of rows that wait."""

    rows: list[WaitingRow]


class WaitingOf(Query):
    """Which row."""

    row_id: UUID


class Candidate(Result):
    """A patient that a told one may be."""

    id: UUID
    name: str
    code: str
    birth_on: str
    why: str


class Candidates(Rows):
    """Patients that a told one may be; a person decides."""

    rows: list[Candidate]


@query("laboratory.list_files", permission="laboratory.view", rest="GET /lab-files")
def list_lab_files(session: Session, ctx: RequestContext, wanted: ListLabFiles) -> LabFilePage:
    """List the files that came, the newest first."""
    before, last = decode_cursor(wanted.cursor, 2) or (_LATEST, LAST_ID)
    rows = db.fetch_all(
        session,
        """
        select f.id, f.laboratory_id, l.name as laboratory, f.file_name, f.format,
               f.uploaded_by_name, f.uploaded_at, f.imported_at, n.rows, n.taken, n.waiting,
               case when f.imported_at is null then 'new' when n.waiting > 0 then 'waiting'
                    else 'done' end as standing
          from lab_file f
          join laboratory l on (l.tenant_id, l.id) = (f.tenant_id, f.laboratory_id)
         cross join lateral (
               select count(*) as rows, count(*) filter (where w.status = 'taken') as taken,
                      count(*) filter (where w.status = 'waiting') as waiting
                 from lab_row w where (w.tenant_id, w.file_id) = (f.tenant_id, f.id)) n
         where f.tenant_id = %(tenant)s
           and (%(laboratory)s::uuid is null or f.laboratory_id = %(laboratory)s)
           and (%(search)s = '' or f.file_name ilike '%%' || %(search)s || '%%')
           and (f.uploaded_at, f.id) < (%(before)s::timestamptz, %(last)s::uuid)
         order by f.uploaded_at desc, f.id desc limit %(limit)s
        """,
        {
            "tenant": ctx.tenant_id,
            "laboratory": wanted.laboratory_id,
            "search": _pattern(wanted.search),
            "before": before,
            "last": last,
            "limit": wanted.limit + 1,
        },
    )
    page = [LabFileRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    cursor = encode_cursor(page[-1].uploaded_at.isoformat(), page[-1].id) if more else ""
    return LabFilePage(rows=page, next_cursor=cursor)


@query("laboratory.list_waiting", permission="laboratory.view", rest="GET /lab-rows")
def list_waiting_rows(
    session: Session, ctx: RequestContext, wanted: ListWaitingRows
) -> WaitingPage:
    """List rows that wait for a person, the oldest first."""
    [after] = decode_cursor(wanted.cursor, 1) or (_FIRST,)
    rows = db.fetch_all(
        session,
        """
        select w.id, w.laboratory_id, l.name as laboratory, w.file_id, f.file_name, w.label,
               w.report_number, w.told, w.reason, w.field, w.problem
          from lab_row w
          join laboratory l on (l.tenant_id, l.id) = (w.tenant_id, w.laboratory_id)
          join lab_file f on (f.tenant_id, f.id) = (w.tenant_id, w.file_id)
         where w.tenant_id = %(tenant)s and w.status = 'waiting' and w.id > %(after)s::uuid
           and (%(laboratory)s::uuid is null or w.laboratory_id = %(laboratory)s)
           and (%(file)s::uuid is null or w.file_id = %(file)s)
           and (%(reason)s = '' or w.reason = %(reason)s)
           and (%(search)s = '' or concat_ws(' ', w.report_number, w.told ->> 'patient_name',
                w.told ->> 'test_name', w.told ->> 'code') ilike '%%' || %(search)s || '%%')
         order by w.id limit %(limit)s
        """,
        {
            "tenant": ctx.tenant_id,
            "after": after,
            "laboratory": wanted.laboratory_id,
            "file": wanted.file_id,
            "reason": wanted.reason,
            "search": _pattern(wanted.search),
            "limit": wanted.limit + 1,
        },
    )
    page = [_row(row) for row in rows[: wanted.limit]]
    cursor = encode_cursor(page[-1].id) if len(rows) > wanted.limit else ""
    return WaitingPage(rows=page, next_cursor=cursor)


@query(
    "laboratory.suggest_patients",
    permission="laboratory.record",
    rest="GET /lab-rows/{row_id}/patients",
)
def suggest_patients(session: Session, ctx: RequestContext, wanted: WaitingOf) -> Candidates:
    """Return the few patients that a row may be about, each with what speaks for them.

    Raises:
        UnknownLabRow: There is no such row, or it waits no more.
    """
    row = db.fetch_one(
        session,
        "select told from lab_row where tenant_id = %s and id = %s and status = 'waiting'",
        (ctx.tenant_id, wanted.row_id),
    )
    if row is None:
        message = "There is no such row, or somebody settled it meanwhile. Look again."
        raise UnknownLabRow(message, fields={"row_id": message})
    told = Told(**row["told"])
    words = name_words(told.patient_name)
    found = people_like(session, ctx, told.patient_ids, sorted(words), told.birth_on)
    return Candidates(rows=[_candidate(person, told, words) for person in found])


def _candidate(person: db.Row, told: Told, words: frozenset[str]) -> Candidate:
    born = person["birth_on"].isoformat() if person["birth_on"] else ""
    numbers = {text.strip().upper() for text in told.patient_ids}
    reasons = [
        word
        for word, holds in (
            ("same number", person["code"].upper() in numbers),
            ("same name", bool(words) and words == name_words(person["name"])),
            ("same birthday", bool(born) and born == told.birth_on),
        )
        if holds
    ]
    return Candidate(
        id=person["id"],
        name=person["name"],
        code=person["code"],
        birth_on=born,
        why=", ".join(reasons) or "similar name",
    )


def _row(row: db.Row) -> WaitingRow:
    told: dict[str, Any] = row["told"]
    return WaitingRow(
        patient=told["patient_name"],
        patient_ids=", ".join(told["patient_ids"]),
        test=told["test_name"] or told["code"],
        **{
            name: told[name]
            for name in ("birth_on", "sex", "code", "value", "unit", "range", "collected_at")
        },
        **{name: row[name] for name in row if name != "told"},
    )


def _pattern(search: str) -> str:
    return search.replace("\\", "").replace("%", "\\%").replace("_", "\\_")
