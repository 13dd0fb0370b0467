"""What was recorded beside documents: purchases under reverse charge, changes of credit, challans, annual returns."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    button,
    date_field,
    download_link,
    form_dialog,
    icon_button,
    link_button,
    list_view,
    page_header,
    select_field,
    text_field,
)
from erp.pages.gst_returns.tabs import gst_tabs
from erp.pages.routing import page
from erp.state.gst_returns.recorded import (
    AnnualReturnListState,
    CancelCreditChangeState,
    CancelDepositState,
    CancelReverseChargeState,
    CreditChangeListState,
    DepositListState,
    ReverseChargeListState,
)
from erp.state.gst_returns.returns import AnnualReturnState
from erp.state.gst_returns.wording import CREDIT_KINDS, VIEW


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
        page_header(
            "Reverse charge",
            "Purchases whose tax is ours to pay, under our own numbers; self-invoices as PDF.",
        ),
        gst_tabs("/gst/reverse-charges"),
        list_view(
            ReverseChargeListState,
            label="Reverse charges",
            search="Number, supplier or what for",
            row_action=_charge_actions,
            empty=Empty(
                "repeat",
                "Nothing under reverse charge",
                "Freight of a goods carrier, or legal fees, are recorded on the page of returns.",
                link_button("Returns", "/gst", look="outline"),
            ),
        ),
        _cancel_dialog(
            CancelReverseChargeState,
            "Cancel this reverse charge?",
            "For one that was typed wrong. Its entry is taken back on its own day, with what is owed to the supplier;"
            " its number is not given again.",
            "Cancel the reverse charge",
        ),
    )


@page(
    route="/gst/credit-changes",
    title="Credit reversed",
    permission=VIEW,
    parent="/gst",
    on_load=[CreditChangeListState.open_list, CreditChangeListState.listen],
)
def credit_changes_page() -> rx.Component:
    """List credit that was reversed or claimed again, each with its entry."""
    return rx.fragment(
        page_header(
            "Credit reversed",
            "Credit that was given back, for good or for a time, and what of it was claimed again.",
        ),
        gst_tabs("/gst/credit-changes"),
        list_view(
            CreditChangeListState,
            label="Changes of credit",
            search="Reason or GSTIN",
            filters=[Filter("kind", "What", list(CREDIT_KINDS.items()))],
            row_action=_change_actions,
            empty=Empty(
                "undo-2",
                "No credit was reversed",
                "Credit on lost goods, on exempt supplies or of suppliers unpaid for 180 days is reversed on the page"
                " of returns.",
                link_button("Returns", "/gst", look="outline"),
            ),
        ),
        _cancel_dialog(
            CancelCreditChangeState,
            "Cancel this change of credit?",
            "For one that was typed wrong. Its entry is taken back on its own day; lost goods behind it wait again.",
            "Cancel the change of credit",
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
        _cancel_dialog(
            CancelDepositState,
            "Cancel this challan?",
            "For one that was typed wrong: the cash goes back to the bank in the books, by an entry of today.",
            "Cancel the challan",
        ),
    )


@page(
    route="/gst/annual-returns",
    title="Annual returns",
    permission=VIEW,
    parent="/gst",
    on_load=[AnnualReturnListState.open_list, AnnualReturnListState.listen],
)
def annual_returns_page() -> rx.Component:
    """List annual returns that were filed, and record one."""
    record = button(
        "Record an annual return",
        look="solid",
        icon="calendar-check",
        on_click=AnnualReturnState.open_dialog("", ""),
    )
    offered = rx.cond(AnnualReturnListState.may_record, record)
    return rx.fragment(
        page_header(
            "Annual returns",
            "GSTR-9 is made on the portal. From the next day on no return claims credit of its year's bills.",
            offered,
        ),
        gst_tabs("/gst/annual-returns"),
        list_view(
            AnnualReturnListState,
            label="Annual returns",
            search="GSTIN or ARN",
            empty=Empty(
                "calendar-check",
                "No annual return yet",
                "Record a year's GSTR-9 once it is filed, where that is before 30 November.",
                offered,
            ),
        ),
        _annual_return(),
    )


def _annual_return() -> rx.Component:
    state = AnnualReturnState
    errors = state.field_errors
    return form_dialog(
        state,
        select_field("Registration", "gstin", state.registrations, errors=errors, required=True),
        select_field("Financial year", "year_from", state.years, errors=errors, required=True),
        date_field(
            "Filed on", "filed_on", errors=errors, hint="Leave empty if none was filed after all"
        ),
        text_field("ARN", "arn", errors=errors, max_length=15),
        title="Record an annual return",
        subtitle="Credit of the year's bills lapses with it, if not on 30 November before (s.16(4)).",
        submit="Record",
    )


def _cancel_dialog(state: Any, title: str, subtitle: str, submit: str) -> rx.Component:
    reason = text_field(
        "Reason", "reason", errors=state.field_errors, required=True, max_length=120
    )
    return form_dialog(
        state, reason, title=title, subtitle=subtitle, submit=submit, dismiss="Keep it"
    )


def _charge_actions(row: Any) -> rx.Component:
    paper = download_link("PDF", row["paper"], icon="file-text")
    asked = CancelReverseChargeState.open_dialog(row["id"], row["number"])
    cancel = icon_button("ban", "Cancel reverse charge", on_click=asked)
    return rx.el.div(
        rx.cond(row["paper"] != "", paper),
        rx.cond(row["may_cancel"] != "", cancel),
        class_name="row-actions",
    )


def _change_actions(row: Any) -> rx.Component:
    asked = CancelCreditChangeState.open_dialog(row["id"], row["reason"])
    cancel = icon_button("ban", "Cancel change of credit", on_click=asked)
    return rx.cond(row["may_cancel"] != "", cancel)


def _cancel(row: Any) -> rx.Component:
    asked = CancelDepositState.open_dialog(row["id"], row["reference"])
    return rx.cond(row["may_cancel"] != "", icon_button("ban", "Cancel challan", on_click=asked))
