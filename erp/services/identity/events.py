"""What happened to members, for their pages and other domains; never a secret."""

from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class MemberAdded(DomainEvent):
    """Somebody may sign in to the organisation."""

    name: ClassVar[str] = "identity.member_added.v1"

    member_id: UUID


class MemberChanged(DomainEvent):
    """A member's name, roles or access changed."""

    name: ClassVar[str] = "identity.member_changed.v1"

    member_id: UUID


class PinSet(DomainEvent):
    """A member has a new PIN."""

    name: ClassVar[str] = "identity.pin_set.v1"

    member_id: UUID


class PasswordReset(DomainEvent):
    """Somebody gave a member a new password."""

    name: ClassVar[str] = "identity.password_reset.v1"

    member_id: UUID
