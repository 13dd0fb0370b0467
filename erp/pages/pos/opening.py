"""Before selling: which register, and how much is in its drawer."""

from typing import Any

import reflex as rx

from erp.components import empty_state, notice, submit_button, text_field
from erp.components.till import CashCount, touch_button, touch_link
from erp.state.pos.opening import OpeningState


def opening_screen() -> rx.Component:
    """Return a calm screen with one thing to do."""
    return rx.el.div(
        rx.cond(
            OpeningState.registers.length() > 0,
            rx.el.div(
                rx.el.h1("Open the till"),
                rx.el.p("Choose a register, count its drawer, and begin.", class_name="soft"),
                rx.el.div(
                    rx.foreach(OpeningState.registers, _register),
                    class_name="registers",
                    role="radiogroup",
                    aria_label="Registers",
                ),
                rx.cond(OpeningState.open_by != "", _join(), _form()),
                rx.el.div(
                    touch_link("Earlier shifts", "/till/shifts", icon="history", look="ghost"),
                    class_name="opening-more",
                ),
                class_name="opening",
            ),
            empty_state(
                "store",
                "This branch has no register yet",
                "Ask an owner or manager to set one up; then come back here.",
            ),
        ),
        class_name="opening-page",
    )


def _register(row: Any) -> rx.Component:
    return rx.el.button(
        rx.icon("store"),
        rx.el.span(
            rx.el.b(row["name"]),
            rx.el.small(rx.cond(row["open_by"] != "", row["open_by"], "Closed")),
        ),
        type="button",
        role="radio",
        aria_checked=OpeningState.chosen == row["id"],
        on_click=OpeningState.choose(row["id"]),
        class_name="register",
        key=row["id"],
    )


def _join() -> rx.Component:
    return rx.el.div(
        notice(OpeningState.open_by, icon="users"),
        touch_button("Work on this shift", look="solid", icon="log-in", on_click=OpeningState.join),
        class_name="opening-form",
    )


def _form() -> rx.Component:
    errors = OpeningState.errors
    left = rx.cond(
        OpeningState.float_left != "",
        rx.el.p("The last shift left ", rx.el.b(OpeningState.float_left), " in this drawer."),
        rx.el.p("The first float of this register comes out of the safe."),
    )
    return rx.el.form(
        rx.el.div(left, class_name="opening-left"),
        CashCount.create(
            name="opening_float",
            error=errors["opening_float"],
            key=OpeningState.chosen,
        ),
        rx.cond(
            errors["opening_float"],
            rx.el.p(
                errors["opening_float"],
                id="opening_float-error",
                class_name="error",
                role="alert",
            ),
        ),
        rx.cond(
            OpeningState.needs_reason,
            text_field(
                "Why does it differ?", "reason", errors=errors, required=True, max_length=120
            ),
        ),
        rx.cond(
            (OpeningState.problem != "") & ~OpeningState.needs_reason,
            notice(OpeningState.problem, tone="red"),
        ),
        submit_button("Open the shift", busy=OpeningState.is_busy),
        on_submit=OpeningState.open_shift,
        class_name="opening-form touch",
        no_validate=True,
    )
