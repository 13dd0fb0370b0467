"""What happens to drafts, for the job that writes them and for open pages."""

from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class DraftRequested(DomainEvent):
    """A person asked a language model for a draft; the aggregate is the draft."""

    name: ClassVar[str] = "drafting.draft_requested.v1"

    draft_id: UUID
    session_id: UUID


class DraftChanged(DomainEvent):
    """A draft is there, failed, was cancelled, taken or thrown away."""

    name: ClassVar[str] = "drafting.draft_changed.v1"

    draft_id: UUID
    session_id: UUID
    status: str
