"""The inbox."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, TenantRow, created_at, one_of


class Severity(StrEnum):
    """How soon a person should look."""

    INFO = "info"
    WARNING = "warning"
    URGENT = "urgent"


class Notification(TenantRow, table=True):
    """One piece of news for one user.

    Attributes:
        dedupe_key: The same news under the same key reaches a user once.
        link: Route inside the product that shows the matter.
    """

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("tenant_id", "user_id", "dedupe_key"),
        one_of("severity", Severity),
        Index("ix_notification_inbox", "tenant_id", "user_id", "created_at"),
    )

    user_id: UUID
    kind: str
    severity: str = Severity.INFO
    title: str
    body: str = ""
    link: str = ""
    dedupe_key: str
    read_at: datetime | None = Field(default=None, sa_type=INSTANT)
    created_at: datetime = created_at()
