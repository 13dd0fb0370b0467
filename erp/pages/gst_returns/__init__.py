"""Pages of GST returns."""
