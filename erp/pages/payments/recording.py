"""Recording a payment."""

from typing import Any

import reflex as rx

from erp.components import (
    button,
    card,
    date_field,
    lined_form,
    link_button,
    lookup_field,
    money_field,
    page_header,
    select_field,
    text_field,
)
from erp.pages.routing import page
from erp.state.payments.recording import MakePaymentState, ReceivePaymentState
from erp.state.payments.wording import PAY, RECEIVE, TYPED_METHODS


@page(
    route="/payments/receive",
    title="Receive payment",
    permission=RECEIVE,
    parent="/payments",
    command="payments.receive_payment",
    on_load=[ReceivePaymentState.open_payment],
)
def receive_payment_page() -> rx.Component:
    """Record what a customer paid."""
    return _recording(
        ReceivePaymentState,
        (
            "Receive payment",
            "Money of a customer. It settles what is due first unless you say what.",
            link_button(
                "Advance for a service", "/service-advances/new", look="outline", icon="hand-coins"
            ),
        ),
        "Customer",
    )


@page(
    route="/payments/make",
    title="Make payment",
    permission=PAY,
    parent="/payments",
    command="payments.make_payment",
    on_load=[MakePaymentState.open_payment],
)
def make_payment_page() -> rx.Component:
    """Record what was paid to a supplier."""
    return _recording(
        MakePaymentState,
        ("Make payment", "Money for a supplier. It settles what is due first unless you say what."),
        "Supplier",
    )


def _recording(state: Any, words: tuple[Any, ...], role: str) -> rx.Component:
    return rx.fragment(
        page_header(*words),
        lined_form(
            state,
            card(_head(state, role), title="Payment"),
            rx.cond(state.standing != "", card(_open(state), title="What it settles")),
            back="/payments",
            submit="Record payment",
            icon="banknote",
        ),
    )


def _head(state: Any, role: str) -> rx.Component:
    errors = state.field_errors
    whom = lookup_field(
        role,
        "party_id",
        f"/api/erp/parties?role={role.lower()}",
        errors=errors,
        required=True,
        label_key="name",
        detail_key="city",
        placeholder="Name or code",
        initial_value=state.party["id"],
        initial_label=state.party["name"],
        on_pick=state.choose_party,
        key=state.party["id"],
    )
    how = select_field(
        "By",
        "method",
        list(TYPED_METHODS.items()),
        errors=errors,
        default_value="bank",
        on_change=state.choose_method,
    )
    is_cheque = state.method == "cheque"
    reference = text_field(
        rx.cond(is_cheque, "Cheque number", "Reference"),
        "reference",
        errors=errors,
        placeholder=rx.cond(is_cheque, "As printed", "UTR or the bank's number"),
        max_length=60,
    )
    day = date_field("Day on the cheque", "cheque_on", errors=errors, required=True)
    return rx.fragment(
        rx.el.div(
            whom,
            money_field("Amount", "amount", errors=errors, required=True),
            how,
            reference,
            rx.cond(is_cheque, day),
            rx.cond(state.more, _more(state)),
            class_name="form-grid four",
        ),
        rx.cond(
            state.more,
            rx.fragment(),
            button(
                "Discount, write-off, day, note",
                look="ghost",
                icon="plus",
                on_click=state.show_more,
            ),
        ),
    )


def _more(state: Any) -> rx.Component:
    errors = state.field_errors
    return rx.fragment(
        date_field("Paid on", "paid_on", errors=errors, hint="Else today"),
        money_field("Discount for paying", "discount", errors=errors),
        money_field("Written off", "write_off", errors=errors, hint="A small rest nobody pays"),
        text_field("Note", "note", errors=errors, max_length=200),
    )


def _open(state: Any) -> rx.Component:
    def line_of(line: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.b(line["label"]),
                rx.el.span(
                    line["words"], class_name="soft", custom_attrs={"data-tone": line["tone"]}
                ),
                class_name="goods-head",
            ),
            rx.el.div(
                money_field(
                    f"Of {line['open']}",
                    line["id"] + ".settles",
                    errors=state.field_errors,
                ),
                class_name="goods-fields few",
            ),
            key=line["id"],
            custom_attrs={"data-line": line["id"]},
        )

    choice = select_field(
        "Where nothing is typed below",
        "settle",
        [("", "Settle what is due first"), ("nothing", "Leave it on the account")],
        errors=state.field_errors,
    )
    return rx.el.div(
        rx.el.p(state.standing, class_name="soft"),
        rx.cond(
            state.lines.length() > 0,
            rx.fragment(
                rx.el.div(choice, class_name="form-grid three"),
                rx.el.ol(rx.foreach(state.lines, line_of), class_name="goods"),
            ),
        ),
        class_name="stack",
    )
