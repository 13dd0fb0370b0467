"""What the pages of buying know and do."""
