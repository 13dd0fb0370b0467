"""The way of an object from an offer to its receipt, and what was held back on the way."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, created_at, one_of


class TransferStatus(StrEnum):
    """Where one delivery of one object stands; the last five are receipts."""

    GRANTED = "granted"
    STORED = "stored"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"


class IngestSource(StrEnum):
    """How an object's bytes came."""

    PUT = "put"
    CHUNK = "chunk"
    HAVE = "have"
    RETRY = "retry"
    CSTORE = "cstore"
    STOW = "stow"
    UPLOAD = "upload"


class Transfer(TenantRow, table=True):
    """One object that a device offered, as it described it, or that came without an offer.

    Attributes:
        session_id: None while nothing in an object that was not offered says which study it is of.
        transfer_id: The device's name for this delivery; ours where nothing was offered.
        tries: How often the bytes were looked at.
    """

    __tablename__ = "imaging_transfer"
    __table_args__ = (
        belongs_to("device_id", "imaging_device"),
        belongs_to("session_id", "imaging_session"),
        belongs_to("instance_id", "dicom_instance"),
        UniqueConstraint("tenant_id", "device_id", "transfer_id"),
        one_of("status", TransferStatus),
        CheckConstraint(
            "mode in ('put', 'chunk', 'have', 'cstore', 'stow', 'upload')", name="mode"
        ),
        CheckConstraint("size >= 132 or mode in ('cstore', 'stow', 'upload')", name="size"),
        CheckConstraint(
            "session_id is not null or mode in ('cstore', 'stow', 'upload')", name="session"
        ),
        Index("ix_imaging_transfer_session", "tenant_id", "session_id", "sop_uid"),
        Index(
            "ix_imaging_transfer_homeless",
            "tenant_id",
            "device_id",
            "sop_uid",
            postgresql_where=text("session_id is null"),
        ),
        Index("ix_imaging_transfer_device", "tenant_id", "device_id", "decided_at"),
    )

    device_id: UUID
    session_id: UUID | None = None
    transfer_id: str
    sop_uid: str
    series_uid: str
    study_uid: str
    size: int = Field(sa_type=BigInteger)
    sha256: str
    mode: str
    status: str = TransferStatus.GRANTED
    reason: str = ""
    instance_id: UUID | None = None
    tries: int = 0
    decided_at: datetime | None = Field(default=None, sa_type=INSTANT)
    created_at: datetime = created_at()


class IngestAttempt(TenantRow, table=True):
    """One look at the bytes of a transfer and what came of it; never changed."""

    __tablename__ = "ingest_attempt"
    __table_args__ = (
        belongs_to("transfer_id", "imaging_transfer"),
        one_of("source", IngestSource),
        Index("ix_ingest_attempt_transfer", "tenant_id", "transfer_id"),
    )

    transfer_id: UUID
    source: str
    outcome: str
    reason: str = ""
    sha256: str
    size: int = Field(sa_type=BigInteger)
    attempted_at: datetime = Field(sa_type=INSTANT)


class QuarantineStatus(StrEnum):
    """What was decided about something that was held back."""

    OPEN = "open"
    RETRYING = "retrying"
    RELEASED = "released"
    DISCARDED = "discarded"


class Quarantine(TenantRow, table=True):
    """An object or a message that was not taken, with the reason, until someone decides.

    Attributes:
        kind: `object` with a transfer and bytes in the object store, or `message` with
            its topic and its payload, cut at 64 KiB.
        decided_by: The person who released or discarded it.
        filed_as: `study_patient` where a person said that an object belongs to its study's
            patient although it names another; its bytes stay as they are.
    """

    __tablename__ = "quarantine"
    __table_args__ = (
        belongs_to("device_id", "imaging_device"),
        belongs_to("session_id", "imaging_session"),
        belongs_to("transfer_id", "imaging_transfer"),
        one_of("status", QuarantineStatus),
        CheckConstraint("kind in ('object', 'message')", name="kind"),
        CheckConstraint(
            "(kind = 'object') = (transfer_id is not null and sha256 is not null)", name="object"
        ),
        CheckConstraint("(kind = 'message') = (payload is not null)", name="message"),
        CheckConstraint("(filed_as = 'study_patient') = (filed_by is not null)", name="filed"),
        Index("ix_quarantine_status", "tenant_id", "status", "id"),
        Index(
            "uq_quarantine_open_object",
            "tenant_id",
            "transfer_id",
            unique=True,
            postgresql_where=text("status in ('open', 'retrying') and kind = 'object'"),
        ),
        UniqueConstraint("tenant_id", "message_digest"),
    )

    kind: str
    device_id: UUID
    session_id: UUID | None = None
    transfer_id: UUID | None = None
    reason_code: str
    detail: str
    sha256: str | None = None
    size: int = Field(default=0, sa_type=BigInteger)
    topic: str = ""
    payload: bytes | None = Field(default=None, sa_type=LargeBinary)
    message_digest: str | None = None
    status: str = QuarantineStatus.OPEN
    tries: int = 0
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=INSTANT)
    decision_note: str = ""
    filed_as: str = ""
    filed_by: UUID | None = None
    held_at: datetime = Field(sa_type=INSTANT)
