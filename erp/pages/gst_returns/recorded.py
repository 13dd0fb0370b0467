"""What was recorded beside documents: purchases under reverse charge, and challans."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    download_link,
    form_dialog,
    icon_button,
    link_button,
    list_view,
    page_header,
    text_field,
)
from erp.pages.gst_returns.tabs import gst_tabs
from erp.pages.routing import page
from erp.state.gst_returns.recorded import (
    CancelDepositState,
    DepositListState,
    ReverseChargeListState,
)
from erp.state.gst_returns.wording import VIEW


@page(
    route="/gst/reverse-charges",
    title="Reverse charge",
    permission=VIEW,
    parent="/gst",
    on_load=[ReverseChargeListState.open_list, ReverseChargeListState.listen],
)
def reverse_charges_page() -> rx.Component:
    """List purchases under reverse charge with their self-invoices."""
    return rx.fragment(
        page_header("Reverse charge", "Purchases whose tax is ours to pay, under our own numbers."),
        gst_tabs("/gst/reverse-charges"),
        list_view(
            ReverseChargeListState,
            label="Reverse charges",
            search="Number, supplier or what for",
            row_action=_paper,
            empty=Empty(
                "repeat",
                "Nothing under reverse charge",
                "Freight of a goods carrier, or legal fees, are recorded on the page of returns.",
                link_button("Returns", "/gst", look="outline"),
            ),
        ),
    )


@page(
    route="/gst/challans",
    title="Challans",
    permission=VIEW,
    parent="/gst",
    on_load=[DepositListState.open_list, DepositListState.listen],
)
def challans_page() -> rx.Component:
    """List challans; one that was typed wrong is cancelled."""
    state = CancelDepositState
    reason = text_field(
        "Reason", "reason", errors=state.field_errors, required=True, max_length=120
    )
    return rx.fragment(
        page_header("Challans", "Cash deposited with the portal, which pays GSTR-3B."),
        gst_tabs("/gst/challans"),
        list_view(
            DepositListState,
            label="Challans",
            search="Challan number or GSTIN",
            row_action=_cancel,
            empty=Empty(
                "banknote",
                "No challan yet",
                "Cash that was deposited with the portal is recorded on the page of returns.",
                link_button("Returns", "/gst", look="outline"),
            ),
        ),
        form_dialog(
            state,
            reason,
            title="Cancel this challan?",
            subtitle="For one that was typed wrong: the cash goes back to the bank in the books, by an entry of today.",
            submit="Cancel the challan",
            dismiss="Keep it",
        ),
    )


def _paper(row: Any) -> rx.Component:
    return rx.cond(
        row["paper"] != "", download_link("Self-invoice", row["paper"], icon="file-text")
    )


def _cancel(row: Any) -> rx.Component:
    asked = CancelDepositState.open_dialog(row["id"], row["reference"])
    return rx.cond(row["may_cancel"] != "", icon_button("ban", "Cancel challan", on_click=asked))
