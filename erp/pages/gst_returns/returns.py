"""GST returns: the list, preparing one, and recording what they need."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    date_field,
    form_dialog,
    list_view,
    lookup_field,
    money_field,
    page_header,
    select_field,
    text_field,
)
from erp.pages.gst_returns.tabs import gst_tabs
from erp.pages.routing import Nav, page
from erp.state.gst_returns.returns import (
    ChangeCreditState,
    DepositState,
    GstReturnListState,
    PrepareReturnState,
    ReverseChargeState,
)
from erp.state.gst_returns.wording import CHANGES, FORMS, STATUSES, VIEW

LENGTHS = (("1", "A month"), ("3", "A quarter (QRMP, CMP-08)"))
EXPENSES = (
    ("freight_inward", "Freight inward"),
    ("rent", "Rent"),
    ("bank_charges", "Bank charges"),
    ("sales_promotion", "Sales promotion"),
)


@page(
    route="/gst",
    title="GST returns",
    permission=VIEW,
    nav=Nav("GST returns", "landmark", group="Money", order=50, section="/gst"),
    on_load=[
        GstReturnListState.open_returns,
        GstReturnListState.open_list,
        GstReturnListState.listen,
    ],
)
def gst_returns_page() -> rx.Component:
    """List returns and prepare the next."""
    prepare = button(
        "Prepare a return",
        look="solid",
        icon="file-check-2",
        on_click=PrepareReturnState.open_dialog("", ""),
    )
    return rx.fragment(
        page_header(
            "GST returns",
            "Made of posted documents, proved against the tax accounts, frozen and filed.",
            rx.cond(GstReturnListState.may_record, _recording()),
            rx.cond(GstReturnListState.may_prepare, prepare),
        ),
        gst_tabs("/gst"),
        list_view(
            GstReturnListState,
            label="Returns",
            search="GSTIN or ARN",
            filters=[
                Filter("form", "Return", list(FORMS.items())),
                Filter("status", "Status", list(STATUSES.items())),
            ],
            empty=Empty(
                "landmark",
                "No return yet",
                "Prepare last month's GSTR-1: it lists what has to be mended before it is filed.",
                rx.cond(GstReturnListState.may_prepare, prepare),
            ),
        ),
        _prepare(),
        _deposit(),
        _change(),
        _reverse_charge(),
    )


def _recording() -> rx.Component:
    def ask(label: str, state: Any, icon: str) -> rx.Component:
        return button(label, look="outline", icon=icon, on_click=state.open_dialog("", ""))

    return rx.fragment(
        ask("Challan", DepositState, "banknote"),
        ask("Credit", ChangeCreditState, "undo-2"),
        ask("Reverse charge", ReverseChargeState, "repeat"),
    )


def _registration(state: Any) -> rx.Component:
    return select_field(
        "Registration", "gstin", state.registrations, errors=state.field_errors, required=True
    )


def _prepare() -> rx.Component:
    state = PrepareReturnState
    errors = state.field_errors
    return form_dialog(
        state,
        _registration(state),
        select_field("Return", "form", list(FORMS.items()), errors=errors),
        select_field("Month, or first of the quarter", "starts_on", state.months, errors=errors),
        select_field("Length", "months", LENGTHS, errors=errors),
        date_field(
            "Day of filing",
            "filed_on",
            errors=errors,
            hint="Else today; credit lapses by it (s.16(4))",
        ),
        title="Prepare a return",
        subtitle="It may be prepared as often as you like until a version is filed.",
        submit="Prepare",
    )


def _deposit() -> rx.Component:
    state = DepositState
    errors = state.field_errors
    return form_dialog(
        state,
        _registration(state),
        text_field(
            "Challan number (CIN)", "reference", errors=errors, required=True, max_length=40
        ),
        money_field("Amount", "amount", errors=errors, required=True),
        date_field("Deposited on", "deposited_on", errors=errors, hint="Else today"),
        title="Record a challan",
        subtitle="Money of the bank becomes cash with the portal.",
        submit="Record challan",
    )


def _change() -> rx.Component:
    state = ChangeCreditState
    errors = state.field_errors
    return form_dialog(
        state,
        _registration(state),
        select_field("Why", "kind", list(CHANGES.items()), errors=errors),
        money_field("CGST", "cgst", errors=errors),
        money_field("SGST", "sgst", errors=errors),
        money_field("IGST", "igst", errors=errors),
        date_field("Booked on", "booked_on", errors=errors, hint="Else today"),
        text_field("Reason", "reason", errors=errors, required=True, max_length=120),
        title="Change credit",
        subtitle="Input tax that is given back, or claimed again, in table 4 of GSTR-3B; or tax that came back.",
        submit="Record",
    )


def _reverse_charge() -> rx.Component:
    state = ReverseChargeState
    errors = state.field_errors
    supplier = lookup_field(
        "Supplier",
        "supplier_id",
        "/api/erp/parties?role=supplier",
        errors=errors,
        required=True,
        label_key="name",
        detail_key="city",
        placeholder="Name or code",
    )
    return form_dialog(
        state,
        _registration(state),
        supplier,
        text_field("For", "description", errors=errors, required=True, max_length=120),
        text_field("HSN or SAC", "hsn", errors=errors, required=True, max_length=8),
        money_field("Value without tax", "taxable", errors=errors, required=True),
        text_field("Rate, percent", "rate", errors=errors, required=True, input_mode="decimal"),
        select_field("Expense", "account", EXPENSES, errors=errors),
        text_field("Supplier's number", "supplier_number", errors=errors, max_length=60),
        date_field("Booked on", "booked_on", errors=errors, hint="Else today"),
        title="Purchase under reverse charge",
        subtitle="The supplier charges no tax; you pay it in cash and claim it as credit.",
        submit="Record",
    )
