"""The dialog in which a manager approves: with a PIN here, or from elsewhere."""

import reflex as rx

from erp.components import button, dialog, field, notice, select_field, submit_button, text_field
from erp.components.tabs import tabs
from erp.components.till import FocusOn, PinPad
from erp.state.pos.approving import ApprovalState


def approval_dialog() -> rx.Component:
    """Return the dialog: who, why, and their PIN; or why, and waiting for an answer."""
    place = rx.cond(ApprovalState.is_elsewhere, "elsewhere", "here")
    return dialog(
        ApprovalState.is_open,
        rx.cond(
            ApprovalState.request_id != "",
            _waiting(),
            rx.fragment(
                tabs(
                    place,
                    [("here", "Here, by PIN"), ("elsewhere", "Somebody elsewhere")],
                    ApprovalState.turn,
                ),
                rx.cond(ApprovalState.is_elsewhere, _elsewhere(), _here()),
            ),
        ),
        title="A manager must approve",
        subtitle=ApprovalState.what,
        on_close=ApprovalState.cancel,
        width="420px",
    )


def _here() -> rx.Component:
    errors = ApprovalState.errors
    return rx.cond(
        ApprovalState.approvers.length() > 0,
        rx.el.form(
            FocusOn.create(field="reason"),
            select_field("Who approves", "approver_id", ApprovalState.approvers, errors=errors),
            _reason(),
            field(
                "PIN",
                PinPad.create(name="pin", attempt=ApprovalState.attempt, error=errors["pin"]),
                name="pin",
                errors=errors,
            ),
            _foot("Approve"),
            on_submit=ApprovalState.approve,
            class_name="form touch",
            no_validate=True,
        ),
        notice("Nobody here may approve this. Ask an owner to set a PIN, or lower it."),
    )


def _elsewhere() -> rx.Component:
    return rx.el.form(
        _reason(),
        rx.el.p(
            "Whoever may approve sees it at once, in the inbox and under Approvals.",
            class_name="soft",
        ),
        _foot("Ask"),
        on_submit=ApprovalState.ask,
        class_name="form touch",
        no_validate=True,
    )


def _waiting() -> rx.Component:
    return rx.el.div(
        rx.el.div(rx.spinner(size="3"), rx.el.b("Waiting for an answer"), class_name="sold-big"),
        rx.el.p("The till goes on by itself. Close this to ask no longer.", class_name="soft"),
        button("Ask no longer", touch=True, on_click=ApprovalState.cancel),
        class_name="sold",
        role="status",
    )


def _reason() -> rx.Component:
    return text_field(
        "Reason",
        "reason",
        errors=ApprovalState.errors,
        placeholder="Regular customer, damaged box ...",
        max_length=120,
        auto_complete="off",
    )


def _foot(label: str) -> rx.Component:
    return rx.el.div(
        button("Cancel", touch=True, on_click=ApprovalState.cancel),
        submit_button(label),
        class_name="form-foot",
    )
