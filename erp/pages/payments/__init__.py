"""Pages of payments and of what is owed."""
