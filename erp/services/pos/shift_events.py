"""What happened to a shift, for its page and other domains."""

from decimal import Decimal
from uuid import UUID

from erp.services.platform import DomainEvent


class CashMoved(DomainEvent):
    """Cash was put into the drawer, or taken out of it below zero; the aggregate is the shift."""

    name = "pos.cash_moved.v1"
    shift_id: UUID
    amount: Decimal


class ShiftEnded(DomainEvent):
    """A shift was closed."""

    name = "pos.shift_closed.v1"
    shift_id: UUID
    register_id: UUID
    expected_cash: Decimal
    counted_cash: Decimal
