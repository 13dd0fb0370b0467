"""Marks in force on a session's pictures, and the server's own count of what they enclose."""

import json
import math
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services.imaging.asking_for import GetSession
from erp.services.imaging.events import FiguresCounted
from erp.services.imaging.gauging import AREAS
from erp.services.imaging.queries import report_measurements, require_session
from erp.services.platform import Result, emit, query

TOLERANCE: Final = 1e-6
FIGURES: Final = ("mean", "deviation", "minimum", "maximum")


class MeasurementRow(Result):
    """A mark in force.

    Attributes:
        statistics: Figures inside: the server's once it has counted, else the browser's.
        look: How a key image was seen: window, function, inversion; nothing where nobody said.
        counted_by: `server`, `browser` until then, `corrected` where the two differed, `unchecked`
            where the server cannot count.
    """

    id: UUID
    instance_id: UUID
    number: int | None
    frame: int
    tool: str
    value: float | None
    unit: str
    spacing_source: str
    points_px: list[list[float]]
    label: str
    statistics: dict[str, Any] | None
    look: dict[str, Any] | None
    counted_by: str
    author_id: UUID
    author_name: str
    recorded_at: datetime


class Marks(Result):
    """The marks of a session."""

    marks: list[MeasurementRow]


class Uncounted(Result):
    """A rectangle or ellipse whose inside the server has not counted yet."""

    annotation_id: UUID
    session_id: UUID
    instance_id: UUID
    tool: str
    points_px: list[list[float]]
    frame: int


def marks_in_force(session: Session, ctx: RequestContext, session_id: UUID) -> list[MeasurementRow]:
    """Return the marks of a session in the order they were made."""
    return [_mark(row) for row in report_measurements(session, ctx, session_id)]


@query(
    "imaging.list_marks",
    permission="imaging.view",
    rest="GET /imaging/sessions/{session_id}/marks",
)
def list_marks(session: Session, ctx: RequestContext, wanted: GetSession) -> Marks:
    """Return what is drawn on the pictures of a session.

    Raises:
        UnknownSession: There is none.
    """
    require_session(session, ctx, wanted.session_id)
    return Marks(marks=marks_in_force(session, ctx, wanted.session_id))


def _mark(row: db.Row) -> MeasurementRow:
    plain = {name: row[name] for name in MeasurementRow.model_fields if name in row}
    counted = row["counted"]
    if counted is None:
        word = "browser" if row["agrees"] is None else "unchecked"
        known = plain | {"counted_by": word if row["statistics"] else ""}
    else:
        word = "server" if row["agrees"] or not row["statistics"] else "corrected"
        known = plain | {"statistics": counted, "counted_by": word}
    return MeasurementRow(**known)


def find_uncounted(session: Session, ctx: RequestContext, annotation_id: UUID) -> Uncounted | None:
    """Return a rectangle or ellipse to count, or nothing where there is nothing to do."""
    row = db.fetch_one(
        session,
        "select known.id as annotation_id, known.session_id, known.instance_id, known.tool,"
        " known.points_px, known.frame from annotation known"
        " where known.tenant_id = %s and known.id = %s and known.tool = any(%s)"
        " and not known.is_deleted and not exists (select from annotation_check done"
        "   where done.tenant_id = known.tenant_id and done.annotation_id = known.id)",
        (ctx.tenant_id, annotation_id, sorted(AREAS)),
    )
    return Uncounted(**row) if row else None


def note_figures(
    session: Session,
    ctx: RequestContext,
    annotation_id: UUID,
    figures: dict[str, Any] | None,
    problem: str,
) -> None:
    """Write down what the server counted; repeating it changes nothing.

    Emits:
        imaging.figures_counted.v1.
    """
    drawn = db.fetch_one(
        session,
        "select statistics, session_id from annotation where tenant_id = %s and id = %s",
        (ctx.tenant_id, annotation_id),
    )
    if drawn is None:
        return
    said = drawn["statistics"]
    db.execute(
        session,
        "insert into annotation_check (tenant_id, id, annotation_id, statistics, agrees, problem,"
        " checked_at) values (%s, %s, %s, %s::jsonb, %s, %s, %s)"
        " on conflict (tenant_id, annotation_id) do nothing",
        (
            *(ctx.tenant_id, new_id(), annotation_id),
            json.dumps(figures) if figures else None,
            *(_agree(said, figures), problem[:500], ctx.now),
        ),
    )
    counted = FiguresCounted(annotation_id=annotation_id, session_id=drawn["session_id"])
    emit(session, ctx, drawn["session_id"], counted)


def _agree(said: dict[str, Any] | None, counted: dict[str, Any] | None) -> bool:
    """Tell whether two counts of the same pixels are the same but for rounding."""
    if said is None or counted is None:
        return said is counted
    spread = counted["maximum"] - counted["minimum"]
    slack = TOLERANCE * max(1.0, spread, abs(counted["mean"]))
    return said["pixels"] == counted["pixels"] and all(
        math.isclose(said[name], counted[name], rel_tol=TOLERANCE, abs_tol=slack)
        for name in FIGURES
    )
