"""Products, their variants and their taxes."""
