"""Webhooks by which other programs say that a study was sent in full."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, belongs_to, created_at, one_of


class ImagingHook(TenantRow, table=True):
    """The address of one device for such calls; its id cannot be guessed.

    Attributes:
        secret_version: Counts the signing secrets, which are derived and stored nowhere.
    """

    __tablename__ = "imaging_hook"
    __table_args__ = (
        belongs_to("device_id", "imaging_device"),
        UniqueConstraint("tenant_id", "device_id"),
        Index("ix_imaging_hook_id", "id"),
    )

    device_id: UUID
    secret_version: int = 1
    is_active: bool = True
    created_at: datetime = created_at()


class HookCallStatus(StrEnum):
    """What became of a call."""

    RECEIVED = "received"
    DONE = "done"
    REFUSED = "refused"


class HookCall(TenantRow, table=True):
    """A call as it came, kept before anything is done about it.

    Attributes:
        webhook_id: The caller's name for it; a repeat has no second effect.
        subject: The study or session it names.
    """

    __tablename__ = "imaging_hook_call"
    __table_args__ = (
        belongs_to("hook_id", "imaging_hook"),
        belongs_to("session_id", "imaging_session"),
        UniqueConstraint("tenant_id", "hook_id", "webhook_id"),
        one_of("status", HookCallStatus),
        CheckConstraint("(status = 'done') = (session_id is not null)", name="done"),
    )

    hook_id: UUID
    webhook_id: str
    subject: str
    body: str
    sha256: str
    status: str = HookCallStatus.RECEIVED
    reason: str = ""
    answer: str = ""
    session_id: UUID | None = None
    received_at: datetime = Field(sa_type=INSTANT)
