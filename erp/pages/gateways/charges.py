"""Providers' monthly tax invoices beside what their settlements kept."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    button,
    date_field,
    form_dialog,
    icon_button,
    list_view,
    money_field,
    page_header,
    select_field,
    text_field,
)
from erp.pages.gateways.tabs import gateway_tabs
from erp.pages.routing import page
from erp.state.gateways.charges import ChargesListState, RecordChargesState, TakeBackChargesState
from erp.state.gateways.wording import VIEW


@page(
    route="/gateways/invoices",
    title="Charges",
    permission=VIEW,
    parent="/payment-links",
    on_load=[ChargesListState.open_list, ChargesListState.listen],
)
def charges_page() -> rx.Component:
    """List the months of all accounts."""
    add = rx.cond(
        ChargesListState.may_record,
        button(
            "Record an invoice",
            look="solid",
            icon="plus",
            on_click=RecordChargesState.open_dialog("", ""),
        ),
    )
    return rx.fragment(
        page_header(
            "Charges and invoices",
            "What the providers kept of settlements in a month, beside their tax invoice for it.",
            add,
        ),
        gateway_tabs("/gateways/invoices"),
        list_view(
            ChargesListState,
            label="Charges by month",
            search="Account or invoice",
            row_action=_take_back,
            empty=Empty(
                "receipt-text",
                "No charges yet",
                "A month appears with its first settlement.",
            ),
        ),
        _recording(),
        _taking_back(),
    )


def _take_back(row: Any) -> rx.Component:
    state = ChargesListState
    opened = TakeBackChargesState.open_dialog(row["id"], row["account"])
    return rx.cond(
        state.may_record & (row["may_take_back"] != ""),
        icon_button("undo-2", "Take an invoice back", on_click=opened),
    )


def _taking_back() -> rx.Component:
    state = TakeBackChargesState
    errors = state.field_errors
    return form_dialog(
        state,
        select_field("Invoice", "invoice_id", state.invoices, errors=errors, required=True),
        text_field(
            "Reason",
            "reason",
            errors=errors,
            required=True,
            max_length=120,
            placeholder="The number has a typing error",
        ),
        title=f"Take back an invoice of {state.subject['label']}",
        subtitle="Nothing was booked by it. Its number can be recorded again.",
        submit="Take it back",
    )


def _recording() -> rx.Component:
    state = RecordChargesState
    errors = state.field_errors
    return form_dialog(
        state,
        select_field("Account", "account_id", state.accounts, errors=errors, required=True),
        date_field("Any day of the month it bills", "month", errors=errors, required=True),
        text_field("Number", "number", errors=errors, required=True),
        date_field("Day of the invoice", "dated_on", errors=errors, required=True),
        text_field("GSTIN of the provider", "supplier_gstin", errors=errors, required=True),
        money_field("Charges without tax", "taxable", errors=errors, required=True),
        money_field("GST on them", "tax", errors=errors, required=True),
        title="Invoice of a provider",
        subtitle="Nothing is booked: settlements booked the charges. It is no bill or claim of its own.",
        submit="Record",
    )
