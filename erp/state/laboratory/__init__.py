"""State of the pages of laboratories."""
