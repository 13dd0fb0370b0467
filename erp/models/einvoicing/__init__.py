"""What the portals of e-invoices and way bills were told, and what they answered."""

from erp.models.einvoicing.einvoice import EInvoice, EInvoiceStatus, PortalAnswer, PortalCall
from erp.models.einvoicing.registration import EInvoiceRegistration
from erp.models.einvoicing.way_bill import (
    Asked,
    TransportMode,
    WayBill,
    WayBillStatus,
    WayBillVehicle,
)

__all__ = [
    "Asked",
    "EInvoice",
    "EInvoiceRegistration",
    "EInvoiceStatus",
    "PortalAnswer",
    "PortalCall",
    "TransportMode",
    "WayBill",
    "WayBillStatus",
    "WayBillVehicle",
]
