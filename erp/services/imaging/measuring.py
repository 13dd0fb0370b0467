"""Marks that people draw on pictures: saved as rows, taken back by a later row, never changed."""

import json
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput, NotFound
from erp.core.ids import new_id
from erp.models.imaging import MarkTool
from erp.services.imaging.errors import UnknownObject
from erp.services.imaging.events import MeasurementRecorded
from erp.services.imaging.gauging import AREAS, POINTS, Gauged, Scale, gauge, is_drawn
from erp.services.imaging.ports import Look
from erp.services.platform import Command, Identified, Text, command, emit

OUTSIDE_PX = 1.0
Coordinate = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Figure = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
Point = Annotated[tuple[Coordinate, Coordinate], Field()]


class Statistics(BaseModel):
    """Figures of the pixels whose centres lie inside a rectangle or ellipse.

    Attributes:
        deviation: Standard deviation of all of them (not of a sample).
        unit: What the values count, such as HU; empty where the object does not say.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pixels: Annotated[int, Field(ge=1, le=10**9)]
    mean: Figure
    deviation: Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
    minimum: Figure
    maximum: Figure
    unit: Annotated[str, Field(max_length=16)] = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        slack = 1e-6 * max(1.0, abs(self.minimum), abs(self.maximum))
        if not self.minimum - slack <= self.mean <= self.maximum + slack:
            msg = "the mean lies between minimum and maximum"
            raise ValueError(msg)
        if self.deviation > self.maximum - self.minimum + slack:
            msg = "the deviation is not larger than the range"
            raise ValueError(msg)
        return self


class RecordMeasurement(Command):
    """A finished mark; how long or large it is follows from its points.

    Attributes:
        points_px: Columns and rows, as many as the tool has, counted from the outer corner
            of the first pixel.
        label: The words of an arrow or a text.
        statistics: What the browser counted inside; the server counts again by itself.
        look: How a key image looked when it was marked; the report prints it so.
        supersedes: The mark it was before somebody changed it or took it back.
    """

    instance_id: UUID
    frame: Annotated[int, Field(ge=1, le=1_000_000)]
    tool: MarkTool = MarkTool.LENGTH
    points_px: Annotated[tuple[Point, ...], Field(max_length=3)] = ()
    label: Annotated[Text, Field(max_length=200)] = ""
    statistics: Statistics | None = None
    look: Look | None = None
    supersedes: UUID | None = None


class WithdrawMeasurement(Command):
    """Take a mark back."""

    annotation_id: UUID


@command(
    "imaging.record_measurement", permission="imaging.review", rest="POST /imaging/measurements"
)
def record_measurement(session: Session, ctx: RequestContext, cmd: RecordMeasurement) -> Identified:
    """Keep a mark, its size computed from its points and the object's own spacing.

    What was changed or taken back may be superseded once: by the next change, or by the row
    that brings it back. A picture that is a key image already stays one.

    Raises:
        UnknownObject: There is no such object, or it has no such frame.
        InvalidInput: Points, words or figures do not belong to the tool, or lie outside.
        NotFound: What it supersedes is not on this frame, or not the latest any more.

    Emits:
        imaging.measurement_recorded.v1.
    """
    picture = _picture(session, ctx, cmd)
    _check(cmd, picture)
    if cmd.supersedes is not None:
        earlier = _latest(session, ctx, cmd.supersedes, at="supersedes")
        if (earlier["instance_id"], earlier["frame"], earlier["tool"]) != (
            *(cmd.instance_id, cmd.frame, cmd.tool),
        ):
            raise _unknown("supersedes")
    elif cmd.tool is MarkTool.KEY and (known := _key_image(session, ctx, cmd)):
        return Identified(id=known)
    size = _gauged(cmd, picture)
    row = {
        "session_id": picture["session_id"],
        "instance_id": cmd.instance_id,
        "frame": cmd.frame,
        "tool": cmd.tool,
        "points_px": json.dumps(cmd.points_px),
        "value": size.value,
        "unit": size.unit,
        "spacing_source": _source_of(size, picture),
        "label": cmd.label,
        "statistics": cmd.statistics.model_dump_json() if cmd.statistics else None,
        "look": cmd.look.model_dump_json() if cmd.look else None,
    }
    return _insert(session, ctx, row, supersedes=cmd.supersedes, is_deleted=False)


@command(
    "imaging.withdraw_measurement",
    permission="imaging.review",
    rest="DELETE /imaging/measurements/{annotation_id}",
)
def withdraw_measurement(
    session: Session, ctx: RequestContext, cmd: WithdrawMeasurement
) -> Identified:
    """Take a mark back; the row stays and is superseded.

    Raises:
        NotFound: There is no such mark, or it was changed or taken back.

    Emits:
        imaging.measurement_recorded.v1.
    """
    found = _latest(session, ctx, cmd.annotation_id, at="annotation_id")
    if found["is_deleted"]:
        raise _unknown("annotation_id")
    row = found | {
        "points_px": found["points"],
        "statistics": found["figures"],
        "look": found["seen"],
    }
    return _insert(session, ctx, row, supersedes=cmd.annotation_id, is_deleted=True)


def _picture(session: Session, ctx: RequestContext, cmd: RecordMeasurement) -> db.Row:
    found = db.fetch_one(
        session,
        'select session_id, rows, "columns", spacing_mm, spacing_source, spacing_region'
        " from dicom_instance where tenant_id = %s and id = %s and frames >= %s",
        (ctx.tenant_id, cmd.instance_id, cmd.frame),
    )
    if found is None:
        raise UnknownObject("There is no such picture.")
    return found


def _check(cmd: RecordMeasurement, picture: db.Row) -> None:
    """Refuse a mark that its tool cannot have drawn on this picture."""
    wanted = POINTS[cmd.tool]
    if len(cmd.points_px) != wanted:
        raise _refused("points_px", f"a mark of this kind has {wanted} points")
    right, bottom = picture["columns"] + OUTSIDE_PX, picture["rows"] + OUTSIDE_PX
    if not all(-OUTSIDE_PX <= x <= right and -OUTSIDE_PX <= y <= bottom for x, y in cmd.points_px):
        raise _refused("points_px", "every point must lie in the picture")
    if not is_drawn(cmd.tool, cmd.points_px):
        raise _refused("points_px", "the mark has no size; draw it larger")
    if cmd.tool is MarkTool.TEXT and not cmd.label:
        raise _refused("label", "write the words of the text")
    if cmd.statistics is not None and cmd.tool not in AREAS:
        raise _refused("statistics", "only a rectangle or an ellipse has figures")
    if cmd.look is not None and cmd.tool is not MarkTool.KEY:
        raise _refused("look", "only a key image keeps how it was seen")


def _gauged(cmd: RecordMeasurement, picture: db.Row) -> Gauged:
    spacing, region = picture["spacing_mm"], picture["spacing_region"]
    scale = Scale(tuple(spacing) if spacing else None, tuple(region) if region else None)
    return gauge(cmd.tool, cmd.points_px, scale)


def _source_of(size: Gauged, picture: db.Row) -> str:
    """Return where millimetres come from; where there are none, whether spacing was invalid."""
    source: str = picture["spacing_source"]
    return source if size.unit.startswith("mm") or source == "invalid" else "none"


def _key_image(session: Session, ctx: RequestContext, cmd: RecordMeasurement) -> UUID | None:
    """Return the mark that makes this frame a key image already."""
    found = db.fetch_one(
        session,
        "select id from annotation known where tenant_id = %s and instance_id = %s and frame = %s"
        " and tool = 'key' and not is_deleted and not exists (select from annotation later"
        " where later.tenant_id = known.tenant_id and later.supersedes_id = known.id) limit 1",
        (ctx.tenant_id, cmd.instance_id, cmd.frame),
    )
    known: UUID | None = found["id"] if found else None
    return known


def _latest(session: Session, ctx: RequestContext, annotation_id: UUID, *, at: str) -> db.Row:
    """Return a mark that no later row supersedes, be it in force or taken back."""
    found = db.fetch_one(
        session,
        "select *, points_px::text as points, statistics::text as figures, look::text as seen"
        " from annotation known"
        " where tenant_id = %s and id = %s and not exists"
        " (select from annotation later where later.tenant_id = known.tenant_id"
        "   and later.supersedes_id = known.id)",
        (ctx.tenant_id, annotation_id),
    )
    if found is None:
        raise _unknown(at)
    return found


def _unknown(at: str) -> NotFound:
    return NotFound("There is no such measurement.", fields={at: "no such measurement"})


def _refused(field: str, why: str) -> InvalidInput:
    return InvalidInput(f"This mark cannot be kept: {why}.", fields={field: why})


def _insert(
    session: Session,
    ctx: RequestContext,
    row: db.Row,
    *,
    supersedes: UUID | None,
    is_deleted: bool,
) -> Identified:
    annotation_id = new_id()
    db.execute(
        session,
        "insert into annotation (tenant_id, id, session_id, instance_id, frame, tool, points_px,"
        " value, unit, spacing_source, label, statistics, look, origin, author_id, author_name,"
        " supersedes_id, is_deleted) values (%s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s,"
        " %s::jsonb, %s::jsonb, 'human', %s, %s, %s, %s)",
        (
            *(ctx.tenant_id, annotation_id, row["session_id"], row["instance_id"], row["frame"]),
            *(row["tool"], row["points_px"], row["value"], row["unit"], row["spacing_source"]),
            *(row["label"], row["statistics"], row["look"], ctx.user_id, ctx.user_name),
            *(supersedes, is_deleted),
        ),
    )
    recorded = MeasurementRecorded(annotation_id=annotation_id, session_id=row["session_id"])
    emit(session, ctx, row["session_id"], recorded)
    return Identified(id=annotation_id)
