"""Invoices and credit notes."""

from erp.models.billing.invoice import Invoice, InvoiceKind, InvoiceLine, InvoiceLineReturn

__all__ = ["Invoice", "InvoiceKind", "InvoiceLine", "InvoiceLineReturn"]
