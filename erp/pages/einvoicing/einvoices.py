"""Documents at the invoice portal: the list and one of them."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    badge,
    button,
    card,
    data_table,
    download_link,
    fact_list,
    form_dialog,
    grid,
    icon_button,
    link_button,
    list_view,
    notice,
    page_header,
    select_field,
    text_field,
)
from erp.components.records import or_dash, record_view
from erp.pages.gst_returns.tabs import gst_tabs
from erp.pages.routing import Nav, page
from erp.state.einvoicing.einvoices import CancelEInvoiceState, EInvoiceListState, EInvoiceState
from erp.state.einvoicing.wording import (
    CALL_COLUMNS,
    DOCUMENT_TYPES,
    FILTERED,
    PROBLEM_COLUMNS,
    REASONS,
    VIEW,
)

head = EInvoiceState.head


@page(
    route="/gst/e-invoices",
    title="E-invoices",
    permission=VIEW,
    parent="/gst",
    nav=Nav("E-invoices", "qr-code", group="Money", order=51),
    on_load=[EInvoiceListState.open_list, EInvoiceListState.listen],
)
def einvoices_page() -> rx.Component:
    """List documents at the portal."""
    return rx.fragment(
        page_header(
            "E-invoices",
            "Documents to registered buyers go to the invoice portal by themselves.",
        ),
        gst_tabs("/gst/e-invoices"),
        list_view(
            EInvoiceListState,
            label="E-invoices",
            search="Number, customer or IRN",
            filters=[
                Filter("status", "State", list(FILTERED.items())),
                Filter("kind", "Kind", list(DOCUMENT_TYPES.items())),
                Filter("from_day", "From"),
                Filter("to_day", "To"),
            ],
            row_action=_send_again,
            empty=Empty(
                "qr-code",
                "Nothing at the portal yet",
                "Once a registration reports, its documents to registered buyers appear here.",
                link_button("Registrations", "/gst/registrations", look="outline"),
            ),
        ),
    )


@page(
    route="/gst/e-invoices/[einvoice_id]",
    title="E-invoice",
    permission=VIEW,
    parent="/gst/e-invoices",
    on_load=[EInvoiceState.open_record, EInvoiceState.listen],
)
def einvoice_page() -> rx.Component:
    """Show one document at the portal."""
    problems = card(
        data_table(PROBLEM_COLUMNS, EInvoiceState.problems, label="What is wrong"),
        title="What is wrong",
        subtitle="Mend it on the customer's or branch's page, then send the document again.",
    )
    calls = card(
        data_table(CALL_COLUMNS, EInvoiceState.calls, label="Calls to the portal"),
        title="Calls to the portal",
        subtitle="Every call and its answer are kept for ever.",
    )
    nothing = card(rx.el.p("The portal was not asked yet.", class_name="soft"), title="Calls")
    return rx.fragment(
        record_view(
            EInvoiceState,
            page_header(head["title"], head["about"], _actions()),
            rx.cond(head["after"] != "", notice(head["after"], icon="info")),
            grid(
                rx.el.div(
                    rx.cond(EInvoiceState.problems.length() > 0, problems),
                    rx.cond(EInvoiceState.calls.length() > 0, calls, nothing),
                    class_name="stack span-8 full-below",
                ),
                rx.el.div(
                    card(_facts(), title="At the portal"), class_name="stack span-4 full-below"
                ),
            ),
            list_route="/gst/e-invoices",
            list_label="All e-invoices",
        ),
        _cancelling(),
    )


def _actions() -> rx.Component:
    cancel = button(
        "Cancel",
        look="ghost",
        icon="ban",
        on_click=CancelEInvoiceState.open_dialog(head["id"], head["number"]),
    )
    again = button("Send again", look="solid", icon="send", on_click=EInvoiceState.send_again)
    return rx.fragment(
        rx.cond(head["may_cancel"] != "", cancel),
        download_link("Portal JSON", head["file_href"], icon="file-json"),
        link_button("Document", head["invoice_href"], look="outline", icon="file-text"),
        rx.cond(head["may_send"] != "", again),
    )


def _facts() -> rx.Component:
    reference = rx.cond(
        head["is_registered"] != "",
        rx.el.span(head["irn"], class_name="code"),
        "Not registered yet",
    )
    return fact_list(
        [
            ("State", badge(head["status"], head["tone"])),
            ("IRN", reference),
            ("Acknowledgement", or_dash(head["ack_no"])),
            ("Acknowledged", or_dash(head["ack_at"])),
            ("GSTIN", rx.el.span(head["gstin"], class_name="code")),
            ("Total", head["total"]),
            ("To be reported by", or_dash(head["report_by"])),
            ("May be cancelled until", or_dash(head["may_cancel_until"])),
            ("Cancelled", or_dash(head["cancelled"])),
        ]
    )


def _send_again(row: Any) -> rx.Component:
    return rx.cond(
        row["may_send"] != "",
        icon_button("send", "Send again", on_click=EInvoiceListState.send_again(row["id"])),
    )


def _cancelling() -> rx.Component:
    errors = CancelEInvoiceState.field_errors
    return form_dialog(
        CancelEInvoiceState,
        select_field("Reason", "code", REASONS, errors=errors, required=True),
        text_field(
            "In words",
            "reason",
            errors=errors,
            required=True,
            max_length=100,
            placeholder="Billed to the wrong customer",
        ),
        title="Cancel at the portal?",
        subtitle="Whole, within 24 hours of its registration. The books follow: goods, debt and tax are taken back."
        " Its number is never used again.",
        submit="Cancel it",
        dismiss="Keep it",
    )
