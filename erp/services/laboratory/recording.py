"""Decide rows of files against what is known, and write what they bring, set by set."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.laboratory import (
    LabReport,
    LabReportVersion,
    LabResult,
    ResultSource,
    RowStatus,
    WaitReason,
)
from erp.services.laboratory.deciding import MEASURED, decide
from erp.services.laboratory.events import ResultsRecorded
from erp.services.laboratory.outcomes import Fresh, Knowledge, KnownReport, Same, Waits
from erp.services.laboratory.queries import people as people_by_id
from erp.services.laboratory.queries import people_with_codes
from erp.services.laboratory.told import Told
from erp.services.platform import emit


@dataclass(frozen=True, slots=True)
class Source:
    """Where results come from."""

    laboratory_id: UUID
    kind: ResultSource
    file_id: UUID | None = None
    note: str = ""


@dataclass
class _Written:
    reports: list[dict[str, Any]] = field(default_factory=list)
    versions: list[dict[str, Any]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)


def record(
    session: Session,
    ctx: RequestContext,
    source: Source,
    told: Sequence[Told],
    chosen: Mapping[str, UUID] | None = None,
) -> list[dict[str, Any]]:
    """Take in observations in their order; return what became of each, as columns of its row.

    The caller holds the laboratory. A report gets one version for all that changes in it here.

    Args:
        chosen: Patients that a person chose, by how the file names them.

    Emits:
        laboratory.results_recorded.v1 for each report that changed.
    """
    known = _knowledge(session, ctx, source, told, chosen or {}, is_writing=True)
    written = _Written()
    outcomes = [_outcome(ctx, source, one, known, written) for one in told]
    db.insert_rows(session, LabReport, written.reports)
    db.insert_rows(session, LabReportVersion, written.versions)
    db.insert_rows(session, LabResult, written.results)
    for version in written.versions:
        recorded = ResultsRecorded(
            report_id=version["report_id"],
            patient_id=version["patient_id"],
            version=version["version"],
        )
        emit(session, ctx, version["report_id"], recorded)
    return outcomes


def would_become(
    session: Session, ctx: RequestContext, source: Source, told: Sequence[Told]
) -> list[dict[str, Any]]:
    """Return what would become of observations; nothing is written."""
    known = _knowledge(session, ctx, source, told, {}, is_writing=False)
    written = _Written()
    return [_outcome(ctx, source, one, known, written) for one in told]


def _outcome(
    ctx: RequestContext, source: Source, told: Told, known: Knowledge, written: _Written
) -> dict[str, Any]:
    decided = decide(told, known)
    nothing = {
        "reason": WaitReason.NONE.value,
        "field": "",
        "problem": "",
        "result_id": None,
        "decision": "",
    }
    if isinstance(decided, Waits):
        return nothing | {
            "status": RowStatus.WAITING.value,
            "reason": decided.reason.value,
            "field": decided.field,
            "problem": decided.problem,
        }
    if isinstance(decided, Same):
        return nothing | {"status": RowStatus.KNOWN.value, "result_id": decided.result_id}
    if isinstance(decided, Fresh):
        result_id = _write(ctx, source, told, decided, known, written)
        return nothing | {"status": RowStatus.TAKEN.value, "result_id": result_id}
    return nothing | {
        "status": RowStatus.DISCARDED.value,
        "decision": "The laboratory says that there is no result.",
    }


def _write(
    ctx: RequestContext,
    source: Source,
    told: Told,
    fresh: Fresh,
    known: Knowledge,
    written: _Written,
) -> UUID:
    report = known.reports.get(told.report_number)
    reported = datetime.fromisoformat(told.reported_at) if told.reported_at else None
    if report is None:
        report = KnownReport(new_id(), fresh.patient_id, told.patient_key, None, is_new=True)
        known.reports[told.report_number] = report
        written.reports.append(
            {
                "tenant_id": ctx.tenant_id,
                "id": report.id,
                "laboratory_id": source.laboratory_id,
                "number": told.report_number,
            }
        )
    if report.version_id is None:
        written.versions.append(_version(ctx, source, told, report))
    if reported and (report.reported_at is None or reported > report.reported_at):
        report.reported_at = reported
        own = next(row for row in written.versions if row["id"] == report.version_id)
        own["reported_at"] = reported
    result_id = new_id()
    row = dict(fresh.measured)
    written.results.append(
        {
            "tenant_id": ctx.tenant_id,
            "id": result_id,
            "report_id": report.id,
            "version_id": report.version_id,
            "analyte_id": fresh.analyte_id,
            "sub_id": fresh.sub_id,
            "supersedes_id": fresh.supersedes,
            **{name: row[name] for name in MEASURED},
        }
    )
    held = row | {"id": result_id, "file_id": source.file_id}
    report.results[(fresh.analyte_id, fresh.sub_id)] = held
    return result_id


def _version(
    ctx: RequestContext, source: Source, told: Told, report: KnownReport
) -> dict[str, Any]:
    report.version += 1
    report.version_id = new_id()
    return {
        "tenant_id": ctx.tenant_id,
        "id": report.version_id,
        "report_id": report.id,
        "version": report.version,
        "patient_id": report.patient_id,
        "patient_key": told.patient_key if report.is_new else report.patient_key,
        "source": source.kind.value,
        "file_id": source.file_id,
        "reported_at": report.reported_at,
        "note": source.note,
        "recorded_by": ctx.on_behalf_of or ctx.user_id,
        "recorded_by_name": ctx.user_name,
        "recorded_at": ctx.now,
    }


def _knowledge(
    session: Session,
    ctx: RequestContext,
    source: Source,
    told: Sequence[Told],
    chosen: Mapping[str, UUID],
    *,
    is_writing: bool,
) -> Knowledge:
    """Return what rows are decided by; who writes keeps analytes as they are until the end."""
    analytes = db.fetch_all(
        session,
        "select id, code, name, kind, unit, loinc, ranges from analyte"
        " where tenant_id = %s and is_active order by id for share"
        if is_writing
        else "select id, code, name, kind, unit, loinc, ranges from analyte"
        " where tenant_id = %s and is_active order by id",
        (ctx.tenant_id,),
    )
    by_id = {row["id"]: row for row in analytes}
    mapped = db.fetch_all(
        session,
        "select told_key, analyte_id from analyte_code"
        " where tenant_id = %s and laboratory_id = %s and is_active",
        (ctx.tenant_id, source.laboratory_id),
    )
    reports = known_reports(session, ctx, source.laboratory_id, {one.report_number for one in told})
    patients = people_with_codes(session, ctx, {text for one in told for text in one.patient_ids})
    ids = {row["id"] for row in patients.values()} | set(chosen.values())
    ids |= {report.patient_id for report in reports.values()}
    return Knowledge(
        now=ctx.now,
        time_zone=ctx.time_zone,
        file_id=source.file_id,
        by_loinc=_unambiguous(analytes),
        by_told={
            row["told_key"]: by_id[row["analyte_id"]]
            for row in mapped
            if row["analyte_id"] in by_id
        },
        patients=patients,
        people=people_by_id(session, ctx, ids),
        chosen=chosen,
        reports=reports,
    )


def _unambiguous(analytes: Sequence[db.Row]) -> dict[str, db.Row]:
    """Return analytes by LOINC; a code that two of them have stands for neither."""
    codes = [row["loinc"] for row in analytes if row["loinc"]]
    return {row["loinc"]: row for row in analytes if codes.count(row["loinc"]) == 1}


def known_reports(
    session: Session, ctx: RequestContext, laboratory_id: UUID, numbers: set[str]
) -> dict[str, KnownReport]:
    """Return reports of a laboratory as they stand, by number."""
    rows = db.fetch_all(
        session,
        """
        select p.id, p.number, v.version, v.patient_id, v.patient_key,
               (select max(w.reported_at) from lab_report_version w
                 where (w.tenant_id, w.report_id) = (p.tenant_id, p.id)) as reported_at
          from lab_report p
          join lateral (select * from lab_report_version w
                         where (w.tenant_id, w.report_id) = (p.tenant_id, p.id)
                         order by w.version desc limit 1) v on true
         where p.tenant_id = %s and p.laboratory_id = %s and p.number = any(%s)
        """,
        (ctx.tenant_id, laboratory_id, sorted(numbers)),
    )
    reports = {
        row["number"]: KnownReport(
            row["id"],
            row["patient_id"],
            row["patient_key"],
            row["reported_at"],
            version=row["version"],
            known_at=row["reported_at"],
        )
        for row in rows
    }
    by_id = {report.id: report for report in reports.values()}
    for row in db.fetch_all(
        session,
        "select r.*, v.file_id, not exists (select from lab_result n"
        " where (n.tenant_id, n.supersedes_id) = (r.tenant_id, r.id)) as is_standing"
        " from lab_result r join lab_report_version v"
        " on (v.tenant_id, v.id) = (r.tenant_id, r.version_id)"
        " where r.tenant_id = %s and r.report_id = any(%s)",
        (ctx.tenant_id, list(by_id)),
    ):
        report = by_id[row["report_id"]]
        report.remember(row["analyte_id"], row["sub_id"], row)
        if row["is_standing"]:
            report.results[(row["analyte_id"], row["sub_id"])] = row
    return reports


def settle_rows(session: Session, ctx: RequestContext, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down what became of rows that waited."""
    told = [
        {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}
        for row in rows
    ]
    db.execute(
        session,
        "update lab_row w set status = n.status, reason = n.reason, field = n.field,"
        " problem = n.problem, result_id = n.result_id, decision = n.decision, decided_by = %s"
        " from jsonb_to_recordset(%s::jsonb) as n(id uuid, status text, reason text, field text,"
        " problem text, result_id uuid, decision text)"
        " where w.tenant_id = %s and w.id = n.id and w.status = 'waiting'",
        (ctx.user_id, json.dumps(told), ctx.tenant_id),
    )
