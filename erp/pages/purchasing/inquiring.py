"""The forms of a request for quotation: asking suppliers, and recording an answer."""

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
    scanner,
    text_field,
)
from erp.components.records import record_view
from erp.pages.inventory.goods import (
    goods_list,
    paste_button,
    paste_dialog,
    product_adder,
    units_field,
)
from erp.pages.routing import page
from erp.state.purchasing.inquiring import AnswerState, NewRequestState
from erp.state.purchasing.wording import ORDER


@page(
    route="/purchases/quotations/new",
    title="New request for quotation",
    permission=ORDER,
    parent="/purchases/quotations",
    command="purchasing.ask_suppliers",
    on_load=[NewRequestState.open_new],
)
def new_request_page() -> rx.Component:
    """Ask suppliers for prices."""
    state = NewRequestState
    none = empty_state(
        "package-search",
        "Add the first product",
        "Scan a pack, or find it by name, abbreviation, SKU or code.",
    )
    goods = rx.fragment(goods_list(state, _asked, none, "few"), product_adder(state))
    return rx.fragment(
        page_header(
            "New request for quotation",
            "Every supplier gets the same lines; their answers are compared, free goods counted.",
            paste_button(state),
        ),
        lined_form(
            state,
            card(_suppliers(state), title="Suppliers"),
            card(_terms(state), title="Terms"),
            card(goods, title="Goods"),
            back="/purchases/quotations",
            submit="Make request",
            icon="check",
        ),
        paste_dialog(state),
        scanner(state.scan),
    )


def _asked(state: Any, line: Any) -> rx.Component:
    return rx.fragment(units_field(state, line), rx.el.p(line["for"], class_name="hint paid"))


def _suppliers(state: Any) -> rx.Component:
    def chosen(row: Any) -> rx.Component:
        drop = icon_button(
            "x", f"Do not ask {row['name']}", on_click=state.drop_supplier(row["id"])
        )
        return rx.el.li(rx.el.b(row["name"]), drop, key=row["id"])

    return rx.fragment(
        rx.el.ul(rx.foreach(state.suppliers, chosen), class_name="asked-suppliers"),
        rx.el.div(
            lookup_field(
                "Add a supplier",
                "supplier",
                "/api/erp/parties?role=supplier",
                errors=state.field_errors,
                label_key="name",
                detail_key="city",
                placeholder="Name or code",
                on_pick=state.add_supplier,
                key=state.picks,
            ),
            class_name="adder",
        ),
    )


def _terms(state: Any) -> rx.Component:
    errors = state.field_errors
    return rx.el.div(
        date_field(
            "Answer by", "answer_by", errors=errors, required=True, default_value=state.answer_by
        ),
        date_field("Needed by", "needed_by", errors=errors),
        text_field("Note for the suppliers", "note", errors=errors, max_length=500),
        class_name="form-grid three",
    )


@page(
    route="/purchases/quotations/[request_id]/answer",
    title="Record an answer",
    permission=ORDER,
    parent="/purchases/quotations",
    on_load=[AnswerState.open_answer],
)
def answer_page() -> rx.Component:
    """Record what a supplier answered."""
    state, facts = AnswerState, AnswerState.facts
    form = lined_form(
        state,
        card(_offer(state), title="Offer"),
        card(goods_list(state, _quoted, rx.fragment(), "quoted"), title="Prices"),
        back=f"/purchases/quotations/{facts['id']}",
        submit="Record answer",
        icon="check",
    )
    return record_view(
        state,
        page_header(
            f"Answer of {facts['supplier']}",
            f"To {facts['number']}. Leave empty what they do not offer; an earlier answer is kept.",
        ),
        form,
        list_route="/purchases/quotations",
        list_label="All requests",
    )


def _offer(state: Any) -> rx.Component:
    errors = state.field_errors
    return rx.el.div(
        text_field("Their number", "reference", errors=errors, max_length=60),
        date_field("Answered on", "answered_on", errors=errors, default_value=state.today),
        date_field(
            "Holds until",
            "valid_until",
            errors=errors,
            required=True,
            default_value=state.valid_until,
        ),
        text_field("Terms", "terms", errors=errors, placeholder="30 days' credit", max_length=500),
        text_field("Note", "note", errors=errors, max_length=500),
        class_name="form-grid three",
    )


def _quoted(state: Any, line: Any) -> rx.Component:
    errors = state.field_errors

    def count(label: str, part: str, hint: str = "") -> rx.Component:
        return text_field(
            label,
            line["id"] + f".{part}",
            errors=errors,
            placeholder=hint,
            input_mode="numeric",
            auto_complete="off",
            max_length=10,
            class_name="input input-count",
        )

    return rx.fragment(
        money_field("Price of a unit", line["id"] + ".unit_price", errors=errors),
        count("Paid", "scheme_paid", "10"),
        count("Free with them", "scheme_free", "1"),
        money_field("MRP", line["id"] + ".mrp", errors=errors),
        count("Days", "lead_days"),
        count("Least", "minimum_quantity"),
        count("Days of life", "shelf_life_days"),
        text_field("Note", line["id"] + ".note", errors=errors, max_length=120),
    )
