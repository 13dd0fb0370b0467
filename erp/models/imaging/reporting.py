"""How reports are laid out, and the words a person writes about a session."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, Json, TenantRow, belongs_to


class ImagingTemplate(TenantRow, table=True):
    """One version of how reports of a protocol are laid out; never changed, only followed.

    Attributes:
        content: Title, texts, running lines, and the sections in their order.
    """

    __tablename__ = "imaging_template"
    __table_args__ = (
        belongs_to("protocol_id", "imaging_protocol"),
        UniqueConstraint("tenant_id", "protocol_id", "version"),
    )

    protocol_id: UUID
    version: int
    content: Json
    made_by: UUID
    made_by_name: str
    made_at: datetime = Field(sa_type=INSTANT)


class ImagingTemplateTrial(TenantRow, table=True):
    """What one person is trying out for the reports of a protocol; no report is made of it.

    Attributes:
        code: What devices call the protocol; empty for every other one.
    """

    __tablename__ = "imaging_template_trial"
    __table_args__ = (UniqueConstraint("tenant_id", "user_id", "code"),)

    user_id: UUID
    code: str
    content: Json
    changed_at: datetime = Field(sa_type=INSTANT)


class ImagingSummary(TenantRow, table=True):
    """One version of what a person writes about a session; never changed, only followed.

    Attributes:
        version: Counts the session's summaries from 1.
        review_round: The review it was written in.
        drafted_by: The language model whose draft the person took as theirs; mostly empty.
    """

    __tablename__ = "imaging_summary"
    __table_args__ = (
        belongs_to("session_id", "imaging_session"),
        UniqueConstraint("tenant_id", "session_id", "version"),
        CheckConstraint("version > 0", name="version"),
    )

    session_id: UUID
    version: int
    review_round: int
    text: str
    drafted_by: str = ""
    author_id: UUID
    author_name: str
    written_at: datetime = Field(sa_type=INSTANT)
