"""Invoices, credit notes, and bills of suppliers."""

from erp.models.billing.invoice import Invoice, InvoiceKind, InvoiceLine, InvoiceLineReturn
from erp.models.billing.supplier_bill import (
    BilledGoods,
    BillOutcome,
    BillStatus,
    Finding,
    MatchTolerance,
    SupplierBill,
    SupplierBillDecision,
    SupplierBillLine,
    SupplierClaim,
)

__all__ = [
    "BillOutcome",
    "BillStatus",
    "BilledGoods",
    "Finding",
    "Invoice",
    "InvoiceKind",
    "InvoiceLine",
    "InvoiceLineReturn",
    "MatchTolerance",
    "SupplierBill",
    "SupplierBillDecision",
    "SupplierBillLine",
    "SupplierClaim",
]
