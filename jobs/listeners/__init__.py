"""Processes that listen to the outside."""
