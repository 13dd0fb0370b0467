"""State of figures."""
