"""The forms of an order: a new one, and the next version of one."""

from typing import Any

import reflex as rx

from erp.components import (
    card,
    date_field,
    empty_state,
    lined_form,
    lookup_field,
    page_header,
    scanner,
    select_field,
    text_field,
)
from erp.components.records import record_view
from erp.pages.inventory.goods import (
    amount_fields,
    cost_field,
    goods_list,
    goods_sums,
    paste_button,
    paste_dialog,
    product_adder,
    unit_field,
)
from erp.pages.routing import page
from erp.state.inventory.stock import PlacesState
from erp.state.purchasing.ordering import AmendOrderState, NewOrderState
from erp.state.purchasing.wording import ORDER


@page(
    route="/purchases/new",
    title="New order",
    permission=ORDER,
    parent="/purchases",
    command="purchasing.place_order",
    on_load=[PlacesState.open_places, NewOrderState.open_new],
)
def new_order_page() -> rx.Component:
    """Order goods."""
    errors = NewOrderState.field_errors
    fields = rx.el.div(
        lookup_field(
            "Supplier",
            "supplier_id",
            "/api/erp/parties?role=supplier",
            errors=errors,
            label_key="name",
            detail_key="city",
            placeholder="Name or code",
            required=True,
            initial_value=NewOrderState.supplier["id"],
            initial_label=NewOrderState.supplier["name"],
        ),
        date_field("Expected by", "expected_on", errors=errors),
        select_field("Put into", "location_id", PlacesState.places, errors=errors),
        text_field("Note for the supplier", "note", errors=errors, max_length=500),
        class_name="form-grid four",
    )
    return rx.fragment(
        page_header(
            "New order",
            "Choose the supplier and the goods. An order beyond your limit waits for an approval.",
            paste_button(NewOrderState),
        ),
        _form(NewOrderState, fields, "Order", "Place order", "/purchases"),
        paste_dialog(NewOrderState),
    )


@page(
    route="/purchases/[order_id]/amend",
    title="Amend order",
    permission=ORDER,
    parent="/purchases",
    on_load=[AmendOrderState.open_amendment],
)
def amend_order_page() -> rx.Component:
    """Make the next version of an order."""
    errors, facts = AmendOrderState.field_errors, AmendOrderState.facts
    fields = rx.el.div(
        text_field(
            "Why it changes",
            "reason",
            errors=errors,
            required=True,
            placeholder="They have only ten",
            max_length=120,
        ),
        date_field("Expected by", "expected_on", errors=errors, default_value=facts["expected_on"]),
        text_field(
            "Note for the supplier",
            "note",
            errors=errors,
            default_value=facts["note"],
            max_length=500,
        ),
        class_name="form-grid three",
    )
    return record_view(
        AmendOrderState,
        page_header(
            f"Amend {facts['number']}",
            f"{facts['supplier']} · version {facts['version']} stays readable; this makes the next.",
        ),
        _form(AmendOrderState, fields, "Amendment", "Save version", f"/purchases/{facts['id']}"),
        list_route="/purchases",
        list_label="All orders",
    )


def _form(
    state: Any, fields: rx.Component, title: str, submit: str, back: str | rx.Var[str]
) -> rx.Component:
    untaxed = rx.el.span("without GST", class_name="soft")
    form = lined_form(
        state,
        card(fields, title=title),
        card(_goods(state), title="Goods", actions=(goods_sums(state, untaxed),)),
        back=back,
        submit=submit,
        icon="check",
    )
    return rx.fragment(form, scanner(state.scan))


def _goods(state: Any) -> rx.Component:
    none = empty_state(
        "package-search",
        "Add the first product",
        "Scan a pack, or find it by name, abbreviation, SKU or code. Its last price is filled in.",
    )
    return rx.fragment(
        goods_list(state, _fields, none, "few"),
        product_adder(state),
    )


def _fields(state: Any, line: Any) -> rx.Component:
    return rx.fragment(
        amount_fields(state, line),
        unit_field(state, line),
        cost_field(state, line),
        rx.cond(line["paid"] != "", rx.el.p(line["paid"], class_name="hint paid")),
    )
