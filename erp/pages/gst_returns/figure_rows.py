"""The rows behind one figure of a GST return."""

import reflex as rx

from erp.components import Empty, link_button, list_view, page_header, stat_tile
from erp.components.small_parts import tiles
from erp.pages.routing import page
from erp.state.gst_returns.figure_rows import FigureRowsState
from erp.state.gst_returns.wording import VIEW


@page(
    route="/gst/rows",
    title="Rows of a figure",
    permission=VIEW,
    parent="/gst",
    on_load=[FigureRowsState.open_list],
)
def figure_rows_page() -> rx.Component:
    """List the lines that add up to a figure."""
    state = FigureRowsState
    return rx.fragment(
        page_header(
            rx.cond(state.title != "", state.title, "Rows of a figure"),
            "Lines of documents as they count, notes below zero.",
            link_button("The return", state.back, look="outline", icon="arrow-left"),
        ),
        tiles(
            stat_tile("Taxable", state.sums["taxable"], icon="sigma"),
            stat_tile("Tax", state.sums["tax"], icon="landmark"),
        ),
        list_view(
            state,
            label="Rows",
            search="Number, party or GSTIN",
            empty=Empty("files", "Nothing is in this figure", "Open another figure of the return."),
        ),
    )
