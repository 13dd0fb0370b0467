"""What a form of the catalogue is chosen from."""

from collections.abc import Awaitable, Callable
from typing import Any


async def brand_choices(ask: Callable[..., Awaitable[Any]]) -> list[dict[str, str]]:
    """Return every brand that was not merged, by name, to choose one."""
    choices, cursor = [], ""
    while True:
        found = await ask("catalog.list_brands", {"cursor": cursor, "limit": 200})
        choices += [
            {"value": str(row.id), "label": row.name}
            for row in found.rows
            if row.standing != "merged"
        ]
        cursor = found.next_cursor
        if not cursor:
            return choices
