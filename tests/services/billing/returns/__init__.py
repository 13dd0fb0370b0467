"""Goods that go back to their supplier."""
