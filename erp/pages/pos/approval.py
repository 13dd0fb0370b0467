"""The dialog in which a manager approves with a PIN."""

import reflex as rx

from erp.components import button, dialog, field, notice, select_field, submit_button, text_field
from erp.components.till import FocusOn, PinPad
from erp.state.pos.approving import ApprovalState


def approval_dialog() -> rx.Component:
    """Return the dialog: who, why, and their PIN."""
    errors = ApprovalState.errors
    return dialog(
        ApprovalState.is_open,
        rx.cond(
            ApprovalState.approvers.length() > 0,
            rx.el.form(
                FocusOn.create(field="reason"),
                select_field("Who approves", "approver_id", ApprovalState.approvers, errors=errors),
                text_field(
                    "Reason",
                    "reason",
                    errors=errors,
                    placeholder="Regular customer, damaged box ...",
                    max_length=120,
                    auto_complete="off",
                ),
                field(
                    "PIN",
                    PinPad.create(name="pin", attempt=ApprovalState.attempt, error=errors["pin"]),
                    name="pin",
                    errors=errors,
                ),
                rx.el.div(
                    button("Cancel", touch=True, on_click=ApprovalState.cancel),
                    submit_button("Approve"),
                    class_name="form-foot",
                ),
                on_submit=ApprovalState.approve,
                class_name="form touch",
                no_validate=True,
            ),
            notice("Nobody here may approve this. Ask an owner to set a PIN, or lower it."),
        ),
        title="A manager must approve",
        subtitle=ApprovalState.what,
        on_close=ApprovalState.cancel,
        width="420px",
    )
