"""Figures of models from a CSV."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from erp.components import badge, card, form_view, link_button, notice, page_header
from erp.components.browser_parts import FileBox
from erp.components.file_columns import chosen_file, file_columns
from erp.pages.imaging.tabs import imaging_tabs
from erp.pages.routing import page
from erp.state.imaging.figure_files import LARGEST_FILE, OPERATE
from erp.state.imaging.figure_files import FigureFileState as State


@page(
    route="/imaging/biomarkers",
    title="Biomarkers from a file",
    permission=OPERATE,
    parent="/imaging/upload",
    command="biomarkers.import_figures",
    on_load=[State.open_new],
)
def figure_file_page() -> rx.Component:
    """Keep figures that a program worked out of pictures and wrote into a CSV."""
    return rx.fragment(
        page_header(
            "Biomarkers from a file",
            "A CSV with a figure in each row. Nothing is kept until you say so.",
            link_button("Upload", "/imaging/upload", look="ghost", icon="upload"),
        ),
        imaging_tabs("/imaging/upload"),
        card(_source(), title="File"),
        rx.cond(
            State.rows.length() > 0,
            card(
                _rows(),
                rx.cond(State.is_ready, form_view(State, submit="Keep the figures")),
                title="Rows",
            ),
        ),
    )


def _source() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.label("CSV"),
            FileBox.create(
                accept=".csv,text/csv",
                label="Choose the file",
                most_bytes=LARGEST_FILE,
                on_file=State.load,
            ),
            rx.el.p(
                "Needed: session or study UID, model, version, biomarker, value. Also read: run, time, unit,"
                " interval, series UID. Worked out by software; not for diagnosis.",
                class_name="hint",
            ),
            class_name="field",
        ),
        rx.cond(State.problem != "", notice(State.problem, tone="red")),
        chosen_file(State.file_name),
        file_columns(State, "Columns, as read", is_open=True),
    )


def _rows() -> rx.Component:
    titles = rx.el.tr(
        rx.el.th("Row", scope="col"),
        rx.el.th("Session", scope="col"),
        rx.el.th("Biomarker", scope="col"),
        rx.el.th("Value", class_name="right", scope="col"),
        rx.el.th("Standing", scope="col"),
        rx.el.th("Model", class_name="wide-only", scope="col"),
    )
    table = rx.el.table(
        rx.el.thead(titles),
        rx.el.tbody(rx.foreach(State.rows, _row)),
        class_name="table",
        aria_label="Figures of the file",
    )
    return rx.fragment(
        rx.el.p(State.summary, class_name="soft", role="status"),
        rx.el.div(table, class_name="scroll-x"),
    )


def _row(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row["number"], class_name="numeric"),
        rx.el.td(
            rx.cond(
                row["to"] != "",
                ReactRouterLink.create(row["session"], to=row["to"]),
                row["session"],
            )
        ),
        rx.el.td(row["name"]),
        rx.el.td(row["value"], class_name="right numeric"),
        rx.el.td(
            badge(row["standing"], row["tone"]),
            rx.cond(row["wrong"] != "", rx.el.span(row["wrong"], class_name="detail")),
        ),
        rx.el.td(row["model"], rx.el.span(row["run"], class_name="detail"), class_name="wide-only"),
        key=row["number"],
    )
