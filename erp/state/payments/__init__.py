"""State of payments' pages."""
