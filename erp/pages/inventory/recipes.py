"""Recipes of packs, and the dialog that makes packs of the lots of the day."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    button,
    fact_list,
    form_dialog,
    icon_button,
    link_button,
    list_view,
    money_field,
    notice,
    page_header,
    quantity_field,
    select_field,
)
from erp.pages.routing import page
from erp.state.inventory.recipes import MakeRecipeState, RecipeListState, RetireRecipeState


@page(
    route="/stock/dispensing/recipes",
    title="Recipes",
    permission="inventory.view",
    parent="/stock/dispensing",
    on_load=[RecipeListState.open_list, RecipeListState.listen],
)
def recipes_page() -> rx.Component:
    """List recipes of packs."""
    back = link_button("Packs made", "/stock/dispensing", look="outline", icon="arrow-left")
    return rx.fragment(
        page_header("Recipes", "What packs are made of. Made again of the lots of the day.", back),
        list_view(
            RecipeListState,
            label="Recipes",
            search="Recipe or product",
            row_action=_actions,
            empty=Empty(
                "book-open",
                "No recipe is kept yet",
                "Make packs once, then keep how they were made under a name.",
                back,
            ),
        ),
        making_dialog(MakeRecipeState, "Make by this recipe"),
        form_dialog(
            RetireRecipeState,
            title="Retire this recipe?",
            subtitle=RetireRecipeState.subject["label"],
            submit="Retire",
        ),
    )


def _actions(row: Any) -> rx.Component:
    return rx.cond(
        row["may_make"] != "",
        rx.el.div(
            button("Make", on_click=MakeRecipeState.open_dialog(row["id"], row["said"])),
            icon_button(
                "archive", "Retire", on_click=RetireRecipeState.open_dialog(row["id"], row["said"])
            ),
            class_name="row-actions",
        ),
    )


def making_dialog(state: Any, title: str, *fields: rx.Component) -> rx.Component:
    """Return the dialog that shows the lots of the day and makes packs of them."""
    errors = state.field_errors
    place = select_field(
        "In",
        "location_id",
        state.storages,
        errors=errors,
        value=state.storage,
        on_change=state.choose_storage,
    )
    times = quantity_field(
        "How often",
        "times",
        errors=errors,
        required=True,
        default_value="1",
        hint="All of it becomes one batch.",
        on_blur=state.foresee_times,
    )
    price = money_field("MRP of a pack", "mrp", errors=errors, hint="Empty: as before.")
    return form_dialog(
        state,
        rx.cond(state.storages.length() > 1, place),
        times,
        price,
        *fields,
        rx.cond(state.problem != "", _problem(state), _foreseen(state)),
        title=title,
        subtitle=state.subject["label"],
        submit="Make packs",
    )


def _problem(state: Any) -> rx.Component:
    return rx.el.div(notice(state.problem, tone="amber"), class_name="full")


def _foreseen(state: Any) -> rx.Component:
    def lot(use: Any) -> rx.Component:
        expiry = rx.cond(use["expiry"] != "", f", good until {use['expiry']}", "")
        return rx.el.li(
            rx.el.span(use["quantity"], class_name="num"),
            " of ",
            use["label"],
            rx.el.span("Lot ", use["lot"], expiry, class_name="detail"),
            key=use["id"],
        )

    return rx.el.div(
        rx.el.p("Takes these lots", class_name="field-label"),
        rx.el.ul(rx.foreach(state.uses, lot), class_name="plain-list"),
        fact_list([("Makes", state.packs), ("Good until", state.good_until), ("Cost", state.cost)]),
        class_name="full",
    )
