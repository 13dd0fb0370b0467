"""How a patient's results go on over time: laboratories' values, and what was measured on pictures."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.services import biomarkers, imaging, party
from erp.services.laboratory.queries import person
from erp.services.platform import (
    Day,
    Page,
    Query,
    Result,
    Rows,
    decode_cursor,
    encode_cursor,
    query,
)

MOST_POINTS: Final = 5_000
_FIRST: Final = "0001-01-01T00:00:00+00:00"
_NIL: Final = "00000000-0000-0000-0000-000000000000"
IMAGING_PANEL: Final = "Measured on pictures"
BIOMARKER_PANEL: Final = "Biomarkers by software"


class TrendsOf(Query):
    """Whose results, over which days of the organisation's calendar; both included, both may be open."""

    patient_id: UUID
    from_day: Day | None = None
    to_day: Day | None = None


class TrendPoint(Result):
    """One result.

    Attributes:
        shown: The value as it is written, in the trend's unit.
        low, high: What it was held against when it came.
        by: The laboratory, or who measured it.
        to: `report` or `session`: what `origin_id` is.
    """

    at: datetime
    is_time_known: bool
    value: Decimal | None
    comparator: str
    shown: str
    told: str
    low: Decimal | None
    high: Decimal | None
    flag: str
    status: str
    by: str
    number: str
    to: str
    origin_id: UUID


class Trend(Result):
    """The results of one analyte, the oldest first."""

    key: str
    name: str
    panel: str
    unit: str
    decimals: int
    points: list[TrendPoint]


class Trends(Result):
    """Everything measured of a patient, panel by panel.

    Attributes:
        is_cut: There is more than is shown, which is the newest; ask for fewer days.
    """

    patient_id: UUID
    patient: str
    patient_code: str
    trends: list[Trend]
    is_cut: bool


class ListResults(Page):
    """A patient's standing results, the oldest first."""

    patient_id: UUID
    analyte_id: UUID | None = None
    from_day: Day | None = None
    to_day: Day | None = None


class ResultRow(Result):
    """A standing result as a row of a list or a file."""

    id: UUID
    collected_at: datetime
    is_time_known: bool
    panel: str
    analyte: str
    code: str
    loinc: str
    comparator: str
    value: Decimal | None
    text: str
    unit: str
    low: Decimal | None
    high: Decimal | None
    flag: str
    status: str
    told_value: str
    told_unit: str
    told_range: str
    laboratory: str
    report_number: str
    report_id: UUID


class ResultPage(Rows):
    """A page of results."""

    rows: list[ResultRow]


@query(
    "laboratory.get_trends",
    permission="laboratory.view",
    rest="GET /patients/{patient_id}/lab-trends",
)
def get_trends(session: Session, ctx: RequestContext, wanted: TrendsOf) -> Trends:
    """Return a patient's standing results by analyte; withdrawn ones are in no trend.

    What was measured on the patient's pictures stands beside them for those who may see pictures.

    Raises:
        UnknownParty: There is no such patient.
        InvalidInput: The days are the wrong way round.
    """
    _check_days(wanted)
    party.check_known(session, ctx, wanted.patient_id, "patient_id")
    who = person(session, ctx, wanted.patient_id) or {}
    rows = _standing(session, ctx, wanted, MOST_POINTS + 1)
    trends = [_trend(list(own)) for _, own in groupby(
        sorted(rows[:MOST_POINTS], key=lambda row: (
            row["panel"], row["analyte"], str(row["analyte_id"]), row["collected_at"], row["id"])),
        key=lambda row: row["analyte_id"])]  # fmt: skip
    if ctx.may("imaging.view"):
        trends += _measured(session, ctx, wanted)
        trends += _worked_out(session, ctx, wanted)
    return Trends(
        patient_id=wanted.patient_id,
        patient=who.get("name", ""),
        patient_code=who.get("code", ""),
        trends=trends,
        is_cut=len(rows) > MOST_POINTS,
    )


@query("laboratory.list_results", permission="laboratory.view", rest="GET /lab-results")
def list_results(session: Session, ctx: RequestContext, wanted: ListResults) -> ResultPage:
    """List a patient's standing results, the oldest first.

    Raises:
        UnknownParty: There is no such patient.
        InvalidInput: The days are the wrong way round.
    """
    _check_days(wanted)
    party.check_known(session, ctx, wanted.patient_id, "patient_id")
    rows = _standing(session, ctx, wanted, wanted.limit + 1)
    page = [ResultRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    cursor = encode_cursor(page[-1].collected_at.isoformat(), page[-1].id) if more else ""
    return ResultPage(rows=page, next_cursor=cursor)


def _check_days(wanted: TrendsOf | ListResults) -> None:
    if wanted.from_day and wanted.to_day and wanted.to_day < wanted.from_day:
        message = "The last day is before the first. Turn them round."
        raise InvalidInput(message, fields={"to_day": message})


def _standing(
    session: Session, ctx: RequestContext, wanted: TrendsOf | ListResults, most: int
) -> list[db.Row]:
    """Return the results that stand of the reports that are the patient's now.

    A list begins with the oldest and goes on from there; trends have no next page, so they begin
    with the newest.
    """
    cursor = wanted.cursor if isinstance(wanted, ListResults) else ""
    after, last = decode_cursor(cursor, 2) or (_FIRST, _NIL)
    return db.fetch_all(
        session,
        """
        select r.*, a.name as analyte, a.code, a.loinc, a.panel, a.unit, a.decimals,
               l.name as laboratory, p.number as report_number
          from lab_report_version v
          join lab_report p on (p.tenant_id, p.id) = (v.tenant_id, v.report_id)
          join laboratory l on (l.tenant_id, l.id) = (p.tenant_id, p.laboratory_id)
          join lab_result r on (r.tenant_id, r.report_id) = (p.tenant_id, p.id)
          join analyte a on (a.tenant_id, a.id) = (r.tenant_id, r.analyte_id)
         where v.tenant_id = %(tenant)s and v.patient_id = %(patient)s
           and not exists (select from lab_report_version later
                where (later.tenant_id, later.report_id) = (v.tenant_id, v.report_id)
                  and later.version > v.version)
           and not exists (select from lab_result later
                where (later.tenant_id, later.supersedes_id) = (r.tenant_id, r.id))
           and r.status <> 'withdrawn'
           and (%(analyte)s::uuid is null or r.analyte_id = %(analyte)s)
           and (%(first)s::date is null or (r.collected_at at time zone %(zone)s)::date >= %(first)s)
           and (%(final)s::date is null or (r.collected_at at time zone %(zone)s)::date <= %(final)s)
           and (r.collected_at, r.id) > (%(after)s::timestamptz, %(last)s::uuid)
         order by case when %(newest)s then r.collected_at end desc, r.collected_at, r.id
         limit %(most)s
        """,
        {
            "tenant": ctx.tenant_id,
            "patient": wanted.patient_id,
            "analyte": wanted.analyte_id if isinstance(wanted, ListResults) else None,
            "first": wanted.from_day,
            "final": wanted.to_day,
            "zone": ctx.time_zone,
            "after": after,
            "last": last,
            "newest": isinstance(wanted, TrendsOf),
            "most": most,
        },
    )


def _trend(rows: list[db.Row]) -> Trend:
    first = rows[0]
    return Trend(
        key=str(first["analyte_id"]),
        name=first["analyte"],
        panel=first["panel"],
        unit=first["unit"],
        decimals=first["decimals"],
        points=[_point(row) for row in rows],
    )


def _point(row: db.Row) -> TrendPoint:
    told = " ".join(part for part in (row["told_value"], row["told_unit"]) if part)
    return TrendPoint(
        at=row["collected_at"],
        shown=shown_value(row, row["decimals"]),
        told=told,
        by=row["laboratory"],
        number=row["report_number"],
        to="report",
        origin_id=row["report_id"],
        **{
            name: row[name]
            for name in ("is_time_known", "value", "comparator", "low", "high", "flag", "status")
        },
    )


def shown_value(row: Mapping[str, Any], decimals: int) -> str:
    """Return a result as people read it: words as they are, a number with the analyte's places.

    A number with more than those keeps up to four, so that a small one does not become nothing.
    """
    value: Decimal | None = row["value"]
    if value is None:
        return str(row["text"])
    places = max(decimals, 0)
    rounded = value.quantize(Decimal(1).scaleb(-places))
    if not rounded and value:
        rounded = value.quantize(Decimal("0.0001"))
    return f"{row['comparator']}{rounded:f}"


def _measured(session: Session, ctx: RequestContext, wanted: TrendsOf) -> Iterable[Trend]:
    """Yield what was measured on the patient's pictures, by protocol, tool and words."""
    rows = imaging.patient_measurements(
        session, ctx, wanted.patient_id, wanted.from_day, wanted.to_day
    )
    for name, own in groupby(rows, key=lambda row: (row.name, row.unit)):
        yield Trend(
            key=f"imaging:{name[0]}:{name[1]}",
            name=name[0],
            panel=IMAGING_PANEL,
            unit=name[1],
            decimals=1,
            points=[
                TrendPoint(
                    at=row.at,
                    is_time_known=True,
                    value=row.value,
                    comparator="",
                    shown=f"{row.value:.1f}",
                    told=f"{row.value:.1f} {row.unit}",
                    low=None,
                    high=None,
                    flag="",
                    status="final",
                    by=row.by,
                    number=row.session_number,
                    to="session",
                    origin_id=row.session_id,
                )
                for row in own
            ],
        )


def _worked_out(session: Session, ctx: RequestContext, wanted: TrendsOf) -> Iterable[Trend]:
    """Yield what models worked out of the patient's pictures; each version of a model is a trend."""
    rows = biomarkers.patient_figures(
        session, ctx, wanted.patient_id, wanted.from_day, wanted.to_day
    )
    for own, figures in groupby(
        rows, key=lambda row: (row.name, row.unit, row.model, row.model_version)
    ):
        name, unit, model, version = own
        yield Trend(
            key=f"biomarker:{':'.join(own)}",
            name=f"{name}, {model} {version}",
            panel=BIOMARKER_PANEL,
            unit=unit,
            decimals=4,
            points=[_figure_point(row) for row in figures],
        )


def _figure_point(row: biomarkers.PatientFigure) -> TrendPoint:
    shown = f"{row.value.normalize():f}"
    return TrendPoint(
        at=row.at,
        is_time_known=True,
        value=row.value,
        comparator="",
        shown=shown,
        told="Out of date: other pictures came since" if row.is_stale else row.series,
        low=None,
        high=None,
        flag="",
        status="final",
        by=f"{row.model} {row.model_version}",
        number=row.session_number,
        to="session",
        origin_id=row.session_id,
    )
