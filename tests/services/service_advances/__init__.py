"""Advances for services."""
