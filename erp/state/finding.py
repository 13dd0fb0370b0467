"""What a scan on a page means: the one product that has the code."""

from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx
from pydantic import ValidationError

from erp.core.errors import DomainError


async def exact_find(ask: Callable[..., Awaitable[Any]], text: str) -> Any:
    """Return the row of `catalog.search_products` that has the scanned code, or what to tell.

    A GS1 message names the lot too, if it is known. `ask` runs a query for the page.
    """
    try:
        found = await ask("catalog.search_products", {"search": text, "limit": 1})
    except (DomainError, ValidationError):
        return rx.toast.warning("This code cannot be read. Find the product by name.")
    exact = [row for row in found.rows if row.is_exact]
    if not exact:
        return rx.toast.warning(
            "No product has this code. Find it by name, and add the code on its page."
        )
    return exact[0]
