"""Customers, suppliers, patients."""
