"""Tabs between the pages of laboratories."""

import reflex as rx

from erp.components import link_tabs

PARTS = [
    ("/laboratory", "Reports"),
    ("/laboratory/waiting", "Waiting"),
    ("/laboratory/files", "Files"),
    ("/laboratory/analytes", "Analytes"),
    ("/laboratory/mappings", "Mappings"),
]


def laboratory_tabs(here: str) -> rx.Component:
    """Return the tabs with the open page marked."""
    return link_tabs(here, PARTS)
