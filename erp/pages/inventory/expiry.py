"""The expiry ladder."""

from typing import Any

import reflex as rx

from erp.components import Empty, button, chart_card, link_button, list_view, page_header
from erp.pages.routing import Nav, page
from erp.state.inventory.expiry import ExpiryState


@page(
    route="/stock/expiry",
    title="Expiry",
    permission="inventory.view",
    nav=Nav("Expiry", "calendar-clock", group="Stock", order=40, keys="g e"),
    parent="/stock",
    on_load=[ExpiryState.open_list, ExpiryState.listen],
)
def expiry_page() -> rx.Component:
    """Show what expires when."""
    alert = button(
        "Alert now", icon="bell-ring", busy=ExpiryState.is_alerting, on_click=ExpiryState.alert
    )
    return rx.fragment(
        page_header(
            "Expiry",
            "Goods by the days they have left. Everyone who sees stock is told each morning.",
            rx.cond(ExpiryState.may_alert, alert),
        ),
        rx.el.div(
            rx.foreach(ExpiryState.rungs, _rung),
            class_name="tiles rungs",
            role="group",
            aria_label="Days left",
        ),
        chart_card(
            "Value at cost by days left",
            ExpiryState.chart,
            loading=ExpiryState.is_loading,
            is_empty=~ExpiryState.has_chart,
            empty_text="Nothing expires within 90 days.",
            on_click=ExpiryState.open_bar,
            span=12,
            height="190px",
        ),
        list_view(
            ExpiryState,
            label="Lots by expiry",
            search="",
            row_action=_send_back,
            empty=Empty(
                "calendar-check",
                "Nothing here",
                "No lot on hand has this many days left. Choose another tile above.",
            ),
        ),
    )


def _send_back(row: Any) -> rx.Component:
    return rx.cond(row["door"] != "", link_button("Return", row["door"], look="outline"))


def _rung(tile: Any) -> rx.Component:
    return rx.el.button(
        rx.el.div(tile["label"], class_name="tile-label"),
        rx.el.div(tile["value"], class_name="tile-value"),
        rx.el.div(tile["note"], class_name="tile-note"),
        type="button",
        on_click=ExpiryState.choose(tile["rung"]),
        class_name="card tile span-3",
        custom_attrs={"data-tone": tile["tone"]},
        aria_pressed=tile["is_chosen"],
        key=tile["rung"],
    )
