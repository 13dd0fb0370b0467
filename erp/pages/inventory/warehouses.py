"""Warehouses and their places: which lots leave first, and where returns go."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    check_field,
    form_dialog,
    page_header,
    page_skeleton,
    select_field,
    text_field,
)
from erp.pages.routing import Nav, page
from erp.state.inventory.warehouses import (
    KINDS,
    REMOVALS,
    NewPlaceState,
    NewWarehouseState,
    WarehouseRulesState,
    WarehousesState,
)


@page(
    route="/warehouses",
    title="Warehouses",
    permission="inventory.view",
    nav=Nav("Warehouses", "warehouse", group="Setup", order=45),
    on_load=[WarehousesState.open_warehouses],
)
def warehouses_page() -> rx.Component:
    """List warehouses with their rules and places."""
    add = button(
        "New warehouse", icon="plus", look="solid", on_click=NewWarehouseState.open_dialog("", "")
    )
    head = rx.el.tr(
        rx.el.th("Warehouse"),
        rx.el.th("Goods", class_name="wide-only"),
        rx.el.th("Leaves first"),
        rx.el.th("Returns", class_name="wide-only"),
        rx.el.th(rx.el.span("Actions", class_name="sr-only")),
    )
    table = rx.el.div(
        rx.el.table(
            rx.el.thead(head),
            rx.foreach(WarehousesState.warehouses, _warehouse),
            class_name="table",
            aria_label="Warehouses",
        ),
        class_name="scroll-x",
    )
    return rx.fragment(
        page_header(
            "Warehouses",
            "How each is run, at its tills and in transfers. What has expired is never sold.",
            rx.cond(WarehousesState.may_build, add),
        ),
        rx.cond(WarehousesState.is_loading, page_skeleton(), card(table)),
        _rules(),
        _new_warehouse(),
        _new_place(),
    )


def _warehouse(row: Any) -> rx.Component:
    return rx.el.tbody(
        _row(row), rx.foreach(WarehousesState.places[row["id"]], _place), key=row["id"]
    )


def _place(place: Any) -> rx.Component:
    named = rx.el.span(place["name"], rx.el.span(place["code"], class_name="detail"))
    return rx.el.tr(
        rx.el.td(
            rx.el.div(named, class_name="tree-place", custom_attrs={"data-depth": place["depth"]})
        ),
        rx.el.td(place["holds"], class_name="wide-only"),
        rx.el.td(place["kind"], col_span=3),
        key=place["id"],
    )


def _row(row: Any) -> rx.Component:
    add = button(
        "Add a place", icon="plus", on_click=NewPlaceState.open_dialog(row["id"], row["name"])
    )
    change = button(
        "Change", icon="pencil", on_click=WarehouseRulesState.open_dialog(row["id"], row["name"])
    )
    return rx.el.tr(
        rx.el.td(
            rx.el.b(row["name"]),
            rx.el.span(f"{row['code']} · {row['branch']}", class_name="detail"),
        ),
        rx.el.td(row["holds"], class_name="wide-only"),
        rx.el.td(row["removal_words"]),
        rx.el.td(
            rx.cond(row["keeps"] != "", badge("To quarantine", "amber"), "Back on the shelf"),
            class_name="wide-only",
        ),
        rx.el.td(
            rx.el.div(
                rx.cond(WarehousesState.may_build, add),
                rx.cond(WarehousesState.may_plan, change),
                class_name="row-actions",
            ),
            class_name="right",
        ),
    )


def _new_warehouse() -> rx.Component:
    state = NewWarehouseState
    errors = state.field_errors
    return form_dialog(
        state,
        text_field("Name", "name", errors=errors, required=True, max_length=120),
        _code_field(errors, "MAIN"),
        select_field(
            "Branch", "branch_id", state.branches, errors=errors, default_value=state.own_branch
        ),
        title="New warehouse",
        subtitle="It begins with places for goods on sale, expired, in quarantine and in transit.",
        submit="Open the warehouse",
    )


def _new_place() -> rx.Component:
    state = NewPlaceState
    errors = state.field_errors
    return form_dialog(
        state,
        text_field("Name", "name", errors=errors, required=True, max_length=120),
        _code_field(errors, "MAIN-SHELF2"),
        select_field("Holds goods", "kind", list(KINDS.items()), errors=errors),
        select_field("Part of", "parent_id", state.within, errors=errors),
        title="Add a place",
        subtitle=state.subject["label"],
        submit="Add the place",
    )


def _code_field(errors: Any, example: str) -> rx.Component:
    return text_field(
        "Code",
        "code",
        errors=errors,
        required=True,
        placeholder=example,
        hint="Up to 20 letters, digits and dashes.",
        max_length=20,
    )


def _rules() -> rx.Component:
    errors, now = WarehouseRulesState.field_errors, WarehouseRulesState.now
    return form_dialog(
        WarehouseRulesState,
        select_field(
            "Which lot leaves first",
            "removal",
            list(REMOVALS.items()),
            errors=errors,
            default_value=now["removal"],
        ),
        check_field(
            "Keep what customers bring back apart until somebody decides",
            "quarantines_returns",
            default_checked=now["keeps"] != "",
        ),
        title="How this warehouse is run",
        subtitle=WarehouseRulesState.subject["label"],
    )
