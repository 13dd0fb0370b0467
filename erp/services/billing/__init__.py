"""Billing: invoices, credit notes and the tax on them."""
