"""E-invoices and way bills: documents registered at the portals, and the permission to carry goods."""

from erp.models.einvoicing import Asked, EInvoiceStatus, PortalAnswer, TransportMode, WayBillStatus
from erp.services.einvoicing import referees
from erp.services.einvoicing.asking import Outcome, Plan, carry_out
from erp.services.einvoicing.cancelling import CancelCode, CancelEInvoice, cancel_einvoice
from erp.services.einvoicing.chasing import ChasePortal, chase
from erp.services.einvoicing.errors import (
    DocumentNotReady,
    NoConsignment,
    NoPortal,
    NotToBeCancelled,
    NotToBeSent,
    UnknownEInvoice,
    UnknownWayBill,
    WayBillExists,
    WayBillNotOpen,
)
from erp.services.einvoicing.following import withdraw
from erp.services.einvoicing.irn import invoice_reference
from erp.services.einvoicing.listing import (
    EInvoiceDetail,
    EInvoiceFile,
    EInvoicePage,
    InvoiceAtPortal,
    ListEInvoices,
    OfInvoice,
    OneEInvoice,
    get_einvoice,
    get_file,
    get_of_invoice,
    list_einvoices,
)
from erp.services.einvoicing.ports import (
    Call,
    Cancelled,
    InvoicePortal,
    PortalAway,
    PortalLied,
    PortalRefused,
    Registered,
    WayBillGiven,
)
from erp.services.einvoicing.printing import way_bill_of_transfer, with_portal_marks
from erp.services.einvoicing.queueing import queue_document
from erp.services.einvoicing.sending import SendAgain, claim, note_outcome, send_again
from erp.services.einvoicing.switching import (
    EInvoiceRegistrations,
    SwitchRegistration,
    list_registrations,
    portal_users,
    switch_registration,
)
from erp.services.einvoicing.way_bills import (
    CancelWayBill,
    ChangeVehicle,
    OneWayBill,
    PrepareWayBill,
    RecordWayBill,
    cancel_way_bill,
    change_vehicle,
    prepare_way_bill,
    record_way_bill,
    send_way_bill,
)
from erp.services.einvoicing.way_listing import (
    ConsignmentFacts,
    GetConsignment,
    GetWayBill,
    ListWayBills,
    WayBillDetail,
    WayBillPage,
    get_consignment,
    get_way_bill,
    get_way_bill_file,
    list_way_bills,
)
from erp.services.einvoicing.way_sending import (
    WayOutcome,
    WayPlan,
    carry_out_way_bill,
    claim_way_bill,
    note_way_bill,
)

__all__ = [
    "Asked", "Call", "CancelCode", "CancelEInvoice", "CancelWayBill", "Cancelled", "ChangeVehicle", "ChasePortal",
    "ConsignmentFacts", "DocumentNotReady", "EInvoiceDetail", "EInvoiceFile", "EInvoicePage", "EInvoiceRegistrations",
    "EInvoiceStatus", "GetConsignment", "GetWayBill", "InvoiceAtPortal", "InvoicePortal", "ListEInvoices",
    "ListWayBills", "NoConsignment", "NoPortal", "NotToBeCancelled", "NotToBeSent", "OfInvoice", "OneEInvoice",
    "OneWayBill", "Outcome", "Plan", "PortalAnswer", "PortalAway", "PortalLied", "PortalRefused", "PrepareWayBill",
    "RecordWayBill", "Registered", "SendAgain", "SwitchRegistration", "TransportMode", "UnknownEInvoice",
    "UnknownWayBill", "WayBillDetail", "WayBillExists", "WayBillGiven", "WayBillNotOpen", "WayBillPage",
    "WayBillStatus", "WayOutcome", "WayPlan", "cancel_einvoice", "cancel_way_bill", "carry_out", "carry_out_way_bill",
    "change_vehicle", "chase", "claim", "claim_way_bill", "get_consignment", "get_einvoice", "get_file",
    "get_of_invoice", "get_way_bill", "get_way_bill_file", "invoice_reference", "list_einvoices",
    "list_registrations", "list_way_bills", "note_outcome", "note_way_bill", "portal_users", "prepare_way_bill",
    "queue_document", "record_way_bill", "referees", "send_again", "send_way_bill", "switch_registration",
    "way_bill_of_transfer", "with_portal_marks", "withdraw",
]  # fmt: skip
