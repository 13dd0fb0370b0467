"""The page for doors that stay closed to the reader's role."""

import reflex as rx

from erp.components import empty_state, link_button
from erp.pages.routing import page
from erp.state.registry import SIGNED_IN
from erp.state.shell import NO_PERMISSION_ROUTE


@page(route=NO_PERMISSION_ROUTE, title="Not allowed", permission=SIGNED_IN)
def no_permission_page() -> rx.Component:
    """Say what to do about it."""
    return empty_state(
        "lock",
        "Your role does not open this page",
        "Ask an owner of your organisation to grant it, or go on with what your role allows.",
        link_button("Go to Home", "/", icon="house"),
    )
