"""What people did to the journal by hand; documents tell of their own entries."""

from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class EntryPosted(DomainEvent):
    """A person posted an entry by hand."""

    name: ClassVar[str] = "accounting.entry_posted.v1"

    entry_id: UUID


class EntryReversed(DomainEvent):
    """An entry made by hand was taken back by its opposite; the aggregate is the first."""

    name: ClassVar[str] = "accounting.entry_reversed.v1"

    entry_id: UUID
    reversal_id: UUID
