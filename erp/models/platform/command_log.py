"""One row per command that had an effect: idempotency record and audit trail at once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from erp.models.base import INSTANT, Json, TenantRow, created_at


class CommandLog(TenantRow, table=True):
    """What was asked, by whom, from where, and the answer that was given.

    Rows are only inserted, in the transaction of the change itself.

    Attributes:
        idempotency_key: Chosen by the caller; unique per command for ever.
        input_hash: SHA-256 of the canonical input, with keyed digests of its secrets; another
            input under the key is refused.
        input: The input with secrets masked.
        answer: The answer's JSON text, replayed byte for byte.
        on_behalf_of: The person a process acted for.
    """

    __tablename__ = "command_log"
    __table_args__ = (
        UniqueConstraint("tenant_id", "command", "idempotency_key"),
        Index("ix_command_log_recorded", "tenant_id", "recorded_at"),
    )

    command: str
    idempotency_key: str
    input_hash: str
    input: Json
    answer: str = Field(sa_type=Text)
    user_id: UUID
    on_behalf_of: UUID | None = None
    source: str
    request_id: str
    ip_address: str | None = None
    acted_at: datetime = Field(sa_type=INSTANT)
    recorded_at: datetime = created_at()
