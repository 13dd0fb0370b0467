"""Tabs between the pages of imaging."""

import reflex as rx

from erp.components import link_tabs
from erp.state.shell import ShellState

FIGURES = ("/imaging/figures", "Figures")
PARTS = [
    ("/imaging", "Queue"),
    ("/imaging/sessions", "All sessions"),
    ("/imaging/studies", "Archive"),
    ("/imaging/appointments", "Appointments"),
    ("/imaging/worklist", "Worklist"),
    ("/imaging/upload", "Upload"),
    ("/imaging/quarantine", "Quarantine"),
    ("/imaging/devices", "Devices"),
    ("/imaging/peers", "DICOM peers"),
    ("/imaging/protocols", "Protocols"),
]


def imaging_tabs(here: str) -> rx.Component:
    """Return the tabs the reader may open, with the open page marked."""
    return rx.cond(
        ShellState.may_open[FIGURES[0]],
        link_tabs(here, [*PARTS, FIGURES]),
        link_tabs(here, PARTS),
    )
