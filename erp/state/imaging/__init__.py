"""States of the imaging pages."""
