"""Messages to people outside: what was said, to whom, and whether it went out."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, one_of


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"


class MessageStatus(StrEnum):
    """Where a message stands; `sent` is the carrier's word, not the reader's."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Receipt(StrEnum):
    """What is known of a message at the phone; a phone that never took it stays so."""

    NONE = ""
    DELIVERED = "delivered"
    READ = "read"
    UNDELIVERED = "undelivered"


class Message(TenantRow, table=True):
    """One message to one person.

    Attributes:
        purpose: Why it is sent, such as `imaging.report`.
        to_address: An e-mail address, or a number with its country code.
        attachments: `document_id`, `file_name`, `media_type` and `sha256` of each.
        facts: What the carrier wants to know besides: entity, header and template of a text message.
        why: Why it goes by this channel, where another was wanted first.
        branch_id: The branch that it is from; word of delivery acts there. None of the oldest messages names one.
        dedupe_key: The same message under the same key is queued once.
        carrier_ref: The carrier's name for it, once it went out.
        receipt: What the carrier told of the phone afterwards, and when; it only moves on.
    """

    __tablename__ = "message"
    __table_args__ = (
        belongs_to("party_id", "party"),
        belongs_to("branch_id", "branch"),
        UniqueConstraint("tenant_id", "dedupe_key"),
        one_of("channel", Channel),
        one_of("status", MessageStatus),
        one_of("receipt", Receipt),
        CheckConstraint("(receipt = '') = (receipt_at is null)", name="receipt_at"),
        CheckConstraint("(status = 'queued') = (ended_at is null)", name="ended"),
        CheckConstraint("to_address <> '' and body <> ''", name="content"),
        Index("ix_message_newest", "tenant_id", "id"),
        Index("ix_message_origin", "tenant_id", "origin_type", "origin_id"),
    )

    channel: str
    purpose: str
    party_id: UUID | None = None
    to_name: str
    to_address: str
    subject: str = ""
    body: str
    attachments: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    facts: dict[str, str] = Field(
        default_factory=dict, sa_type=JSONB, sa_column_kwargs={"server_default": "{}"}
    )
    why: str = Field(default="", sa_column_kwargs={"server_default": ""})
    branch_id: UUID | None = None
    origin_type: str
    origin_id: UUID
    dedupe_key: str
    status: str = MessageStatus.QUEUED
    attempts: int = 0
    problem: str = ""
    carrier_ref: str = ""
    receipt: str = Field(default="", sa_column_kwargs={"server_default": ""})
    receipt_at: datetime | None = Field(default=None, sa_type=INSTANT)
    user_id: UUID
    user_name: str
    queued_at: datetime = Field(sa_type=INSTANT)
    ended_at: datetime | None = Field(default=None, sa_type=INSTANT)
