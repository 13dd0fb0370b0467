"""Warehouses: which lots leave first, and where returns go."""

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
)
from erp.pages.routing import Nav, page
from erp.state.inventory.warehouses import REMOVALS, WarehouseRulesState, WarehousesState


@page(
    route="/warehouses",
    title="Warehouses",
    permission="inventory.view",
    nav=Nav("Warehouses", "warehouse", group="Setup", order=45),
    on_load=[WarehousesState.open_warehouses],
)
def warehouses_page() -> rx.Component:
    """List warehouses with their rules."""
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
            rx.el.tbody(rx.foreach(WarehousesState.warehouses, _row)),
            class_name="table",
            aria_label="Warehouses",
        ),
        class_name="scroll-x",
    )
    return rx.fragment(
        page_header(
            "Warehouses",
            "How each is run, at its tills and in transfers. What has expired is never sold.",
        ),
        rx.cond(WarehousesState.is_loading, page_skeleton(), card(table)),
        _rules(),
    )


def _row(row: Any) -> rx.Component:
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
        rx.el.td(rx.cond(WarehousesState.may_plan, change), class_name="right"),
        key=row["id"],
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
