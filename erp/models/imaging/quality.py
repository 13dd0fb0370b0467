"""How sessions are to be judged, how each reader judged them, and what was signed."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, created_at, one_of


class SecondReader(StrEnum):
    """When a second person reads a session, without knowing what the first found."""

    NONE = "none"
    ALWAYS = "always"
    SAMPLE = "sample"
    ON_REJECT = "on_reject"


class ImagingProtocol(TenantRow, table=True):
    """How sessions of a protocol are judged.

    Attributes:
        code: What devices call the protocol; empty for every protocol without a row of its own.
        routine_minutes, urgent_minutes, stat_minutes: From completion to the decision.
        sample_percent: Share of sessions with a second reader where `second_reader` is `sample`.
    """

    __tablename__ = "imaging_protocol"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        one_of("second_reader", SecondReader),
        CheckConstraint(
            "stat_minutes between 1 and urgent_minutes and urgent_minutes <= routine_minutes"
            " and routine_minutes <= 525600",
            name="minutes",
        ),
        CheckConstraint("sample_percent between 0 and 100", name="sample_percent"),
    )

    code: str
    name: str
    routine_minutes: int
    urgent_minutes: int
    stat_minutes: int
    second_reader: str = SecondReader.NONE
    sample_percent: int = 0
    created_at: datetime = created_at()


class QaChecklist(TenantRow, table=True):
    """One version of a protocol's checklist; never changed, only followed by another.

    Attributes:
        items: In order, each with key, label, kind, is_required and what bounds its answer.
    """

    __tablename__ = "qa_checklist"
    __table_args__ = (
        belongs_to("protocol_id", "imaging_protocol"),
        UniqueConstraint("tenant_id", "protocol_id", "version"),
    )

    protocol_id: UUID
    version: int
    items: list[dict[str, Any]] = Field(sa_type=JSONB)
    made_by: UUID
    made_by_name: str
    made_at: datetime = Field(sa_type=INSTANT)


class QaReading(TenantRow, table=True):
    """What one reader found in one review of a session; never changed.

    Attributes:
        place: 1 the first reader, 2 the second, 3 whoever resolved their discrepancy.
        checklist_id: The version it was judged by. answers: by the item's key.
        content_hash: SHA-256 over the digests of the session's objects at that moment.
    """

    __tablename__ = "qa_reading"
    __table_args__ = (
        belongs_to("session_id", "imaging_session"),
        belongs_to("checklist_id", "qa_checklist"),
        UniqueConstraint("tenant_id", "session_id", "review_round", "place"),
        UniqueConstraint("tenant_id", "session_id", "review_round", "reader_id"),
        CheckConstraint("place between 1 and 3", name="place"),
        CheckConstraint("verdict in ('accepted', 'repeat_requested', 'rejected')", name="verdict"),
    )

    session_id: UUID
    review_round: int
    place: int = Field(sa_type=SmallInteger)
    verdict: str
    reason_code: str = ""
    note: str = ""
    checklist_id: UUID | None = None
    answers: dict[str, str] = Field(sa_type=JSONB)
    reader_id: UUID
    reader_name: str
    read_at: datetime = Field(sa_type=INSTANT)
    content_hash: str


class QaSignature(TenantRow, table=True):
    """A sign-off: what was signed, word for word, and its digest; never changed.

    Attributes:
        content: Canonical JSON of session, decision, readings, objects and measurements.
        content_hash: SHA-256 of `content` as UTF-8.
    """

    __tablename__ = "qa_signature"
    __table_args__ = (
        belongs_to("session_id", "imaging_session"),
        UniqueConstraint("tenant_id", "session_id", "review_round"),
    )

    session_id: UUID
    review_round: int
    signer_id: UUID
    signer_name: str
    signed_at: datetime = Field(sa_type=INSTANT)
    content: str
    content_hash: str


class QaAddendum(TenantRow, table=True):
    """What was added after the sign-off; never changed."""

    __tablename__ = "qa_addendum"
    __table_args__ = (
        belongs_to("session_id", "imaging_session"),
        belongs_to("signature_id", "qa_signature"),
        Index("ix_qa_addendum_session", "tenant_id", "session_id"),
    )

    session_id: UUID
    signature_id: UUID
    text: str
    author_id: UUID
    author_name: str
    added_at: datetime = Field(sa_type=INSTANT)
