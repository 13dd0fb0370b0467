"""Filters of lists: a statement says only what is asked, so that an index serves each of them."""

from collections.abc import Mapping
from typing import LiteralString

from erp.services.platform.inputs import Query


def conditions_of(wanted: Query, conditions: Mapping[str, LiteralString]) -> LiteralString:
    """Return the conditions of the fields that are given, joined for a `where` clause.

    `field is null or column = field` would say the same, but a plan made once for all values
    cannot use the column's index then.

    Args:
        wanted: What the caller asks; none and the empty text ask for nothing.
        conditions: Text per field, each beginning with `and`.
    """
    asked = [text for field, text in conditions.items() if getattr(wanted, field) not in (None, "")]
    return " ".join(asked)
