"""What happened to advances for services, for other domains."""

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class AdvanceReceived(DomainEvent):
    """A customer paid for a service to come."""

    name: ClassVar[str] = "service_advances.advance_received.v1"

    advance_id: UUID
    party_id: UUID
    amount: Decimal
    tax: Decimal


class AdvanceMoved(DomainEvent):
    """An advance was applied, paid back or taken back, or that was undone."""

    name: ClassVar[str] = "service_advances.advance_moved.v1"

    advance_id: UUID
    step_id: UUID
    kind: str
    amount: Decimal
