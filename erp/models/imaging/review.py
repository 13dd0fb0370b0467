"""What people decided, measured and reported about a session."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, Index, UniqueConstraint
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
    """

    __tablename__ = "imaging_report"
    __table_args__ = (
        belongs_to("session_id", "imaging_session"),
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
    requested_by: UUID
    requested_by_name: str
    requested_at: datetime = Field(sa_type=INSTANT)
    finished_at: datetime | None = Field(default=None, sa_type=INSTANT)


class Annotation(TenantRow, table=True):
    """A measurement on a frame; a later one supersedes it, none is changed.

    Attributes:
        points_px: Column and row of each point in pixels of the frame.
        spacing_source: Where the millimetres of `value` come from.
        is_deleted: This row takes back the one it supersedes.
    """

    __tablename__ = "annotation"
    __table_args__ = (
        belongs_to("session_id", "imaging_session"),
        belongs_to("instance_id", "dicom_instance"),
        belongs_to("supersedes_id", "annotation"),
        CheckConstraint("unit in ('mm', 'px')", name="unit"),
        CheckConstraint("origin in ('human', 'ai', 'device')", name="origin"),
        UniqueConstraint("tenant_id", "supersedes_id"),
        Index("ix_annotation_session", "tenant_id", "session_id"),
    )

    session_id: UUID
    instance_id: UUID
    frame: int
    tool: str
    points_px: list[list[float]] = Field(sa_type=JSONB)
    value: float = Field(sa_type=Float)
    unit: str
    spacing_source: str
    label: str = ""
    origin: str = "human"
    author_id: UUID
    author_name: str
    supersedes_id: UUID | None = None
    is_deleted: bool = False
    recorded_at: datetime = created_at()
