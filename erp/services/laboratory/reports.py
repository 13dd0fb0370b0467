"""Reports: listed, and one with every version of what it says."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.laboratory.errors import UnknownLabReport
from erp.services.platform import (
    Order,
    Query,
    Result,
    Rows,
    SortedPage,
    fetch_page,
    query,
)


class ListReports(SortedPage):
    """Reports, the newest first."""

    sort: Annotated[
        str,
        Order(
            "-recorded_at",
            {
                "patient": "text",
                "number": "text",
                "collected_at": "instant?",
                "recorded_at": "instant",
                "results": "number",
                "status": "text",
            },
        ),
    ] = ""
    laboratory_id: UUID | None = None
    patient_id: UUID | None = None


class ReportRow(Result):
    """A report in the list; `status` is that of its least certain result, or corrected."""

    id: UUID
    number: str
    laboratory: str
    patient_id: UUID
    patient: str
    patient_code: str
    collected_at: datetime | None
    is_time_known: bool | None
    recorded_at: datetime
    results: int
    outside: int
    status: str


class ReportPage(Rows):
    """A page of reports."""

    rows: list[ReportRow]


class OneReport(Query):
    """Which report."""

    report_id: UUID


class ReportResult(Result):
    """A result of a report; `is_standing` until a later one supersedes it."""

    id: UUID
    analyte_id: UUID
    analyte: str
    panel: str
    sub_id: str
    collected_at: datetime
    is_time_known: bool
    told_value: str
    told_unit: str
    told_range: str
    comparator: str
    value: Decimal | None
    text: str
    unit: str
    decimals: int
    low: Decimal | None
    high: Decimal | None
    range_source: str
    flag: str
    is_flag_told: bool
    status: str
    note: str
    version: int
    is_standing: bool


class ReportVersion(Result):
    """What changed in a report at once, and by whom."""

    version: int
    patient: str
    source: str
    file_id: UUID | None
    file_name: str
    reported_at: datetime | None
    note: str
    recorded_by_name: str
    recorded_at: datetime
    results: int


class ReportDetail(Result):
    """A report with everything it ever said."""

    id: UUID
    number: str
    laboratory_id: UUID
    laboratory: str
    patient_id: UUID
    patient: str
    patient_code: str
    told_patient: str
    reported_at: datetime | None
    results: list[ReportResult]
    versions: list[ReportVersion]


_REPORTS: LiteralString = """
    select p.id, p.number, l.name as laboratory, v.patient_id, who.name as patient,
           who.code as patient_code, p.created_at as recorded_at, n.*
      from lab_report p
      join laboratory l on (l.tenant_id, l.id) = (p.tenant_id, p.laboratory_id)
      join lateral (select w.patient_id from lab_report_version w
                     where (w.tenant_id, w.report_id) = (p.tenant_id, p.id)
                     order by w.version desc limit 1) v on true
      join party who on (who.tenant_id, who.id) = (p.tenant_id, v.patient_id)
     cross join lateral (
           select min(r.collected_at) as collected_at,
                  (array_agg(r.is_time_known order by r.collected_at, r.id))[1] as is_time_known,
                  count(*) filter (where r.status <> 'withdrawn') as results,
                  count(*) filter (where r.status <> 'withdrawn' and r.flag not in ('', 'normal'))
                    as outside,
                  case when bool_and(r.status = 'withdrawn') then 'withdrawn'
                       when bool_or(r.status = 'preliminary') then 'preliminary'
                       when bool_or(r.status in ('corrected', 'withdrawn')) then 'corrected'
                       else 'final' end as status
             from lab_result r
            where (r.tenant_id, r.report_id) = (p.tenant_id, p.id)
              and not exists (select from lab_result later
                   where (later.tenant_id, later.supersedes_id) = (r.tenant_id, r.id))) n
     where p.tenant_id = %(tenant)s
       and (%(laboratory)s::uuid is null or p.laboratory_id = %(laboratory)s)
       and (%(patient)s::uuid is null or v.patient_id = %(patient)s)
       and (%(search)s = '' or concat_ws(' ', p.number, who.name, who.code)
            ilike '%%' || %(search)s || '%%')
"""


@query("laboratory.list_reports", permission="laboratory.view", rest="GET /lab-reports")
def list_reports(session: Session, ctx: RequestContext, wanted: ListReports) -> ReportPage:
    """List reports under their latest patient, the newest first."""
    given = {
        "tenant": ctx.tenant_id,
        "laboratory": wanted.laboratory_id,
        "patient": wanted.patient_id,
        "search": wanted.search.replace("\\", "").replace("%", "\\%").replace("_", "\\_"),
    }
    rows, cursor = fetch_page(session, wanted, _REPORTS, given)
    return ReportPage(rows=[ReportRow(**row) for row in rows], next_cursor=cursor)


@query("laboratory.get_report", permission="laboratory.view", rest="GET /lab-reports/{report_id}")
def get_report(session: Session, ctx: RequestContext, wanted: OneReport) -> ReportDetail:
    """Return a report: what stands, what stood before, and who changed it when.

    Raises:
        UnknownLabReport: There is none.
    """
    head = db.fetch_one(
        session,
        "select p.id, p.number, p.laboratory_id, l.name as laboratory from lab_report p"
        " join laboratory l on (l.tenant_id, l.id) = (p.tenant_id, p.laboratory_id)"
        " where p.tenant_id = %s and p.id = %s",
        (ctx.tenant_id, wanted.report_id),
    )
    if head is None:
        message = "There is no such report."
        raise UnknownLabReport(message, fields={"report_id": message})
    versions = _versions(session, ctx, wanted.report_id)
    latest = versions[0]
    told = latest["patient_key"].split("|")
    return ReportDetail(
        **head,
        patient_id=latest["patient_id"],
        patient=latest["patient"],
        patient_code=latest["patient_code"],
        told_patient=" ".join(part for part in (told[0], *told[1:2]) if part),
        reported_at=max(
            (row["reported_at"] for row in versions if row["reported_at"]), default=None
        ),
        results=_results(session, ctx, wanted.report_id),
        versions=[ReportVersion(**row) for row in versions],
    )


def _versions(session: Session, ctx: RequestContext, report_id: UUID) -> list[db.Row]:
    return db.fetch_all(
        session,
        "select v.version, v.patient_id, who.name as patient, who.code as patient_code,"
        " v.patient_key, v.source, v.file_id, coalesce(f.file_name, '') as file_name, v.reported_at,"
        " v.note, v.recorded_by_name, v.recorded_at, (select count(*) from lab_result r"
        " where (r.tenant_id, r.version_id) = (v.tenant_id, v.id)) as results"
        " from lab_report_version v"
        " join party who on (who.tenant_id, who.id) = (v.tenant_id, v.patient_id)"
        " left join lab_file f on (f.tenant_id, f.id) = (v.tenant_id, v.file_id)"
        " where v.tenant_id = %s and v.report_id = %s order by v.version desc",
        (ctx.tenant_id, report_id),
    )


def _results(session: Session, ctx: RequestContext, report_id: UUID) -> list[ReportResult]:
    rows = db.fetch_all(
        session,
        "select r.*, a.name as analyte, a.panel, a.unit, a.decimals, v.version, not exists (select"
        " from lab_result n where (n.tenant_id, n.supersedes_id) = (r.tenant_id, r.id)) as is_standing"
        " from lab_result r join analyte a on (a.tenant_id, a.id) = (r.tenant_id, r.analyte_id)"
        " join lab_report_version v on (v.tenant_id, v.id) = (r.tenant_id, r.version_id)"
        " where r.tenant_id = %s and r.report_id = %s"
        " order by a.panel, a.name, r.sub_id, v.version desc, r.id",
        (ctx.tenant_id, report_id),
    )
    return [ReportResult(**row) for row in rows]
