"""Figures of the review, each leading to its sessions."""

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from erp.components import (
    card,
    chart_card,
    empty_state,
    grid,
    notice,
    page_header,
    stat_tile,
    tabs,
)
from erp.components.small_parts import tiles
from erp.pages.imaging.tabs import imaging_tabs
from erp.pages.routing import page
from erp.state.imaging.figures import GROUPS, PERIODS
from erp.state.imaging.figures import ReviewFiguresState as State

whole = State.whole


@page(
    route="/imaging/figures",
    title="Review figures",
    permission="imaging.analyse",
    parent="/imaging",
    on_load=[State.open_figures, State.listen],
)
def figures_page() -> rx.Component:
    """Show how long decisions take and how often images are taken again."""
    is_empty = State.rows.length() == 0
    return rx.fragment(
        page_header(
            "Review figures",
            "Decisions of the period, as they stand now; from completion to decision.",
            _period(),
        ),
        imaging_tabs("/imaging/figures"),
        rx.cond(State.problem != "", notice(State.problem, tone="red")),
        tiles(
            stat_tile("Decided", whole["sessions"], note="sessions", to=whole["sessions_to"]),
            stat_tile("Median", whole["median"], note=rx.el.span("nine of ten: ", whole["p90"])),
            stat_tile(
                "Decided late", whole["late"], note="after they were due", to=whole["late_to"]
            ),
            stat_tile(
                "To be repeated",
                whole["rate"],
                note=rx.el.span(whole["repeats"], " sessions"),
                to=whole["repeats_to"],
            ),
        ),
        tabs(State.by, list(GROUPS.items()), State.group_by),
        rx.cond(is_empty, card(_nothing()), _shown()),
    )


def _shown() -> rx.Component:
    charts = grid(
        chart_card(
            "Time to the decision",
            State.times,
            loading=State.is_loading,
            on_click=State.open_times,
        ),
        chart_card(
            "To be repeated",
            State.repeats,
            loading=State.is_loading,
            on_click=State.open_repeats,
        ),
    )
    left_out = rx.cond(State.left_out != "", rx.el.p(State.left_out, class_name="hint"))
    return rx.fragment(charts, card(_table(), left_out, title="In numbers"))


def _period() -> rx.Component:
    return rx.el.select(
        *[rx.el.option(label, value=value) for value, label in PERIODS.items()],
        value=State.period,
        on_change=State.choose_period,
        class_name="input chooser",
        aria_label="Period",
    )


def _table() -> rx.Component:
    heads = ("Decided", "Median", "Nine of ten", "Late", "Repeats", "Rate", "Rejected")
    head = rx.el.tr(
        rx.el.th(rx.el.span("Group", class_name="sr-only"), scope="col"),
        *[rx.el.th(words, class_name="right", scope="col") for words in heads],
    )
    return rx.el.div(
        rx.el.table(
            rx.el.thead(head),
            rx.el.tbody(rx.foreach(State.rows, _row)),
            class_name="table",
            aria_label="Review figures by group",
        ),
        class_name="scroll-x",
    )


def _row(row: rx.Var[dict[str, str]]) -> rx.Component:
    def leading(key: str) -> rx.Component:
        link = ReactRouterLink.create(row[key], to=row[f"{key}_to"], class_name="numeric")
        return rx.el.td(link, class_name="right")

    def plain(key: str) -> rx.Component:
        return rx.el.td(row[key], class_name="right nowrap")

    return rx.el.tr(
        rx.el.th(row["label"], scope="row"),
        leading("sessions"),
        plain("median"),
        plain("p90"),
        leading("late"),
        leading("repeats"),
        plain("rate"),
        leading("rejected"),
        key=row["id"],
    )


def _nothing() -> rx.Component:
    return empty_state(
        "chart-column", "Nothing was decided in this time", "Choose a longer period."
    )
