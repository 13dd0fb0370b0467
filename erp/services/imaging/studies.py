"""Lists of the archive for people: studies, what holds them, exports and removals."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services.imaging.keeping import DEFAULT_YEARS
from erp.services.imaging.listing import size_text
from erp.services.imaging.matching import spoken_name
from erp.services.platform import (
    Nothing,
    Order,
    Result,
    Rows,
    SortedPage,
    fetch_page,
    query,
)

MOST_PLACES: Final = 60


class ListStudies(SortedPage):
    """Studies of the archive; `show`: those held, due for removal, asked for, or removed."""

    sort: Annotated[
        str, Order("-id", {"description": "text", "studied_at": "instant?", "instances": "number"})
    ] = ""
    show: Literal["", "held", "due", "asked", "removed"] = ""


class StudyRow(Result):
    """A study in the list.

    Attributes:
        keeping: What is to be known of its keeping, in words.
        hold_id, removal_id, export_id: The latest of each that is open, or made.
    """

    id: UUID
    study_uid: str
    patient: str
    patient_code: str
    description: str
    modalities: str
    accession: str
    size: int
    size_text: str
    instances: int
    studied_at: datetime | None
    created_at: datetime
    keeping: str
    state: str
    hold_id: UUID | None
    hold_reason: str
    removal_id: UUID | None
    removal_reason: str
    removal_by: str
    export_id: UUID | None
    export_status: str
    export_step: str
    export_progress: int
    export_problem: str
    export_by: str
    document_id: UUID | None
    is_due: bool


class StudyPage(Rows):
    """A page of studies, the newest first."""

    rows: list[StudyRow]


class IngestNow(Result):
    """How objects come in at the moment.

    Attributes:
        waiting: Offered and not decided. oldest_at: since when the oldest waits.
        per_minute: Decided in the last minute. failures: refused or held in the last hour.
        held: Waiting in quarantine. lag_ms: median from offer to decision in the last hour.
        damaged: Kept objects whose bytes were missing or damaged when they were last read.
    """

    waiting: int
    oldest_at: datetime | None
    per_minute: int
    failures: int
    held: int
    lag_ms: int | None
    damaged: int


class Retention(Result):
    """For how long studies are kept, and since when that is the rule."""

    years: int
    reason: str
    set_by_name: str
    set_at: datetime | None


@query("imaging.list_studies", permission="imaging.view", rest="GET /imaging/studies")
def list_studies(session: Session, ctx: RequestContext, wanted: ListStudies) -> StudyPage:
    """List the studies of the archive, the newest first."""
    given = {
        "tenant": ctx.tenant_id,
        "show": wanted.show,
        "search": _pattern(wanted.search),
        "years": DEFAULT_YEARS,
        "now": ctx.now,
    }
    rows, cursor = fetch_page(session, wanted, _STUDIES, given)
    return StudyPage(rows=[_row(row) for row in rows], next_cursor=cursor)


_IS_DUE: Final = """(study.created_at + make_interval(years => rule.years) <= %(now)s
        and not exists (select from dicom_series own join dicom_instance newest
              on (newest.tenant_id, newest.series_id) = (own.tenant_id, own.id)
           where own.tenant_id = study.tenant_id and own.study_id = study.id
             and newest.stored_at + make_interval(years => rule.years) > %(now)s))"""
_STUDIES: Final = f"""
    with rule as (
        select coalesce((select years from retention_rule where tenant_id = %(tenant)s
                          order by id desc limit 1), %(years)s) as years
    )
    select study.id, study.study_uid, patient.name, patient.patient_code, study.description,
           study.accession, study.bytes as size, study.instances, study.studied_at,
           study.created_at, study.removed_at, rule.years,
           {_IS_DUE} as is_due,
           (select max(newest.stored_at) from dicom_series own join dicom_instance newest
                on (newest.tenant_id, newest.series_id) = (own.tenant_id, own.id)
             where own.tenant_id = study.tenant_id and own.study_id = study.id) as newest_at,
           (select string_agg(distinct series.modality, ', ') from dicom_series series
             where series.tenant_id = study.tenant_id and series.study_id = study.id) as modalities,
           hold.id as hold_id, hold.reason as hold_reason, removal.id as removal_id,
           removal.status as removal_status, removal.reason as removal_reason,
           removal.asked_by_name as removal_by, made.id as export_id, made.status as export_status,
           made.step as export_step, made.progress as export_progress,
           made.problem as export_problem, made.requested_by_name as export_by, made.document_id
      from dicom_study study
      cross join rule
      join dicom_patient patient
        on (patient.tenant_id, patient.id) = (study.tenant_id, study.dicom_patient_id)
      left join lateral (select id, reason from study_hold
           where tenant_id = study.tenant_id and study_id = study.id and released_at is null
           order by id desc limit 1) hold on true
      left join lateral (select id, status, reason, asked_by_name from study_removal
           where tenant_id = study.tenant_id and study_id = study.id and status <> 'refused'
           order by id desc limit 1) removal on true
      left join lateral (select id, status, step, progress, problem, requested_by_name, document_id
            from imaging_export where tenant_id = study.tenant_id and study_id = study.id
           order by id desc limit 1) made on true
     where study.tenant_id = %(tenant)s
       and (%(search)s = '' or concat_ws(' ', patient.name, patient.patient_code, study.description,
            study.accession, study.study_uid) ilike %(search)s)
       and case %(show)s when 'held' then hold.id is not null and study.removed_at is null
                         when 'asked' then removal.status = 'asked'
                         when 'removed' then study.removed_at is not null
                         when 'due' then study.removed_at is null and hold.id is null
                              and {_IS_DUE}
                         else study.removed_at is null end
"""  # noqa: S608  the part is ours


def _row(row: db.Row) -> StudyRow:
    state, words = _keeping(row)
    empty = ("description", "accession", "hold_reason", "removal_reason", "removal_by")
    texts = (*empty, "export_status", "export_step", "export_problem", "export_by", "modalities")
    is_open = row["removal_status"] == "asked"
    return StudyRow(
        **{name: row[name] for name in ("id", "study_uid", "patient_code", "size", "instances")},
        **{name: row[name] or "" for name in texts},
        **{name: row[name] for name in ("studied_at", "created_at", "hold_id", "export_id")},
        patient=spoken_name(row["name"]) or row["patient_code"] or "Unknown patient",
        keeping=words,
        size_text=size_text(row["size"]),
        state=state,
        removal_id=row["removal_id"] if is_open else None,
        export_progress=row["export_progress"] or 0,
        document_id=row["document_id"],
        is_due=bool(row["is_due"]) and row["hold_id"] is None and row["removed_at"] is None,
    )


def _keeping(row: db.Row) -> tuple[str, str]:
    """Return how a study stands, as a code and in words."""
    if row["removed_at"] is not None:
        return "removed", f"Removed on {row['removed_at']:%d-%m-%Y}"
    if row["hold_id"] is not None:
        return "held", f"Held: {row['hold_reason']}"
    if row["removal_status"] == "asked":
        return "asked", f"{row['removal_by']} asked for removal"
    if row["removal_status"] == "approved":
        return "approved", "Being removed"
    if row["is_due"]:
        return "due", f"Kept {row['years']} years; may be removed"
    newest = row["newest_at"] or row["created_at"]
    return "kept", f"Kept until {newest.year + row['years']}"


@query("imaging.ingest_now", permission="imaging.view", rest="GET /imaging/ingest")
def ingest_now(session: Session, ctx: RequestContext, _wanted: Nothing) -> IngestNow:
    """Return backlog, rate, lag and failures of what comes in."""
    row = db.fetch_one(
        session,
        """
        select (select count(*) from imaging_transfer where tenant_id = %(tenant)s
                  and status = 'granted' and created_at > %(now)s - interval '7 days') as waiting,
               (select min(created_at) from imaging_transfer where tenant_id = %(tenant)s
                  and status = 'granted' and created_at > %(now)s - interval '7 days') as oldest_at,
               count(*) filter (where attempt.attempted_at > %(now)s - interval '1 minute')
                   as per_minute,
               count(*) filter (where attempt.outcome in ('rejected', 'quarantined', 'conflict'))
                   as failures,
               percentile_disc(0.5) within group (order by extract(epoch from
                   transfer.decided_at - transfer.created_at) * 1000)::int as lag_ms,
               (select count(*) from quarantine where tenant_id = %(tenant)s
                  and status in ('open', 'retrying')) as held,
               (select count(*) from blob_state where tenant_id = %(tenant)s
                  and fault <> '' and removed_at is null) as damaged
          from ingest_attempt attempt
          join imaging_transfer transfer
            on (transfer.tenant_id, transfer.id) = (attempt.tenant_id, attempt.transfer_id)
         where attempt.tenant_id = %(tenant)s and attempt.id >= %(since)s
           and attempt.attempted_at > %(now)s - interval '1 hour'
        """,
        {"tenant": ctx.tenant_id, "now": ctx.now, "since": _first_id_since(ctx)},
    )
    if row is None:
        msg = "A count returned no row."
        raise RuntimeError(msg)
    return IngestNow(**row)


def _first_id_since(ctx: RequestContext) -> UUID:
    """Return the smallest id of the last hour: ids begin with the time they were made at."""
    milliseconds = int(ctx.now.timestamp() * 1000) - 3_660_000
    return UUID(int=milliseconds << 80)


@query("imaging.get_retention", permission="imaging.view", rest="GET /imaging/retention")
def get_retention(session: Session, ctx: RequestContext, _wanted: Nothing) -> Retention:
    """Return for how many years studies are kept."""
    row = db.fetch_one(
        session,
        "select years, reason, set_by_name, set_at from retention_rule where tenant_id = %s"
        " order by id desc limit 1",
        (ctx.tenant_id,),
    )
    if row is None:
        return Retention(years=DEFAULT_YEARS, reason="", set_by_name="", set_at=None)
    return Retention(**row)


def _pattern(search: str) -> str:
    """Return a LIKE pattern that finds the words as they are.

    Raises:
        InvalidInput: It is longer than anything in the archive.
    """
    if len(search) > MOST_PLACES * 4:
        raise InvalidInput("Search for fewer words.", fields={"search": "is too long"})
    plain = search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%" if plain else ""
