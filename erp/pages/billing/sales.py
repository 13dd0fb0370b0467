"""Sales and returns: the list and one of them."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    badge,
    card,
    data_table,
    download_link,
    fact_list,
    grid,
    link_button,
    list_view,
    page_header,
)
from erp.components.records import or_dash, record_view
from erp.pages.routing import Nav, page
from erp.state.billing.prints import PRINT_COLUMNS
from erp.state.billing.sales import (
    KINDS,
    LINE_COLUMNS,
    METHOD_NAMES,
    RELATED_COLUMNS,
    TENDER_COLUMNS,
    SaleListState,
    SaleState,
)

PDF = "/api/erp/invoices/"


@page(
    route="/sales",
    title="Sales",
    permission="pos.view",
    nav=Nav("Sales", "receipt", group="Sell", order=20, keys="g s"),
    on_load=[SaleListState.open_list, SaleListState.listen],
)
def sales_page() -> rx.Component:
    """List bills and returns."""
    return rx.fragment(
        page_header(
            "Sales",
            "Every bill and return, newest first.",
            link_button("Open the till", "/till", icon="store"),
        ),
        list_view(
            SaleListState,
            label="Sales",
            search="Search by number or customer",
            filters=[
                Filter("kind", "Kind", list(KINDS.items())),
                Filter("method", "Paid by", list(METHOD_NAMES.items())),
                Filter("from_day", "From"),
                Filter("to_day", "To"),
            ],
            empty=Empty("receipt", "No sale yet", "The first bill of the till appears here."),
        ),
    )


@page(
    route="/sales/[sale_id]",
    title="Sale",
    permission="pos.view",
    parent="/sales",
    record="sale",
    on_load=[SaleState.open_record, SaleState.listen],
)
def sale_page() -> rx.Component:
    """Show one bill or return."""
    return record_view(
        SaleState,
        _head(),
        grid(
            rx.el.div(
                card(data_table(LINE_COLUMNS, SaleState.lines, label="Lines"), title="Lines"),
                _related(),
                _prints(),
                class_name="stack span-8",
            ),
            rx.el.div(
                card(_facts(), title="Bill"),
                card(
                    data_table(TENDER_COLUMNS, SaleState.tenders, label="Payment"), title="Payment"
                ),
                class_name="stack span-4",
            ),
        ),
        list_route="/sales",
        list_label="All sales",
    )


def _head() -> rx.Component:
    head = SaleState.head
    base = f"{PDF}{head['invoice_id']}"
    return page_header(
        head["title"],
        f"{head['when']} · {head['till']} · {head['cashier']}",
        rx.cond(
            head["may_return"] != "",
            link_button(
                "Return goods", f"/till/return?sale={head['id']}", look="outline", icon="undo-2"
            ),
        ),
        download_link("Print receipt", f"{base}/receipt.pdf", icon="receipt"),
        download_link("A4 invoice", f"{base}/invoice.pdf", icon="file-text"),
    )


def _facts() -> rx.Component:
    head = SaleState.head
    return rx.fragment(
        fact_list(
            [
                ("Kind", badge(head["label"], head["tone"])),
                ("Customer", head["customer"]),
                ("Taxable value", head["taxable"]),
                ("Tax", head["tax"]),
                ("Round-off", head["round_off"]),
                ("Total", rx.el.b(head["total"])),
                ("Change given", head["change"]),
                ("Note", or_dash(head["note"])),
            ]
        ),
        rx.el.nav(
            _link(head["invoice_href"], "GST document", "file-text"),
            _link(head["entry_href"], "Journal entry", "book-open"),
            _link(head["shift_href"], "Shift", "history"),
            class_name="links",
            aria_label="Belongs to this",
        ),
    )


def _link(href: rx.Var[str], label: str, icon: str) -> rx.Component:
    return rx.cond(href != "", link_button(label, href, look="ghost", icon=icon))


def _related() -> rx.Component:
    table = data_table(RELATED_COLUMNS, SaleState.related, label="Related", linked=True)
    return rx.cond(SaleState.related.length() > 0, card(table, title="Returns and their bill"))


def _prints() -> rx.Component:
    table = data_table(PRINT_COLUMNS, SaleState.prints, label="Prints")
    return rx.cond(SaleState.prints.length() > 0, card(table, title="Prints"))
