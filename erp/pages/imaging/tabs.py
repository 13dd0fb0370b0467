"""Tabs between the pages of imaging."""

import reflex as rx

from erp.components import link_tabs


def imaging_tabs(here: str) -> rx.Component:
    """Return the tabs, with the open page marked."""
    return link_tabs(
        here,
        [
            ("/imaging", "Queue"),
            ("/imaging/sessions", "All sessions"),
            ("/imaging/quarantine", "Quarantine"),
            ("/imaging/devices", "Devices"),
            ("/imaging/protocols", "Protocols"),
            ("/imaging/figures", "Figures"),
        ],
    )
