"""Billing: GST documents, the tax on them, and what is taken back."""

from erp.models.billing import InvoiceKind
from erp.services.billing import referees
from erp.services.billing.crediting import (
    CreditLine,
    ReturnExceedsSale,
    SoldLine,
    credit_return,
    credit_value,
)
from erp.services.billing.documents import TillFacts, get_printed_document
from erp.services.billing.errors import AboveMrp
from erp.services.billing.invoicing import (
    KIND_OF_TITLE,
    NewInvoice,
    NewInvoiceLine,
    take_number,
    write_invoice,
)
from erp.services.billing.placing import Delivery, PlaceOfSupply, SupplyKind, place_of_supply
from erp.services.billing.printing import BillPrinter, Copy, PrintedDocument, PrintedTender
from erp.services.billing.queries import GetInvoice, ListInvoices, get_invoice, list_invoices
from erp.services.billing.returning import (
    OtherRegistration,
    Returning,
    draft_credit,
    get_original,
)
from erp.services.billing.taxing import (
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
from erp.services.billing.titling import DocumentTitle, document_title
from erp.services.billing.upi import UpiPayment, qr_png, qr_svg, upi_link

__all__ = [
    "KIND_OF_TITLE",
    "AboveMrp",
    "BillPrinter",
    "Copy",
    "CreditLine",
    "Delivery",
    "DocumentTitle",
    "GetInvoice",
    "InvoiceKind",
    "ListInvoices",
    "NewInvoice",
    "NewInvoiceLine",
    "OtherRegistration",
    "PlaceOfSupply",
    "PriceMode",
    "PrintedDocument",
    "PrintedTender",
    "ReturnExceedsSale",
    "Returning",
    "SoldLine",
    "Supply",
    "SupplyKind",
    "SupplyLine",
    "SupplyNature",
    "SupplyTotals",
    "TaxedLine",
    "TaxedSupply",
    "TillFacts",
    "Treatment",
    "UntaxableSupply",
    "UpiPayment",
    "credit_return",
    "credit_value",
    "document_title",
    "draft_credit",
    "get_invoice",
    "get_original",
    "get_printed_document",
    "list_invoices",
    "place_of_supply",
    "qr_png",
    "qr_svg",
    "referees",
    "take_number",
    "tax_supply",
    "upi_link",
    "write_invoice",
]
