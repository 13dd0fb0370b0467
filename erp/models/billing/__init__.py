"""Invoices, credit notes, bills of suppliers and what goes back to them."""

from erp.models.billing.bill_import import BillColumns, BillImport, SupplierItem
from erp.models.billing.bill_print import BillPrint
from erp.models.billing.invoice import Invoice, InvoiceKind, InvoiceLine, InvoiceLineReturn
from erp.models.billing.invoice_cancellation import InvoiceCancellation
from erp.models.billing.landed_cost import LandedCost, LandedCostLine, LandedCostReversal
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
from erp.models.billing.supplier_return import ReturnReason, SupplierReturn, SupplierReturnLine

__all__ = [
    "BillColumns",
    "BillImport",
    "BillOutcome",
    "BillPrint",
    "BillStatus",
    "BilledGoods",
    "Finding",
    "Invoice",
    "InvoiceCancellation",
    "InvoiceKind",
    "InvoiceLine",
    "InvoiceLineReturn",
    "LandedCost",
    "LandedCostLine",
    "LandedCostReversal",
    "MatchTolerance",
    "ReturnReason",
    "SupplierBill",
    "SupplierBillDecision",
    "SupplierBillLine",
    "SupplierClaim",
    "SupplierItem",
    "SupplierReturn",
    "SupplierReturnLine",
]
