"""The figures of buying, and the rows they are made of."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    bone,
    card,
    chart_card,
    data_table,
    empty_state,
    grid,
    link_button,
    link_tabs,
    list_view,
    page_header,
    stat_tile,
)
from erp.components.small_parts import tiles
from erp.pages.purchasing.scorecard import period_chooser
from erp.pages.routing import Nav, page
from erp.state.purchasing.changes import CHANGE_COLUMNS, PriceChangesState, ReceivedState
from erp.state.purchasing.figures import LATE_COLUMNS, RECOVERY_COLUMNS, FiguresState
from erp.state.purchasing.wording import AGAINST, DIRECTIONS, RECEIVED_STANDINGS, VIEW

SISTERS = (
    ("/purchases/figures", "Figures"),
    ("/purchases/figures/received", "Goods received"),
    ("/purchases/figures/prices", "Price changes"),
)
NOTHING_CAME = "Figures appear here with the first delivery."
loading = FiguresState.is_loading


@page(
    route="/purchases/figures",
    title="Figures of buying",
    permission=VIEW,
    nav=Nav("Figures", "chart-column", group="Buy", order=30),
    parent="/purchases",
    on_load=[FiguresState.open_figures, FiguresState.open_list, FiguresState.listen],
)
def figures_page() -> rx.Component:
    """Show what was bought, of whom, and how suppliers did."""
    return rx.fragment(
        page_header(
            "Figures of buying",
            "By what came in, at cost without tax. Every figure leads to its rows.",
            period_chooser(FiguresState),
        ),
        link_tabs("/purchases/figures", SISTERS),
        tiles(
            _tile("Received", "received", "truck"),
            _tile("Orders sent", "orders", "clipboard-list"),
            _tile("Late now", "late", "clock-alert"),
            _tile("Dearer goods", "rises", "trending-up"),
        ),
        _charts(),
        grid(_rises(), _late()),
        _scorecards(),
        _recovery(),
    )


def _tile(label: str, key: str, icon: str) -> rx.Component:
    value = rx.cond(loading, bone("110px", "24px"), FiguresState.tiles[key])
    note = rx.cond(loading, bone("150px"), FiguresState.tiles[f"{key}_note"])
    tone = FiguresState.tiles["late_tone"] if key == "late" else ""
    return stat_tile(label, value, note=note, to=FiguresState.links[key], icon=icon, tone=tone)


def _charts() -> rx.Component:
    return grid(
        chart_card(
            "Received by month",
            FiguresState.months,
            loading=loading,
            is_empty=~FiguresState.has_months,
            empty_text=NOTHING_CAME,
            subtitle="The twelve months up to the end of the period",
            on_click=FiguresState.open_month,
            span=12,
            height="216px",
        ),
        chart_card(
            "By supplier",
            FiguresState.suppliers,
            loading=loading,
            is_empty=~FiguresState.has_spend,
            empty_text="Nothing came in this time. Choose a longer one.",
            on_click=FiguresState.open_supplier,
            height="400px",
        ),
        chart_card(
            "By brand",
            FiguresState.brands,
            loading=loading,
            is_empty=~FiguresState.has_spend,
            empty_text="Nothing came in this time. Choose a longer one.",
            on_click=FiguresState.open_brand,
            height="400px",
        ),
    )


def _rises() -> rx.Component:
    table = data_table(
        CHANGE_COLUMNS, FiguresState.rises, label="Dearer goods", loading=loading, linked=True
    )
    none = empty_state(
        "circle-check", "Nothing got dearer", "Products whose last price rose appear here."
    )
    every = link_button("All price changes", FiguresState.links["rises"], look="ghost")
    return card(
        rx.cond(~loading & (FiguresState.rises.length() == 0), none, table),
        title="Dearer goods",
        subtitle="The last price above the one before, times what came last",
        actions=(every,),
        span=12,
    )


def _late() -> rx.Component:
    table = data_table(LATE_COLUMNS, FiguresState.late, label="Late orders", linked=True)
    every = link_button("All late orders", "/purchases?standing=late", look="ghost")
    return rx.cond(
        FiguresState.late.length() > 0, card(table, title="Late orders", actions=(every,))
    )


def _recovery() -> rx.Component:
    """Return what suppliers gave of what was claimed in the period, where something was."""
    table = data_table(
        RECOVERY_COLUMNS, FiguresState.recovery, label="Claims on suppliers", linked=True
    )
    shown = card(
        table, title="Claims on suppliers", subtitle="Asked for in this period, with tax", span=12
    )
    return rx.cond(FiguresState.recovery.length() > 0, shown)


def _scorecards() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.h2("Suppliers"),
            rx.el.p("How they kept their word in this period. A row leads to the figures' rows."),
            class_name="section-head",
        ),
        list_view(
            FiguresState,
            label="Suppliers' scorecards",
            search="",
            empty=Empty(
                "clipboard-list",
                "No supplier in this time",
                "Choose a longer period. Scorecards appear with the first order or delivery.",
            ),
        ),
    )


@page(
    route="/purchases/figures/received",
    title="Goods received",
    permission=VIEW,
    parent="/purchases/figures",
    on_load=[ReceivedState.open_list, ReceivedState.listen],
)
def received_page() -> rx.Component:
    """List what came, line by line."""
    return rx.fragment(
        page_header("Goods received", ReceivedState.sums),
        link_tabs("/purchases/figures/received", SISTERS),
        list_view(
            ReceivedState,
            label="Goods received",
            search="Product or document",
            filters=[
                Filter("standing", "Standing", list(RECEIVED_STANDINGS.items())),
                Filter("from_day", "From"),
                Filter("to_day", "To"),
            ],
            empty=Empty(
                "truck",
                "Nothing has come yet",
                "Receive goods against an order, or without one.",
                link_button("Receive goods", "/receiving/new", icon="truck"),
            ),
        ),
    )


@page(
    route="/purchases/figures/prices",
    title="Price changes",
    permission=VIEW,
    parent="/purchases/figures",
    on_load=[PriceChangesState.open_list, PriceChangesState.listen],
)
def price_changes_page() -> rx.Component:
    """List products whose price changed."""
    return rx.fragment(
        page_header("Price changes", PriceChangesState.sums),
        link_tabs("/purchases/figures/prices", SISTERS),
        list_view(
            PriceChangesState,
            label="Price changes",
            search="",
            filters=[
                Filter("against", "Against", list(AGAINST.items()), "Delivery before"),
                Filter("direction", "Direction", list(DIRECTIONS.items()), "All changes"),
                Filter("from_day", "From"),
                Filter("to_day", "To"),
            ],
            empty=Empty(
                "equal",
                "No price changed",
                "In the last 90 days everything cost what it did before. Choose an earlier day.",
            ),
        ),
    )
