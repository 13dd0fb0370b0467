"""What a product cost: a card of the product's page."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    card,
    data_table,
    download_link,
    empty_state,
    link_button,
    notice,
    page_turner,
)
from erp.components.charts import plain_chart
from erp.state.purchasing.prices import OFFER_COLUMNS, PriceState

PRICES = ("Last", "Lowest", "Average")


def prices_card() -> rx.Component:
    """Return the prices paid for a variant of the shown product, with their history."""
    shown = card(
        rx.cond(PriceState.problem != "", notice(PriceState.problem, tone="red")),
        rx.cond(PriceState.rows.length() > 0, _history(), _none()),
        rx.cond(PriceState.offers.length() > 0, _offers()),
        title="Prices paid",
        actions=(_variants(), _export()),
    )
    return rx.cond(PriceState.may_see, shown)


def _variants() -> rx.Component:
    def option(choice: Any) -> rx.Component:
        return rx.el.option(choice["label"], value=choice["value"], key=choice["value"])

    chooser = rx.el.select(
        rx.foreach(PriceState.variants, option),
        value=PriceState.filters["variant_id"],
        on_change=lambda value: PriceState.narrow("variant_id", value),
        class_name="input chooser",
        aria_label="Potency and pack",
    )
    only = badge(PriceState.variants[0]["label"], "gray")
    return rx.cond(PriceState.variants.length() > 1, chooser, only)


def _export() -> rx.Component:
    name = f"{PriceState.query}.xlsx?shown_as={PriceState.list_name}"
    address = f"/api/erp/export/{name}&{PriceState.export_query}"
    return rx.cond(PriceState.rows.length() > 0, download_link("XLSX", address))


def _history() -> rx.Component:
    sums = [rx.el.span(name, " ", rx.el.b(PriceState.prices[name.lower()])) for name in PRICES]
    table = data_table(PriceState.columns, PriceState.rows, label="Prices paid", linked=True)
    return rx.fragment(
        rx.el.div(*sums, class_name="price-sums"),
        plain_chart(PriceState.chart, height="190px"),
        table,
        rx.el.div(
            rx.el.span("Tax excluded; free units share the cost of the paid ones."),
            page_turner(PriceState),
            class_name="list-foot prices-foot",
        ),
    )


def _offers() -> rx.Component:
    """Return what suppliers offered of late, chosen or not."""
    return rx.fragment(
        rx.el.h3("Prices offered", class_name="review-title"),
        data_table(OFFER_COLUMNS, PriceState.offers, label="Prices offered", linked=True),
    )


def _none() -> rx.Component:
    return empty_state(
        "chart-line",
        "Never bought yet",
        "Each delivery adds its price here, by supplier and day.",
        link_button("New order", f"/purchases/new?variant_id={PriceState.filters['variant_id']}"),
    )
