"""State of the system."""
