"""The selling screen: products on the left, the bill on the right."""

from typing import Any

import reflex as rx

from erp.components import empty_state, notice, scanner
from erp.components.till import (
    CartLines,
    KeysButton,
    NumberBox,
    OfflineReady,
    ProductFinder,
    touch_button,
    touch_link,
)
from erp.state.pos.customers import CustomerState
from erp.state.pos.opening import OpeningState
from erp.state.pos.parking import ParkState
from erp.state.pos.paying import PayState
from erp.state.pos.prescribing import PrescriptionState
from erp.state.pos.shifts import ShiftDeskState
from erp.state.pos.till import TillState


def selling_screen() -> rx.Component:
    """Return products and bill side by side; one above the other on a telephone."""
    return rx.el.div(
        rx.el.section(
            ProductFinder.create(
                rx.icon("search"),
                location=TillState.location_id,
                customer=TillState.customer["id"],
                sold=PayState.receipt["number"],
                on_add=TillState.add,
            ),
            OfflineReady.create(shift=TillState.shift_id, closing=ShiftDeskState.is_closing),
            _desk(),
            class_name="till-left",
            aria_label="Products",
        ),
        rx.el.section(
            _tabs(), _head(), _lines(), _foot(), class_name="till-right", aria_label="Bill"
        ),
        scanner(TillState.scan),
        class_name="till",
    )


def _desk() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.b(TillState.register_name),
            rx.el.span(TillState.opened),
            class_name="desk-place",
        ),
        rx.cond(TillState.may_return, touch_link("Return", "/till/return", icon="undo-2")),
        rx.cond(
            TillState.may_move_cash,
            touch_button("Cash", icon="banknote", on_click=ShiftDeskState.open_cash),
        ),
        touch_link("Report", f"/till/shifts/{TillState.shift_id}", icon="receipt-text"),
        touch_button("Close shift", icon="lock", on_click=ShiftDeskState.open_closing),
        rx.cond(
            TillState.may_arrange,
            touch_link("Favourites", "/till/favourites", icon="layout-grid"),
        ),
        rx.el.a(
            rx.icon("monitor"),
            href=f"/till/display?till={TillState.register_id}",
            target="_blank",
            rel="noopener",
            title="Customer display",
            aria_label="Customer display",
            class_name="button button-ghost button-touch icon-only",
        ),
        KeysButton.create(rx.icon("keyboard")),
        class_name="desk",
    )


def _tabs() -> rx.Component:
    """Return the open bills; nothing while there is one."""
    return rx.cond(
        TillState.tabs.length() > 0,
        rx.el.div(
            rx.foreach(TillState.tabs, _tab),
            rx.el.kbd("F7", aria_hidden="true"),
            class_name="bill-tabs",
            role="tablist",
            aria_label="Open bills",
        ),
    )


def _tab(tab: Any) -> rx.Component:
    return rx.el.button(
        tab["label"],
        type="button",
        role="tab",
        aria_selected=tab["is_at_hand"],
        on_click=TillState.choose_tab(tab["place"]),
        class_name="bill-tab",
        key=tab["place"],
    )


def _head() -> rx.Component:
    named = TillState.customer["id"] != ""
    return rx.el.div(
        rx.el.button(
            rx.icon("user-round"),
            rx.el.span(
                TillState.customer["name"],
                rx.cond(named, rx.el.small(TillState.customer["detail"])),
                class_name="who",
            ),
            rx.el.kbd("F4", aria_hidden="true"),
            type="button",
            class_name="customer-button",
            on_click=CustomerState.open_dialog,
            disabled=TillState.exchanged != "",
            aria_label=f"Customer: {TillState.customer['name']}",
        ),
        _tool("users-round", "Another customer's bill (Shift F7)", TillState.open_tab),
        _tool(
            "pause", "Park this bill (F8)", ParkState.open_park, off=TillState.lines.length() == 0
        ),
        _tool("archive-restore", "Recall a parked bill (F9)", ParkState.open_recall),
        _tool(
            "trash-2",
            "Clear this bill",
            TillState.clear,
            off=(TillState.lines.length() == 0) & (TillState.exchanged == ""),
        ),
        class_name="bill-head",
    )


def _tool(icon: str, label: str, act: object, off: rx.Var[bool] | bool = False) -> rx.Component:
    return rx.el.button(
        rx.icon(icon),
        type="button",
        class_name="button button-ghost button-touch icon-only",
        aria_label=label,
        title=label,
        on_click=act,
        disabled=off,
    )


def _lines() -> rx.Component:
    filled = CartLines.create(
        lines=TillState.lines,
        selected=TillState.selected,
        on_select=TillState.select,
        on_step=TillState.step,
        on_quantity=TillState.change_quantity,
        on_unit=TillState.change_unit,
        on_discount=TillState.change_discount,
        on_remove=TillState.remove,
    )
    nothing = empty_state("scan-barcode", "No lines yet", "Scan a pack, or type a few letters.")
    return rx.el.div(
        rx.cond(TillState.lines.length() > 0, filled, nothing), class_name="bill-lines"
    )


def _foot() -> rx.Component:
    totals = TillState.totals
    return rx.el.div(
        rx.cond(TillState.notice != "", _notice()),
        rx.cond(TillState.exchanged != "", _exchange()),
        rx.cond(TillState.prescription != "", _prescription()),
        rx.el.dl(
            _sum("Taxable value", totals["taxable"]),
            _sum(totals["tax_label"], totals["tax"]),
            rx.cond(totals["discount"] != "", _sum("Discount", totals["discount"])),
            rx.cond(totals["coupon"] != "", _taken_off(totals["coupon"])),
            rx.cond(totals["back"] != "", _sum("Goods back", totals["back"])),
            rx.cond(totals["round_off"] != "", _sum("Round-off", totals["round_off"])),
            class_name="sums",
        ),
        rx.el.div(
            rx.el.div(
                _tool("scroll", "Prescription (F3)", PrescriptionState.open_dialog),
                rx.el.span("Bill discount"),
                NumberBox.create(
                    value=TillState.bill_discount,
                    label="Bill discount in rupees",
                    place="bill-discount",
                    before="₹",
                    on_commit=TillState.change_bill_discount,
                ),
                class_name="bill-discount",
            ),
            _coupon(),
            class_name="bill-offs",
        ),
        rx.cond(
            TillState.coupon_problem != "",
            rx.el.p(
                rx.icon("ticket-x"),
                TillState.coupon_problem,
                class_name="discount-note",
                role="alert",
            ),
        ),
        rx.cond(
            TillState.discount_note != "",
            rx.el.p(rx.icon("shield-check"), TillState.discount_note, class_name="discount-note"),
        ),
        rx.el.div(
            rx.el.div(
                rx.el.span(totals["label"], rx.el.small(TillState.units)),
                rx.el.b(totals["total"], class_name="grand-total", aria_live="polite"),
                class_name="total-row",
            ),
            touch_button(
                "Pay",
                key="F10",
                look="solid",
                on_click=PayState.pay,
                disabled=~TillState.is_sellable,
                class_name="pay-button",
            ),
            class_name="pay-row",
        ),
        class_name="bill-foot",
    )


def _exchange() -> rx.Component:
    """Return what comes back for these goods, and the way out of it."""
    return rx.el.div(
        rx.icon("repeat-2"),
        rx.el.span("Exchange of bill ", rx.el.b(TillState.exchanged)),
        rx.el.button("Give up", type="button", on_click=TillState.clear),
        class_name="exchange-note",
    )


def _prescription() -> rx.Component:
    return rx.el.button(
        rx.icon("scroll"),
        TillState.prescription,
        type="button",
        class_name="prescription-note",
        custom_attrs={"data-missing": TillState.needs_prescription},
        on_click=PrescriptionState.open_dialog,
    )


def _coupon() -> rx.Component:
    return rx.el.div(
        NumberBox.create(
            value=TillState.coupon,
            label="Coupon code",
            place="coupon",
            code=True,
            on_commit=TillState.change_coupon,
            key=TillState.coupons_refused,
        ),
        class_name="bill-discount",
    )


def _taken_off(amount: rx.Var[str]) -> rx.Component:
    """Return the sum a telephone shows too: the customer asks for it."""
    words = rx.el.dt("Coupon ", TillState.coupon)
    return rx.el.div(words, rx.el.dd(amount), class_name="coupon-sum")


def _sum(label: str | rx.Var[str], value: rx.Var[str]) -> rx.Component:
    return rx.cond(value, rx.el.div(rx.el.dt(label), rx.el.dd(value)))


def _notice() -> rx.Component:
    is_closed = TillState.notice_code == "shift_closed"
    return rx.el.div(
        notice(TillState.notice, tone="red"),
        rx.cond(
            is_closed,
            touch_button("Open a shift", on_click=OpeningState.leave),
            touch_button("Try again", icon="rotate-cw", on_click=TillState.refresh),
        ),
        class_name="bill-notice",
    )
