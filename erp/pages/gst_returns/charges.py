"""Charges of gateways and banks, and the tax invoices that let their tax be claimed."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    date_field,
    form_dialog,
    icon_button,
    list_view,
    money_field,
    notice,
    page_header,
    reason_field,
    select_field,
    text_field,
)
from erp.pages.gst_returns.tabs import gst_tabs
from erp.pages.routing import page
from erp.state.gst_returns.charges import (
    EnterInvoiceState,
    TakeBackInvoiceState,
    TaxedChargesState,
)
from erp.state.gst_returns.wording import VIEW

Charges = TaxedChargesState


@page(
    route="/gst/charges",
    title="Charges and their invoices",
    permission=VIEW,
    parent="/gst",
    on_load=[Charges.open_charges, Charges.open_list, Charges.listen],
)
def charges_page() -> rx.Component:
    """List months of charges with the tax that waits, and enter the invoices."""
    return rx.fragment(
        page_header(
            "Charges and their invoices",
            "What gateways, acquirers and banks kept. Its tax is credit once their tax invoice is here: s.16(2)(a).",
        ),
        gst_tabs("/gst/charges"),
        rx.cond(
            ~Charges.is_loading & (Charges.waiting != ""),
            notice(
                f"{Charges.waiting} of input tax waits: in the books, and in no return until its invoice is entered.",
                tone="amber",
                icon="hourglass",
            ),
        ),
        list_view(
            Charges,
            label="Charges by month",
            search="Provider or invoice",
            filters=[
                Filter("state", "Invoice", [("waits", "Waits"), ("covered", "Covered")]),
                Filter("gstin", "Registration", Charges.registrations, "First registration"),
            ],
            row_action=_actions,
            empty=Empty(
                "receipt-text",
                "No charges with tax",
                "A month appears with a gateway's settlement, or a line of the bank that is booked with input tax.",
            ),
        ),
        _entering(),
        _taking_back(),
    )


def _actions(row: Any) -> rx.Component:
    enter = icon_button(
        "file-plus",
        "Enter invoice",
        on_click=EnterInvoiceState.open_dialog(row["id"], row["asked"]),
    )
    back = icon_button(
        "undo-2",
        "Take an invoice back",
        on_click=TakeBackInvoiceState.open_dialog(row["id"], row["supplier"]),
    )
    return rx.el.div(
        rx.cond(row["may_take_back"] != "", back),
        rx.cond(row["may_enter"] != "", enter),
        class_name="row-actions",
    )


def _entering() -> rx.Component:
    state = EnterInvoiceState
    errors = state.field_errors
    return form_dialog(
        state,
        rx.el.p(state.subject["label"], class_name="hint"),
        text_field("Number", "number", errors=errors, required=True, max_length=40),
        date_field("Day of the invoice", "dated_on", errors=errors, required=True),
        rx.cond(
            state.is_bank,
            text_field("Who billed it", "supplier", errors=errors, required=True, max_length=120),
        ),
        text_field("Their GSTIN", "supplier_gstin", errors=errors, required=True, max_length=15),
        money_field("Charges without tax", "taxable", errors=errors, required=True),
        money_field("GST on them", "tax", errors=errors, required=True),
        title="Tax invoice of charges",
        subtitle="Nothing is booked: the charges are in the books. It is no bill or claim of its own.",
        submit="Enter",
    )


def _taking_back() -> rx.Component:
    state = TakeBackInvoiceState
    errors = state.field_errors
    return form_dialog(
        state,
        select_field("Invoice", "invoice_id", state.invoices, errors=errors, required=True),
        reason_field(errors, "The number has a typing error"),
        title=f"Take back an invoice of {state.subject['label']}",
        subtitle="Nothing was booked by it. Its number can be entered again.",
        submit="Take it back",
    )
