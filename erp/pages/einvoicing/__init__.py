"""Pages of e-invoices and way bills."""
