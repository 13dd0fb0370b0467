"""The sister pages of expenses."""

import reflex as rx

from erp.components import link_tabs

PARTS = (
    ("/expenses", "Expenses"),
    ("/expenses/petty-cash", "Petty cash"),
    ("/expenses/kinds", "Kinds"),
)


def expense_tabs(here: str) -> rx.Component:
    """Return the tabs of expenses."""
    return link_tabs(here, PARTS)
