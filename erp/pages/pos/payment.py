"""Taking payment, and the sale that came of it."""

import reflex as rx

from erp.components import dialog, notice
from erp.components.till import FocusOn, PaymentPad, touch_button
from erp.state.pos.paying import PayState
from erp.state.pos.till import TillState


def payment_dialog() -> rx.Component:
    """Return the dialog that splits a bill over tenders."""
    return dialog(
        PayState.is_open,
        PaymentPad.create(
            total=PayState.total,
            mode=PayState.mode,
            done=rx.cond(TillState.exchanged != "", "Complete exchange", ""),
            credit=PayState.credit,
            credit_name=TillState.customer["name"],
            holdings=PayState.holdings,
            attempt=PayState.attempt,
            errors=PayState.errors,
            problem=PayState.problem,
            upi_svg=PayState.upi_svg,
            upi_for=PayState.upi_for,
            upi_reference=PayState.upi_reference,
            on_complete=PayState.complete,
            on_upi=PayState.show_upi,
        ),
        title=rx.cond(
            PayState.mode == "refund",
            f"To refund: {PayState.total_text}",
            f"To pay: {PayState.total_text}",
        ),
        on_close=PayState.cancel,
        width="820px",
    )


def receipt_dialog() -> rx.Component:
    """Return the posted sale: number, change, papers, next customer."""
    receipt = PayState.receipt
    has_change = receipt["has_change"] != ""
    return dialog(
        receipt.length() > 0,
        rx.el.div(
            FocusOn.create(field="new-sale"),
            rx.cond(receipt["note"] != "", notice(receipt["note"], icon="info")),
            rx.el.div(
                rx.el.span(receipt["what"]),
                rx.el.b(receipt["big"]),
                class_name="sold-big",
                custom_attrs={"data-change": rx.cond(has_change, "true", "false")},
            ),
            rx.el.p(
                "Bill ",
                rx.el.b(receipt["number"], id="sold-number"),
                " · ",
                receipt["total"],
                " · ",
                receipt["customer"],
                rx.cond(receipt["points"] != "", rx.fragment(" · ", receipt["points"])),
                rx.cond(
                    receipt["credit_note"] != "",
                    rx.fragment(
                        " · credit note ", rx.el.b(receipt["credit_note"], id="note-number")
                    ),
                ),
                class_name="sold-facts",
            ),
            rx.el.div(
                paper_link("Print receipt", receipt["invoice_id"], "receipt", "printer"),
                paper_link("A4 invoice", receipt["invoice_id"], "invoice", "file-text"),
                rx.cond(
                    receipt["credit_note"] != "",
                    paper_link("Credit note", receipt["credit_note_id"], "receipt", "undo-2"),
                ),
                class_name="sold-papers",
            ),
            touch_button(
                "New sale",
                key="Enter",
                look="solid",
                on_click=PayState.new_sale,
                id="new-sale",
                class_name="sold-next",
            ),
            class_name="sold",
        ),
        title=rx.cond(receipt["credit_note"] != "", "Exchange complete", "Sale complete"),
        on_close=PayState.new_sale,
        width="480px",
    )


def paper_link(label: str, invoice_id: rx.Var[str], paper: str, icon: str) -> rx.Component:
    """Return a link to a printed document, opened beside the till."""
    return rx.el.a(
        rx.icon(icon),
        rx.el.span(label),
        href=f"/api/erp/invoices/{invoice_id}/{paper}.pdf",
        target="_blank",
        rel="noopener",
        class_name="button button-outline button-touch",
    )
