"""Pages of members, roles and access."""
