"""Warehouses and their places: which lots leave first, and where returns go."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    check_field,
    form_dialog,
    icon_button,
    page_header,
    page_skeleton,
    select_field,
    text_field,
)
from erp.pages.routing import Nav, page
from erp.state.inventory.warehouses import (
    KINDS,
    REMOVALS,
    ChangePlaceState,
    ChangeWarehouseState,
    ClosePlaceState,
    CloseWarehouseState,
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
        rx.el.th("Leaves first", class_name="wide-only"),
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
            rx.cond(WarehousesState.closed != "", _closed_too()),
            rx.cond(WarehousesState.may_build, add),
        ),
        rx.cond(WarehousesState.is_loading, page_skeleton(), card(table)),
        _rules(),
        _new_warehouse(),
        _new_place(),
        _change_warehouse(),
        _change_place(),
        _close(ClosePlaceState, "Close this place?", "Close the place"),
        _close(CloseWarehouseState, "Close this warehouse?", "Close the warehouse"),
    )


def _closed_too() -> rx.Component:
    closed = WarehousesState.closed
    words = rx.cond(WarehousesState.with_closed, f"Hide {closed}", f"Show {closed}")
    return button(words, on_click=WarehousesState.show_closed)


def _warehouse(row: Any) -> rx.Component:
    return rx.el.tbody(
        _row(row), rx.foreach(WarehousesState.places[row["id"]], _place), key=row["id"]
    )


def _place(place: Any) -> rx.Component:
    named = rx.el.span(
        place["name"],
        rx.el.span(place["code"], class_name="detail"),
        rx.el.span(f"{place['kind']} · {place['holds']}", class_name="detail narrow-only"),
    )
    return rx.el.tr(
        rx.el.td(
            rx.el.div(named, class_name="tree-place", custom_attrs={"data-depth": place["depth"]})
        ),
        rx.el.td(place["holds"], class_name="wide-only"),
        rx.el.td(place["kind"], col_span=2, class_name="wide-only"),
        rx.el.td(
            rx.el.div(
                rx.cond(place["is_closed"] != "", badge("Closed", "gray")),
                rx.cond(WarehousesState.may_build, _place_actions(place)),
                class_name="row-actions",
            ),
            class_name="right",
        ),
        key=place["id"],
    )


def _place_actions(place: Any) -> rx.Component:
    change = icon_button(
        "pencil",
        f"Change {place['name']}",
        on_click=ChangePlaceState.open_dialog(place["id"], place["name"]),
    )
    close = icon_button(
        "archive",
        f"Close {place['name']}",
        on_click=ClosePlaceState.open_dialog(place["id"], place["name"]),
    )
    reopen = icon_button(
        "archive-restore",
        f"Open {place['name']} again",
        on_click=WarehousesState.reopen(place["id"]),
    )
    return rx.cond(place["is_closed"] != "", reopen, rx.fragment(change, close))


def _row(row: Any) -> rx.Component:
    add = button(
        "Add a place", icon="plus", on_click=NewPlaceState.open_dialog(row["id"], row["name"])
    )
    change = button(
        "Rules",
        icon="list-checks",
        on_click=WarehouseRulesState.open_dialog(row["id"], row["name"]),
    )
    reopen = button(
        "Open again", icon="archive-restore", on_click=WarehousesState.reopen_warehouse(row["id"])
    )
    return rx.el.tr(
        rx.el.td(
            rx.el.b(row["name"]),
            rx.el.span(f"{row['code']} · {row['branch']}", class_name="detail"),
            rx.el.span(row["removal_words"], class_name="detail narrow-only"),
        ),
        rx.el.td(row["holds"], class_name="wide-only"),
        rx.el.td(row["removal_words"], class_name="wide-only"),
        rx.el.td(
            rx.cond(row["keeps"] != "", badge("To quarantine", "amber"), "Back on the shelf"),
            class_name="wide-only",
        ),
        rx.el.td(
            rx.el.div(
                rx.cond(row["is_closed"] != "", badge("Closed", "gray")),
                rx.cond(
                    row["is_closed"] != "",
                    rx.cond(WarehousesState.may_build, reopen),
                    rx.fragment(
                        rx.cond(WarehousesState.may_build, add),
                        rx.cond(WarehousesState.may_plan, change),
                        rx.cond(WarehousesState.may_build, _house_actions(row)),
                    ),
                ),
                class_name="row-actions house-actions",
            ),
            class_name="right",
        ),
    )


def _house_actions(row: Any) -> rx.Component:
    return rx.fragment(
        icon_button(
            "pencil",
            f"Rename {row['name']}",
            on_click=ChangeWarehouseState.open_dialog(row["id"], row["name"]),
        ),
        icon_button(
            "archive",
            f"Close {row['name']}",
            on_click=CloseWarehouseState.open_dialog(row["id"], row["name"]),
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


def _code_field(errors: Any, example: str, **props: Any) -> rx.Component:
    return text_field(
        "Code",
        "code",
        errors=errors,
        required=True,
        placeholder=example,
        hint="Up to 20 letters, digits and dashes.",
        max_length=20,
        **props,
    )


def _name_fields(state: Any) -> list[rx.Component]:
    errors, now = state.field_errors, state.now
    name = text_field(
        "Name", "name", errors=errors, required=True, max_length=120, default_value=now["name"]
    )
    return [name, _code_field(errors, "MAIN", default_value=now["code"])]


def _change_warehouse() -> rx.Component:
    return form_dialog(
        ChangeWarehouseState,
        *_name_fields(ChangeWarehouseState),
        title="Rename the warehouse",
        subtitle="Its places keep their own names and codes.",
    )


def _change_place() -> rx.Component:
    state = ChangePlaceState
    return form_dialog(
        state,
        *_name_fields(state),
        select_field(
            "Part of",
            "parent_id",
            state.within,
            errors=state.field_errors,
            default_value=state.now["parent_id"],
        ),
        title="Change the place",
        subtitle=state.subject["label"],
    )


def _close(state: Any, title: str, submit: str) -> rx.Component:
    return form_dialog(
        state,
        rx.el.p(
            "Its history stays. Nothing is moved into it until it is opened again; whoever chooses"
            " a place is not offered it. It must be empty, and nothing may need it.",
            class_name="hint full",
        ),
        text_field(
            "Why", "reason", errors=state.field_errors, max_length=200, placeholder="Given up"
        ),
        title=title,
        subtitle=state.subject["label"],
        submit=submit,
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
