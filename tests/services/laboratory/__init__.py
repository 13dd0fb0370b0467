"""Laboratories: their files, results and trends."""
