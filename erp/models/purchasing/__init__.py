"""Purchase orders: their versions, decisions, lines, and what came against them."""

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

__all__ = [
    "OrderStatus",
    "Outcome",
    "PurchaseOrder",
    "PurchaseOrderDecision",
    "PurchaseOrderLine",
    "PurchaseOrderProgress",
    "PurchaseOrderReceipt",
    "PurchaseOrderVersion",
]
