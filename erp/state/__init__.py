"""Reflex state: one small class per page; `session.py` is the only way to the services."""
