"""GST on a supply and the place of it: pure calculations under every document.

Quotations, orders and invoices share them, so that what was quoted is what is billed.
"""
