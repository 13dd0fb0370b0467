"""Quotations and orders of customers: the list, and one of them."""

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
    reason_field,
)
from erp.components.records import or_dash, record_view
from erp.pages.routing import Nav, page
from erp.pages.sales.order_links import order_link_dialogs, order_links
from erp.state.sales.order import (
    DELIVERY_COLUMNS,
    LINE_COLUMNS,
    VERSION_COLUMNS,
    ConfirmQuotationState,
    FinishSalesOrderState,
    SalesOrderState,
)
from erp.state.sales.order_links import OrderLinksState
from erp.state.sales.order_wording import STANDINGS, VIEW
from erp.state.sales.orders import SalesOrderListState

head = SalesOrderState.head


@page(
    route="/orders",
    title="Orders and quotations",
    permission=VIEW,
    nav=Nav("Customer orders", "shopping-bag", group="Sell", order=15, keys="g d"),
    on_load=[
        SalesOrderListState.open_orders, SalesOrderListState.open_list, SalesOrderListState.listen,
    ],
)  # fmt: skip
def sales_orders_page() -> rx.Component:
    """List quotations and orders."""
    add = rx.cond(
        SalesOrderListState.may_order,
        rx.fragment(
            link_button("New quotation", "/orders/quote", look="outline", icon="file-pen-line"),
            link_button("New order", "/orders/new", icon="plus"),
        ),
    )
    return rx.fragment(
        page_header(
            "Orders and quotations",
            "What customers were offered and ordered, what is kept for them, what is delivered.",
            add,
        ),
        list_view(
            SalesOrderListState,
            label="Orders and quotations",
            search="Number or customer",
            filters=[Filter("standing", "Standing", list(STANDINGS.items()))],
            empty=Empty(
                "shopping-bag",
                "No order yet",
                "Choose a customer and paste their list; prices and free goods come by themselves.",
                add,
            ),
        ),
    )


@page(
    route="/orders/[order_id]",
    title="Order",
    permission=VIEW,
    parent="/orders",
    record="sales_order",
    on_load=[SalesOrderState.open_record, OrderLinksState.open_links, SalesOrderState.listen],
)
def sales_order_page() -> rx.Component:
    """Show one quotation or order."""
    return record_view(
        SalesOrderState,
        page_header(head["name"], f"{head['customer']} · made {head['made']}", _actions()),
        rx.cond(head["ended"] != "", notice(head["ended"], tone="gray", icon="archive")),
        rx.cond(head["short"] != "", _short()),
        rx.cond(
            head["late"] != "",
            notice(f"Wanted by {head['deliver_by']} and not all delivered.", tone="amber"),
        ),
        grid(
            rx.el.div(
                card(data_table(LINE_COLUMNS, SalesOrderState.lines, label="Lines"), title="Goods"),
                _deliveries(),
                card(
                    data_table(VERSION_COLUMNS, SalesOrderState.versions, label="Versions"),
                    title="Versions",
                ),
                class_name="stack span-8",
            ),
            rx.el.div(
                card(_facts(), title="Order"),
                card(_totals(), title=f"Worth, prices {head['mode']}"),
                order_links(head["id"], head["name"]),
                class_name="stack span-4 full-below",
            ),
        ),
        _dialogs(),
        order_link_dialogs(),
        list_route="/orders",
        list_label="All orders",
    )


def _actions() -> rx.Component:
    paper = f"/api/erp/sales-orders/{head['id']}/pdf"
    subject = (head["id"], head["name"])
    return rx.fragment(
        download_link("PDF", paper, icon="file-text"),
        rx.cond(
            head["may_amend"] != "",
            rx.fragment(
                button("End", icon="archive", on_click=FinishSalesOrderState.open_dialog(*subject)),
                link_button("Amend", f"/orders/{head['id']}/amend", look="outline", icon="pencil"),
            ),
        ),
        rx.cond(
            head["may_confirm"] != "",
            button(
                "Customer ordered",
                look="solid",
                icon="check",
                on_click=ConfirmQuotationState.open_dialog(*subject),
            ),
        ),
        rx.cond(
            head["may_deliver"] != "",
            link_button("Deliver", f"/orders/{head['id']}/deliver", icon="truck"),
        ),
    )


def _short() -> rx.Component:
    return rx.el.div(
        notice(
            f"{head['short']} are not kept for this order: they are not there, or were kept too long.",
            tone="amber",
        ),
        rx.cond(
            head["may_keep"] != "",
            rx.el.div(
                button("Keep what is there now", icon="lock", on_click=SalesOrderState.keep_goods),
                class_name="deciding",
            ),
        ),
        class_name="waiting",
    )


def _deliveries() -> rx.Component:
    table = data_table(
        DELIVERY_COLUMNS, SalesOrderState.deliveries, label="Deliveries", linked=True
    )
    none = rx.el.p("Nothing is delivered yet.", class_name="soft")
    return card(rx.cond(SalesOrderState.deliveries.length() > 0, table, none), title="Deliveries")


def _facts() -> rx.Component:
    return fact_list(
        [
            ("Status", badge(head["status"], head["tone"])),
            ("Version", head["version"]),
            ("Customer", rx.link(head["customer"], href=head["customer_href"])),
            ("Their number", or_dash(head["reference"])),
            ("Quotation", or_dash(head["quotation"])),
            ("Offer holds until", or_dash(head["valid_until"])),
            ("Wanted by", or_dash(head["deliver_by"])),
            ("Kept until", or_dash(head["reserved_until"])),
            ("Leaves from", head["location"]),
            ("Note", or_dash(head["note"])),
        ]
    )


def _totals() -> rx.Component:
    return fact_list(
        [
            ("Discount", or_dash(head["discount"])),
            ("Taxable", rx.el.span(head["taxable"], class_name="numeric")),
            (head["tax_label"], rx.el.span(head["tax"], class_name="numeric")),
            ("Round-off", or_dash(head["round_off"])),
            ("Total", rx.el.b(head["total"], class_name="numeric")),
        ]
    )


def _dialogs() -> rx.Component:
    return rx.fragment(
        form_dialog(
            ConfirmQuotationState,
            rx.el.p(
                "The prices of the quotation hold. What is there is kept for the customer; the rest"
                " waits for the next delivery.",
                class_name="soft",
            ),
            title="Take it as an order?",
            subtitle="The customer's credit is checked.",
            submit="Take the order",
        ),
        form_dialog(
            FinishSalesOrderState,
            reason_field(FinishSalesOrderState.field_errors, "They bought elsewhere"),
            title="Deliver nothing more?",
            subtitle="What was delivered stays. Goods that are kept become free for others.",
            submit="End it",
        ),
    )
