"""The sister pages of payment gateways."""

import reflex as rx

from erp.components import link_tabs

PAGES = (
    ("/payment-links", "Payment links"),
    ("/gateways/settlements", "Settlements"),
    ("/gateways/invoices", "Charges"),
    ("/gateways/exceptions", "To settle"),
    ("/gateways", "Accounts"),
)


def gateway_tabs(here: str) -> rx.Component:
    """Return the tabs of payment gateways."""
    return link_tabs(here, PAGES)
