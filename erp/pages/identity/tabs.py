"""The sister pages of access."""

import reflex as rx

from erp.components import link_tabs

ACCESS = (
    ("/settings/members", "Members"),
    ("/settings/roles", "Roles"),
    ("/settings/tokens", "API tokens"),
)


def access_tabs(here: str) -> rx.Component:
    """Return the tabs of members, roles and tokens."""
    return link_tabs(here, ACCESS)
