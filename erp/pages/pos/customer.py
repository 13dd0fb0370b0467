"""The dialog that names the customer."""

import reflex as rx

from erp.components import (
    button,
    dialog,
    lookup_field,
    notice,
    submit_button,
    text_field,
)
from erp.components.till import FocusOn, touch_button
from erp.state.pos.customers import CustomerState
from erp.state.pos.till import TillState


def customer_dialog() -> rx.Component:
    """Return the dialog: find by phone or name, or add."""
    return dialog(
        CustomerState.is_open,
        rx.cond(CustomerState.problem != "", notice(CustomerState.problem, tone="red")),
        rx.cond(CustomerState.is_adding, _add(), _find()),
        title="Customer",
        on_close=CustomerState.close_dialog,
        width="520px",
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
