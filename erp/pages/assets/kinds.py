"""Kinds of asset."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    button,
    check_field,
    form_dialog,
    list_view,
    page_header,
    quantity_field,
    select_field,
    text_field,
)
from erp.pages.assets.tabs import asset_tabs
from erp.pages.routing import page
from erp.state.assets.kinds import (
    TYPED,
    AssetKindListState,
    ChangeAssetKindState,
    NewAssetKindState,
)
from erp.state.assets.wording import ACCOUNTS, METHODS, VIEW


@page(
    route="/fixed-assets/kinds",
    title="Kinds of asset",
    permission=VIEW,
    parent="/fixed-assets",
    on_load=[AssetKindListState.open_list],
)
def asset_kinds_page() -> rx.Component:
    """List kinds of asset, add and change them."""
    state = AssetKindListState
    usual = button("Add the usual ones", icon="list-plus", on_click=state.add_usual)
    add = button(
        "New kind", look="solid", icon="plus", on_click=NewAssetKindState.open_dialog("", "")
    )
    kept = ChangeAssetKindState.kept
    return rx.fragment(
        page_header(
            "Kinds of asset",
            "The account of each, and how such assets lose value.",
            rx.cond(state.may_manage, rx.fragment(usual, add)),
        ),
        asset_tabs("/fixed-assets/kinds"),
        list_view(
            state,
            label="Kinds of asset",
            search="Name",
            row_action=_change,
            empty=Empty(
                "list",
                "No kind of asset yet",
                "Add the usual ones; change what differs.",
                rx.cond(state.may_manage, usual),
            ),
        ),
        form_dialog(NewAssetKindState, *_fields(NewAssetKindState, {}), title="New kind of asset"),
        form_dialog(
            ChangeAssetKindState,
            *_fields(ChangeAssetKindState, {name: kept[name] for name in TYPED}),
            check_field("In use", "is_active", default_checked=kept["in_use"] != ""),
            title="Change a kind of asset",
            subtitle="Assets that are registered keep their method, life and rate.",
        ),
    )


def _change(row: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.cond(
        AssetKindListState.may_manage,
        button("Change", look="ghost", icon="pencil", on_click=ChangeAssetKindState.open_for(row)),
    )


def _fields(state: Any, known: dict[str, Any]) -> list[rx.Component]:
    errors = state.field_errors

    def value(name: str) -> dict[str, Any]:
        return {"default_value": known[name]} if name in known else {}

    def text(label: str, name: str, hint: str = "") -> rx.Component:
        return text_field(
            label, name, errors=errors, hint=hint, max_length=8, input_mode="decimal", **value(name)
        )

    return [
        text_field("Name", "name", errors=errors, required=True, max_length=120, **value("name")),
        select_field(
            "Stands in",
            "account_key",
            list(ACCOUNTS.items()),
            errors=errors,
            **value("account_key"),
        ),
        select_field("Method", "method", list(METHODS.items()), errors=errors, **value("method")),
        quantity_field(
            "Life in months",
            "life_months",
            errors=errors,
            hint="Of the straight line",
            **value("life_months"),
        ),
        text("Rate in % a year", "rate", "Of the written-down value"),
        text("Left at the end in %", "residual_percent", "Of the cost"),
    ]
