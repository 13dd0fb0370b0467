"""Stock value, now and on a past day."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    card,
    data_table,
    empty_state,
    list_view,
    page_header,
    stat_tile,
)
from erp.components.small_parts import tiles
from erp.pages.routing import Nav, page
from erp.state.inventory.valuation import GROUP_COLUMNS, PastStockState, ValuationState


@page(
    route="/stock/valuation",
    title="Stock value",
    permission="inventory.view",
    nav=Nav("Stock value", "coins", group="Stock", order=50),
    parent="/stock",
    on_load=[
        ValuationState.open_valuation,
        PastStockState.open_past,
        PastStockState.open_list,
    ],
)
def valuation_page() -> rx.Component:
    """Show what stock is worth."""
    totals = ValuationState.totals
    table = data_table(
        GROUP_COLUMNS,
        ValuationState.groups,
        label="Value by place and form",
        loading=ValuationState.is_loading,
        linked=True,
    )
    none = empty_state("coins", "Nothing is in stock", "Its value appears with the first delivery.")
    is_empty = ~ValuationState.is_loading & (ValuationState.groups.length() == 0)
    return rx.fragment(
        page_header("Stock value", "At cost, as in the books: always equal to the stock accounts."),
        tiles(
            stat_tile("At cost", totals["value"], icon="coins"),
            stat_tile("At MRP", totals["retail"], note="tax included"),
            stat_tile("MRP above cost", totals["margin"], note="before tax and discounts"),
            stat_tile("Units", totals["quantity"], note=f"in {totals['lots']}"),
        ),
        card(rx.cond(is_empty, none, table), title="Now, by place and form"),
        _past(),
    )


def _past() -> rx.Component:
    sums = PastStockState.sums
    return rx.fragment(
        rx.el.div(
            rx.el.h2("At the end of a day"),
            rx.el.p(
                "At cost ",
                rx.el.b(sums["value"]),
                " for ",
                rx.el.b(sums["quantity"]),
                " units.",
                role="status",
            ),
            class_name="section-head",
        ),
        list_view(
            PastStockState,
            label="Stock at the end of a day",
            search="",
            filters=[Filter("on", "Day"), Filter("known_on", "As known on")],
            empty=Empty("calendar", "Nothing was in stock", "Choose a later day."),
        ),
    )
