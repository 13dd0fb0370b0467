"""What messaging needs of the outside: carriers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels with a message; `storage_key` is where its bytes lie."""

    file_name: str
    media_type: str
    storage_key: str


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message as a carrier gets it; `message_id` is the same at every attempt."""

    message_id: UUID
    channel: str
    to_name: str
    to_address: str
    subject: str
    body: str
    attachments: tuple[Attachment, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    tenant_id: UUID | None = None

    @property
    def reference(self) -> str:
        """The name under which a provider knows it; its receipts find the message by it."""
        return f"{self.tenant_id}.{self.message_id}"


class NotCarried(Exception):
    """The carrier did not take a message.

    Attributes:
        is_final: Asking again is of no use: the address does not exist, or it refuses the content.
    """

    def __init__(self, problem: str, *, is_final: bool) -> None:
        super().__init__(problem)
        self.problem = problem
        self.is_final = is_final


class Carrier(Protocol):
    """Brings messages of one channel to people."""

    def carry(self, message: OutgoingMessage, contents: tuple[bytes, ...]) -> str:
        """Hand a message over with the contents of its attachments; return the carrier's name for it.

        Raises:
            NotCarried: It was not taken.
        """
        ...
