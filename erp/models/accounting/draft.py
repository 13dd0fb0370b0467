"""Entries that are not posted yet: drafts, and templates that make them again and again."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import TenantRow, belongs_to, created_at, one_of


class DraftStatus(StrEnum):
    """How far a draft got."""

    DRAFT = "draft"
    POSTED = "posted"
    DROPPED = "dropped"


class Interval(StrEnum):
    """How often a template makes an entry."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class EntryTemplate(TenantRow, table=True):
    """An entry that comes again: its lines, and when it is next due.

    Attributes:
        first_on: The day whose place in the month every later one keeps, as far as months are long enough.
        next_on: The next day it is due. made: How many times it came due.
        posts: Post each at once; otherwise each waits as a draft.
    """

    __tablename__ = "entry_template"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        one_of("every", Interval),
        CheckConstraint("next_on >= first_on", name="next_on"),
        Index(
            "ix_entry_template_due",
            "tenant_id",
            "company_id",
            "next_on",
            postgresql_where=text("is_active"),
        ),
    )

    company_id: UUID
    branch_id: UUID
    narration: str
    lines: list[dict[str, Any]] = Field(sa_type=JSONB)
    every: str
    first_on: date
    next_on: date
    ends_on: date | None = None
    made: int
    posts: bool
    is_active: bool = True
    user_id: UUID
    recorded_at: datetime = created_at()


class EntryDraft(TenantRow, table=True):
    """An entry being prepared; its lines need not balance before it is posted.

    Attributes:
        template_id: What it comes from; one draft per template and day.
        why: Why it waits for a person, where a template meant to post it.
        entry_id: What it became.
    """

    __tablename__ = "entry_draft"
    __table_args__ = (
        belongs_to("company_id", "company"),
        belongs_to("branch_id", "branch"),
        belongs_to("template_id", "entry_template"),
        belongs_to("entry_id", "journal_entry"),
        UniqueConstraint("tenant_id", "template_id", "effective_on"),
        one_of("status", DraftStatus),
        CheckConstraint("(status = 'posted') = (entry_id is not null)", name="posted"),
        Index("ix_entry_draft_list", "tenant_id", "company_id", "status", "id"),
    )

    company_id: UUID
    branch_id: UUID
    effective_on: date
    narration: str
    lines: list[dict[str, Any]] = Field(sa_type=JSONB)
    status: str = DraftStatus.DRAFT
    template_id: UUID | None = None
    why: str = ""
    entry_id: UUID | None = None
    user_id: UUID
    recorded_at: datetime = created_at()
