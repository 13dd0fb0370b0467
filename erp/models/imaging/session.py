"""One visit of a patient to a device, and everything the device said about it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import INSTANT, Json, TenantRow, belongs_to, created_at, one_of


def _at_first(value: str) -> dict[str, Any]:
    """Return what the database gives a row that says nothing of a column."""
    return {"server_default": text(value)}


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
    ON_HOLD = "on_hold"
    ACCEPTED = "accepted"
    SIGNED_OFF = "signed_off"
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
        is_priority: What `urgency` was before it had three steps; nothing reads it.
        urgency: 0 routine, 1 urgent, 2 stat.
        due_at: When a decision is due; kept by the database from completion, urgency and protocol.
        assigned_to: Who should review it. claimed_by: who is at it, until `claimed_until`.
        awaiting: `second` reader or `resolution` of two readers who differ; else empty.
        review_round: Counts reviews; a decision that is taken back begins another.
        answers: What the person at it has answered of the checklist so far, by item.
        repeat_of: The session whose images were to be taken again.
        decided_at: When the decision in force was made; None while there is none.
        version: Counts decisions, so that two reviewers cannot overwrite each other.
    """

    __tablename__ = "imaging_session"
    __table_args__ = (
        belongs_to("device_id", "imaging_device"),
        belongs_to("branch_id", "branch"),
        belongs_to("patient_id", "party"),
        belongs_to("order_id", "imaging_order"),
        belongs_to("repeat_of", "imaging_session"),
        UniqueConstraint("tenant_id", "device_id", "external_id"),
        UniqueConstraint("tenant_id", "branch_id", "number"),
        one_of("state", SessionState),
        one_of("qa_state", QaState),
        CheckConstraint("urgency between 0 and 2", name="urgency"),
        CheckConstraint("awaiting in ('', 'second', 'resolution')", name="awaiting"),
        CheckConstraint(
            "(claimed_by is null) = (claimed_until is null)"
            " and (claimed_by is null or qa_state = 'in_review')",
            name="claim",
        ),
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
        Index(
            "ix_imaging_session_open",
            "tenant_id",
            "due_at",
            postgresql_where=text("qa_state in ('new', 'in_review', 'on_hold')"),
        ),
        Index("ix_imaging_session_decided", "tenant_id", "decided_at"),
        Index(
            "ix_imaging_session_repeat_of",
            "tenant_id",
            "repeat_of",
            unique=True,
            postgresql_where=text("repeat_of is not null"),
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
    urgency: int = Field(default=0, sa_type=SmallInteger, sa_column_kwargs=_at_first("0"))
    due_at: datetime | None = Field(default=None, sa_type=INSTANT)
    assigned_to: UUID | None = None
    assigned_name: str = Field(default="", sa_column_kwargs=_at_first("''"))
    claimed_by: UUID | None = None
    claimed_name: str = Field(default="", sa_column_kwargs=_at_first("''"))
    claimed_until: datetime | None = Field(default=None, sa_type=INSTANT)
    awaiting: str = Field(default="", sa_column_kwargs=_at_first("''"))
    review_round: int = Field(default=1, sa_column_kwargs=_at_first("1"))
    answers: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSONB, sa_column_kwargs=_at_first("'{}'")
    )
    repeat_of: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=INSTANT)
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
