"""Taking the figures that a program worked out of a session's pictures."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, cast
from uuid import UUID

from pydantic import AwareDatetime, Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict, InvalidInput
from erp.core.ids import new_id
from erp.models.biomarkers import Biomarker, RunSource
from erp.services import imaging, platform
from erp.services.biomarkers.events import RunRecorded
from erp.services.platform import Closed, Command, Result, command, emit

Named = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^\S(.*\S)?$")]
Figure = Annotated[Decimal, Field(max_digits=24, decimal_places=8, allow_inf_nan=False)]


SOURCES: Final = {"device": RunSource.HOOK, "ui": RunSource.PERSON}
"""By what a request came; everything else is a program's."""
AHEAD_WORDS: Final = "This time lies ahead. Set the program's clock right."
AHEAD: Final = timedelta(hours=1)
"""Clocks of programs may be so far ahead: the latest run stands, and none is ever taken back."""
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""No clock that is set says less; a time before our era could never be read again."""
EARLIEST_WORDS: Final = "This time is before 1990. Set the program's clock right."


class RunReused(Conflict):
    """The name of the run already stands for other figures."""

    code = "biomarker_run_reused"


class Found(Closed):
    """A figure.

    Attributes:
        unit: As the program writes it, without blanks around.
        series_uid: The series it was worked out of; empty for the whole session.
        low, high: The interval that the program is sure of; both or none.
    """

    name: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^\S(.*\S)?$")]
    value: Figure
    unit: Annotated[str, Field(max_length=24, pattern=r"^(\S(.*\S)?)?$")] = ""
    low: Figure | None = None
    high: Figure | None = None
    series_uid: Annotated[str, Field(max_length=64)] = ""


class RunTold(Closed):
    """What a program says of one run of one version of a model."""

    model: Named
    model_version: Named
    run_name: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^\S(.*\S)?$")]
    computed_at: AwareDatetime | None = None
    figures: Annotated[tuple[Found, ...], Field(min_length=1, max_length=200)]


class RecordRun(Command):
    """Figures of a model about the pictures of a session.

    Attributes:
        run: `run_name` is the program's own: told again it changes nothing.
    """

    session_id: UUID
    run: RunTold


class RunKept(Result):
    """The run; `is_known` where it had been told before."""

    id: UUID
    is_known: bool


@command(
    "biomarkers.record_run",
    permission="imaging.operate",
    rest="POST /imaging/sessions/{session_id}/biomarkers",
)
def record_run(session: Session, ctx: RequestContext, cmd: RecordRun) -> RunKept:
    """Keep a model's figures about a session, for good: nothing is ever overwritten.

    A later run stands beside earlier ones; other versions of a model make trends of their own.
    Every figure keeps a digest of the objects it was worked out of, as they are here now. Locks
    the session.

    Raises:
        UnknownSession: There is none.
        InvalidInput: A series is none of the session's, an interval does not hold its value, a
            figure is told twice, or the run's time has not come yet.
        RunReused: The model's run of this name told other figures.

    Emits:
        biomarkers.run_recorded.v1.
    """
    return keep_run(session, ctx, cmd.session_id, cmd.run)


def keep_run(session: Session, ctx: RequestContext, session_id: UUID, run: RunTold) -> RunKept:
    """Keep a run, as `record_run` does, inside the command of another way in."""
    imaging.lock_session_row(session, ctx, session_id)
    digest = run_digest(run)
    known = known_run(session, ctx, session_id, run)
    if known is not None:
        if known["content_digest"] != digest:
            raise RunReused(
                f"{run.model} {run.model_version} told other figures as run"
                f" {run.run_name}. Give another run another name."
            )
        return RunKept(id=known["id"], is_known=True)
    fault = fault_of_time(run.computed_at, ctx.now)
    if fault:
        raise _refused("run.computed_at", fault)
    inputs = imaging.series_inputs(session, ctx, session_id)
    for field, message in faults_of(run.figures, inputs):
        raise _refused(f"run.figures.{field}", message)
    run_id = _write(session, ctx, session_id, run, digest)
    db.insert_rows(session, Biomarker, [_row(ctx, run_id, one, inputs) for one in run.figures])
    emit(
        session,
        ctx,
        session_id,
        RunRecorded(
            run_id=run_id,
            session_id=session_id,
            model=run.model,
            model_version=run.model_version,
        ),
    )
    return RunKept(id=run_id, is_known=False)


def record_by_call(run: RunTold) -> imaging.Act:
    """Return what records a run that a signed call tells of a session."""

    def record(ctx: RequestContext, session_id: UUID, key: str) -> dict[str, Any]:
        wanted = RecordRun(session_id=session_id, run=run, idempotency_key=key)
        kept = platform.run("biomarkers.record_run", ctx, wanted).result
        return cast("RunKept", kept).model_dump(mode="json")

    return record


def known_run(
    session: Session, ctx: RequestContext, session_id: UUID, run: RunTold
) -> db.Row | None:
    """Return id and digest of a run that was told before under the same name."""
    return db.fetch_one(
        session,
        "select id, content_digest from biomarker_run where tenant_id = %s and session_id = %s"
        " and model = %s and model_version = %s and run_name = %s",
        (ctx.tenant_id, session_id, run.model, run.model_version, run.run_name),
    )


def fault_of_time(at: datetime | None, now: datetime) -> str:
    """Return what is wrong with the time of a run, and what to do; nothing where it may be."""
    if at is None or EARLIEST <= at <= now + AHEAD:
        return ""
    return EARLIEST_WORDS if at < EARLIEST else AHEAD_WORDS


def faults_of(
    figures: Sequence[Found], inputs: Mapping[str, imaging.SeriesInput]
) -> Iterator[tuple[str, str]]:
    """Yield what the figures themselves contradict: place and field, and what to do."""
    seen: set[tuple[str, str]] = set()
    for place, one in enumerate(figures):
        if one.series_uid and one.series_uid not in inputs:
            yield f"{place}.series_uid", "This series is none of the session's."
        if (one.name, one.series_uid) in seen:
            yield f"{place}.name", f"{one.name} is told twice of the same series."
        if (one.low is None) != (one.high is None):
            yield f"{place}.low", "An interval has two ends. Give both, or none."
        if one.low is not None and one.high is not None and not one.low <= one.value <= one.high:
            yield f"{place}.value", "The value lies outside its own interval."
        seen.add((one.name, one.series_uid))


def _refused(field: str, message: str) -> InvalidInput:
    return InvalidInput(message, fields={field: message})


def _write(
    session: Session, ctx: RequestContext, session_id: UUID, run: RunTold, digest: str
) -> UUID:
    run_id, came = new_id(), SOURCES.get(ctx.source, RunSource.PROGRAM)
    db.execute(
        session,
        "insert into biomarker_run (tenant_id, id, session_id, model, model_version, run_name,"
        " source, content_digest, computed_at, recorded_by, recorded_by_name)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(ctx.tenant_id, run_id, session_id, run.model, run.model_version),
            *(run.run_name, came.value, digest, run.computed_at or ctx.now),
            *(ctx.user_id, ctx.user_name),
        ),
    )
    return run_id


def _row(
    ctx: RequestContext, run_id: UUID, one: Found, inputs: Mapping[str, imaging.SeriesInput]
) -> dict[str, Any]:
    series = inputs.get(one.series_uid)
    return {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "run_id": run_id,
        "series_id": series.id if series else None,
        "name": one.name,
        "value": one.value,
        "unit": one.unit,
        "low": one.low,
        "high": one.high,
        "input_digest": input_digest(series.digests if series else all_digests(inputs)),
    }


def all_digests(inputs: Mapping[str, imaging.SeriesInput]) -> list[str]:
    """Return the digests of every object of a session."""
    return [digest for one in inputs.values() for digest in one.digests]


def input_digest(digests: Sequence[str]) -> str:
    """Return one digest of many, whatever their order."""
    return hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()


def run_digest(run: RunTold) -> str:
    """Return the digest of what a run says, however its numbers and times are written.

    0.5 and 0.50 are one figure, an instant is one whatever its offset, and figures have no order.
    """
    told = run.model_dump(mode="json")
    told["computed_at"] = f"{run.computed_at.timestamp():.6f}" if run.computed_at else None
    told["figures"] = sorted(
        ({name: _plain(value) for name, value in one} for one in run.figures),
        key=lambda one: (one["name"], one["series_uid"]),
    )
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> Any:  # noqa: ANN401  JSON
    return f"{(value + 0).normalize():f}" if isinstance(value, Decimal) else value
