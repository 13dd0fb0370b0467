"""Cycle counting: what is due, and how right the books were."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    bone,
    button,
    card,
    chart_card,
    form_dialog,
    link_button,
    link_tabs,
    list_view,
    page_header,
    quantity_field,
    select_field,
    stat_tile,
)
from erp.components.small_parts import tiles
from erp.pages.inventory.analysis_tabs import settings_list
from erp.pages.routing import page
from erp.state.inventory.cycle_counting import (
    CountAccuracyState,
    DueLotsState,
    SetCountIntervalState,
)
from erp.state.inventory.stock import PlacesState

TABS = (
    ("/stock/counts", "Counts"),
    ("/stock/counts/due", "Due"),
    ("/stock/counts/accuracy", "Accuracy"),
)
CLASSES = [
    ("A", "A, first 80% of consumption"),
    ("B", "B, next 15%"),
    ("C", "C, last 5%"),
]
PERIODS = [("31", "Last month"), ("183", "Last half year"), ("365", "Last year")]


def count_tabs(here: str) -> rx.Component:
    """Return the tabs of the pages of counts."""
    return link_tabs(here, TABS)


@page(
    route="/stock/counts/due",
    title="Due to be counted",
    permission="inventory.view",
    parent="/stock/counts",
    on_load=[PlacesState.open_places, DueLotsState.open_list, DueLotsState.listen],
)
def due_counts_page() -> rx.Component:
    """Show which lots are to be counted."""
    start = rx.cond(
        DueLotsState.may_count,
        link_button("Count what is due", DueLotsState.start_link, icon="clipboard-check"),
    )
    return rx.fragment(
        page_header(
            "Counts",
            "What has not been compared with its shelf for as long as its class allows.",
            start,
        ),
        count_tabs("/stock/counts/due"),
        rx.el.div(
            rx.foreach(DueLotsState.classes, _class),
            class_name="tiles three rungs",
            role="group",
            aria_label="Classes",
        ),
        list_view(
            DueLotsState,
            label="Lots to count",
            search="Product or lot number",
            filters=[
                Filter("abc", "Class", CLASSES),
                Filter("location_id", "Place", PlacesState.places),
            ],
            empty=Empty(
                "circle-check",
                "Nothing is due",
                "Lots appear here when their last count is older than their class allows.",
            ),
        ),
        _intervals(),
        _set_interval(),
    )


def _class(tile: Any) -> rx.Component:
    return rx.el.button(
        rx.el.div(tile["label"], class_name="tile-label"),
        rx.el.div(tile["value"], class_name="tile-value"),
        rx.el.div(tile["note"], class_name="tile-note"),
        type="button",
        on_click=DueLotsState.choose(tile["abc"]),
        class_name="card tile span-4",
        custom_attrs={"data-tone": tile["tone"]},
        aria_pressed=tile["is_chosen"],
        key=tile["abc"],
    )


def _intervals() -> rx.Component:
    change = button(
        "Set an interval",
        look="ghost",
        icon="pencil",
        on_click=SetCountIntervalState.open_dialog("", ""),
    )
    return card(
        settings_list(DueLotsState.classes, "every"),
        rx.el.p(
            "Classes go by what was consumed in the last 13 weeks, at cost. A lot that nobody"
            " counted yet is due so many days after it came.",
            class_name="hint",
        ),
        title="How often goods are counted",
        actions=(rx.cond(DueLotsState.may_plan, change),),
    )


def _set_interval() -> rx.Component:
    errors = SetCountIntervalState.field_errors
    return form_dialog(
        SetCountIntervalState,
        select_field("Class", "abc", CLASSES, errors=errors, required=True),
        quantity_field("Count within days", "days", errors=errors, required=True, placeholder="30"),
        title="How often goods are counted",
        subtitle="In every branch, from now on.",
        submit="Set interval",
    )


@page(
    route="/stock/counts/accuracy",
    title="Accuracy of stock",
    permission="inventory.view",
    parent="/stock/counts",
    on_load=[PlacesState.open_places, CountAccuracyState.open_list, CountAccuracyState.listen],
)
def count_accuracy_page() -> rx.Component:
    """Show how often the books were right, and what was missing."""
    return rx.fragment(
        page_header("Counts", "How often the books were right where they were counted."),
        count_tabs("/stock/counts/accuracy"),
        tiles(
            _tile("Accuracy", "accuracy", "exact", "target"),
            _tile("Counts posted", "counts", "since", "clipboard-check"),
            _tile("Missing, at cost", "lost", "recounted", "trending-down"),
            _tile("Found, at cost", "gained", "since", "trending-up"),
        ),
        chart_card(
            "Missing at cost, by month",
            CountAccuracyState.chart,
            loading=CountAccuracyState.is_loading,
            is_empty=~CountAccuracyState.has_counts,
            empty_text="Figures appear here with the first count that is approved.",
            span=12,
        ),
        list_view(
            CountAccuracyState,
            label="Products that differed",
            search="Product",
            filters=[
                Filter("days", "Period", PERIODS, anything="Last quarter"),
                Filter("location_id", "Place", PlacesState.places),
            ],
            empty=Empty(
                "circle-check",
                "Every shelf held what the books said",
                "Products appear here when an approved count found more or less of them.",
                link_button("See what is due", "/stock/counts/due", look="outline"),
            ),
        ),
    )


def _tile(label: str, key: str, note: str, icon: str) -> rx.Component:
    sums, loading = CountAccuracyState.sums, CountAccuracyState.is_loading
    return stat_tile(
        label,
        rx.cond(loading, bone("120px", "24px"), sums[key]),
        note=rx.cond(loading, bone("90px"), sums[note]),
        icon=icon,
    )
