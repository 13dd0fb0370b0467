"""How long studies are kept, what holds them, and how they leave: exported or removed."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, one_of


class RetentionRule(TenantRow, table=True):
    """For how many years studies are kept at least; the newest rule counts, none is changed."""

    __tablename__ = "retention_rule"
    __table_args__ = (
        CheckConstraint("years between 3 and 100", name="years"),
        Index("ix_retention_rule_newest", "tenant_id", "id"),
    )

    years: int
    reason: str
    set_by: UUID
    set_by_name: str
    set_at: datetime = Field(sa_type=INSTANT)


class StudyHold(TenantRow, table=True):
    """A reason why a study must not be removed, until someone releases it."""

    __tablename__ = "study_hold"
    __table_args__ = (
        belongs_to("study_id", "dicom_study"),
        CheckConstraint("(released_at is null) = (released_by is null)", name="released"),
        Index("ix_study_hold_study", "tenant_id", "study_id"),
    )

    study_id: UUID
    reason: str
    held_by: UUID
    held_by_name: str
    held_at: datetime = Field(sa_type=INSTANT)
    released_by: UUID | None = None
    released_by_name: str = ""
    released_at: datetime | None = Field(default=None, sa_type=INSTANT)
    release_note: str = ""


class RemovalStatus(StrEnum):
    """How far the removal of a study is."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    DONE = "done"


class StudyRemoval(TenantRow, table=True):
    """The removal of a study's bytes: who asked, who approved, what went; the rows stay as trace."""

    __tablename__ = "study_removal"
    __table_args__ = (
        belongs_to("study_id", "dicom_study"),
        one_of("status", RemovalStatus),
        CheckConstraint("(status = 'asked') = (decided_by is null)", name="decided"),
        CheckConstraint("status = 'refused' or decided_by is distinct from asked_by", name="two"),
        Index(
            "uq_study_removal_open",
            "tenant_id",
            "study_id",
            unique=True,
            postgresql_where=text("status in ('asked', 'approved')"),
        ),
        Index("ix_study_removal_status", "tenant_id", "status", "id"),
    )

    study_id: UUID
    status: str = RemovalStatus.ASKED
    reason: str
    asked_by: UUID
    asked_by_name: str
    asked_at: datetime = Field(sa_type=INSTANT)
    decided_by: UUID | None = None
    decided_by_name: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=INSTANT)
    decision_note: str = ""
    objects: int = 0
    bytes: int = Field(default=0, sa_type=BigInteger)
    done_at: datetime | None = Field(default=None, sa_type=INSTANT)


class ExportStatus(StrEnum):
    """How far an export is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ImagingExport(TenantRow, table=True):
    """A de-identified copy of a study that somebody asked for.

    Attributes:
        dates: `remove`, `shift` (all by the same days) or `keep`.
        burned_in_confirmed: Someone said that pictures with burned-in text may leave.
        left_out: Objects that could not be de-identified, with the reason in words.
    """

    __tablename__ = "imaging_export"
    __table_args__ = (
        belongs_to("study_id", "dicom_study"),
        belongs_to("document_id", "stored_document"),
        one_of("status", ExportStatus),
        CheckConstraint("dates in ('remove', 'shift', 'keep')", name="dates"),
        CheckConstraint("progress between 0 and 100", name="progress"),
        CheckConstraint("(status = 'done') = (document_id is not null)", name="document"),
        Index("ix_imaging_export_study", "tenant_id", "study_id", "id"),
    )

    study_id: UUID
    subject: str
    dates: str
    purpose: str
    burned_in_confirmed: bool = False
    status: str = ExportStatus.QUEUED
    progress: int = 0
    step: str = ""
    problem: str = ""
    objects: int = 0
    left_out: int = 0
    document_id: UUID | None = None
    requested_by: UUID
    requested_by_name: str
    requested_at: datetime = Field(sa_type=INSTANT)
    finished_at: datetime | None = Field(default=None, sa_type=INSTANT)
