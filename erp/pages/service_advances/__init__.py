"""Pages of advances for services."""
