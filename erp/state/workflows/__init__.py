"""State of the inbox."""
