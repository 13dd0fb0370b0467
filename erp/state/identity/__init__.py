"""State of members, roles and access."""
