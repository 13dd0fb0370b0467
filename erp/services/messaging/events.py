"""Events of the messaging domain."""

from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class MessageQueued(DomainEvent):
    """A message is to go out; the aggregate is what it is about."""

    name: ClassVar[str] = "messaging.message_queued.v1"

    message_id: UUID


class MessageEnded(DomainEvent):
    """A message went out, failed or was cancelled; the aggregate is what it is about."""

    name: ClassVar[str] = "messaging.message_ended.v1"

    message_id: UUID
    status: str
