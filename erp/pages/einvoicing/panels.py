"""What the portals know of an invoice or transfer, as a card beside it, and asking for a way bill."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    check_field,
    date_field,
    fact_list,
    form_dialog,
    link_button,
    notice,
    select_field,
    text_field,
)
from erp.components.records import or_dash
from erp.state.einvoicing.panels import InvoicePanelState, PrepareWayBillState, TransferPanelState
from erp.state.einvoicing.wording import MODES

SENDING = (("now", "Have the portal make it now"), ("later", "Keep it as a draft"))


def invoice_panel() -> rx.Component:
    """Return the card of an invoice or note: its registration and its way bill."""
    head = InvoicePanelState.head
    registration = rx.cond(head["is_needed"] == "yes", card(_einvoice(), title="E-invoice"))
    return rx.fragment(registration, _way_card(InvoicePanelState))


def transfer_panel() -> rx.Component:
    """Return the card of a transfer: its way bill."""
    return _way_card(TransferPanelState)


def way_bill_dialog() -> rx.Component:
    """Return the form that asks for a way bill; both panels open it."""
    state = PrepareWayBillState
    errors = state.field_errors
    sending = select_field("Then", "send", SENDING, errors=errors)
    by_hand = notice(
        "No portal is set up for this registration. Save the draft, upload its file at the portal, type its number in.",
        tone="gray",
        icon="info",
    )
    return form_dialog(
        state,
        text_field(
            "Distance in km", "distance_km", errors=errors, required=True, input_mode="numeric"
        ),
        select_field("By", "mode", list(MODES.items()), errors=errors),
        text_field("Vehicle", "vehicle_no", errors=errors, placeholder="MH12AB1234", max_length=15),
        text_field("Transporter's GSTIN", "transporter_gstin", errors=errors, max_length=15),
        text_field("Transporter", "transporter_name", errors=errors, max_length=100),
        text_field("Transport document", "transport_document", errors=errors, max_length=15),
        date_field("Its day", "transport_document_on", errors=errors),
        check_field("Oversize cargo", "is_oversize"),
        rx.cond(state.has_portal, sending, by_hand),
        title="Way bill",
        subtitle=state.subject["label"],
        submit="Save",
        width="640px",
    )


def _einvoice() -> rx.Component:
    head = InvoicePanelState.head
    number = rx.cond(
        head["irn"] != "",
        rx.el.span(head["irn"], class_name="code"),
        "Not registered yet",
    )
    return rx.el.div(
        rx.cond(head["problem"] != "", notice(head["problem"], tone="red")),
        fact_list(
            [
                ("State", badge(head["status"], head["tone"])),
                ("IRN", number),
                ("Acknowledged", or_dash(head["ack"])),
            ]
        ),
        rx.cond(
            head["href"] != "",
            rx.el.div(
                link_button("E-invoice", head["href"], look="outline", icon="qr-code"),
                class_name="actions",
            ),
        ),
        class_name="stack",
    )


def _way_card(state: Any) -> rx.Component:
    head = state.head
    prepare = button(
        "Prepare way bill",
        look="outline",
        icon="route",
        on_click=PrepareWayBillState.open_dialog(head["way_subject"], head["way_document"]),
    )
    facts = rx.el.div(
        rx.cond(head["way_needed"] != "", notice("Its goods need a way bill before they leave.")),
        rx.cond(head["way_problem"] != "", notice(head["way_problem"], tone="red")),
        fact_list(
            [
                ("State", badge(head["way_status"], head["way_tone"])),
                ("Number", or_dash(head["way_number"])),
                ("Holds until", or_dash(head["way_until"])),
                ("Value", head["way_words"]),
                ("PIN codes", head["way_pins"]),
            ]
        ),
        rx.el.div(
            rx.cond(
                head["way_href"] != "",
                link_button("Way bill", head["way_href"], look="outline", icon="route"),
            ),
            rx.cond(head["may_prepare"] != "", prepare),
            class_name="actions",
        ),
        class_name="stack",
    )
    return rx.cond(head["travels"] == "yes", card(facts, title="E-way bill"))
