"""Banks: statements as the bank gives them, and their lines matched with the books."""
