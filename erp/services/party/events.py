"""What happened to parties, for other domains."""

from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class PartyCreated(DomainEvent):
    """Someone new is dealt with."""

    name: ClassVar[str] = "party.party_created.v1"

    party_id: UUID
    kind: str


class PartyUpdated(DomainEvent):
    """A party's details changed."""

    name: ClassVar[str] = "party.party_updated.v1"

    party_id: UUID


class PartyStatusChanged(DomainEvent):
    """A party was closed for new business, or opened again."""

    name: ClassVar[str] = "party.party_status_changed.v1"

    party_id: UUID
    is_active: bool
