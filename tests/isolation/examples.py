"""Shapes of example inputs, made from the ids of what a shop owns."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tests.factories import Shop

Ids = dict[str, UUID]
Example = Callable[[Ids, Shop], dict[str, Any]]


def only(*names: str, **more: Any) -> Example:
    """Return an example that names these ids under their own names."""
    return lambda ids, _: {name: ids[name] for name in names} | more
