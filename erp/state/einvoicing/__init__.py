"""States of the pages of e-invoices and way bills."""
