"""What happened in buying, for other domains."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class OrderAsked(DomainEvent):
    """A version of an order was made; it is in force at once or waits for an approval."""

    name: ClassVar[str] = "purchasing.order_asked.v1"

    order_id: UUID
    version: int
    supplier_id: UUID
    total: Decimal
    is_waiting: bool


class OrderDecided(DomainEvent):
    """A waiting version was approved, refused or withdrawn."""

    name: ClassVar[str] = "purchasing.order_decided.v1"

    order_id: UUID
    version: int
    outcome: str


class OrderReceived(DomainEvent):
    """Goods came against an order."""

    name: ClassVar[str] = "purchasing.order_received.v1"

    order_id: UUID
    receipt_id: UUID
    received_on: date
    is_complete: bool


class OrderFinished(DomainEvent):
    """An order was cancelled, or the rest of it given up."""

    name: ClassVar[str] = "purchasing.order_finished.v1"

    order_id: UUID
    status: str


class RequisitionSubmitted(DomainEvent):
    """Somebody asked for goods."""

    name: ClassVar[str] = "purchasing.requisition_submitted.v1"

    requisition_id: UUID
    total: Decimal


class RequisitionDecided(DomainEvent):
    """A requisition was approved or declined."""

    name: ClassVar[str] = "purchasing.requisition_decided.v1"

    requisition_id: UUID
    status: str


class RequisitionOrdered(DomainEvent):
    """Orders took goods of a requisition, or gave them back; `status` is what it is now."""

    name: ClassVar[str] = "purchasing.requisition_ordered.v1"

    requisition_id: UUID
    order_id: UUID
    status: str


class RequisitionClosed(DomainEvent):
    """What was not ordered of a requisition will not be."""

    name: ClassVar[str] = "purchasing.requisition_closed.v1"

    requisition_id: UUID


class SuppliersAsked(DomainEvent):
    """Several suppliers were asked for a price."""

    name: ClassVar[str] = "purchasing.suppliers_asked.v1"

    request_id: UUID
    supplier_ids: list[UUID]


class QuotationRecorded(DomainEvent):
    """A supplier answered a request for quotation."""

    name: ClassVar[str] = "purchasing.quotation_recorded.v1"

    request_id: UUID
    quotation_id: UUID
    supplier_id: UUID
    is_late: bool


class QuotationsChosen(DomainEvent):
    """Lines of a request got their suppliers, and orders were made."""

    name: ClassVar[str] = "purchasing.quotations_chosen.v1"

    request_id: UUID
    order_ids: list[UUID]
    status: str


class RequestClosed(DomainEvent):
    """What was not chosen of a request will not be."""

    name: ClassVar[str] = "purchasing.request_closed.v1"

    request_id: UUID
