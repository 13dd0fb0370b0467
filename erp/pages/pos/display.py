"""The screen that faces the customer."""

import reflex as rx

from erp.components.till import CustomerDisplay
from erp.pages.routing import page
from erp.state.pos.till import SELL
from erp.state.shell import ShellState


@page(
    route="/till/display",
    title="Customer display",
    permission=SELL,
    parent="/till",
    is_bare=True,
)
def display_page() -> rx.Component:
    """Show the bill of the till that opened it, and the shop's name while there is none."""
    return CustomerDisplay.create(shop=ShellState.tenant_name, branch=ShellState.branch_name)
