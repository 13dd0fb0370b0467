"""The page for addresses that lead nowhere."""

import reflex as rx

from erp.components import empty_state, link_button
from erp.pages.routing import NOT_FOUND, page
from erp.state.registry import SIGNED_IN


@page(route=NOT_FOUND, title="Not found", permission=SIGNED_IN)
def not_found_page() -> rx.Component:
    """Say so, and offer the way back."""
    return empty_state(
        "compass",
        "There is nothing at this address",
        "It may have moved, or the link may be mistyped. Press Ctrl-K to search for it by name.",
        link_button("Go to Home", "/", icon="house"),
    )
