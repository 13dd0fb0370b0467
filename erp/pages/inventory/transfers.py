"""Transfers between branches: the list, and one of them."""

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
    link_button,
    list_view,
    notice,
    page_header,
    quantity_field,
    select_field,
    stat_tile,
    text_field,
)
from erp.components.records import or_dash, record_view
from erp.components.small_parts import tiles
from erp.pages.einvoicing.panels import transfer_panel, way_bill_dialog
from erp.pages.routing import Nav, page
from erp.state.einvoicing.panels import TransferPanelState
from erp.state.inventory.transfers import (
    ASKED_COLUMNS,
    DIRECTIONS,
    LINE_COLUMNS,
    NOTE_COLUMNS,
    TRANSFER_STATUSES,
    CancelTransferState,
    SettleTransferState,
    TransferListState,
    TransferState,
)

head = TransferState.head
SETTLED_AS = [
    ("", "Choose what became of them"),
    ("returned", "Found back where they left"),
    ("lost", "Lost: write them off"),
]


@page(
    route="/stock/transfers",
    title="Transfers",
    permission="inventory.view",
    nav=Nav("Transfers", "truck", group="Stock", order=27, keys="g w"),
    parent="/stock",
    on_load=[TransferListState.open_list, TransferListState.listen],
)
def transfers_page() -> rx.Component:
    """List transfers."""
    make = rx.cond(
        TransferListState.may_transfer,
        rx.fragment(
            link_button(
                "Ask for goods", "/stock/transfers/ask", look="outline", icon="message-square-plus"
            ),
            link_button("Send goods", "/stock/transfers/new", icon="plus"),
        ),
    )
    return rx.fragment(
        page_header(
            "Transfers", "Goods between branches and warehouses, each unit accounted for.", make
        ),
        list_view(
            TransferListState,
            label="Transfers",
            search="Number of a transfer or challan",
            filters=[
                Filter("direction", "Way", list(DIRECTIONS.items())),
                Filter("status", "Status", list(TRANSFER_STATUSES.items())),
                Filter("overdue", "Due", [("true", "Overdue")]),
            ],
            empty=Empty(
                "truck",
                "Nothing travels yet",
                "Send goods to where they sell, or ask for what you lack.",
                make,
            ),
        ),
    )


@page(
    route="/stock/transfers/[transfer_id]",
    title="Transfer",
    permission="inventory.view",
    parent="/stock/transfers",
    on_load=[
        TransferState.open_record,
        TransferPanelState.open_record,
        TransferState.listen,
        TransferPanelState.listen,
    ],
)
def transfer_page() -> rx.Component:
    """Show one transfer."""
    sent = rx.fragment(
        tiles(
            stat_tile("Sent", head["sent"], note="units"),
            stat_tile("Value sent", head["value"], note="at cost"),
            stat_tile("On its way", head["under_way"], note="units"),
            stat_tile("Value on its way", head["value_under_way"], note="at cost"),
        ),
        card(
            data_table(LINE_COLUMNS, TransferState.lines, label="Goods", row_action=_settle),
            title="Goods",
        ),
    )
    asked = card(
        data_table(ASKED_COLUMNS, TransferState.asked, label="Asked for"), title="Asked for"
    )
    return rx.fragment(
        record_view(
            TransferState,
            page_header(head["title"], head["way"], _actions()),
            rx.cond(head["late"] != "", notice(_late(), tone="amber", icon="clock-alert")),
            rx.cond(head["challan"] != "", sent),
            grid(
                rx.el.div(
                    rx.cond(TransferState.asked.length() > 0, asked),
                    rx.cond(
                        head["challan"] != "",
                        card(_notes(), title="What became of them"),
                    ),
                    class_name="stack span-8",
                ),
                rx.el.div(
                    card(_facts(), title="Transfer"),
                    transfer_panel(),
                    class_name="stack span-4 full-below",
                ),
            ),
            list_route="/stock/transfers",
            list_label="All transfers",
        ),
        _cancelling(),
        _settling(),
        way_bill_dialog(),
    )


def _late() -> Any:
    return f"{head['late']} Receive it, or settle what became of the goods."


def _actions() -> rx.Component:
    here = f"/stock/transfers/{head['id']}"
    return rx.fragment(
        rx.cond(
            head["challan"] != "",
            rx.fragment(
                link_button("Moves", head["moves"], look="ghost", icon="arrow-left-right"),
                download_link(
                    "Challan", f"/api/erp/transfers/{head['id']}/challan.pdf", icon="file-text"
                ),
            ),
        ),
        rx.cond(
            head["may_cancel"] != "",
            button(
                "Cancel request",
                look="ghost",
                on_click=CancelTransferState.open_dialog(head["id"], head["number"]),
            ),
        ),
        rx.cond(
            head["may_send"] != "",
            link_button(
                "Send these goods", f"/stock/transfers/new?transfer_id={head['id']}", icon="truck"
            ),
        ),
        rx.cond(
            head["may_receive"] != "",
            link_button("Receive goods", f"{here}/receive", icon="package-check"),
        ),
    )


def _settle(row: Any) -> rx.Component:
    return rx.cond(
        row["may_settle"] != "",
        button("Settle", on_click=SettleTransferState.open_dialog(row["line_no"], row["name"])),
    )


def _notes() -> rx.Component:
    table = data_table(NOTE_COLUMNS, TransferState.notes, label="What was recorded")
    none = rx.el.p("Nothing was recorded yet: everything is on its way.", class_name="soft")
    return rx.cond(TransferState.notes.length() > 0, table, none)


def _facts() -> rx.Component:
    return fact_list(
        [
            ("Status", badge(head["status"], head["tone"])),
            ("From", head["from"]),
            ("To", head["to"]),
            ("Expected by", or_dash(head["expected"])),
            ("Taken by", or_dash(head["transport"])),
            ("Begun", or_dash(head["started"])),
            ("Sent", or_dash(head["dispatched"])),
            ("Closed", or_dash(head["closed"])),
            ("Note", or_dash(head["note"])),
        ]
    )


def _cancelling() -> rx.Component:
    return form_dialog(
        CancelTransferState,
        text_field(
            "Why",
            "reason",
            errors=CancelTransferState.field_errors,
            required=True,
            wide=True,
            placeholder="We need them here ourselves",
            max_length=120,
        ),
        title="Cancel this request?",
        subtitle="Nothing moved. Both branches read why.",
        submit="Cancel request",
    )


def _settling() -> rx.Component:
    errors = SettleTransferState.field_errors
    return form_dialog(
        SettleTransferState,
        select_field("What became of them", "outcome", SETTLED_AS, errors=errors, required=True),
        quantity_field(
            "Units",
            "quantity",
            errors=errors,
            default_value=SettleTransferState.left,
            required=True,
        ),
        text_field(
            "Why you say so",
            "reason",
            errors=errors,
            required=True,
            wide=True,
            placeholder="Box was open; the driver signed",
            max_length=120,
        ),
        title="What did not come",
        subtitle=SettleTransferState.subject["label"],
        submit="Settle",
    )
