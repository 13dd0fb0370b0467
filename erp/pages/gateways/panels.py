"""Asking for money by a link from where people look at debts: the form, and the card of an invoice."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    check_field,
    form_dialog,
    money_field,
    select_field,
    text_field,
)
from erp.state.gateways.links import InvoiceLinksState, RequestPaymentState


def request_dialog() -> rx.Component:
    """Return the form that asks for money; a page opens it for an invoice or a customer."""
    state = RequestPaymentState
    errors = state.field_errors
    return form_dialog(
        state,
        money_field(
            "Amount",
            "amount",
            errors=errors,
            required=True,
            hint="What is open; less asks for a part",
            default_value=state.offer["open"],
            key=state.form_key + state.offer["open"],
        ),
        text_field(
            "Holds for days",
            "days",
            errors=errors,
            required=True,
            input_mode="numeric",
            default_value="7",
            max_length=2,
        ),
        select_field("Through", "account_id", state.accounts, errors=errors),
        text_field(
            "E-mail",
            "email",
            errors=errors,
            type="email",
            default_value=state.offer["email"],
            key=state.form_key + state.offer["email"],
            placeholder="customer@example.org",
        ),
        check_field("Send it by e-mail once it is made", "send"),
        title="Request payment",
        subtitle=state.offer["words"],
        submit="Make the link",
    )


def request_button(subject: Any, label: Any, *, look: str = "outline") -> rx.Component:
    """Return the button that opens the form; the subject is `invoice:id` or `party:id`."""
    opened = RequestPaymentState.open_dialog(subject, label)
    return button("Request payment", look=look, icon="link", on_click=opened)


def invoice_links() -> rx.Component:
    """Return the card of an invoice: its payment links, and asking for another."""
    state = InvoiceLinksState
    ask = rx.el.div(
        request_button("invoice:" + state.head["id"], "this invoice"), class_name="actions"
    )
    shown = rx.el.ul(rx.foreach(state.links, _link), class_name="entries")
    card_of = card(
        rx.cond(state.links.length() > 0, shown),
        rx.cond(state.head["may_request"] != "", ask),
        title="Payment links",
    )
    return rx.cond((state.links.length() > 0) | (state.head["may_request"] == "yes"), card_of)


def _link(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.link(rx.el.b(row["amount"]), href=row["href"]),
            badge(row["status"], row["tone"]),
            class_name="spread",
        ),
        rx.cond(row["until"] != "", rx.el.span(row["until"], class_name="soft")),
        key=row["id"],
    )
