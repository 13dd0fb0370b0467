"""Identifiers: UUID version 7, so that new rows sort after old ones."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a fresh time-ordered identifier."""
    return uuid7()
