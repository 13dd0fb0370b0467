"""What was sent to a language model, what came back, and what a person made of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, one_of


class DraftStatus(StrEnum):
    """How far a draft is."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    """There is a text, which nobody has taken as theirs."""
    FAILED = "failed"
    CANCELLED = "cancelled"
    ACCEPTED = "accepted"
    """A person took it, perhaps changed, as the session's summary."""
    DISCARDED = "discarded"


class AiDraft(TenantRow, table=True):
    """One request to a language model about a session; the database keeps what went and came.

    Attributes:
        request: Exactly the bytes that were sent, as text.
        input_digest: SHA-256 of the facts in the request.
        answer: The text as it came; kept also where it was refused.
        summary_id: What a person made of it.
    """

    __tablename__ = "ai_draft"
    __table_args__ = (
        belongs_to("session_id", "imaging_session"),
        belongs_to("summary_id", "imaging_summary"),
        one_of("status", DraftStatus),
        CheckConstraint("(status = 'accepted') = (summary_id is not null)", name="summary"),
        CheckConstraint("(status in ('queued', 'running')) = (ended_at is null)", name="ended"),
        CheckConstraint("status not in ('ready', 'accepted') or answer <> ''", name="answer"),
        Index("ix_ai_draft_session", "tenant_id", "session_id"),
        Index("ix_ai_draft_asked", "tenant_id", "asked_at"),
        Index(
            "ix_ai_draft_open",
            "tenant_id",
            "session_id",
            unique=True,
            postgresql_where=text("status in ('queued', 'running')"),
        ),
    )

    session_id: UUID
    status: str = DraftStatus.QUEUED
    model: str
    request: str
    input_digest: str
    answer: str = ""
    problem: str = ""
    asked_by: UUID
    asked_by_name: str
    asked_at: datetime = Field(sa_type=INSTANT)
    started_at: datetime | None = Field(default=None, sa_type=INSTANT)
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT)
    decided_by: UUID | None = None
    decided_by_name: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=INSTANT)
    summary_id: UUID | None = None
