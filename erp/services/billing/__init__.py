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
from erp.models.billing import BillOutcome, BillStatus, Finding, InvoiceKind, ReturnReason
from erp.services.billing import referees
from erp.services.billing.bill_deciding import DecideBill, decide_bill
from erp.services.billing.bill_drafting import BilledCharge, BilledLine, RecordBill
from erp.services.billing.bill_errors import (
    BeyondBillLimit,
    BeyondExpense,
    BilledTwice,
    BillNotHeld,
    BillNotPosted,
    ClaimSettled,
    FileImported,
    GoodsNotHere,
    MoreThanCame,
    NothingKept,
    NothingToClaim,
    OwnBill,
    TakenOffBefore,
    TaxNotDue,
    TotalDiffers,
    UnknownBill,
    UnknownClaim,
    UnknownDelivery,
    UnknownLandedCost,
)
from erp.services.billing.bill_file_matching import BillFile, ReadBillFile, read_bill_file
from erp.services.billing.bill_file_reading import FIELDS as BILL_FILE_FIELDS
from erp.services.billing.bill_file_reading import LARGEST_FILE
from erp.services.billing.bill_goods import (
    MatchTolerances,
    SetMatchTolerances,
    get_match_tolerances,
    set_match_tolerances,
)
from erp.services.billing.bill_importing import ImportBill, import_bill
from erp.services.billing.bill_matching import Delivered, Match, Tolerance, match_line
from erp.services.billing.bill_prints import PRINTS, BillPrinted, Layout, record_print
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
from erp.services.billing.cancelling import (
    CANCEL,
    CancelInvoice,
    CancelledBefore,
    CancelledInvoice,
    NotCancellable,
    cancel_invoice,
    require_cancellable,
    void_invoice,
)
from erp.services.billing.capping import ComingBack, comes_back_whole, require_within_period
from erp.services.billing.claim_alerting import OLD_DAYS, RemindOfClaims, remind_of_claims
from erp.services.billing.claim_printing import get_printed_claim
from erp.services.billing.claim_queries import (
    ClaimRecovery,
    ListClaims,
    claim_recovery,
    list_claims,
)
from erp.services.billing.claim_settling import SettleClaim, settle_claim
from erp.services.billing.counting_sales import IS_SALE
from erp.services.billing.crediting import (
    CreditLine,
    ReturnExceedsSale,
    SoldLine,
    credit_return,
    credit_value,
)
from erp.services.billing.delivering import SERIES as ORDER_SERIES
from erp.services.billing.delivering import DeliverOrder, DeliveryAnswer, deliver_order
from erp.services.billing.documents import TillFacts, get_printed_document
from erp.services.billing.errors import AboveMrp
from erp.services.billing.following_amendments import MadeOut, made_out, under_heads
from erp.services.billing.invoicing import (
    KIND_OF_TITLE,
    NewInvoice,
    NewInvoiceLine,
    take_number,
    write_invoice,
)
from erp.services.billing.landed_cost_queries import ListSpreadable, SpreadablePage, list_spreadable
from erp.services.billing.landed_costs import (
    SpreadAnswer,
    SpreadCost,
    TakeCostOff,
    TakenOff,
    spread_cost,
    take_cost_off,
)
from erp.services.billing.offering_cancelling import Cancelling, GetCancelling, get_cancelling
from erp.services.billing.printing import (
    BillPrinter,
    ChallanCopy,
    Copy,
    PrintedDocument,
    PrintedLine,
    PrintedTender,
    PrintedTotals,
)
from erp.services.billing.queries import GetInvoice, ListInvoices, get_invoice, list_invoices
from erp.services.billing.returning import (
    CreditDraft,
    OriginalInvoice,
    OtherRegistration,
    Returning,
    credit_note_of,
    draft_credit,
    get_original,
    hold_notes,
    put_back,
)
from erp.services.billing.selling import income_lines, recipient_of, sold_line, taken_back_lines
from erp.services.billing.supplier_return_drafting import ReturnedLot, ReturnGoods
from erp.services.billing.supplier_return_errors import (
    BeyondDelivered,
    BillsDiffer,
    BillWaits,
    NotFromSupplier,
    OutsideClaimWindow,
    UnknownReturn,
    WrongReason,
)
from erp.services.billing.supplier_return_listing import (
    ListReturnable,
    ReturnableLot,
    list_returnable,
)
from erp.services.billing.supplier_return_printing import get_printed_return
from erp.services.billing.supplier_return_queries import (
    GetReturn,
    ListReturns,
    ReturnDetail,
    get_return,
    list_returns,
)
from erp.services.billing.supplier_returning import ReturnedGoods, return_goods
from erp.services.billing.taking_back import (
    BeyondReturnLimit,
    CreditNoteAnswer,
    SoldAtTill,
    TakeBackGoods,
    take_back_goods,
)
from erp.services.billing.titling import DocumentTitle, document_title
from erp.services.billing.upi import UpiPayment, qr_png, qr_svg, upi_link
from erp.services.billing.voiding import void_document

__all__ = [
    "BILL_FILE_FIELDS", "CANCEL", "IS_SALE", "KIND_OF_TITLE", "LARGEST_FILE", "OLD_DAYS", "ORDER_SERIES", "PRINTS",
    "AboveMrp", "BeyondBillLimit", "BeyondDelivered", "BeyondExpense", "BeyondReturnLimit", "BillAnswer",
    "BillDetail", "BillFile", "BillNotHeld", "BillNotPosted", "BillOutcome", "BillPage", "BillPrinted",
    "BillPrinter", "BillStatus", "BillWaits", "BilledCharge", "BilledLine", "BilledTwice", "BillsDiffer",
    "CancelInvoice", "CancelledBefore", "CancelledInvoice", "Cancelling", "ChallanCopy", "ClaimRecovery",
    "ClaimSettled", "ComingBack", "Copy", "CreditDraft", "CreditLine", "CreditNoteAnswer", "DecideBill",
    "DeliverOrder", "Delivered", "Delivery", "DeliveryAnswer", "DocumentTitle", "FileImported", "Finding",
    "GetBill", "GetCancelling", "GetInvoice", "GetReturn", "GoodsNotHere", "ImportBill", "InvoiceKind", "Layout",
    "ListBills", "ListClaims", "ListInvoices", "ListReturnable", "ListReturns", "ListSpreadable", "ListUnbilled",
    "MadeOut", "Match", "MatchTolerances", "MoreThanCame", "NewInvoice", "NewInvoiceLine", "NotCancellable",
    "NotFromSupplier", "NothingKept", "NothingToClaim", "OriginalInvoice", "OtherRegistration",
    "OutsideClaimWindow", "OwnBill", "PlaceOfSupply", "PriceMode", "PrintedDocument", "PrintedLine",
    "PrintedTender", "PrintedTotals", "ReadBillFile", "RecordBill", "RemindOfClaims", "ReturnDetail",
    "ReturnExceedsSale", "ReturnGoods", "ReturnReason", "ReturnableLot", "ReturnedGoods", "ReturnedLot",
    "Returning", "SetMatchTolerances", "SettleClaim", "SoldAtTill", "SoldLine", "SpreadAnswer", "SpreadCost",
    "SpreadablePage", "Supply", "SupplyKind", "SupplyLine", "SupplyNature", "SupplyTotals", "TakeBackGoods",
    "TakeCostOff", "TakenOff", "TakenOffBefore", "TaxNotDue", "TaxedLine", "TaxedSupply", "TillFacts", "Tolerance",
    "TotalDiffers", "Treatment", "UnbilledLine", "UnbilledPage", "UnknownBill", "UnknownClaim", "UnknownDelivery",
    "UnknownLandedCost", "UnknownReturn", "UntaxableSupply", "UpiPayment", "WrongReason", "cancel_invoice",
    "claim_recovery", "comes_back_whole", "credit_note_of", "credit_return", "credit_value", "decide_bill",
    "deliver_order", "document_title", "draft_credit", "get_bill", "get_cancelling", "get_invoice",
    "get_match_tolerances", "get_original", "get_printed_claim", "get_printed_document", "get_printed_return",
    "get_return", "hold_notes", "import_bill", "income_lines", "list_bills", "list_claims", "list_invoices",
    "list_returnable", "list_returns", "list_spreadable", "list_unbilled", "made_out", "match_line",
    "place_of_supply", "put_back", "qr_png", "qr_svg", "read_bill_file", "recipient_of", "record_bill",
    "record_print", "referees", "remind_of_claims", "require_cancellable", "require_within_period", "return_goods",
    "set_match_tolerances", "settle_claim", "sold_line", "spread_cost", "take_back_goods", "take_cost_off",
    "take_number", "taken_back_lines", "tax_supply", "under_heads", "upi_link", "void_document", "void_invoice",
    "write_invoice",
]  # fmt: skip
