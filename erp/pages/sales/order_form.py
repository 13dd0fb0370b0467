"""The forms of quotations and orders: new, and the next version."""

from typing import Any

import reflex as rx

from erp.components import (
    card,
    date_field,
    empty_state,
    icon_button,
    lined_form,
    lookup_field,
    money_field,
    page_header,
    select_field,
    text_field,
)
from erp.components.records import record_view
from erp.pages.inventory.goods import paste_button, paste_dialog, unit_field
from erp.pages.routing import page
from erp.state.inventory.stock import PlacesState
from erp.state.sales.order_form import (
    AmendSalesOrderState,
    NewQuotationState,
    NewSalesOrderState,
)
from erp.state.sales.order_wording import ORDER


@page(
    route="/orders/new",
    title="New customer order",
    permission=ORDER,
    parent="/orders",
    command="sales.take_order",
    on_load=[PlacesState.open_places, NewSalesOrderState.open_new],
)
def new_sales_order_page() -> rx.Component:
    """Take an order."""
    return _new_page(
        NewSalesOrderState,
        "New order",
        "Prices are those of the customer's lists. What is there is kept for them at once.",
        "Take order",
        is_offer=False,
    )


@page(
    route="/orders/quote",
    title="New quotation",
    permission=ORDER,
    parent="/orders",
    command="sales.make_quotation",
    on_load=[PlacesState.open_places, NewQuotationState.open_new],
)
def new_quotation_page() -> rx.Component:
    """Make a quotation."""
    return _new_page(
        NewQuotationState,
        "New quotation",
        "Offers goods at today's prices. Nothing is kept until the customer orders.",
        "Make quotation",
    )


@page(
    route="/orders/[order_id]/amend",
    title="Amend a customer order",
    permission=ORDER,
    parent="/orders",
    on_load=[AmendSalesOrderState.open_amendment],
)
def amend_sales_order_page() -> rx.Component:
    """Make the next version of a quotation or order."""
    state = AmendSalesOrderState
    errors, facts = state.field_errors, state.facts
    reason = text_field(
        "Why it changes", "reason", errors=errors, required=True, placeholder="They want more",
        max_length=120,
    )  # fmt: skip
    fields = rx.el.div(reason, *_terms(state, facts), class_name="form-grid three")
    return record_view(
        state,
        page_header(
            f"Amend {facts['name']}",
            f"{state.customer['name']} · version {facts['version']} stays readable; this makes the next.",
            paste_button(state),
        ),
        _form(state, fields, "Amendment", "Save version", f"/orders/{facts['id']}"),
        paste_dialog(state, "Paste a customer's list"),
        list_route="/orders",
        list_label="All orders",
    )


def _new_page(
    state: Any, title: str, words: str, submit: str, *, is_offer: bool = True
) -> rx.Component:
    errors = state.field_errors
    customer = lookup_field(
        "Customer",
        "customer_id",
        "/api/erp/parties?role=customer",
        errors=errors,
        label_key="name",
        detail_key="city",
        placeholder="Name, phone or code",
        required=True,
        initial_value=state.customer["id"],
        initial_label=state.customer["name"],
        on_pick=state.choose_customer,
    )
    place = select_field("Leaves from", "location_id", PlacesState.places, errors=errors)
    terms = _terms(state, None, is_offer=is_offer)
    fields = rx.el.div(customer, *terms, place, class_name="form-grid three")
    return rx.fragment(
        page_header(title, words, paste_button(state)),
        _form(state, fields, "For whom", submit, "/orders"),
        paste_dialog(state, "Paste a customer's list"),
    )


def _terms(state: Any, facts: Any, *, is_offer: bool = True) -> tuple[rx.Component, ...]:
    errors = state.field_errors

    def known(name: str) -> dict[str, Any]:
        return {} if facts is None else {"default_value": facts[name]}

    offer = date_field("Offer holds until", "valid_until", errors=errors, **known("valid_until"))
    return (
        date_field("Wanted by", "deliver_by", errors=errors, **known("deliver_by")),
        *([offer] if is_offer else []),
        text_field(
            "Their order number", "reference", errors=errors, max_length=60, **known("reference")
        ),
        text_field("Note for the customer", "note", errors=errors, max_length=500, **known("note")),
    )


def _form(
    state: Any, fields: rx.Component, title: str, submit: str, back: str | rx.Var[str]
) -> rx.Component:
    return lined_form(
        state,
        card(fields, title=title),
        card(_goods(state), title="Goods", actions=(_sums(state),)),
        back=back,
        submit=submit,
        icon="check",
    )


def _sums(state: Any) -> rx.Component:
    sums = state.sums
    return rx.el.div(
        rx.cond(sums["mode"] != "", rx.el.span(sums["mode"], class_name="soft")),
        rx.cond(sums["tax"] != "", rx.el.span("GST ", sums["tax"], class_name="soft")),
        rx.el.b(sums["total"], class_name="numeric"),
        class_name="balance",
        role="status",
    )


def _goods(state: Any) -> rx.Component:
    none = empty_state(
        "package-search",
        "Add the first product",
        "Find it by name, abbreviation or code, or paste the customer's list.",
    )
    adder = lookup_field(
        "Add a product",
        "add",
        "/api/erp/products/search",
        errors=state.field_errors,
        label_key="label",
        detail_key="sku",
        placeholder="Name, potency and pack, SKU or code",
        value_key="variant_id",
        on_pick=state.add_product,
        key=state.adds,
    )
    return rx.fragment(
        rx.cond(
            state.lines.length() > 0,
            rx.el.ol(rx.foreach(state.lines, lambda line: _line(state, line)), class_name="goods"),
            none,
        ),
        rx.cond(
            state.sums["gifts"] != "",
            rx.el.p(rx.icon("gift"), state.sums["gifts"], class_name="goods-drift"),
        ),
        rx.el.div(adder, class_name="adder"),
    )


def _line(state: Any, line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(line["label"]),
            rx.el.span(line["total"], class_name="numeric"),
            icon_button("x", f"Remove {line['label']}", on_click=state.drop(line["id"])),
            class_name="goods-head",
        ),
        rx.el.div(_amounts(state, line), class_name="goods-fields few"),
        rx.el.p(
            rx.cond(line["free"] != "", rx.el.b(line["free"], class_name="gift")),
            rx.cond(line["price"] != "", rx.el.span(line["price"], " · ", line["why"])),
            rx.cond(
                line["there"] != "",
                rx.el.span(line["there"], custom_attrs={"data-tone": line["there_is"]}),
            ),
            class_name="goods-told",
        ),
        rx.cond(
            line["loss"] != "",
            rx.el.p(
                rx.icon("trending-down"),
                "This brings less than the goods cost.",
                class_name="goods-drift",
            ),
        ),
        rx.cond(
            line["doubt"] != "",
            rx.el.p(rx.icon("circle-help"), line["doubt"], class_name="goods-drift"),
        ),
        key=line["id"],
        custom_attrs={"data-line": line["id"]},
    )


def _amounts(state: Any, line: Any) -> rx.Component:
    def kept(part: str) -> Any:
        return lambda value: state.write(line["id"], part, value)

    number = {
        "errors": state.field_errors,
        "auto_complete": "off",
        "class_name": "input input-count",
    }
    return rx.fragment(
        text_field(
            "Quantity",
            line["id"] + ".quantity",
            default_value=line["quantity"],
            input_mode="numeric",
            max_length=8,
            on_blur=kept("quantity"),
            **number,
        ),
        unit_field(state, line, kept("unit")),
        text_field(
            "Discount %",
            line["id"] + ".discount_percent",
            default_value=line["discount_percent"],
            input_mode="decimal",
            max_length=7,
            on_blur=kept("discount_percent"),
            **number,
        ),
        money_field(
            f"Agreed price a {line['base_unit']}",
            line["id"] + ".unit_price",
            errors=state.field_errors,
            default_value=line["unit_price"],
            on_blur=kept("unit_price"),
        ),
    )
