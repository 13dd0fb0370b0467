"""Taking goods back against their bill."""

from typing import Any

import reflex as rx

from erp.components import dialog, empty_state, key_map, notice, page_header, scanner, text_field
from erp.components.browser_parts import SearchBox
from erp.components.till import CountStepper, FocusOn, PaymentPad, touch_button, touch_link
from erp.pages.pos.approval import approval_dialog
from erp.pages.pos.payment import paper_link
from erp.pages.routing import page
from erp.state.pos.returning import RETURN, ReturnState

REASONS = ("Seal broken", "Wrong potency", "Doctor changed it", "Leaking bottle")


@page(
    route="/till/return",
    title="Return",
    permission=RETURN,
    parent="/till",
    on_load=[ReturnState.open_returns],
)
def return_page() -> rx.Component:
    """Find the bill, choose units, refund."""
    return rx.fragment(
        page_header(
            "Take goods back",
            "Price, tax and lot come from the original bill.",
            touch_link("Back to the till", "/till", icon="arrow-left"),
        ),
        rx.cond(
            ReturnState.shift_open,
            rx.el.div(
                rx.el.div(
                    SearchBox.create(
                        rx.icon("search"),
                        value="",
                        placeholder="Bill number or customer; or scan the receipt",
                        on_search=ReturnState.find,
                    ),
                    class_name="touch return-search",
                ),
                rx.cond(ReturnState.sale.length() > 0, _bill(), _found()),
                scanner(ReturnState.find),
                key_map({"F8": "exchange", "F10": "refund"}, ReturnState.press),
                class_name="return",
            ),
            empty_state(
                "store",
                "No shift is open on this till",
                "Refunds come out of a drawer that is being counted. Open a shift first.",
                touch_link("Open the till", "/till", look="solid"),
            ),
        ),
        _refund_dialog(),
        _receipt_dialog(),
        approval_dialog(),
    )


def _found() -> rx.Component:
    none = empty_state(
        "search-x", "No such bill", "Check the number on the receipt, or search by customer."
    )
    start = empty_state(
        "scan-barcode", "Which bill?", "Scan the code on the receipt, or type its number."
    )
    return rx.cond(
        ReturnState.found.length() > 0,
        rx.el.ul(rx.foreach(ReturnState.found, _choice), class_name="choices card"),
        rx.cond(ReturnState.searched, none, start),
    )


def _choice(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.b(row["number"]),
            rx.el.small(row["sold_at"], " · ", row["customer"]),
            rx.el.span(row["total"], class_name="numeric"),
            type="button",
            on_click=ReturnState.open_bill(row["id"]),
        ),
        key=row["id"],
    )


def _bill() -> rx.Component:
    sale = ReturnState.sale
    return rx.el.section(
        rx.el.header(
            rx.el.h2("Bill ", sale["number"]),
            rx.el.p(sale["sold_at"], " · ", sale["customer"], " · ", sale["total"]),
            rx.cond(
                sale["returns"] != "",
                rx.el.p("Returned before: ", sale["returns"], class_name="soft"),
            ),
        ),
        rx.el.ol(rx.foreach(ReturnState.lines, _line), class_name="return-lines"),
        _reason(),
        rx.cond(ReturnState.problem != "", notice(ReturnState.problem, tone="red")),
        rx.el.footer(
            rx.el.div(
                rx.el.span("Comes back"),
                rx.el.b(
                    rx.cond(ReturnState.value_text != "", ReturnState.value_text, "₹0.00"),
                    class_name="grand-total",
                ),
                class_name="total-row",
            ),
            rx.cond(
                ReturnState.points_note != "",
                rx.el.p(ReturnState.points_note, class_name="soft points-note"),
            ),
            rx.el.div(
                touch_button(
                    "Exchange for other goods",
                    icon="repeat-2",
                    key="F8",
                    on_click=ReturnState.exchange,
                    disabled=ReturnState.value == "",
                ),
                touch_button(
                    "Refund",
                    key="F10",
                    look="solid",
                    on_click=ReturnState.refund,
                    disabled=ReturnState.value == "",
                    class_name="pay-button",
                ),
                class_name="return-ways",
            ),
        ),
        class_name="card return-bill",
    )


def _line(line: Any) -> rx.Component:
    stepper = CountStepper.create(
        value=line["count"],
        most=line["left"],
        label=f"Units of {line['label']} that come back",
        on_commit=lambda text: ReturnState.change_count(line["line_no"], text),
    )
    return rx.el.li(
        rx.el.div(
            rx.el.b(line["label"]),
            rx.el.small(line["lot"]),
            rx.el.small(
                line["sold"],
                rx.cond(line["returned"] != "", rx.fragment(" · ", line["returned"])),
            ),
        ),
        rx.cond(line["left"] == "0", rx.el.span("All returned", class_name="badge"), stepper),
        key=line["line_no"],
    )


def _reason() -> rx.Component:
    return rx.el.div(
        text_field(
            "Why does it come back?",
            "reason",
            errors=ReturnState.errors,
            value=ReturnState.reason,
            on_change=ReturnState.change_reason,
            max_length=120,
        ),
        rx.el.div(
            *[
                rx.el.button(
                    text, type="button", class_name="chip", on_click=ReturnState.change_reason(text)
                )
                for text in REASONS
            ],
            class_name="chips",
        ),
        class_name="touch return-reason",
    )


def _refund_dialog() -> rx.Component:
    return dialog(
        ReturnState.is_refunding,
        PaymentPad.create(
            total=ReturnState.to_refund,
            mode="refund",
            credit=ReturnState.credit,
            credit_name=ReturnState.sale["customer"],
            attempt=ReturnState.attempt,
            errors=ReturnState.errors,
            problem=ReturnState.problem,
            on_complete=ReturnState.complete,
        ),
        title=f"To refund: {ReturnState.value_text}",
        on_close=ReturnState.cancel,
        width="820px",
    )


def _receipt_dialog() -> rx.Component:
    receipt = ReturnState.receipt
    return dialog(
        receipt.length() > 0,
        rx.el.div(
            FocusOn.create(field="returned-done"),
            rx.el.div(rx.el.span("Refunded"), rx.el.b(receipt["total"]), class_name="sold-big"),
            rx.el.p(
                "Credit note ",
                rx.el.b(receipt["number"], id="returned-number"),
                " against ",
                receipt["original"],
                class_name="sold-facts",
            ),
            rx.el.div(
                paper_link("Print receipt", receipt["invoice_id"], "receipt", "printer"),
                paper_link("A4 credit note", receipt["invoice_id"], "invoice", "file-text"),
                class_name="sold-papers",
            ),
            touch_button(
                "Done", key="Enter", look="solid", on_click=ReturnState.another, id="returned-done"
            ),
            class_name="sold",
        ),
        title="Return complete",
        on_close=ReturnState.another,
        width="480px",
    )
