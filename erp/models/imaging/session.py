"""One visit of a patient to a device, and everything the device said about it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from erp.models.base import INSTANT, Json, TenantRow, belongs_to, created_at, one_of


class SessionState(StrEnum):
    """Where the device stands with a session."""

    ANNOUNCED = "announced"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    COMPLETE = "complete"
    ABORTED = "aborted"


class QaState(StrEnum):
    """Where people stand with a session; separate from the device's state."""

    NEW = "new"
    IN_REVIEW = "in_review"
    ACCEPTED = "accepted"
    REPEAT_REQUESTED = "repeat_requested"
    REJECTED = "rejected"


class ImagingSession(TenantRow, table=True):
    """A session of a device.

    Attributes:
        number: What people call it, from the branch's series.
        external_id: What the device calls it.
        patient_id: The patient's party, once matched.
        order_id: The planned examination it fulfils, once known by accession or study.
        expected: Objects the device's manifest lists; None until it is complete.
        stored: Objects in the archive. quarantined: objects waiting for a decision.
        events: Events received. last_seq: highest number among them; a gap shows as
            fewer events than numbers.
        is_priority: Looked at first.
        version: Counts decisions, so that two reviewers cannot overwrite each other.
    """

    __tablename__ = "imaging_session"
    __table_args__ = (
        belongs_to("device_id", "imaging_device"),
        belongs_to("branch_id", "branch"),
        belongs_to("patient_id", "party"),
        belongs_to("order_id", "imaging_order"),
        UniqueConstraint("tenant_id", "device_id", "external_id"),
        UniqueConstraint("tenant_id", "branch_id", "number"),
        one_of("state", SessionState),
        one_of("qa_state", QaState),
        CheckConstraint("stored >= 0 and quarantined >= 0 and events >= 0", name="counts"),
        Index(
            "ix_imaging_session_order",
            "tenant_id",
            "order_id",
            postgresql_where=text("order_id is not null"),
        ),
        Index("ix_imaging_session_queue", "tenant_id", "qa_state", "id"),
        Index(
            "ix_imaging_session_waiting",
            "tenant_id",
            postgresql_where=text("qa_state in ('new', 'in_review') and state = 'complete'"),
        ),
    )

    number: str
    device_id: UUID
    branch_id: UUID
    external_id: str
    patient_id: UUID | None = None
    order_id: UUID | None = None
    patient_code: str = ""
    patient_issuer: str = ""
    patient_name: str = ""
    accession: str = ""
    protocol: str = ""
    operator: str = ""
    study_uid: str = ""
    modality: str = ""
    state: str = SessionState.ANNOUNCED
    expected: int | None = None
    stored: int = 0
    quarantined: int = 0
    events: int = 0
    last_seq: int = -1
    is_priority: bool = False
    clock: str = "unknown"
    started_at: datetime | None = Field(default=None, sa_type=INSTANT)
    completed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    settled_at: datetime | None = Field(default=None, sa_type=INSTANT)
    qa_state: str = QaState.NEW
    qa_by: UUID | None = None
    qa_at: datetime | None = Field(default=None, sa_type=INSTANT)
    qa_reason: str = ""
    version: int = 1
    created_at: datetime = created_at()


class SessionEvent(TenantRow, table=True):
    """One message about a session, exactly as it came; its id is the device's event id.

    Attributes:
        device_at: The device's clock, which may be wrong. received_at: ours.
    """

    __tablename__ = "session_event"
    __table_args__ = (
        belongs_to("session_id", "imaging_session"),
        UniqueConstraint("tenant_id", "session_id", "seq"),
    )

    session_id: UUID
    seq: int
    type: str
    device_at: datetime = Field(sa_type=INSTANT)
    received_at: datetime = Field(sa_type=INSTANT)
    clock: str
    body: Json
