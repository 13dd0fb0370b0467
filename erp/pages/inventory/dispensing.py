"""In-house dispensing: packs that were made, and making some."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    button,
    download_link,
    form_dialog,
    icon_button,
    link_button,
    list_view,
    lookup_field,
    money_field,
    page_header,
    quantity_field,
    text_field,
)
from erp.pages.inventory.moving import lot_count, movement_form
from erp.pages.inventory.recipes import making_dialog
from erp.pages.routing import Nav, page
from erp.state.inventory.dispensing import DISPENSE, DispenseState, DispensingListState
from erp.state.inventory.recipes import KeepMakingState, MakeAgainState


@page(
    route="/stock/dispensing",
    title="Dispensing",
    permission="inventory.view",
    nav=Nav("Dispensing", "flask-conical", group="Stock", order=44),
    parent="/stock",
    on_load=[DispensingListState.open_list, DispensingListState.listen],
)
def dispensing_page() -> rx.Component:
    """List packs that were made here."""
    make = rx.cond(
        DispensingListState.may_dispense,
        link_button("Make packs", "/stock/dispensing/new", icon="plus"),
    )
    recipes = link_button("Recipes", "/stock/dispensing/recipes", look="outline", icon="book-open")
    lead = "Packs made here of a stock bottle, each batch traced."
    return rx.fragment(
        page_header("Dispensing", lead, rx.fragment(recipes, make)),
        list_view(
            DispensingListState,
            label="Packs made here",
            search="Batch",
            row_action=_actions,
            empty=Empty(
                "flask-conical",
                "Nothing was made here yet",
                "Open a stock bottle, fill packs, and print their label with both batches.",
                make,
            ),
        ),
        making_dialog(
            MakeAgainState, "Make it again", _label_note(MakeAgainState, "On this batch alone.")
        ),
        form_dialog(
            KeepMakingState,
            text_field(
                "Name",
                "name",
                errors=KeepMakingState.field_errors,
                required=True,
                wide=True,
                placeholder="Arnica 30 in 10 ml",
                max_length=120,
            ),
            _label_note(KeepMakingState, "On all that is made by it."),
            title="Keep this as a recipe",
            subtitle=KeepMakingState.subject["label"],
            submit="Keep recipe",
        ),
    )


def _label_note(state: Any, hint: str) -> rx.Component:
    return text_field(
        "Note on the label", "note", errors=state.field_errors, wide=True, hint=hint, max_length=500
    )


def _actions(row: Any) -> rx.Component:
    again = rx.cond(
        row["may_make"] != "",
        rx.fragment(
            button("Make again", on_click=MakeAgainState.open_dialog(row["id"], row["said"])),
            icon_button(
                "book-plus",
                "Keep as a recipe",
                on_click=KeepMakingState.open_dialog(row["id"], row["said"]),
            ),
        ),
    )
    label = download_link("Label", row["paper"], icon="tag")
    return rx.el.div(label, again, class_name="row-actions")


@page(
    route="/stock/dispensing/new",
    title="Make packs",
    permission=DISPENSE,
    parent="/stock/dispensing",
    command="inventory.dispense_packs",
    on_load=[DispenseState.open_dispensing],
)
def make_packs_page() -> rx.Component:
    """Make packs out of lots that are here."""
    errors = DispenseState.field_errors
    made = lookup_field(
        "What is made",
        "variant_id",
        "/api/erp/products/search",
        errors=errors,
        label_key="label",
        detail_key="sku",
        value_key="variant_id",
        placeholder="Name, abbreviation or SKU",
        required=True,
        key=DispenseState.form_key,
    )
    return movement_form(
        DispenseState,
        "Make packs",
        "Out of lots that may be sold. Cost and expiry follow what is used.",
        [
            made,
            quantity_field("Packs", "packs", errors=errors, required=True),
            money_field("MRP of a pack", "mrp", errors=errors, required=True),
            quantity_field(
                "Keeps for days",
                "good_for_days",
                errors=errors,
                hint="Empty: as long as what it is made of.",
            ),
        ],
        lambda line: lot_count(DispenseState, line, "quantity", "Used in all", line["suggested"]),
        "Make packs",
        place_label="In",
        back="/stock/dispensing",
    )
