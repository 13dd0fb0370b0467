"""State of the pages of GST returns."""
