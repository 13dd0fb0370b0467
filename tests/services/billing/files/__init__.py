"""Suppliers' bills that come as files."""
