"""What happened to payments, for other domains."""

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class PaymentRecorded(DomainEvent):
    """A party paid, or was paid."""

    name: ClassVar[str] = "payments.payment_recorded.v1"

    payment_id: UUID
    party_id: UUID
    number: str
    amount: Decimal


class PaymentReversed(DomainEvent):
    """A payment was taken back; what it settled is open again."""

    name: ClassVar[str] = "payments.payment_reversed.v1"

    payment_id: UUID
    party_id: UUID


class ChequeBanked(DomainEvent):
    """A cheque was paid into the bank."""

    name: ClassVar[str] = "payments.cheque_banked.v1"

    payment_id: UUID


class ItemsMatched(DomainEvent):
    """Debts and credits of a party were matched, or set apart again."""

    name: ClassVar[str] = "payments.items_matched.v1"

    party_id: UUID
    amount: Decimal


class NoteRecorded(DomainEvent):
    """A supplier's commercial credit note was recorded."""

    name: ClassVar[str] = "payments.note_recorded.v1"

    party_id: UUID
    amount: Decimal


class NoteReversed(DomainEvent):
    """A supplier's commercial credit note was taken back."""

    name: ClassVar[str] = "payments.note_reversed.v1"

    party_id: UUID


class InstalmentsAgreed(DomainEvent):
    """A bill is paid in parts; the aggregate is the party."""

    name: ClassVar[str] = "payments.instalments_agreed.v1"

    plan_id: UUID
    party_id: UUID
    parts: int


class InstalmentTermsSet(DomainEvent):
    """New invoices of a customer are due in parts from now on, or at once again; the aggregate is the customer.

    Attributes:
        terms: Days after the invoice, such as `30/60/90`; empty where it is due at once.
    """

    name: ClassVar[str] = "payments.instalment_terms_set.v1"

    party_id: UUID
    terms: str


class PromiseMade(DomainEvent):
    """A customer promised to pay, or disputes; the aggregate is the customer."""

    name: ClassVar[str] = "payments.promise_made.v1"

    promise_id: UUID
    party_id: UUID


class PartyReminded(DomainEvent):
    """A customer is reminded of what is late; the aggregate is the customer."""

    name: ClassVar[str] = "payments.party_reminded.v1"

    reminder_id: UUID
    party_id: UUID
