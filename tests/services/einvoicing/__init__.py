"""E-invoices and way bills against a portal with books of its own."""
