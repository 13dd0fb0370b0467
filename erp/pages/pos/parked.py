"""The dialogs of parked bills."""

from typing import Any

import reflex as rx

from erp.components import button, dialog, empty_state, notice, submit_button, text_field
from erp.state.pos.parking import ParkState


def park_dialog() -> rx.Component:
    """Return the dialog that names a bill to be parked."""
    return dialog(
        ParkState.is_parking,
        rx.cond(ParkState.problem != "", notice(ParkState.problem, tone="red")),
        rx.el.form(
            text_field(
                "Name it, to know it again",
                "label",
                errors=ParkState.errors,
                default_value=ParkState.suggested,
                max_length=120,
                auto_focus=True,
                auto_complete="off",
            ),
            rx.el.div(
                button("Cancel", touch=True, on_click=ParkState.close_dialog),
                submit_button("Park the bill"),
                class_name="form-foot",
            ),
            on_submit=ParkState.park,
            class_name="form touch",
            no_validate=True,
        ),
        title="Park this bill",
        subtitle="Nothing is reserved; prices are looked up again when it is recalled.",
        on_close=ParkState.close_dialog,
        width="440px",
    )


def recall_dialog() -> rx.Component:
    """Return the dialog that lists what is parked."""
    return dialog(
        ParkState.is_recalling,
        rx.cond(ParkState.problem != "", notice(ParkState.problem)),
        rx.cond(
            ParkState.parked.length() > 0,
            rx.el.ul(rx.foreach(ParkState.parked, _parked), class_name="choices"),
            empty_state(
                "pause", "No bill is parked", "Park one with F8 while a customer looks for more."
            ),
        ),
        title="Parked bills",
        on_close=ParkState.close_dialog,
        width="480px",
    )


def _parked(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.b(row["label"]),
            rx.el.small(row["detail"]),
            type="button",
            on_click=ParkState.recall(row["id"]),
        ),
        key=row["id"],
    )
