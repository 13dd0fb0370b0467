"""Orders to suppliers: the list, and one of them."""

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
from erp.state.purchasing.order import (
    LINE_COLUMNS,
    RECEIPT_COLUMNS,
    VERSION_COLUMNS,
    FinishState,
    OrderState,
    RefuseState,
)
from erp.state.purchasing.orders import OrderListState
from erp.state.purchasing.wording import STANDINGS, STATUSES, VIEW

head = OrderState.head


@page(
    route="/purchases",
    title="Purchase orders",
    permission=VIEW,
    nav=Nav("Orders", "clipboard-list", group="Buy", order=10, keys="g o"),
    on_load=[OrderListState.open_orders, OrderListState.open_list, OrderListState.listen],
)
def orders_page() -> rx.Component:
    """List orders."""
    add = rx.cond(OrderListState.may_order, link_button("New order", "/purchases/new", icon="plus"))
    return rx.fragment(
        page_header(
            "Purchase orders", "What was asked of suppliers, and how much of it has come.", add
        ),
        list_view(
            OrderListState,
            label="Purchase orders",
            search="Number or supplier",
            filters=[
                Filter("standing", "Standing", list(STANDINGS.items())),
                Filter("status", "Status", list(STATUSES.items())),
            ],
            empty=Empty(
                "clipboard-list",
                "No order yet",
                "Choose a supplier and what you need; large orders go to a manager first.",
                add,
            ),
        ),
    )


@page(
    route="/purchases/[order_id]",
    title="Purchase order",
    permission=VIEW,
    parent="/purchases",
    record="purchase_order",
    on_load=[OrderState.open_record, OrderState.listen],
)
def order_page() -> rx.Component:
    """Show one order."""
    return record_view(
        OrderState,
        page_header(head["number"], f"{head['supplier']} · asked {head['asked']}", _actions()),
        rx.cond(head["waiting_words"] != "", _waiting()),
        rx.cond(head["ended"] != "", notice(head["ended"], tone="gray", icon="archive")),
        rx.cond(
            head["late"] != "",
            notice(
                f"Expected by {head['expected']} and not all here. Ask the supplier.", tone="amber"
            ),
        ),
        grid(
            rx.el.div(
                card(data_table(LINE_COLUMNS, OrderState.lines, label="Lines"), title="Goods"),
                _amendment(),
                _receipts(),
                card(
                    data_table(VERSION_COLUMNS, OrderState.versions, label="Versions"),
                    title="Versions and decisions",
                ),
                class_name="stack span-8",
            ),
            rx.el.div(
                card(_facts(), title="Order"),
                card(_totals(), title="Worth"),
                class_name="stack span-4 full-below",
            ),
        ),
        _dialogs(),
        list_route="/purchases",
        list_label="All orders",
    )


def _actions() -> rx.Component:
    paper = f"/api/erp/purchase-orders/{head['id']}/pdf"
    return rx.fragment(
        download_link("PDF", paper, icon="file-text"),
        rx.cond(
            head["may_amend"] != "",
            rx.fragment(
                button(
                    "End order",
                    icon="archive",
                    on_click=FinishState.open_dialog(head["id"], head["number"]),
                ),
                link_button(
                    "Amend", f"/purchases/{head['id']}/amend", look="outline", icon="pencil"
                ),
            ),
        ),
        rx.cond(
            head["may_receive"] != "",
            link_button("Receive goods", f"/purchases/{head['id']}/receive", icon="truck"),
        ),
    )


def _waiting() -> rx.Component:
    """Return what waits, with the buttons of whoever may decide."""
    return rx.el.div(
        notice(head["waiting_words"], tone="amber", icon="hourglass"),
        rx.el.div(
            rx.cond(
                head["may_withdraw"] != "",
                button("Withdraw", icon="undo-2", on_click=OrderState.withdraw),
            ),
            rx.cond(
                head["may_refuse"] != "",
                button(
                    "Refuse",
                    icon="x",
                    on_click=RefuseState.open_dialog(head["id"], head["number"]),
                ),
            ),
            rx.cond(
                head["may_approve"] != "",
                button("Approve", look="solid", icon="check", on_click=OrderState.approve),
            ),
            class_name="deciding",
        ),
        class_name="waiting",
    )


def _amendment() -> rx.Component:
    table = data_table(LINE_COLUMNS, OrderState.waiting_lines, label="Lines of the amendment")
    draft = f"/api/erp/purchase-orders/{head['id']}/pdf?version={head['waiting']}"
    return rx.cond(
        OrderState.waiting_lines.length() > 0,
        card(
            table,
            title=f"Goods of version {head['waiting']}, which waits",
            actions=(download_link("PDF", draft, icon="file-text"),),
        ),
    )


def _receipts() -> rx.Component:
    table = data_table(RECEIPT_COLUMNS, OrderState.receipts, label="Deliveries", linked=True)
    none = rx.el.p("Nothing has come yet.", class_name="soft")
    return card(rx.cond(OrderState.receipts.length() > 0, table, none), title="Deliveries")


def _facts() -> rx.Component:
    return fact_list(
        [
            ("Status", badge(head["status"], head["tone"])),
            ("Version", head["version"]),
            ("Supplier", rx.link(head["supplier"], href=head["supplier_href"])),
            ("Expected by", or_dash(head["expected"])),
            ("Put into", head["location"]),
            ("Note", or_dash(head["note"])),
        ]
    )


def _totals() -> rx.Component:
    return fact_list(
        [
            ("Goods", rx.el.span(head["taxable"], class_name="numeric")),
            ("GST to expect", rx.el.span(head["tax"], class_name="numeric")),
            ("Total", rx.el.b(head["total"], class_name="numeric")),
            ("Came so far", rx.el.span(head["came"], class_name="numeric")),
        ]
    )


def _dialogs() -> rx.Component:
    return rx.fragment(
        form_dialog(
            RefuseState,
            reason_field(
                RefuseState.field_errors, "Order half of it this month", label="Why", name="note"
            ),
            title="Refuse this version",
            subtitle="The asker reads why.",
            submit="Refuse",
        ),
        form_dialog(
            FinishState,
            reason_field(FinishState.field_errors, "The maker has stopped it"),
            title="Expect nothing more?",
            subtitle="What came stays. An order of which nothing came is cancelled.",
            submit="End order",
        ),
    )
