"""Bills of suppliers, each once, and which documents book them."""

from erp.models.seen_bills.seen_bill import BillSource, SeenBill, SeenBillUse

__all__ = ["BillSource", "SeenBill", "SeenBillUse"]
