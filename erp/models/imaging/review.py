"""What people decided, measured and reported about a session."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Float, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, created_at, one_of
from erp.models.imaging.session import QaState


class QaReview(TenantRow, table=True):
    """One decision about a session; never changed, only followed by another.

    Attributes:
        content_hash: SHA-256 over the digests of the session's objects at that moment.
    """

    __tablename__ = "qa_review"
    __table_args__ = (
        belongs_to("session_id", "imaging_session"),
        one_of("to_state", QaState),
        Index("ix_qa_review_session", "tenant_id", "session_id"),
    )

    session_id: UUID
    from_state: str
    to_state: str
    reason_code: str = ""
    note: str = ""
    reviewer_id: UUID
    reviewer_name: str
    decided_at: datetime = Field(sa_type=INSTANT)
    content_hash: str


class ReportStatus(StrEnum):
    """How far the making of a report is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ImagingReport(TenantRow, table=True):
    """A PDF report of a session, made in the background.

    Attributes:
        version: Counts the session's reports from 1.
        progress: Whole percent. step: what is being done, for people.
        template_id: The version it is laid out by; None for the built-in one.
        summary_id: The version of the summary it prints; None for none.
    """

    __tablename__ = "imaging_report"
    __table_args__ = (
        belongs_to("session_id", "imaging_session"),
        belongs_to("template_id", "imaging_template"),
        belongs_to("summary_id", "imaging_summary"),
        belongs_to("document_id", "stored_document"),
        UniqueConstraint("tenant_id", "session_id", "version"),
        one_of("status", ReportStatus),
        CheckConstraint("progress between 0 and 100", name="progress"),
        CheckConstraint("(status = 'done') = (document_id is not null)", name="document"),
    )

    session_id: UUID
    version: int
    status: str = ReportStatus.QUEUED
    progress: int = 0
    step: str = ""
    findings: str = ""
    problem: str = ""
    document_id: UUID | None = None
    template_id: UUID | None = None
    summary_id: UUID | None = None
    requested_by: UUID
    requested_by_name: str
    requested_at: datetime = Field(sa_type=INSTANT)
    finished_at: datetime | None = Field(default=None, sa_type=INSTANT)


class MarkTool(StrEnum):
    """What a person draws on a picture."""

    LENGTH = "length"
    ANGLE = "angle"
    RECTANGLE = "rectangle"
    ELLIPSE = "ellipse"
    ARROW = "arrow"
    TEXT = "text"
    KEY = "key"
    """Nothing drawn: the picture belongs in the report."""


UNIT_OF_TOOL = (
    "case tool when 'length' then unit in ('mm', 'px') when 'angle' then unit = 'deg'"
    " when 'rectangle' then unit in ('mm2', 'px2') when 'ellipse' then unit in ('mm2', 'px2')"
    " else unit = '' end"
)
POINTS_OF_TOOL = (
    "case tool when 'length' then jsonb_array_length(points_px) >= 2"
    " when 'angle' then jsonb_array_length(points_px) = 3"
    " when 'text' then jsonb_array_length(points_px) = 1"
    " when 'key' then jsonb_array_length(points_px) = 0"
    " else jsonb_array_length(points_px) = 2 end"
)


LOOK_OF_KEY = (
    "look is null or coalesce(tool = 'key' and jsonb_typeof(look->'is_inverted') = 'boolean'"
    " and (look->'window' = 'null' or jsonb_typeof(look#>'{window,center}') = 'number'"
    " and (look#>>'{window,width}')::float8 > 0), false)"
)


class Annotation(TenantRow, table=True):
    """A mark on a frame; a later one supersedes it, none is changed.

    Attributes:
        points_px: Column and row of each point, counted from the outer corner of the first
            pixel: ends of a length or an arrow (its tip first), arms and vertex (in the
            middle) of an angle, opposite corners of a rectangle or of an ellipse's frame.
        value: Length, angle or area; nothing for what has no size.
        spacing_source: Where the millimetres of `value` come from.
        statistics: What the browser counted inside a rectangle or ellipse, if it could.
        look: How a key image was seen by whoever marked it: window, its function, inversion.
        is_deleted: This row takes back the one it supersedes.
    """

    __tablename__ = "annotation"
    __table_args__ = (
        belongs_to("session_id", "imaging_session"),
        belongs_to("instance_id", "dicom_instance"),
        belongs_to("supersedes_id", "annotation"),
        one_of("tool", MarkTool),
        CheckConstraint(UNIT_OF_TOOL, name="unit"),
        CheckConstraint(POINTS_OF_TOOL, name="points"),
        CheckConstraint("(value is null) = (tool in ('arrow', 'text', 'key'))", name="value"),
        CheckConstraint("tool <> 'text' or label <> ''", name="text"),
        CheckConstraint(
            "statistics is null or tool in ('rectangle', 'ellipse')", name="statistics"
        ),
        CheckConstraint(LOOK_OF_KEY, name="look"),
        CheckConstraint("origin in ('human', 'ai', 'device')", name="origin"),
        UniqueConstraint("tenant_id", "supersedes_id"),
        Index("ix_annotation_session", "tenant_id", "session_id"),
    )

    session_id: UUID
    instance_id: UUID
    frame: int
    tool: str
    points_px: list[list[float]] = Field(sa_type=JSONB)
    value: float | None = Field(default=None, sa_type=Float)
    unit: str
    spacing_source: str
    label: str = ""
    statistics: dict[str, object] | None = Field(default=None, sa_column=Column(JSONB))
    look: dict[str, object] | None = Field(default=None, sa_column=Column(JSONB))
    origin: str = "human"
    author_id: UUID
    author_name: str
    supersedes_id: UUID | None = None
    is_deleted: bool = False
    recorded_at: datetime = created_at()


class AnnotationCheck(TenantRow, table=True):
    """What the server counted inside a rectangle or ellipse, from the stored pixels.

    Attributes:
        statistics: Its figures; nothing where the frame has none (colour) or was not read.
        agrees: Whether the browser's figures are the same within rounding.
        problem: Why there are no figures.
    """

    __tablename__ = "annotation_check"
    __table_args__ = (
        belongs_to("annotation_id", "annotation"),
        UniqueConstraint("tenant_id", "annotation_id"),
        CheckConstraint("(statistics is null) = (problem <> '')", name="problem"),
    )

    annotation_id: UUID
    statistics: dict[str, object] | None = Field(default=None, sa_column=Column(JSONB))
    agrees: bool
    problem: str = ""
    checked_at: datetime = Field(sa_type=INSTANT)
