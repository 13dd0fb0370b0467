"""The first page after signing in."""

import reflex as rx

from erp.components import empty_state, page_header
from erp.pages.routing import Nav, page
from erp.state.registry import SIGNED_IN


@page(
    route="/",
    title="Home",
    permission=SIGNED_IN,
    nav=Nav("Home", "house", order=0, keys="g h"),
)
def home_page() -> rx.Component:
    """Greet and point to the work."""
    return rx.fragment(
        page_header("Home"),
        empty_state(
            "layout-dashboard",
            "Choose where to begin",
            "The navigation shows what your role may open. Press Ctrl-K to find anything by name.",
        ),
    )
