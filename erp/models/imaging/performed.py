"""What modalities say of the examinations they perform."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import INSTANT, Json, TenantRow, belongs_to, created_at, one_of


class StepState(StrEnum):
    """Where a performed step stands; the last two are final."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    DISCONTINUED = "discontinued"


class PerformedStep(TenantRow, table=True):
    """A modality performed procedure step, as its modality tells of it.

    The database keeps a step as it is once it is completed or discontinued, and what it began
    with for good (`performed_step_forward`).

    Attributes:
        sop_uid: The modality's name for it.
        step_id: What its operator calls it.
        accession: Of the examinations it performs, the first; empty for one nobody planned.
        scheduled: The numbers of the planned examinations it performs.
        begun: The attributes that may not change, in the DICOM JSON model.
        series: What it made so far: `[{"series_uid", "protocol", "operator", "images": [...]}]`.
        images: How many images `series` lists.
        reason: Why it was discontinued, in the modality's words.
    """

    __tablename__ = "performed_step"
    __table_args__ = (
        belongs_to("device_id", "imaging_device"),
        belongs_to("session_id", "imaging_session"),
        UniqueConstraint("tenant_id", "device_id", "sop_uid"),
        one_of("state", StepState),
        CheckConstraint("state = 'in_progress' or ended_at is not null", name="ended"),
        CheckConstraint("reason = '' or state = 'discontinued'", name="reason"),
        CheckConstraint("images >= 0", name="images"),
        Index("ix_performed_step_session", "tenant_id", "session_id"),
    )

    device_id: UUID
    session_id: UUID
    sop_uid: str
    step_id: str
    station: str
    modality: str
    description: str = ""
    accession: str = ""
    scheduled: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    begun: Json
    series: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    images: int = 0
    state: str = StepState.IN_PROGRESS
    reason: str = ""
    started_at: datetime = Field(sa_type=INSTANT)
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT)
    changed_at: datetime = Field(sa_type=INSTANT)
    created_at: datetime = created_at()
