"""GST documents: the list and one of them."""

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
    link_button,
    list_view,
    notice,
    page_header,
    text_field,
)
from erp.components.records import or_dash, record_view
from erp.pages.einvoicing.panels import invoice_panel, way_bill_dialog
from erp.pages.gateways.panels import invoice_links, request_dialog
from erp.pages.routing import Nav, page
from erp.state.billing.invoices import (
    COUNTS,
    KINDS,
    LINE_COLUMNS,
    RATE_COLUMNS,
    RELATED_COLUMNS,
    SOURCES,
    STANDINGS,
    CancelInvoiceState,
    InvoiceListState,
    InvoiceState,
)
from erp.state.billing.prints import PRINT_COLUMNS
from erp.state.einvoicing.panels import InvoicePanelState
from erp.state.gateways.links import InvoiceLinksState

PDF = "/api/erp/invoices/"


@page(
    route="/invoices",
    title="Invoices and notes",
    permission="billing.view",
    nav=Nav("Invoices", "file-text", group="Sell", order=30, keys="g i"),
    on_load=[InvoiceListState.open_list, InvoiceListState.listen],
)
def invoices_page() -> rx.Component:
    """List GST documents."""
    return rx.fragment(
        page_header(
            "Invoices and notes",
            "Every GST document as it was posted; none ever changes, some are cancelled.",
        ),
        list_view(
            InvoiceListState,
            label="Invoices and notes",
            search="Search by number or recipient",
            filters=[
                Filter("kind", "Kind", list(KINDS.items())),
                Filter("source", "Made for", list(SOURCES.items())),
                Filter("standing", "State", list(STANDINGS.items())),
                Filter("counts", "In figures", list(COUNTS.items())),
                Filter("from_day", "From"),
                Filter("to_day", "To"),
            ],
            empty=Empty(
                "file-text", "No document yet", "Each sale posts its own; the first appears here."
            ),
        ),
    )


@page(
    route="/invoices/[invoice_id]",
    title="Invoice",
    permission="billing.view",
    parent="/invoices",
    record="invoice",
    on_load=[
        InvoiceState.open_record,
        InvoicePanelState.open_record,
        InvoiceLinksState.open_record,
        InvoiceState.listen,
        InvoicePanelState.listen,
        InvoiceLinksState.listen,
    ],
)
def invoice_page() -> rx.Component:
    """Show one document."""
    return record_view(
        InvoiceState,
        _head(),
        rx.cond(
            InvoiceState.head["cancelled"] != "",
            notice(InvoiceState.head["cancelled"], tone="red", icon="ban"),
        ),
        grid(
            rx.el.div(
                card(data_table(LINE_COLUMNS, InvoiceState.lines, label="Lines"), title="Lines"),
                card(
                    data_table(RATE_COLUMNS, InvoiceState.rates, label="Tax by rate"),
                    title="Tax by rate",
                ),
                _related(),
                _prints(),
                class_name="stack span-8",
            ),
            rx.el.div(
                card(_recipient(), title="Recipient"),
                card(_totals(), title="Totals"),
                invoice_links(),
                invoice_panel(),
                class_name="stack span-4",
            ),
        ),
        way_bill_dialog(),
        _cancelling(),
        request_dialog(),
        list_route="/invoices",
        list_label="All documents",
    )


def _head() -> rx.Component:
    head = InvoiceState.head
    base = f"{PDF}{head['id']}"
    return page_header(
        head["title"],
        f"{head['when']} · {head['place']} · {head['nature']}",
        _link(head["sale_href"], "Sale", "receipt"),
        _link(head["entry_href"], "Journal entry", "book-open"),
        rx.cond(
            head["may_return"] != "",
            link_button(
                "Return goods", f"/invoices/{head['id']}/return", look="outline", icon="undo-2"
            ),
        ),
        rx.cond(
            head["may_amend"] != "",
            link_button(
                "Amend in the return",
                f"/gst/amendments/new?invoice_id={head['id']}",
                look="ghost",
                icon="pen-line",
            ),
        ),
        rx.cond(head["may_cancel"] != "", _cancel()),
        download_link("Print receipt", f"{base}/receipt.pdf", icon="receipt"),
        download_link("A4 invoice", f"{base}/invoice.pdf", icon="file-text"),
    )


def _cancel() -> rx.Component:
    """Return the way to cancel: what the portal registered is cancelled there, and the books follow."""
    head, at_portal = InvoiceState.head, InvoicePanelState.head["cancels_at"]
    return rx.cond(
        at_portal,
        link_button("Cancel at the portal", at_portal, look="ghost", icon="ban"),
        button(
            "Cancel",
            look="ghost",
            icon="ban",
            on_click=CancelInvoiceState.open_dialog(head["id"], head["number"]),
        ),
    )


def _cancelling() -> rx.Component:
    state = CancelInvoiceState
    return form_dialog(
        state,
        text_field(
            "Reason",
            "reason",
            errors=state.field_errors,
            required=True,
            max_length=200,
            placeholder="Billed to the wrong customer",
        ),
        title="Cancel this invoice?",
        subtitle="Its goods come back, nothing of it is owed, its order is open again. Its number stays used; the paper"
        " and the GST return say that it was cancelled.",
        submit="Cancel the invoice",
        dismiss="Keep it",
    )


def _link(href: rx.Var[str], label: str, icon: str) -> rx.Component:
    return rx.cond(href != "", link_button(label, href, look="outline", icon=icon))


def _recipient() -> rx.Component:
    head = InvoiceState.head
    return fact_list(
        [
            ("Name", head["recipient"]),
            (
                "GSTIN",
                rx.cond(
                    head["gstin"] != "",
                    rx.el.span(head["gstin"], class_name="code"),
                    "Unregistered",
                ),
            ),
            ("Address", or_dash(head["address"])),
            ("Place of supply", head["place"]),
            ("Supply", head["nature"]),
        ]
    )


def _totals() -> rx.Component:
    head = InvoiceState.head
    return fact_list(
        [
            ("Kind", badge(head["label"], head["tone"])),
            ("State", badge(head["standing"], head["standing_tone"])),
            ("Prices", head["prices"]),
            ("Gross", head["gross"]),
            ("Discount", head["discount"]),
            ("Taxable value", head["taxable"]),
            ("CGST", head["cgst"]),
            ("SGST", head["sgst"]),
            ("IGST", head["igst"]),
            ("Round-off", head["round_off"]),
            ("Total", rx.el.b(head["total"])),
        ]
    )


def _related() -> rx.Component:
    table = data_table(RELATED_COLUMNS, InvoiceState.related, label="Related", linked=True)
    return rx.cond(InvoiceState.related.length() > 0, card(table, title="Notes and their invoice"))


def _prints() -> rx.Component:
    table = data_table(PRINT_COLUMNS, InvoiceState.prints, label="Prints")
    return rx.cond(InvoiceState.prints.length() > 0, card(table, title="Prints"))
