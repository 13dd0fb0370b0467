"""Events of the workflows domain."""

from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class MemberNotified(DomainEvent):
    """A piece of news lies in a member's inbox; the aggregate is the user."""

    name: ClassVar[str] = "workflows.member_notified.v1"

    user_id: UUID
    kind: str
    severity: str
