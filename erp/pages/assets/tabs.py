"""The sister pages of fixed assets."""

import reflex as rx

from erp.components import link_tabs

PARTS = (
    ("/fixed-assets", "Assets"),
    ("/fixed-assets/register", "Register"),
    ("/fixed-assets/depreciation", "Depreciation"),
    ("/fixed-assets/tax-blocks", "Income tax"),
    ("/fixed-assets/kinds", "Kinds"),
)


def asset_tabs(here: str) -> rx.Component:
    """Return the tabs of fixed assets."""
    return link_tabs(here, PARTS)
