"""Shifts: the list, and the X or Z report of one."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    badge,
    bone,
    card,
    data_table,
    download_link,
    empty_state,
    fact_list,
    grid,
    link_button,
    list_view,
    notice,
    page_header,
    stat_tile,
)
from erp.components.records import history_card
from erp.pages.routing import page
from erp.state.pos.shifts import (
    HSN_COLUMNS,
    NOTE_COLUMNS,
    RATE_COLUMNS,
    STANDINGS,
    ShiftListState,
    ShiftReportState,
)

NOTHING = "\u2013"


@page(
    route="/till/shifts",
    title="Shifts",
    permission="pos.view",
    parent="/till",
    on_load=[ShiftListState.open_list, ShiftListState.listen],
)
def shifts_page() -> rx.Component:
    """List shifts with their takings and differences."""
    return rx.fragment(
        page_header(
            "Shifts",
            "Every drawer that was counted, and what it came to.",
            link_button("Offline sales", "/till/offline-sales", look="outline", icon="wifi-off"),
            link_button("Go to the till", "/till", look="outline", icon="store"),
        ),
        list_view(
            ShiftListState,
            label="Shifts",
            search="",
            filters=[
                Filter("register_id", "Register", ShiftListState.registers),
                Filter("standing", "Standing", list(STANDINGS.items())),
                Filter("closed_from", "Closed from"),
                Filter("closed_to", "Closed to"),
            ],
            empty=Empty("history", "No shift yet", "A shift stands here as soon as one is opened."),
        ),
    )


@page(
    route="/till/shifts/[shift_id]",
    title="Shift report",
    permission="pos.view",
    parent="/till/shifts",
    on_load=[ShiftReportState.open_report],
)
def shift_page() -> rx.Component:
    """Show a shift's takings."""
    report = rx.cond(
        ShiftReportState.problem != "",
        empty_state(
            "history",
            "There is no such shift",
            "It may belong to another branch. Choose one of the list.",
            link_button("All shifts", "/till/shifts"),
        ),
        _report(),
    )
    return rx.cond(ShiftReportState.is_loading, _waiting(), report)


def _report() -> rx.Component:
    head = ShiftReportState.head
    title = rx.cond(ShiftReportState.is_open_shift, "X report", "Z report")
    return rx.fragment(
        page_header(
            rx.fragment(
                title,
                rx.cond(head["z_number"] != "", f" {head['z_number']}", ""),
                " · ",
                head["register"],
            ),
            head["opened"],
            rx.cond(
                ShiftReportState.is_blind,
                rx.fragment(),
                download_link("Print", f"/api/erp/shifts/{head['id']}/report.pdf", icon="printer"),
            ),
        ),
        rx.cond(
            ShiftReportState.is_blind,
            notice(
                "Cash figures appear once the shift is closed, so that the count stays blind.",
                icon="eye-off",
            ),
        ),
        grid(
            stat_tile("Bills", head["sale_count"], note=head["returns"]),
            rx.cond(
                ShiftReportState.is_blind,
                rx.fragment(),
                rx.fragment(
                    stat_tile("Sales", head["sales_total"]),
                    stat_tile(
                        "Returns", head["returns_total"], note=f"Discounts {head['discounts']}"
                    ),
                    stat_tile("Net sales", head["net"], note=f"Round-off {head['round_off']}"),
                ),
            ),
        ),
        grid(
            card(_methods(), title="By method", span=6),
            rx.cond(
                ShiftReportState.is_blind, rx.fragment(), card(_drawer(), title="Drawer", span=6)
            ),
        ),
        rx.cond(ShiftReportState.is_blind, rx.fragment(), _taxes()),
        card(_bills(), title="Bills"),
        history_card(ShiftReportState),
    )


def _taxes() -> rx.Component:
    rows = ShiftReportState
    return rx.fragment(
        grid(
            card(
                data_table(RATE_COLUMNS, rows.rates, label="By rate of tax"),
                title="By rate of tax",
                span=6,
            ),
            card(data_table(HSN_COLUMNS, rows.hsn, label="By HSN"), title="By HSN", span=6),
        ),
        card(
            rx.cond(
                rows.notes.length() > 0,
                data_table(NOTE_COLUMNS, rows.notes, label="Out of the ordinary"),
                rx.el.p(
                    "No approval, no cash moved, no opening without a sale.", class_name="soft"
                ),
            ),
            title="Out of the ordinary",
        ),
    )


def _drawer() -> rx.Component:
    head = ShiftReportState.head
    return fact_list(
        [
            ("Opening float", head["opening_float"]),
            ("Cash in", _or_dash(head["cash_in"])),
            ("Cash out", _or_dash(head["cash_out"])),
            ("Opened without a sale", head["no_sales"]),
            ("Expected", _or_dash(head["expected"])),
            ("Counted", _or_dash(head["counted"])),
            (
                "Over or short",
                rx.cond(
                    head["difference"] != "",
                    badge(head["difference"], head["difference_tone"]),
                    NOTHING,
                ),
            ),
            ("Left in the drawer", _or_dash(head["float_left"])),
            ("Reason", _or_dash(head["reason"])),
            ("Closed", _or_dash(head["closed"])),
        ]
    )


def _or_dash(value: rx.Var[str]) -> rx.Var[str]:
    return rx.cond(value != "", value, NOTHING)


def _methods() -> rx.Component:
    return rx.cond(
        ShiftReportState.methods.length() > 0,
        rx.el.div(
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        rx.el.th("Method"),
                        rx.el.th("Sales", class_name="right"),
                        rx.el.th("Refunds", class_name="right"),
                        rx.el.th("Advances", class_name="right wide-only"),
                        rx.el.th("Net", class_name="right"),
                    )
                ),
                rx.el.tbody(
                    rx.foreach(
                        ShiftReportState.methods,
                        lambda row: rx.el.tr(
                            rx.el.td(row["method"]),
                            rx.el.td(row["sales"], class_name="right"),
                            rx.el.td(row["refunds"], class_name="right"),
                            rx.el.td(row["advances"], class_name="right wide-only"),
                            rx.el.td(row["net"], class_name="right"),
                            key=row["id"],
                        ),
                    )
                ),
                class_name="table",
                aria_label="Takings by method",
            ),
            class_name="scroll-x",
        ),
        rx.el.p("Nothing was taken yet.", class_name="soft"),
    )


def _bills() -> rx.Component:
    return rx.cond(
        ShiftReportState.bills.length() > 0,
        rx.el.div(
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        rx.el.th("Number"),
                        rx.el.th("Time"),
                        rx.el.th("Customer", class_name="wide-only"),
                        rx.el.th("Paid by", class_name="wide-only"),
                        rx.el.th("Kind", class_name="wide-only"),
                        rx.el.th("Total", class_name="right"),
                    )
                ),
                rx.el.tbody(rx.foreach(ShiftReportState.bills, _bill)),
                class_name="table",
                aria_label="Bills of the shift",
            ),
            class_name="scroll-x",
        ),
        rx.el.p("No bills yet.", class_name="soft"),
    )


def _bill(row: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.link(row["number"], href=f"/sales/{row['id']}"), class_name="nowrap"),
        rx.el.td(row["time"], class_name="nowrap"),
        rx.el.td(row["customer"], class_name="wide-only"),
        rx.el.td(row["methods"], class_name="wide-only"),
        rx.el.td(badge(row["kind"], row["tone"]), class_name="wide-only"),
        rx.el.td(row["total"], class_name="right"),
        key=row["id"],
    )


def _waiting() -> rx.Component:
    return rx.fragment(bone("240px", "28px"), grid(*[card(bone("60%"), span=3) for _ in range(4)]))
