"""GSTR-4, the annual return of a dealer by composition."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    card,
    data_table,
    list_view,
    page_header,
    stat_tile,
)
from erp.components.small_parts import tiles
from erp.pages.gst_returns.tabs import gst_tabs
from erp.pages.routing import page
from erp.state.gst_returns.gstr4 import FIGURE_COLUMNS, FIGURES, WRONG_COLUMNS, Gstr4State
from erp.state.gst_returns.wording import VIEW


@page(
    route="/gst/gstr-4",
    title="GSTR-4",
    permission=VIEW,
    parent="/gst",
    on_load=[Gstr4State.open_year, Gstr4State.open_list, Gstr4State.listen],
)
def gstr4_page() -> rx.Component:
    """Show the figures of a year by composition, what is wrong with them, and the rows behind each."""
    state = Gstr4State
    export = button("Portal JSON", look="solid", icon="download", on_click=state.export)
    return rx.fragment(
        page_header(
            "GSTR-4",
            "The year by composition: worked out from documents, proved against the accounts.",
            rx.cond(state.sums["may_export"] != "", export),
        ),
        gst_tabs("/gst/gstr-4"),
        rx.cond(
            state.figures.length() > 0,
            rx.fragment(
                tiles(
                    stat_tile(
                        "Supplied", state.sums["supplied"], icon="sigma", note=state.sums["before"]
                    ),
                    stat_tile("Proof", state.sums["proof"], icon="scale", note="With the accounts"),
                    stat_tile(
                        "Left to pay", state.sums["rest"], icon="banknote", note="After the CMP-08s"
                    ),
                ),
                rx.cond(
                    state.wrong.length() > 0,
                    card(
                        data_table(
                            WRONG_COLUMNS, state.wrong, label="To be looked at", linked=True
                        ),
                        title="To be looked at",
                    ),
                ),
                card(
                    data_table(FIGURE_COLUMNS, state.figures, label="Figures", linked=True),
                    title="Figures",
                ),
            ),
        ),
        list_view(
            state,
            label="Rows of the figure",
            search="Number, party or GSTIN",
            filters=[
                Filter("year_from", "Year", state.years, "Last year"),
                Filter("part", "Figure", FIGURES, "6 out: supplied"),
                Filter("gstin", "Registration", state.registrations, "First registration"),
            ],
            empty=Empty("files", "Nothing is in this figure", "Choose another figure or year."),
        ),
    )
