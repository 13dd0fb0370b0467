"""What happened to expenses, for other domains."""

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class ClaimSubmitted(DomainEvent):
    """A claim was handed in, or handed in again after it was sent back."""

    name: ClassVar[str] = "expenses.claim_submitted.v1"

    claim_id: UUID
    revision: int
    total: Decimal


class ClaimDecided(DomainEvent):
    """A claim was approved and booked, or sent back."""

    name: ClassVar[str] = "expenses.claim_decided.v1"

    claim_id: UUID
    outcome: str


class ClaimCorrected(DomainEvent):
    """Who approves corrected the GST on a whole bill of a claim, as its next revision."""

    name: ClassVar[str] = "expenses.claim_corrected.v1"

    claim_id: UUID
    revision: int


class ClaimWithdrawn(DomainEvent):
    """A claimant took a claim back before it was approved."""

    name: ClassVar[str] = "expenses.claim_withdrawn.v1"

    claim_id: UUID


class ClaimReversed(DomainEvent):
    """A booked claim or voucher was taken back by its opposite."""

    name: ClassVar[str] = "expenses.claim_reversed.v1"

    claim_id: UUID


class PettyCashSpent(DomainEvent):
    """Petty cash paid for something."""

    name: ClassVar[str] = "expenses.petty_cash_spent.v1"

    claim_id: UUID
    float_id: UUID
    total: Decimal


class FloatChanged(DomainEvent):
    """Petty cash was opened, got another amount or another custodian."""

    name: ClassVar[str] = "expenses.float_changed.v1"

    float_id: UUID
    amount: Decimal
    custodian_id: UUID


class FloatMoved(DomainEvent):
    """Petty cash was topped up or counted."""

    name: ClassVar[str] = "expenses.float_moved.v1"

    float_id: UUID
    kind: str
    amount: Decimal


class CategoryChanged(DomainEvent):
    """A kind of expense was added or changed."""

    name: ClassVar[str] = "expenses.category_changed.v1"

    category_id: UUID
