"""The forms of asking for goods, and of ordering what was asked for."""

from typing import Any

import reflex as rx

from erp.components import (
    card,
    date_field,
    empty_state,
    lined_form,
    link_button,
    lookup_field,
    page_header,
    page_skeleton,
    scanner,
    select_field,
    text_field,
)
from erp.pages.inventory.goods import (
    cost_field,
    goods_list,
    goods_sums,
    paste_button,
    paste_dialog,
    product_adder,
    units_field,
)
from erp.pages.routing import page
from erp.state.inventory.stock import PlacesState
from erp.state.purchasing.requesting import NewRequisitionState, RequestedState
from erp.state.purchasing.wording import ORDER, REQUEST


@page(
    route="/purchases/requisitions/new",
    title="New requisition",
    permission=REQUEST,
    parent="/purchases/requisitions",
    command="purchasing.submit_requisition",
    on_load=[NewRequisitionState.open_new],
)
def new_requisition_page() -> rx.Component:
    """Ask for goods."""
    state = NewRequisitionState
    about = rx.el.span("at last prices", class_name="soft")
    none = empty_state(
        "package-search",
        "Add the first product",
        "Scan a pack, or find it by name, abbreviation, SKU or code.",
    )
    goods = rx.fragment(goods_list(state, _wanted, none, "few"), product_adder(state))
    note = text_field(
        "Note for whoever decides",
        "note",
        errors=state.field_errors,
        placeholder="For the camp in Nashik",
        max_length=500,
    )
    return rx.fragment(
        page_header(
            "New requisition",
            "Somebody else approves it; then the buyers order.",
            paste_button(state),
        ),
        lined_form(
            state,
            card(goods, title="Goods", actions=(goods_sums(state, about),)),
            card(note, title="Why"),
            back="/purchases/requisitions",
            submit="Hand in",
            icon="check",
        ),
        paste_dialog(state),
        scanner(state.scan),
    )


def _wanted(state: Any, line: Any) -> rx.Component:
    errors = state.field_errors
    day, why = line["id"] + ".wanted_by", line["id"] + ".reason"
    return rx.fragment(
        units_field(state, line),
        date_field("Wanted by", day, errors=errors),
        text_field("Reason", why, errors=errors, placeholder="Sold out twice", max_length=120),
    )


@page(
    route="/purchases/requested",
    title="Goods to order",
    permission=ORDER,
    parent="/purchases/requisitions",
    command="purchasing.order_requisitions",
    on_load=[PlacesState.open_places, RequestedState.open_requested],
)
def requested_page() -> rx.Component:
    """Order approved goods of requisitions."""
    none = empty_state(
        "circle-check",
        "Nothing is left to order",
        "Approved goods appear here until an order holds them.",
        link_button("All requisitions", "/purchases/requisitions", look="outline"),
    )
    state = RequestedState
    form = lined_form(
        state,
        card(_terms(), title="Delivery"),
        card(
            goods_list(state, _taken, none, "few from-whom"),
            title="Approved goods",
            actions=(goods_sums(state, rx.el.span("without GST", class_name="soft")),),
        ),
        back="/purchases/requisitions",
        submit="Place orders",
        icon="check",
    )
    asking = link_button(
        "Ask suppliers", "/purchases/quotations/new?requested=yes", look="outline", icon="send"
    )
    return rx.fragment(
        page_header(
            "Goods to order",
            "What is approved and not ordered. Each supplier gets one order; remove what can wait.",
            rx.cond(state.lines.length() > 0, asking),
        ),
        rx.cond(state.is_loading, page_skeleton(), rx.cond(state.lines.length() > 0, form, none)),
    )


def _terms() -> rx.Component:
    errors = RequestedState.field_errors
    return rx.el.div(
        date_field("Expected by", "expected_on", errors=errors),
        select_field("Put into", "location_id", PlacesState.places, errors=errors),
        class_name="form-grid two",
    )


def _taken(state: Any, line: Any) -> rx.Component:
    return rx.fragment(
        units_field(state, line),
        cost_field(state, line),
        lookup_field(
            "Supplier",
            line["id"] + ".supplier_id",
            "/api/erp/parties?role=supplier",
            errors=state.field_errors,
            label_key="name",
            detail_key="city",
            placeholder="Name or code",
            required=True,
            initial_value=line["supplier_id"],
            initial_label=line["supplier"],
        ),
        rx.el.p(
            line["words"],
            rx.cond(line["asks"] != "", rx.el.b(" · ", line["asks"])),
            class_name="hint paid",
        ),
    )
