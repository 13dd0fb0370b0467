"""The sister pages that explain stock."""

import reflex as rx

from erp.components import link_tabs

ANALYSES = (
    ("/stock/ageing", "Age"),
    ("/stock/idle", "Dead and slow"),
    ("/stock/classes", "ABC and turnover"),
)


def analysis_tabs(here: str) -> rx.Component:
    """Return the tabs of the pages that explain stock."""
    return link_tabs(here, ANALYSES)
