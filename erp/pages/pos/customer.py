"""The dialog about the customer of the cart."""

from typing import Any

import reflex as rx

from erp.components import (
    button,
    dialog,
    download_link,
    lookup_field,
    money_field,
    notice,
    select_field,
    stat_tile,
    submit_button,
    text_field,
)
from erp.components.small_parts import tiles
from erp.components.till import FocusOn, touch_button, touch_link
from erp.state.pos.customers import CustomerState
from erp.state.pos.till import TillState

standing = CustomerState.standing
TAKEN_BY = [("cash", "Cash"), ("upi", "UPI"), ("card", "Card")]


def customer_dialog() -> rx.Component:
    """Return the dialog: find by phone or name, add, or see what the customer has."""
    return dialog(
        CustomerState.is_open,
        rx.cond(CustomerState.problem != "", notice(CustomerState.problem, tone="red")),
        rx.match(
            CustomerState.mode,
            ("add", _add()),
            ("known", _known()),
            ("advance", _advance()),
            ("refund", _refund()),
            _find(),
        ),
        title=rx.match(
            CustomerState.mode,
            ("known", standing["name"]),
            ("advance", f"Advance of {standing['name']}"),
            ("refund", f"Pay back to {standing['name']}"),
            "Customer",
        ),
        subtitle=rx.cond(CustomerState.mode == "known", standing["detail"], ""),
        on_close=CustomerState.close_dialog,
        width="600px",
    )


def _known() -> rx.Component:
    return rx.el.div(
        FocusOn.create(field="another-customer"),
        rx.cond(
            CustomerState.voucher.length() > 0,
            rx.el.div(
                notice(CustomerState.voucher["words"], tone="green", icon="check"),
                download_link(
                    "Print the voucher",
                    f"/api/erp/advances/{CustomerState.voucher['id']}/voucher.pdf",
                    icon="printer",
                ),
                class_name="dialog-tools",
            ),
        ),
        tiles(
            rx.cond(
                standing["points"] != "",
                stat_tile("Points", standing["points"], note=standing["points_pay"]),
            ),
            stat_tile("Paid before", standing["advance"], note="Advance"),
            stat_tile(
                "Owes", standing["owed"], note=standing["credit"], tone=standing["credit_tone"]
            ),
        ),
        rx.cond(
            CustomerState.bills.length() > 0,
            rx.fragment(
                rx.el.h3("Latest bills: choose one to repeat it", class_name="best-title"),
                rx.el.ul(rx.foreach(CustomerState.bills, _bill), class_name="choices"),
            ),
            rx.el.p("No bill before this one.", class_name="soft"),
        ),
        rx.el.div(
            touch_button(
                "Another customer",
                icon="users",
                on_click=CustomerState.start_finding,
                id="another-customer",
            ),
            touch_button(
                "Take an advance", icon="hand-coins", on_click=CustomerState.start_advance
            ),
            rx.cond(
                TillState.may_return & (standing["has_advance"] != ""),
                touch_button(
                    "Pay it back", icon="banknote-arrow-down", on_click=CustomerState.start_refund
                ),
            ),
            touch_link("Their page", f"/parties/{standing['id']}", icon="contact", look="ghost"),
            class_name="dialog-tools",
        ),
        class_name="form touch",
    )


def _bill(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.b(row["goods"]),
            rx.el.small(row["detail"]),
            rx.el.span(row["total"], class_name="choice-amount"),
            type="button",
            title="Put these goods into the bill",
            on_click=CustomerState.repeat(row["id"]),
        ),
        key=row["id"],
    )


def _advance() -> rx.Component:
    errors = CustomerState.errors
    return rx.el.form(
        FocusOn.create(field="amount"),
        money_field("Amount", "amount", errors=errors, required=True),
        select_field("Paid by", "method", TAKEN_BY, errors=errors),
        text_field(
            "For",
            "note",
            errors=errors,
            placeholder="What is to be supplied",
            hint="Printed on the receipt voucher. No GST is due before the goods.",
            max_length=120,
        ),
        rx.el.div(
            button("Back", touch=True, on_click=CustomerState.open_dialog),
            submit_button("Take the advance"),
            class_name="form-foot",
        ),
        on_submit=CustomerState.take_advance,
        class_name="form touch",
        no_validate=True,
    )


def _refund() -> rx.Component:
    errors = CustomerState.errors
    return rx.el.form(
        FocusOn.create(field="amount"),
        money_field(
            "Amount",
            "amount",
            errors=errors,
            required=True,
            hint=f"{standing['advance']} is left of what was paid before.",
        ),
        select_field("Paid back by", "method", TAKEN_BY, errors=errors),
        text_field(
            "Reference", "reference", errors=errors, placeholder="Of the transfer", max_length=120
        ),
        text_field(
            "Why",
            "reason",
            errors=errors,
            required=True,
            placeholder="The goods will not come",
            max_length=120,
        ),
        rx.el.div(
            button("Back", touch=True, on_click=CustomerState.open_dialog),
            submit_button("Pay it back"),
            class_name="form-foot",
        ),
        on_submit=CustomerState.pay_back,
        class_name="form touch",
        no_validate=True,
    )


def _find() -> rx.Component:
    return rx.el.div(
        FocusOn.create(field="customer"),
        lookup_field(
            "Name, phone or GSTIN",
            "customer",
            "/api/erp/parties/search",
            errors=CustomerState.errors,
            label_key="name",
            detail_key="phone",
            placeholder="98… or a few letters",
            on_pick=CustomerState.pick,
        ),
        rx.el.div(
            rx.cond(
                TillState.customer["id"] != "",
                touch_button("Walk-in", icon="user-x", on_click=CustomerState.pick_walk_in),
            ),
            rx.cond(
                CustomerState.may_add,
                touch_button("New customer", icon="user-plus", on_click=CustomerState.start_adding),
            ),
            class_name="dialog-tools",
        ),
        class_name="form touch find-customer",
    )


def _add() -> rx.Component:
    errors = CustomerState.errors
    return rx.el.form(
        FocusOn.create(field="name"),
        text_field("Name", "name", errors=errors, required=True, max_length=120),
        text_field("Phone", "phone", errors=errors, type="tel", input_mode="tel", max_length=20),
        text_field(
            "GSTIN",
            "gstin",
            errors=errors,
            hint="Only for a registered business; it goes on the bill.",
            max_length=15,
        ),
        rx.el.div(
            button("Back", touch=True, on_click=CustomerState.open_dialog),
            submit_button("Add customer"),
            class_name="form-foot",
        ),
        on_submit=CustomerState.add,
        class_name="form touch",
        no_validate=True,
    )
