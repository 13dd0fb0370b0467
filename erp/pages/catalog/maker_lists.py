"""Makers' price lists: upload, look at the difference, apply."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    confirm_dialog,
    data_table,
    download_link,
    empty_state,
    icon_button,
    notice,
    page_header,
    page_skeleton,
)
from erp.components.browser_parts import DayInput, FilePick
from erp.components.records import record_view
from erp.pages.routing import page
from erp.state.catalog.maker_lists import (
    LIST_COLUMNS,
    PARTS,
    STANDINGS,
    MakerListsState,
    MakerListState,
)
from erp.state.catalog.products import EDIT

PRICES = (("mrp", "MRP"), ("ptr", "PTR"), ("pts", "PTS"))
TONES = {"error": "red", "changed": "amber", "new": "green", "same": "gray"}


@page(
    route="/maker-lists",
    title="Makers' lists",
    permission="catalog.view",
    parent="/products",
    on_load=[MakerListsState.open_lists],
)
def maker_lists_page() -> rx.Component:
    """List what makers sent."""
    pick = FilePick.create(
        url="/api/erp/maker-lists",
        accept=".csv,.xlsx",
        label="Choose a price list",
        hint="CSV or XLSX, up to 5 MB and 20,000 rows. Or drop it here.",
        largest=5_000_000,
        on_done=MakerListsState.uploaded,
    )
    none = empty_state(
        "file-spreadsheet",
        "No price list yet",
        "Upload a maker's yearly list. You see every difference before anything changes.",
    )
    table = data_table(LIST_COLUMNS, MakerListsState.rows, label="Makers' lists", linked=True)
    return rx.fragment(
        page_header(
            "Makers' lists",
            "What makers ask from a day on. Deliveries start from it; lots in stock keep their MRP.",
        ),
        rx.cond(MakerListsState.may_edit, card(pick, title="Upload")),
        rx.cond(
            MakerListsState.is_loading,
            page_skeleton(),
            rx.el.section(
                rx.cond(MakerListsState.rows.length() > 0, table, none),
                class_name="card list",
                aria_label="Makers' lists",
            ),
        ),
    )


@page(
    route="/maker-lists/[maker_list_id]",
    title="Maker's list",
    permission=EDIT,
    parent="/maker-lists",
    record="maker_list",
    on_load=[MakerListState.open_list],
)
def maker_list_page() -> rx.Component:
    """Show what one list would change."""
    head = MakerListState.head
    apply = button("Apply prices", look="solid", icon="check", on_click=MakerListState.ask_apply)
    applied = badge("In force", "green")
    file = rx.cond(head["file_href"] != "", download_link("File", head["file_href"]))
    return rx.fragment(
        record_view(
            MakerListState,
            page_header(
                head["name"],
                "Prices hold from the day below. MRP of lots in stock stays as it is printed.",
                file,
                rx.cond(head["status"] == "applied", applied, apply),
            ),
            rx.cond(head["status"] != "applied", _columns()),
            _difference(),
            list_route="/maker-lists",
            list_label="All price lists",
        ),
        confirm_dialog(
            MakerListState.is_asking,
            title="Apply these prices?",
            message=f"{head['changes']} prices will hold from the chosen day. This is not taken back;"
            " a later list replaces them.",
            confirm="Apply prices",
            on_confirm=MakerListState.apply,
            on_cancel=MakerListState.keep_looking,
        ),
    )


def _columns() -> rx.Component:
    def option(choice: Any) -> rx.Component:
        return rx.el.option(choice["label"], value=choice["value"], key=choice["value"])

    def chooser(part: str, label: str) -> rx.Component:
        return rx.el.label(
            rx.el.span(label, class_name="label"),
            rx.el.select(
                rx.el.option("Not in the file", value=""),
                rx.foreach(MakerListState.headers, option),
                value=MakerListState.parts.get(part, ""),
                on_change=lambda value: MakerListState.read_as(part, value),
                class_name="input",
            ),
            class_name="field",
        )

    day = rx.el.label(
        rx.el.span("Prices hold from", class_name="label"),
        DayInput.create(
            value=MakerListState.day,
            on_day=MakerListState.hold_from,
            accessible_name="Prices hold from",
        ),
        class_name="field",
    )
    errors = rx.el.label(
        rx.el.input(
            type="checkbox",
            checked=MakerListState.leaves_errors,
            on_change=MakerListState.leave_errors,
        ),
        "Apply without the rows that have errors",
        class_name="check full",
    )
    return card(
        rx.el.div(
            *[chooser(part, label) for part, label in PARTS],
            day,
            rx.cond(MakerListState.head["has_errors"] != "", errors),
            class_name="form-grid four mapping",
        ),
        title="Which column is what",
    )


def _difference() -> rx.Component:
    tabs = rx.el.div(
        *[
            rx.el.button(
                label,
                " ",
                rx.el.span(MakerListState.counts.get(key, ""), class_name="soft"),
                type="button",
                role="tab",
                on_click=MakerListState.show_standing(key),
                aria_selected=rx.cond(MakerListState.standing == key, "true", "false"),
            )
            for key, label in STANDINGS
        ],
        role="tablist",
        class_name="tabs",
    )
    head = rx.el.tr(
        rx.el.th("Row", class_name="right wide-only"),
        rx.el.th("Product"),
        *[rx.el.th(label, class_name="right") for _, label in PRICES],
        rx.el.th("Effect"),
    )
    table = rx.el.div(
        rx.el.table(
            rx.el.thead(head),
            rx.el.tbody(rx.foreach(MakerListState.rows, _row)),
            class_name="table",
            aria_label="Differences",
        ),
        class_name="scroll-x",
    )
    none = empty_state("equal", "No rows of this kind", "Choose another kind above.")
    return rx.fragment(
        rx.cond(
            MakerListState.reading_problem != "",
            notice(MakerListState.reading_problem, tone="red"),
        ),
        rx.el.section(
            tabs,
            rx.cond(MakerListState.rows.length() > 0, table, none),
            _turner(),
            class_name="card list",
            aria_label="Differences",
        ),
    )


def _row(row: Any) -> rx.Component:
    effects = [
        (key, badge(label, TONES[key]))
        for key, label in (
            ("error", "Error"),
            ("changed", "Changed"),
            ("new", "New"),
            ("same", "Unchanged"),
        )
    ]
    return rx.el.tr(
        rx.el.td(row["row"], class_name="right soft wide-only"),
        rx.el.td(
            row["label"], rx.cond(row["said"] != "", rx.el.span(row["said"], class_name="detail"))
        ),
        *[
            rx.el.td(
                rx.cond(row[f"{key}_old"] != "", rx.el.s(row[f"{key}_old"], class_name="soft")),
                " ",
                row[f"{key}_new"],
                class_name="right",
            )
            for key, _ in PRICES
        ],
        rx.el.td(rx.match(row["standing"], *effects, rx.fragment())),
        key=row["id"],
    )


def _turner() -> rx.Component:
    back = icon_button(
        "chevron-left",
        "Previous rows",
        on_click=MakerListState.turn(-1),
        disabled=MakerListState.start == 0,
    )
    on = icon_button(
        "chevron-right",
        "Next rows",
        on_click=MakerListState.turn(1),
        disabled=~MakerListState.has_more,
    )
    return rx.cond(
        (MakerListState.start > 0) | MakerListState.has_more,
        rx.el.div(rx.el.span(), rx.el.div(back, on), class_name="list-foot"),
    )
