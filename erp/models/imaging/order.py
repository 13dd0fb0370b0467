"""Examinations that are planned, as modalities ask for them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, created_at, one_of


class OrderStatus(StrEnum):
    """How far a planned examination is."""

    SCHEDULED = "scheduled"
    STARTED = "started"
    DONE = "done"
    CANCELLED = "cancelled"


class Attendance(StrEnum):
    """Whether a patient who was expected came."""

    EXPECTED = ""
    ARRIVED = "arrived"
    NO_SHOW = "no_show"


class ImagingOrder(TenantRow, table=True):
    """A planned examination: one item of the modality worklist.

    Attributes:
        device_id: The device it is planned on; none where any device of the branch will do.
        patient_code: What devices write into their objects.
        accession: Our number of the order; also identifies its only scheduled step.
        study_uid: The identity the study will have if the device takes the item.
        minutes: How long the device is taken, for an appointment; none for what has no time of
            its own on a device.
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
        one_of("attendance", Attendance),
        CheckConstraint("sex in ('', 'F', 'M', 'O')", name="sex"),
        CheckConstraint(
            "minutes is null or (device_id is not null and minutes between 5 and 480"
            " and minutes % 5 = 0)",
            name="minutes",
        ),
        CheckConstraint("(attendance = 'arrived') = (arrived_at is not null)", name="arrival"),
        CheckConstraint("attendance <> 'no_show' or status <> 'scheduled'", name="no_show"),
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
    minutes: int | None = None
    attendance: str = Field(
        default=Attendance.EXPECTED, sa_column_kwargs={"server_default": text("''")}
    )
    arrived_at: datetime | None = Field(default=None, sa_type=INSTANT)
    referring_physician: str = ""
    note: str = ""
    is_priority: bool = False
    repeat_of: UUID | None = None
    status: str = OrderStatus.SCHEDULED
    requested_by: UUID
    requested_by_name: str
    created_at: datetime = created_at()


class ImagingSlot(TenantRow, table=True):
    """Five minutes of a device that an appointment takes: no two may hold the same.

    Attributes:
        is_held: The appointment still takes it; false once it was moved, cancelled or missed.
    """

    __tablename__ = "imaging_slot"
    __table_args__ = (
        belongs_to("device_id", "imaging_device"),
        belongs_to("order_id", "imaging_order"),
        Index(
            "ix_imaging_slot_held",
            "tenant_id",
            "device_id",
            "starts_at",
            unique=True,
            postgresql_where="is_held",
        ),
        Index("ix_imaging_slot_order", "tenant_id", "order_id"),
    )

    device_id: UUID
    order_id: UUID
    starts_at: datetime = Field(sa_type=INSTANT)
    is_held: bool = True
