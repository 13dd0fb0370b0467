"""Requisitions, requests for quotation, and purchase orders with what came against them."""

from erp.models.purchasing.order import (
    OrderStatus,
    Outcome,
    PurchaseOrder,
    PurchaseOrderDecision,
    PurchaseOrderLine,
    PurchaseOrderProgress,
    PurchaseOrderReceipt,
    PurchaseOrderVersion,
)
from erp.models.purchasing.quotation import (
    QuotationChoice,
    QuotationRequest,
    QuotationRequestLine,
    QuotationRequestSource,
    QuotationRequestSupplier,
    RequestStatus,
    SupplierQuotation,
    SupplierQuotationLine,
)
from erp.models.purchasing.requisition import (
    PurchaseRequisition,
    PurchaseRequisitionLine,
    PurchaseRequisitionOrder,
    RequisitionStatus,
)

__all__ = [
    "OrderStatus",
    "Outcome",
    "PurchaseOrder",
    "PurchaseOrderDecision",
    "PurchaseOrderLine",
    "PurchaseOrderProgress",
    "PurchaseOrderReceipt",
    "PurchaseOrderVersion",
    "PurchaseRequisition",
    "PurchaseRequisitionLine",
    "PurchaseRequisitionOrder",
    "QuotationChoice",
    "QuotationRequest",
    "QuotationRequestLine",
    "QuotationRequestSource",
    "QuotationRequestSupplier",
    "RequestStatus",
    "RequisitionStatus",
    "SupplierQuotation",
    "SupplierQuotationLine",
]
