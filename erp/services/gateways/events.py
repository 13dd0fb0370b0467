"""What happens at payment gateways, for other domains and our own jobs."""

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class GatewayChanged(DomainEvent):
    """A gateway account was opened, changed or closed."""

    name: ClassVar[str] = "gateways.account_changed.v1"

    account_id: UUID


class CheckAsked(DomainEvent):
    """The keys of an account are to be tried."""

    name: ClassVar[str] = "gateways.check_asked.v1"

    account_id: UUID


class LinkAsked(DomainEvent):
    """The provider is to be asked to make, take back or look at a link."""

    name: ClassVar[str] = "gateways.link_asked.v1"

    link_id: UUID


class LinkSettled(DomainEvent):
    """A link was made, refused, paid, or ended."""

    name: ClassVar[str] = "gateways.link_settled.v1"

    link_id: UUID
    status: str


class EventReceived(DomainEvent):
    """A provider told something; it is kept and waits to be looked into."""

    name: ClassVar[str] = "gateways.event_received.v1"

    event_id: UUID


class PaymentCaptured(DomainEvent):
    """Money came at a provider, and is in the books."""

    name: ClassVar[str] = "gateways.payment_captured.v1"

    gateway_payment_id: UUID
    amount: Decimal
    is_identified: bool


class RefundAsked(DomainEvent):
    """The provider is to be asked to give money back."""

    name: ClassVar[str] = "gateways.refund_asked.v1"

    refund_id: UUID


class RefundEnded(DomainEvent):
    """Money went back, or it will not."""

    name: ClassVar[str] = "gateways.refund_ended.v1"

    refund_id: UUID
    status: str


class SettlementsAsked(DomainEvent):
    """The provider is to be asked for settlements."""

    name: ClassVar[str] = "gateways.settlements_asked.v1"

    account_id: UUID


class SettlementBooked(DomainEvent):
    """A settlement is in the books."""

    name: ClassVar[str] = "gateways.settlement_booked.v1"

    settlement_id: UUID
    amount: Decimal
    difference: Decimal


class ChargesInvoiced(DomainEvent):
    """A provider's tax invoice for its charges was recorded."""

    name: ClassVar[str] = "gateways.charges_invoiced.v1"

    invoice_id: UUID
    account_id: UUID


class ExceptionRaised(DomainEvent):
    """A person has to look at something, or did."""

    name: ClassVar[str] = "gateways.exception_changed.v1"

    exception_id: UUID
    is_open: bool
