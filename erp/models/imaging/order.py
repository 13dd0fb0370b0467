"""Examinations that are planned, as modalities ask for them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, created_at, one_of


class OrderStatus(StrEnum):
    """How far a planned examination is."""

    SCHEDULED = "scheduled"
    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"


class ImagingOrder(TenantRow, table=True):
    """A planned examination: one item of the modality worklist.

    Attributes:
        device_id: The device it is planned on; none where any device of the branch will do.
        patient_code: What devices write into their objects.
        accession: Our number of the order; also identifies its only scheduled step.
        study_uid: The identity the study will have if the device takes the item.
        repeat_of: The session whose images must be taken again. No foreign key: sessions point
            at orders already, and sessions are never deleted.
    """

    __tablename__ = "imaging_order"
    __table_args__ = (
        belongs_to("branch_id", "branch"),
        belongs_to("device_id", "imaging_device"),
        belongs_to("patient_id", "party"),
        UniqueConstraint("tenant_id", "accession"),
        UniqueConstraint("tenant_id", "sps_id"),
        UniqueConstraint("tenant_id", "study_uid"),
        one_of("status", OrderStatus),
        CheckConstraint("sex in ('', 'F', 'M', 'O')", name="sex"),
        Index("ix_imaging_order_day", "tenant_id", "scheduled_at", "id"),
    )

    branch_id: UUID
    device_id: UUID | None = None
    patient_id: UUID | None = None
    patient_code: str
    patient_name: str
    birth_on: date | None = None
    sex: str = ""
    accession: str
    sps_id: str
    study_uid: str
    procedure: str
    protocol: str = ""
    modality: str = ""
    scheduled_at: datetime = Field(sa_type=INSTANT)
    referring_physician: str = ""
    note: str = ""
    is_priority: bool = False
    repeat_of: UUID | None = None
    status: str = OrderStatus.SCHEDULED
    requested_by: UUID
    requested_by_name: str
    created_at: datetime = created_at()
