"""Requisitions: the list, and one of them."""

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    badge,
    button,
    card,
    data_table,
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
from erp.state.purchasing.requisitions import (
    LINE_COLUMNS,
    ORDER_COLUMNS,
    CloseRequisitionState,
    DeclineState,
    RequisitionListState,
    RequisitionState,
)
from erp.state.purchasing.wording import (
    REQUISITION_STANDINGS,
    REQUISITION_STATUSES,
    VIEW_REQUISITIONS,
)

head = RequisitionState.head


@page(
    route="/purchases/requisitions",
    title="Requisitions",
    permission=VIEW_REQUISITIONS,
    nav=Nav("Requisitions", "hand-helping", group="Buy", order=6),
    parent="/purchases",
    on_load=[
        RequisitionListState.open_requisitions,
        RequisitionListState.open_list,
        RequisitionListState.listen,
    ],
)
def requisitions_page() -> rx.Component:
    """List requisitions."""
    state = RequisitionListState
    add = rx.cond(
        state.may_request,
        link_button("New requisition", "/purchases/requisitions/new", icon="plus"),
    )
    to_order = rx.cond(
        state.may_order,
        link_button("Goods to order", "/purchases/requested", look="outline", icon="list-checks"),
    )
    return rx.fragment(
        page_header(
            "Requisitions",
            "Goods that people ask for. Somebody else approves; then they are ordered.",
            to_order,
            add,
        ),
        list_view(
            state,
            label="Requisitions",
            search="Number or who asked",
            filters=[
                Filter("standing", "Standing", list(REQUISITION_STANDINGS.items())),
                Filter("status", "Status", list(REQUISITION_STATUSES.items())),
            ],
            empty=Empty(
                "hand-helping",
                "Nobody has asked for anything",
                "Name the goods and the day; whoever may approve is told at once.",
                add,
            ),
        ),
    )


@page(
    route="/purchases/requisitions/[requisition_id]",
    title="Requisition",
    permission=VIEW_REQUISITIONS,
    parent="/purchases/requisitions",
    record="purchase_requisition",
    on_load=[RequisitionState.open_record, RequisitionState.listen],
)
def requisition_page() -> rx.Component:
    """Show one requisition."""
    return record_view(
        RequisitionState,
        page_header(head["number"], f"Asked {head['asked']}", _actions()),
        rx.cond(head["waiting_words"] != "", _waiting()),
        rx.cond(head["declined"] != "", notice(head["declined"], tone="red", icon="x")),
        rx.cond(head["ended"] != "", notice(head["ended"], tone="gray", icon="archive")),
        grid(
            rx.el.div(
                card(
                    data_table(LINE_COLUMNS, RequisitionState.lines, label="Lines"), title="Goods"
                ),
                _orders(),
                class_name="stack span-8",
            ),
            rx.el.div(
                card(_facts(), title="Requisition"),
                class_name="stack span-4 full-below",
            ),
        ),
        _dialogs(),
        list_route="/purchases/requisitions",
        list_label="All requisitions",
    )


def _actions() -> rx.Component:
    subject = (head["id"], head["number"])
    return rx.fragment(
        rx.cond(
            head["may_close"] != "",
            button("Close", icon="archive", on_click=CloseRequisitionState.open_dialog(*subject)),
        ),
        rx.cond(
            head["may_order"] != "",
            rx.fragment(
                link_button("Ask suppliers", head["ask_link"], look="outline", icon="send"),
                link_button("Order goods", head["order_link"], icon="shopping-cart"),
            ),
        ),
    )


def _waiting() -> rx.Component:
    subject = (head["id"], head["number"])
    return rx.el.div(
        notice(head["waiting_words"], tone="amber", icon="hourglass"),
        rx.el.div(
            rx.cond(
                head["may_decline"] != "",
                button("Decline", icon="x", on_click=DeclineState.open_dialog(*subject)),
            ),
            rx.cond(
                head["may_approve"] != "",
                button("Approve", look="solid", icon="check", on_click=RequisitionState.approve),
            ),
            class_name="deciding",
        ),
        class_name="waiting",
    )


def _orders() -> rx.Component:
    table = data_table(ORDER_COLUMNS, RequisitionState.orders, label="Orders", linked=True)
    none = rx.el.p("Nothing of it is ordered yet.", class_name="soft")
    return card(rx.cond(RequisitionState.orders.length() > 0, table, none), title="Orders")


def _facts() -> rx.Component:
    return fact_list(
        [
            ("Status", badge(head["status"], head["tone"])),
            ("About", rx.el.b(head["total"], class_name="numeric")),
            ("Note", or_dash(head["note"])),
            ("Decided", or_dash(head["decided"])),
            ("Said", or_dash(head["decision_note"])),
        ]
    )


def _dialogs() -> rx.Component:
    return rx.fragment(
        form_dialog(
            DeclineState,
            reason_field(
                DeclineState.field_errors, "We have enough until March", label="Why", name="note"
            ),
            title="Decline this requisition",
            subtitle="The asker reads why.",
            submit="Decline",
        ),
        form_dialog(
            CloseRequisitionState,
            reason_field(CloseRequisitionState.field_errors, "No longer needed"),
            title="Order nothing more of it?",
            subtitle="What was ordered stays ordered.",
            submit="Close requisition",
        ),
    )
