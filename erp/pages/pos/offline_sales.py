"""What devices sold without the server: the list, one bill and how it is settled, the leases."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
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
from erp.pages.routing import page
from erp.state.pos.offline_sales import (
    DIFFERENCE_COLUMNS,
    LEASE_STATUSES,
    LINE_COLUMNS,
    STATUSES,
    VIEW,
    DiscardSaleState,
    EndLeaseState,
    LeaseListState,
    OfflineSaleListState,
    OfflineSaleState,
    SettleSaleState,
)

head = OfflineSaleState.head


@page(
    route="/till/offline-sales",
    title="Offline sales to settle",
    permission=VIEW,
    parent="/till",
    on_load=[OfflineSaleListState.open_list, OfflineSaleListState.listen],
)
def offline_sales_page() -> rx.Component:
    """List bills that devices made without the server."""
    leases = link_button("Devices", "/till/leases", look="outline", icon="tablet-smartphone")
    return rx.fragment(
        page_header(
            "Offline sales to settle",
            "Bills that tills made while the server was away. Most are posted by themselves.",
            leases,
        ),
        list_view(
            OfflineSaleListState,
            label="Offline sales",
            search="Number of the bill",
            filters=[
                Filter("status", "Status", list(STATUSES.items())),
                Filter("differs", "Price", [("true", "Had changed"), ("false", "As listed")]),
            ],
            empty=Empty(
                "wifi-off",
                "Nothing was sold offline",
                "Open the till once on a device. When the server is away it goes on by itself, and its"
                " bills stand here.",
                leases,
            ),
        ),
    )


@page(
    route="/till/leases",
    title="Devices that may sell offline",
    permission=VIEW,
    parent="/till/offline-sales",
    on_load=[LeaseListState.open_list, LeaseListState.listen],
)
def leases_page() -> rx.Component:
    """List the devices that were lent numbers."""
    return rx.fragment(
        page_header(
            "Devices that may sell offline",
            "One device at a time for each till. Numbers that nobody handed in are void.",
        ),
        list_view(
            LeaseListState,
            label="Devices",
            search="",
            filters=[Filter("status", "Status", list(LEASE_STATUSES.items()))],
            row_action=_ending,
            empty=Empty(
                "tablet-smartphone",
                "No device yet",
                "A device stands here once the till is open on it.",
                link_button("Go to the till", "/till", look="outline", icon="store"),
            ),
        ),
        form_dialog(
            EndLeaseState,
            reason_field(EndLeaseState.field_errors, "The tablet is broken", label="Why"),
            title=EndLeaseState.subject["label"],
            subtitle="Bills that are still on the device wait to be settled when they come. Numbers that do"
            " not come are void.",
            submit="End the lease",
        ),
    )


def _ending(row: Any) -> rx.Component:
    return rx.cond(
        row["status_tone"] == "green",
        button(
            "End",
            look="ghost",
            on_click=EndLeaseState.open_dialog(row["id"], row["device_name"]),
        ),
    )


@page(
    route="/till/offline-sales/[offline_sale_id]",
    title="Offline bill",
    permission=VIEW,
    parent="/till/offline-sales",
    on_load=[OfflineSaleState.open_record, OfflineSaleState.listen],
)
def offline_sale_page() -> rx.Component:
    """Show one bill and, while it waits, what may be done about it."""
    changed = data_table(DIFFERENCE_COLUMNS, OfflineSaleState.differences, label="Prices")
    return record_view(
        OfflineSaleState,
        page_header(f"Offline bill {head['number']}", f"{head['sold']} · {head['till']}"),
        _standing(),
        grid(
            rx.el.div(
                card(
                    data_table(LINE_COLUMNS, OfflineSaleState.lines, label="Lines"), title="Goods"
                ),
                rx.cond(
                    OfflineSaleState.differences.length() > 0,
                    card(changed, title="Prices that had changed by then"),
                ),
                class_name="stack span-8",
            ),
            rx.el.div(
                card(_facts(), title="Bill"),
                class_name="stack span-4 full-below",
            ),
        ),
        _settling(),
        _discarding(),
        list_route="/till/offline-sales",
        list_label="All offline sales",
    )


def _standing() -> rx.Component:
    waits = rx.cond(
        head["may_settle"] != "",
        rx.el.div(
            button(
                "It is no sale",
                icon="archive",
                look="outline",
                on_click=DiscardSaleState.open_dialog(head["id"], head["number"]),
            ),
            button(
                "Post it",
                icon="check",
                look="solid",
                on_click=SettleSaleState.open_dialog(head["id"], head["number"]),
            ),
            class_name="deciding",
        ),
    )
    return rx.cond(
        head["reason"] != "",
        rx.el.div(
            rx.cond(
                head["status_tone"] == "red",
                notice(head["reason"], tone="red", icon="triangle-alert"),
                notice(head["reason"], tone="gray", icon="history"),
            ),
            waits,
            class_name="waiting",
        ),
    )


def _facts() -> rx.Component:
    invoice = rx.cond(
        head["invoice_href"] != "",
        rx.link(head["invoice"], href=head["invoice_href"]),
        rx.el.span("Not posted"),
    )
    return fact_list(
        [
            ("Status", head["status"]),
            ("Off the bill", or_dash(head["discount"])),
            ("Total", rx.el.b(head["total"], class_name="numeric")),
            ("Paid", or_dash(head["paid"])),
            ("Arrived", head["received"]),
            ("Document", invoice),
            ("Settled", or_dash(head["answer"])),
        ]
    )


def _settling() -> rx.Component:
    return form_dialog(
        SettleSaleState,
        rx.fragment(
            rx.foreach(OfflineSaleState.choices, _lot_choice),
            reason_field(
                SettleSaleState.field_errors,
                "The pack was of the next lot",
                label="What you found",
                name="answer",
            ),
        ),
        title=f"Post bill {head['number']}",
        subtitle="At the price that was paid. Where other lots left than the bill names, type the units of"
        " each. Receive or count first where the stock here is wrong.",
        submit="Post",
    )


def _lot_choice(choice: Any) -> rx.Component:
    """Units by lot; a line where none are typed left as the bill says."""
    return rx.el.fieldset(
        rx.el.legend(choice["label"].to(str), class_name="field-label"),
        rx.el.small(choice["named"].to(str), class_name="hint"),
        rx.foreach(
            choice["lots"].to(list[dict[str, str]]),
            lambda lot: rx.el.label(
                rx.el.span(lot["text"]),
                rx.el.input(
                    type="number",
                    min=1,
                    step=1,
                    name=lot["name"],
                    class_name="input",
                    placeholder="0",
                ),
                class_name="lot-units",
                key=lot["name"],
            ),
        ),
        class_name="field wide",
        key=choice["label"].to(str),
    )


def _discarding() -> rx.Component:
    return form_dialog(
        DiscardSaleState,
        reason_field(
            DiscardSaleState.field_errors,
            "A trial of the device",
            label="Why it is none",
            name="answer",
        ),
        title=f"Put bill {head['number']} away",
        subtitle="Nothing is posted and its number is void. It stays on the list.",
        submit="Put away",
    )
