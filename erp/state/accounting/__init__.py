"""State of the books."""
