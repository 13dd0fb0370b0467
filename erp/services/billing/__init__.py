"""Billing: GST documents, the tax on them, and what is taken back."""

from erp.core.gst.placing import Delivery, PlaceOfSupply, SupplyKind, place_of_supply
from erp.core.gst.taxing import (
    PriceMode,
    Supply,
    SupplyLine,
    SupplyNature,
    SupplyTotals,
    TaxedLine,
    TaxedSupply,
    Treatment,
    UntaxableSupply,
    tax_supply,
)
from erp.models.billing import BillOutcome, BillStatus, Finding, InvoiceKind
from erp.services.billing import referees
from erp.services.billing.bill_deciding import (
    DecideBill,
    SettleClaim,
    decide_bill,
    settle_claim,
)
from erp.services.billing.bill_drafting import BilledCharge, BilledLine, RecordBill
from erp.services.billing.bill_errors import (
    BeyondBillLimit,
    BilledTwice,
    BillNotHeld,
    ClaimSettled,
    MoreThanCame,
    NothingToClaim,
    OwnBill,
    TaxNotDue,
    TotalDiffers,
    UnknownBill,
    UnknownClaim,
    UnknownDelivery,
)
from erp.services.billing.bill_goods import (
    MatchTolerances,
    SetMatchTolerances,
    get_match_tolerances,
    set_match_tolerances,
)
from erp.services.billing.bill_matching import Delivered, Match, Tolerance, match_line
from erp.services.billing.bill_queries import (
    BillDetail,
    BillPage,
    GetBill,
    ListBills,
    get_bill,
    list_bills,
)
from erp.services.billing.bill_recording import BillAnswer, record_bill
from erp.services.billing.bill_unbilled import (
    ListUnbilled,
    UnbilledLine,
    UnbilledPage,
    list_unbilled,
)
from erp.services.billing.crediting import (
    CreditLine,
    ReturnExceedsSale,
    SoldLine,
    credit_return,
    credit_value,
)
from erp.services.billing.delivering import DeliverOrder, DeliveryAnswer, deliver_order
from erp.services.billing.documents import TillFacts, get_printed_document
from erp.services.billing.errors import AboveMrp
from erp.services.billing.invoicing import (
    KIND_OF_TITLE,
    NewInvoice,
    NewInvoiceLine,
    take_number,
    write_invoice,
)
from erp.services.billing.printing import BillPrinter, Copy, PrintedDocument, PrintedTender
from erp.services.billing.queries import GetInvoice, ListInvoices, get_invoice, list_invoices
from erp.services.billing.returning import (
    OtherRegistration,
    Returning,
    draft_credit,
    get_original,
)
from erp.services.billing.selling import income_lines, recipient_of, sold_line
from erp.services.billing.titling import DocumentTitle, document_title
from erp.services.billing.upi import UpiPayment, qr_png, qr_svg, upi_link

__all__ = [
    "KIND_OF_TITLE",
    "AboveMrp",
    "BeyondBillLimit",
    "BillAnswer",
    "BillDetail",
    "BillNotHeld",
    "BillOutcome",
    "BillPage",
    "BillPrinter",
    "BillStatus",
    "BilledCharge",
    "BilledLine",
    "BilledTwice",
    "ClaimSettled",
    "Copy",
    "CreditLine",
    "DecideBill",
    "DeliverOrder",
    "Delivered",
    "Delivery",
    "DeliveryAnswer",
    "DocumentTitle",
    "Finding",
    "GetBill",
    "GetInvoice",
    "InvoiceKind",
    "ListBills",
    "ListInvoices",
    "ListUnbilled",
    "Match",
    "MatchTolerances",
    "MoreThanCame",
    "NewInvoice",
    "NewInvoiceLine",
    "NothingToClaim",
    "OtherRegistration",
    "OwnBill",
    "PlaceOfSupply",
    "PriceMode",
    "PrintedDocument",
    "PrintedTender",
    "RecordBill",
    "ReturnExceedsSale",
    "Returning",
    "SetMatchTolerances",
    "SettleClaim",
    "SoldLine",
    "Supply",
    "SupplyKind",
    "SupplyLine",
    "SupplyNature",
    "SupplyTotals",
    "TaxNotDue",
    "TaxedLine",
    "TaxedSupply",
    "TillFacts",
    "Tolerance",
    "TotalDiffers",
    "Treatment",
    "UnbilledLine",
    "UnbilledPage",
    "UnknownBill",
    "UnknownClaim",
    "UnknownDelivery",
    "UntaxableSupply",
    "UpiPayment",
    "credit_return",
    "credit_value",
    "decide_bill",
    "deliver_order",
    "document_title",
    "draft_credit",
    "get_bill",
    "get_invoice",
    "get_match_tolerances",
    "get_original",
    "get_printed_document",
    "income_lines",
    "list_bills",
    "list_invoices",
    "list_unbilled",
    "match_line",
    "place_of_supply",
    "qr_png",
    "qr_svg",
    "recipient_of",
    "record_bill",
    "referees",
    "set_match_tolerances",
    "settle_claim",
    "sold_line",
    "take_number",
    "tax_supply",
    "upi_link",
    "write_invoice",
]
