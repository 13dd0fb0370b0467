"""Events of e-invoices and way bills."""

from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class EInvoiceAsked(DomainEvent):
    """The portal is to be asked to register or cancel a document; the aggregate is the document."""

    name: ClassVar[str] = "einvoicing.einvoice_asked.v1"

    einvoice_id: UUID


class EInvoiceSettled(DomainEvent):
    """The portal answered, or what it would refuse was found; the aggregate is the document."""

    name: ClassVar[str] = "einvoicing.einvoice_settled.v1"

    einvoice_id: UUID
    invoice_id: UUID
    status: str


class RegistrationSwitched(DomainEvent):
    """A registration began or ceased to report its documents."""

    name: ClassVar[str] = "einvoicing.registration_switched.v1"

    registration_id: UUID
    is_on: bool


class WayBillAsked(DomainEvent):
    """The portal is to be asked about a way bill; the aggregate is the way bill."""

    name: ClassVar[str] = "einvoicing.way_bill_asked.v1"

    way_bill_id: UUID


class WayBillSettled(DomainEvent):
    """A way bill was prepared, changed, or answered by the portal; the aggregate is the way bill."""

    name: ClassVar[str] = "einvoicing.way_bill_settled.v1"

    way_bill_id: UUID
    status: str
