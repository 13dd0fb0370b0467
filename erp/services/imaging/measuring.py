"""Lengths that people draw: saved as rows, taken back by a later row, never changed."""

import json
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import NotFound
from erp.core.ids import new_id
from erp.services.imaging.errors import UnknownObject
from erp.services.imaging.events import MeasurementRecorded
from erp.services.platform import Command, Identified, Text, command, emit

Coordinate = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Point = Annotated[tuple[Coordinate, Coordinate], Field()]


class RecordMeasurement(Command):
    """A finished length.

    Attributes:
        points_px: Column and row of its ends.
        supersedes: The length it was before somebody moved an end.
    """

    instance_id: UUID
    frame: Annotated[int, Field(ge=1, le=1_000_000)]
    tool: Literal["length"] = "length"
    points_px: Annotated[tuple[Point, ...], Field(min_length=2, max_length=100)]
    value: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]
    unit: Literal["mm", "px"]
    label: Text = ""
    supersedes: UUID | None = None


class WithdrawMeasurement(Command):
    """Take a measurement back."""

    annotation_id: UUID


@command(
    "imaging.record_measurement", permission="imaging.review", rest="POST /imaging/measurements"
)
def record_measurement(session: Session, ctx: RequestContext, cmd: RecordMeasurement) -> Identified:
    """Keep a length with the source of its millimetres, which comes from the object itself.

    Raises:
        UnknownObject: There is no such object, or it has no such frame.
        NotFound: What it supersedes is not on this frame, or not in force any more.

    Emits:
        imaging.measurement_recorded.v1.
    """
    found = db.fetch_one(
        session,
        "select session_id, spacing_source from dicom_instance"
        " where tenant_id = %s and id = %s and frames >= %s",
        (ctx.tenant_id, cmd.instance_id, cmd.frame),
    )
    if found is None:
        raise UnknownObject("There is no such picture.")
    if cmd.supersedes is not None:
        earlier = _in_force(session, ctx, cmd.supersedes, at="supersedes")
        if (earlier["instance_id"], earlier["frame"]) != (cmd.instance_id, cmd.frame):
            raise _unknown("supersedes")
    row = {
        "session_id": found["session_id"],
        "instance_id": cmd.instance_id,
        "frame": cmd.frame,
        "tool": cmd.tool,
        "points_px": json.dumps(cmd.points_px),
        "value": cmd.value,
        "unit": cmd.unit,
        "spacing_source": found["spacing_source"],
        "label": cmd.label,
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
    """Take a measurement back; the row stays and is superseded.

    Raises:
        NotFound: There is no such measurement, or it was taken back.

    Emits:
        imaging.measurement_recorded.v1.
    """
    found = _in_force(session, ctx, cmd.annotation_id, at="annotation_id")
    row = found | {"points_px": found["points"]}
    return _insert(session, ctx, row, supersedes=cmd.annotation_id, is_deleted=True)


def _in_force(session: Session, ctx: RequestContext, annotation_id: UUID, *, at: str) -> db.Row:
    """Return a measurement that nobody changed or took back."""
    found = db.fetch_one(
        session,
        "select *, points_px::text as points from annotation known"
        " where tenant_id = %s and id = %s and not is_deleted and not exists"
        " (select from annotation later where later.tenant_id = known.tenant_id"
        "   and later.supersedes_id = known.id)",
        (ctx.tenant_id, annotation_id),
    )
    if found is None:
        raise _unknown(at)
    return found


def _unknown(at: str) -> NotFound:
    return NotFound("There is no such measurement.", fields={at: "no such measurement"})


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
        " value, unit, spacing_source, label, origin, author_id, author_name, supersedes_id,"
        " is_deleted) values (%s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, 'human', %s, %s, %s, %s)",
        (
            *(ctx.tenant_id, annotation_id, row["session_id"], row["instance_id"], row["frame"]),
            *(row["tool"], row["points_px"], row["value"], row["unit"], row["spacing_source"]),
            *(row["label"], ctx.user_id, ctx.user_name, supersedes, is_deleted),
        ),
    )
    recorded = MeasurementRecorded(annotation_id=annotation_id, session_id=row["session_id"])
    emit(session, ctx, row["session_id"], recorded)
    return Identified(id=annotation_id)
