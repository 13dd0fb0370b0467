"""What the pages that explain stock share: their tabs, and the list of what is set."""

from typing import Any

import reflex as rx

from erp.components import link_tabs

ANALYSES = (
    ("/stock/ageing", "Age"),
    ("/stock/ageing/idle", "Dead and slow"),
    ("/stock/ageing/classes", "ABC and turnover"),
)


def analysis_tabs(here: str) -> rx.Component:
    """Return the tabs of the pages that explain stock."""
    return link_tabs(here, ANALYSES)


def settings_list(rows: Any, value: str) -> rx.Component:
    """Return what is set for whom: rows have `id`, `name`, `since` and the value."""

    def line(row: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(row["name"], rx.el.span(row["since"], class_name="detail")),
            rx.el.b(row[value], class_name="numeric"),
            key=row["id"],
        )

    return rx.el.ul(rx.foreach(rows, line), class_name="fact-lines")
