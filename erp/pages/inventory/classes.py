"""ABC x XYZ and turnover."""

from typing import Any

import reflex as rx

from erp.components import Empty, Filter, bone, card, link_button, list_view, page_header, stat_tile
from erp.components.small_parts import tiles
from erp.pages.inventory.analysis_tabs import analysis_tabs
from erp.pages.routing import page
from erp.state.inventory.classes import ClassesState

PERIODS = [("4", "Last 4 weeks"), ("26", "Last 26 weeks"), ("52", "Last 52 weeks")]
_VALUE = (
    ("A", "first 80% of consumption"),
    ("B", "next 15%"),
    ("C", "last 5%"),
)
_DEMAND = (
    ("X", "sells evenly"),
    ("Y", "swings"),
    ("Z", "now and then"),
)


@page(
    route="/stock/ageing/classes",
    title="ABC and turnover",
    permission="inventory.view",
    parent="/stock/ageing",
    on_load=[ClassesState.open_list, ClassesState.listen],
)
def classes_page() -> rx.Component:
    """Show which products matter, which sell evenly, and how fast stock turns over."""
    return rx.fragment(
        page_header(
            "Stock analysis",
            "Which products carry the business, how evenly they sell, how fast stock turns over.",
        ),
        analysis_tabs("/stock/ageing/classes"),
        tiles(
            _tile("Consumed", "consumed", "consumed_note", "shopping-bag"),
            _tile("Average stock", "average", "at cost, over every moment of it", "coins"),
            _tile("Turns over, a year", "turnover", "consumed by average stock", "refresh-cw"),
            _tile("Stock lasts", "lasts", "at the pace of the period", "hourglass"),
        ),
        card(_matrix(), title="Value by evenness"),
        list_view(
            ClassesState,
            label="Products by class",
            search="Product",
            filters=[
                Filter("weeks", "Period", PERIODS, anything="Last 13 weeks"),
                Filter("abc", "Value", [(name, f"{name}, {words}") for name, words in _VALUE]),
                Filter("xyz", "Evenness", [(name, f"{name}, {words}") for name, words in _DEMAND]),
            ],
            empty=Empty(
                "package-open",
                "Nothing to put into classes",
                "Products appear here when they are in stock or were sold in the period.",
                link_button("Receive goods", "/receiving/new", icon="truck"),
            ),
        ),
    )


def _tile(label: str, key: str, note: str, icon: str) -> rx.Component:
    sums, loading = ClassesState.sums, ClassesState.is_loading
    words = rx.cond(loading, bone("90px"), sums[note]) if note.endswith("_note") else note
    return stat_tile(
        label, rx.cond(loading, bone("120px", "24px"), sums[key]), note=words, icon=icon
    )


def _matrix() -> rx.Component:
    heads = [
        rx.el.div(rx.el.b(name), rx.el.span(words), class_name="matrix-head")
        for name, words in (("", ""), *_DEMAND)
    ]
    sides = [
        rx.el.div(
            rx.el.b(name),
            rx.el.span(words),
            class_name="matrix-side",
            style={"grid_row": str(place + 2)},
        )
        for place, (name, words) in enumerate(_VALUE)
    ]
    waiting = [bone("100%", "64px") for _ in range(9)]
    return rx.el.div(
        *heads,
        *sides,
        rx.cond(
            ClassesState.is_loading, rx.fragment(*waiting), rx.foreach(ClassesState.cells, _cell)
        ),
        class_name="matrix",
        role="group",
        aria_label="Classes",
    )


def _cell(cell: Any) -> rx.Component:
    return rx.el.button(
        rx.el.b(cell["name"], class_name="matrix-name"),
        rx.el.span(cell["count"]),
        rx.el.small(cell["consumed"]),
        rx.el.small(cell["stock"]),
        type="button",
        on_click=ClassesState.choose(cell["name"]),
        custom_attrs={"data-empty": cell["is_empty"], "data-class": cell["name"]},
        aria_pressed=cell["is_chosen"],
        key=cell["name"],
    )
