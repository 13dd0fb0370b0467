"""Results typed in by a person, put right, taken back, and reports given to their right patient."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.models.laboratory import LabReportVersion, LabResult, ResultSource, ResultStatus
from erp.services import party
from erp.services.laboratory.analytes import find_analyte
from erp.services.laboratory.deciding import MEASURED, measure
from erp.services.laboratory.errors import (
    AlreadyMeasured,
    OtherPatient,
    UnknownLabReport,
    UnknownLabResult,
    WrongValue,
)
from erp.services.laboratory.events import ResultsRecorded
from erp.services.laboratory.laboratories import hold_laboratory
from erp.services.laboratory.outcomes import Waits
from erp.services.laboratory.queries import person
from erp.services.laboratory.recording import known_reports
from erp.services.laboratory.told import Told
from erp.services.platform import (
    Command,
    Day,
    Identified,
    Result,
    Series,
    ShortText,
    Text,
    command,
    emit,
    next_number,
)

ClockTime = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$")]
Value = Annotated[ShortText, Field(max_length=60)]
Unit = Annotated[Text, Field(max_length=40)]


class RecordResult(Command):
    """A result that a person reads off a paper or an instrument.

    Attributes:
        report_number: Of the laboratory's report; empty for one of our own numbers.
        time: By the clocks of the organisation; empty where only the day is known.
        unit: As written; the analyte's own where it is empty.
    """

    laboratory_id: UUID
    patient_id: UUID
    report_number: Annotated[Text, Field(max_length=60)] = ""
    analyte_id: UUID
    day: Day
    time: ClockTime = ""
    value: Value
    unit: Unit = ""
    range: Unit = ""
    note: Text = ""


class CorrectResult(Command):
    """What a result really is."""

    result_id: UUID
    value: Value
    unit: Unit = ""
    reason: ShortText


class WithdrawResult(Command):
    """Take a result back that never should have been."""

    result_id: UUID
    reason: ShortText


class MoveReport(Command):
    """Give a report to the patient it is really about."""

    report_id: UUID
    patient_id: UUID
    reason: ShortText


class RecordedResult(Result):
    """A result, its report and the report's number."""

    id: UUID
    report_id: UUID
    report_number: str


@command("laboratory.record_result", permission="laboratory.record", rest="POST /lab-results")
def record_result(session: Session, ctx: RequestContext, cmd: RecordResult) -> RecordedResult:
    """Record a result by hand; one with the number of a known report is added to that report.

    Locks the laboratory.

    Raises:
        UnknownLaboratory, UnknownParty, UnknownAnalyte: There is none.
        WrongValue: The value is no number, or its unit is not of the table.
        InvalidInput: The sample was taken in the future.
        OtherPatient: The report is another patient's.
        AlreadyMeasured: The report has a result of this analyte; correct that one.

    Emits:
        laboratory.results_recorded.v1
    """
    hold_laboratory(session, ctx, cmd.laboratory_id)
    party.check_known(session, ctx, cmd.patient_id, "patient_id")
    analyte = find_analyte(session, ctx, cmd.analyte_id)
    told = _told(ctx, cmd, analyte)
    measured = _measured(session, ctx, told, analyte, cmd.patient_id)
    number = cmd.report_number or _own_number(session, ctx)
    report = known_reports(session, ctx, cmd.laboratory_id, {number}).get(number)
    if report is not None:
        _check_free(report.patient_id, cmd, report.results)
    report_id = report.id if report else new_id()
    if report is None:
        db.execute(
            session,
            "insert into lab_report (tenant_id, id, laboratory_id, number) values (%s, %s, %s, %s)",
            (ctx.tenant_id, report_id, cmd.laboratory_id, number),
        )
    before = report.results.get((cmd.analyte_id, "")) if report else None
    result_id = _add(
        session,
        ctx,
        {
            "report_id": report_id,
            "version": report.version if report else 0,
            "patient_id": cmd.patient_id,
            "patient_key": report.patient_key if report else "",
        },
        measured,
        {
            "analyte_id": cmd.analyte_id,
            "sub_id": "",
            "supersedes_id": before["id"] if before else None,
        },
        "",
    )
    return RecordedResult(id=result_id, report_id=report_id, report_number=number)


@command(
    "laboratory.correct_result",
    permission="laboratory.record",
    rest="POST /lab-results/{result_id}/correct",
)
def correct_result(session: Session, ctx: RequestContext, cmd: CorrectResult) -> Identified:
    """Put a result right; the wrong one stays to be seen. Locks the laboratory.

    Raises:
        UnknownLabResult: There is none, or it was superseded.
        WrongValue: The value is no number, or its unit is not of the table.

    Emits:
        laboratory.results_recorded.v1
    """
    held = _held_result(session, ctx, cmd.result_id)
    analyte = find_analyte(session, ctx, held["analyte_id"])
    told = Told(
        label="",
        value=cmd.value,
        unit=cmd.unit or held["told_unit"] or analyte["unit"],
        range=held["told_range"] if not cmd.unit or cmd.unit == held["told_unit"] else "",
        collected_at=held["collected_at"].isoformat(),
        is_time_known=held["is_time_known"],
        status=ResultStatus.CORRECTED.value,
        note=held["note"],
    )
    measured = _measured(session, ctx, told, analyte, held["patient_id"])
    return Identified(id=_add(session, ctx, held, measured, _place(held), cmd.reason))


@command(
    "laboratory.withdraw_result",
    permission="laboratory.record",
    rest="POST /lab-results/{result_id}/withdraw",
)
def withdraw_result(session: Session, ctx: RequestContext, cmd: WithdrawResult) -> Identified:
    """Take a result back: it leaves every trend, and stays in its report as withdrawn.

    Locks the laboratory.

    Raises:
        UnknownLabResult: There is none, or it was superseded or withdrawn.

    Emits:
        laboratory.results_recorded.v1
    """
    held = _held_result(session, ctx, cmd.result_id)
    measured = {name: held[name] for name in MEASURED} | {"status": ResultStatus.WITHDRAWN.value}
    return Identified(id=_add(session, ctx, held, measured, _place(held), cmd.reason))


@command(
    "laboratory.move_report",
    permission="laboratory.record",
    rest="POST /lab-reports/{report_id}/patient",
)
def move_report(session: Session, ctx: RequestContext, cmd: MoveReport) -> Identified:
    """Give a report with all its results to another patient; who it was before stays to be seen.

    Results keep the ranges they were held against. Locks the laboratory.

    Raises:
        UnknownLabReport, UnknownParty: There is none.
        InvalidInput: It is this patient's already.

    Emits:
        laboratory.results_recorded.v1
    """
    found = _report(session, ctx, cmd.report_id)
    if found is None:
        message = "There is no such report."
        raise UnknownLabReport(message, fields={"report_id": message})
    hold_laboratory(session, ctx, found["laboratory_id"])
    found = _report(session, ctx, cmd.report_id) or found
    party.check_known(session, ctx, cmd.patient_id, "patient_id")
    if found["patient_id"] == cmd.patient_id:
        message = "The report is this patient's already. Choose another."
        raise InvalidInput(message, fields={"patient_id": message})
    version = _version(session, ctx, found | {"patient_id": cmd.patient_id}, cmd.reason)
    return Identified(id=version)


def _told(ctx: RequestContext, cmd: RecordResult, analyte: Mapping[str, Any]) -> Told:
    hours, minutes = cmd.time.split(":") if cmd.time else ("0", "0")
    local = datetime.combine(cmd.day, time(int(hours), int(minutes)), ZoneInfo(ctx.time_zone))
    if local.astimezone(UTC) > ctx.now:
        message = "The sample was taken in the future. Write the day it was taken."
        raise InvalidInput(message, fields={"day": message})
    return Told(
        label="",
        value=cmd.value,
        unit=cmd.unit or analyte["unit"],
        range=cmd.range,
        collected_at=local.astimezone(UTC).isoformat(),
        is_time_known=bool(cmd.time),
        status=ResultStatus.FINAL.value,
        note=cmd.note,
    )


def _measured(
    session: Session, ctx: RequestContext, told: Told, analyte: db.Row, patient_id: UUID
) -> Mapping[str, Any]:
    """Return a typed value as columns of a result.

    Raises:
        WrongValue: It is none of the analyte.
    """
    measured = measure(told, analyte, person(session, ctx, patient_id), ctx.time_zone)
    if isinstance(measured, Waits):
        raise WrongValue(measured.problem, fields={measured.field: measured.problem})
    return measured


def _check_free(
    patient_id: UUID, cmd: RecordResult, results: Mapping[tuple[UUID, str], Mapping[str, Any]]
) -> None:
    if patient_id != cmd.patient_id:
        message = "The report of this number is another patient's. Look at the number again."
        raise OtherPatient(message, fields={"report_number": message})
    before = results.get((cmd.analyte_id, ""))
    if before is not None and before["status"] != ResultStatus.WITHDRAWN:
        message = "The report has this result already. Correct it there."
        raise AlreadyMeasured(message, fields={"analyte_id": message})


def _own_number(session: Session, ctx: RequestContext) -> str:
    return next_number(
        session, ctx, Series(ctx.branch_id, "lab_report", fiscal_year(ctx.today), "LR")
    )


def _held_result(session: Session, ctx: RequestContext, result_id: UUID) -> db.Row:
    """Return a result that stands, with its report and patient, once its laboratory is held."""
    found = db.fetch_one(
        session,
        "select p.laboratory_id from lab_result r join lab_report p"
        " on (p.tenant_id, p.id) = (r.tenant_id, r.report_id) where r.tenant_id = %s and r.id = %s",
        (ctx.tenant_id, result_id),
    )
    if found is not None:
        hold_laboratory(session, ctx, found["laboratory_id"])
    row = db.fetch_one(
        session,
        "select * from lab_result r where tenant_id = %s and id = %s and status <> 'withdrawn'"
        " and not exists (select from lab_result n where (n.tenant_id, n.supersedes_id) ="
        " (r.tenant_id, r.id))",
        (ctx.tenant_id, result_id),
    )
    if row is None:
        message = "There is no such result, or it was put right meanwhile. Look again."
        raise UnknownLabResult(message, fields={"result_id": message})
    report = _report(session, ctx, row["report_id"])
    assert report is not None  # noqa: S101  results belong to one
    return row | {
        name: report[name] for name in ("version", "patient_id", "patient_key", "reported_at")
    }


def _report(session: Session, ctx: RequestContext, report_id: UUID) -> db.Row | None:
    return db.fetch_one(
        session,
        "select p.id as report_id, p.laboratory_id, v.version, v.patient_id, v.patient_key,"
        " v.reported_at from lab_report p join lab_report_version v"
        " on (v.tenant_id, v.report_id) = (p.tenant_id, p.id)"
        " where p.tenant_id = %s and p.id = %s order by v.version desc limit 1",
        (ctx.tenant_id, report_id),
    )


def _place(held: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "analyte_id": held["analyte_id"],
        "sub_id": held["sub_id"],
        "supersedes_id": held["id"],
    }


def _add(
    session: Session,
    ctx: RequestContext,
    report: Mapping[str, Any],
    measured: Mapping[str, Any],
    place: Mapping[str, Any],
    note: str,
) -> UUID:
    version_id = _version(session, ctx, report, note)
    result_id = new_id()
    row = {"tenant_id": ctx.tenant_id, "id": result_id, "version_id": version_id,
           "report_id": report["report_id"]}  # fmt: skip
    kept = {name: measured[name] for name in MEASURED}
    db.insert_rows(session, LabResult, [row | dict(place) | kept])
    return result_id


def _version(session: Session, ctx: RequestContext, report: Mapping[str, Any], note: str) -> UUID:
    """Add a version to a report, and tell of it."""
    version_id = new_id()
    version = {
        "tenant_id": ctx.tenant_id,
        "id": version_id,
        "report_id": report["report_id"],
        "version": report["version"] + 1,
        "patient_id": report["patient_id"],
        "patient_key": report["patient_key"],
        "source": ResultSource.MANUAL.value,
        "reported_at": report.get("reported_at"),
        "note": note,
        "recorded_by": ctx.on_behalf_of or ctx.user_id,
        "recorded_by_name": ctx.user_name,
        "recorded_at": ctx.now,
    }
    db.insert_rows(session, LabReportVersion, [version])
    recorded = ResultsRecorded(
        report_id=report["report_id"], patient_id=report["patient_id"], version=version["version"]
    )
    emit(session, ctx, report["report_id"], recorded)
    return version_id
