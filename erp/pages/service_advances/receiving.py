"""Receiving an advance for a service."""

import reflex as rx

from erp.components import (
    card,
    date_field,
    form_view,
    lookup_field,
    money_field,
    page_header,
    select_field,
    text_field,
)
from erp.pages.routing import page
from erp.state.gst_returns.limits import WHERE
from erp.state.payments.wording import RECEIVE, TYPED_METHODS
from erp.state.service_advances.receiving import ReceiveAdvanceState as New

PLACES = [("", "By the customer's address"), *WHERE[1:]]


@page(
    route="/service-advances/new",
    title="Receive an advance for a service",
    permission=RECEIVE,
    parent="/service-advances",
    command="service_advances.receive_advance",
    on_load=[New.open_advance],
)
def receive_advance_page() -> rx.Component:
    """Receive money for a service to come."""
    errors = New.field_errors
    return rx.fragment(
        page_header(
            "Receive an advance for a service",
            "Its tax is taken out of the amount and due now. Money for goods to come is an ordinary payment.",
        ),
        card(
            form_view(
                New,
                lookup_field(
                    "Customer",
                    "party_id",
                    "/api/erp/parties?role=customer",
                    errors=errors,
                    required=True,
                    label_key="name",
                    detail_key="city",
                    placeholder="Name or code",
                    initial_value=New.party["id"],
                    initial_label=New.party["name"],
                    key=New.party["id"],
                ),
                money_field(
                    "Amount received, tax included", "amount", errors=errors, required=True
                ),
                select_field(
                    "Is the service settled?",
                    "settled",
                    [("yes", "Yes"), ("no", "Not yet: 18% is due")],
                    errors=errors,
                    on_change=New.choose_settled,
                ),
                _service(),
                select_field("Place of supply", "place_of_supply", PLACES, errors=errors),
                select_field(
                    "By",
                    "method",
                    list(TYPED_METHODS.items()),
                    errors=errors,
                    required=True,
                    default_value="bank",
                    on_change=New.choose_method,
                ),
                _reference(),
                rx.cond(
                    New.method == "cheque",
                    date_field("Day on the cheque", "cheque_on", errors=errors, required=True),
                ),
                date_field("Received on", "paid_on", errors=errors, hint="Else today"),
                text_field("Note", "note", errors=errors, max_length=200),
                submit="Receive the advance",
                cancel_to="/service-advances",
            )
        ),
    )


def _service() -> rx.Component:
    errors = New.field_errors
    known = lookup_field(
        "Service",
        "variant_id",
        "/api/erp/products/search",
        errors=errors,
        required=True,
        value_key="variant_id",
        label_key="label",
        detail_key="sku",
        placeholder="Name or code",
    )
    unknown = text_field(
        "What is known of it",
        "description",
        errors=errors,
        required=True,
        max_length=200,
        placeholder="Course in spring",
    )
    return rx.cond(New.is_settled, known, unknown)


def _reference() -> rx.Component:
    is_cheque = New.method == "cheque"
    return text_field(
        rx.cond(is_cheque, "Cheque number", "Reference"),
        "reference",
        errors=New.field_errors,
        placeholder=rx.cond(is_cheque, "As printed", "UTR or the bank's number"),
        max_length=60,
    )
