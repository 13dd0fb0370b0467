"""The figures of models: of a session, and of a patient over time."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import imaging
from erp.services.biomarkers.recording import all_digests, input_digest
from erp.services.platform import Query, Result, Rows, query

MOST: Final = 2_000


class RunsOf(Query):
    """Which session."""

    session_id: UUID


class FigureRow(Result):
    """A figure.

    Attributes:
        is_stale: Objects came to its series since, or left it.
        is_earlier: A later run of the same version told it anew; it stands as history.
    """

    id: UUID
    run_id: UUID
    name: str
    value: Decimal
    unit: str
    low: Decimal | None
    high: Decimal | None
    series: str
    model: str
    model_version: str
    run_name: str
    source: str
    computed_at: datetime
    recorded_at: datetime
    recorded_by_name: str
    is_stale: bool
    is_earlier: bool


class FigureRows(Rows):
    """The figures of a session, those that stand first."""

    rows: list[FigureRow]


class PatientFigure(Result):
    """A figure that stands of a patient's session."""

    name: str
    unit: str
    value: Decimal
    model: str
    model_version: str
    series: str
    at: datetime
    is_stale: bool
    session_id: UUID
    session_number: str


@query(
    "biomarkers.list_figures",
    permission="imaging.view",
    rest="GET /imaging/sessions/{session_id}/biomarkers",
)
def list_figures(session: Session, ctx: RequestContext, wanted: RunsOf) -> FigureRows:
    """Return what models found in a session's pictures, earlier runs included.

    Raises:
        UnknownSession: There is none.
    """
    imaging.require_session(session, ctx, wanted.session_id)
    inputs = imaging.series_inputs(session, ctx, wanted.session_id)
    now = {one.id: input_digest(one.digests) for one in inputs.values()}
    whole = input_digest(all_digests(inputs))
    rows = db.fetch_all(
        session,
        """
        select figure.id, run.id as run_id, figure.name, figure.value, figure.unit, figure.low,
               figure.high, coalesce(nullif(series.description, ''), series.series_uid, '') as series,
               run.model, run.model_version, run.run_name, run.source, run.computed_at,
               run.recorded_at, run.recorded_by_name, figure.series_id, figure.input_digest,
               row_number() over (partition by figure.name, figure.series_id, run.model,
                   run.model_version order by run.computed_at desc, run.id desc) > 1 as is_earlier
          from biomarker_run run
          join biomarker figure on (figure.tenant_id, figure.run_id) = (run.tenant_id, run.id)
          left join dicom_series series
            on (series.tenant_id, series.id) = (figure.tenant_id, figure.series_id)
         where run.tenant_id = %s and run.session_id = %s
         order by is_earlier, figure.name, run.model, run.model_version, run.computed_at desc,
                  figure.id limit %s
        """,
        (ctx.tenant_id, wanted.session_id, MOST),
    )
    return FigureRows(
        rows=[
            FigureRow(
                **{name: row[name] for name in FigureRow.model_fields if name in row},
                is_stale=row["input_digest"] != now.get(row["series_id"], whole),
            )
            for row in rows
        ]
    )


def patient_figures(
    session: Session,
    ctx: RequestContext,
    patient_id: UUID,
    from_day: date | None = None,
    to_day: date | None = None,
) -> list[PatientFigure]:
    """Return the figures that stand of a patient's sessions, each model's version apart, by time.

    Of several runs of one version over one series the latest stands, whatever unit it tells.

    Raises:
        PermissionDenied: The actor may not see images.
    """
    ctx.require("imaging.view")
    rows = db.fetch_all(
        session,
        """
        select * from (
            select distinct on (held.id, figure.name, figure.series_id, run.model, run.model_version)
                   figure.name, figure.unit, figure.value, run.model, run.model_version,
                   coalesce(nullif(series.description, ''), series.series_uid, '') as series,
                   coalesce(held.started_at, held.created_at) as at, figure.id, figure.series_id,
                   figure.input_digest, held.id as session_id, held.number as session_number
              from imaging_session held
              join biomarker_run run on (run.tenant_id, run.session_id) = (held.tenant_id, held.id)
              join biomarker figure on (figure.tenant_id, figure.run_id) = (run.tenant_id, run.id)
              left join dicom_series series
                on (series.tenant_id, series.id) = (figure.tenant_id, figure.series_id)
             where held.tenant_id = %(tenant)s and held.patient_id = %(patient)s
               and (%(first)s::date is null or (coalesce(held.started_at, held.created_at)
                    at time zone %(zone)s)::date >= %(first)s)
               and (%(last)s::date is null or (coalesce(held.started_at, held.created_at)
                    at time zone %(zone)s)::date <= %(last)s)
             order by held.id, figure.name, figure.series_id, run.model, run.model_version,
                      run.computed_at desc, run.id desc) standing
         order by name, unit, model, model_version, at, id limit %(most)s
        """,
        {
            "tenant": ctx.tenant_id,
            "patient": patient_id,
            "first": from_day,
            "last": to_day,
            "zone": ctx.time_zone,
            "most": MOST,
        },
    )
    fresh = imaging.inputs_of(session, ctx, {row["session_id"] for row in rows})
    return [_figure(row, fresh[row["session_id"]]) for row in rows]


def _figure(row: db.Row, inputs: dict[str, imaging.SeriesInput]) -> PatientFigure:
    own = next((one.digests for one in inputs.values() if one.id == row["series_id"]), None)
    now = input_digest(own if own is not None else all_digests(inputs))
    return PatientFigure(
        **{name: row[name] for name in PatientFigure.model_fields if name in row},
        is_stale=now != row["input_digest"],
    )
