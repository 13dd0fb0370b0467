"""The drawer: cash in and out, and closing the shift by a blind count."""

import reflex as rx

from erp.components import (
    button,
    dialog,
    fact_list,
    money_field,
    notice,
    select_field,
    submit_button,
    text_field,
)
from erp.components.till import CashCount, FocusOn, touch_button, touch_link
from erp.state.pos.shifts import ShiftDeskState


def cash_dialog() -> rx.Component:
    """Return the dialog that records cash put in or taken out."""
    errors = ShiftDeskState.errors
    return dialog(
        ShiftDeskState.is_moving,
        rx.el.form(
            FocusOn.create(field="amount"),
            select_field(
                "What happens",
                "direction",
                [
                    ("out", "Cash out, to the safe"),
                    ("in", "Cash in, from the safe"),
                    ("no_sale", "Open the drawer without a sale"),
                ],
                errors=errors,
            ),
            money_field(
                "Amount",
                "amount",
                errors=errors,
                hint="Nothing where the drawer is only opened.",
            ),
            text_field(
                "Reason",
                "reason",
                errors=errors,
                required=True,
                max_length=120,
                placeholder="Change from the bank, courier paid ...",
            ),
            rx.el.div(
                button("Cancel", touch=True, on_click=ShiftDeskState.close_dialog),
                submit_button("Record"),
                class_name="form-foot",
            ),
            on_submit=ShiftDeskState.move_cash,
            class_name="form touch",
            no_validate=True,
        ),
        title="Cash in or out",
        on_close=ShiftDeskState.close_dialog,
        width="440px",
    )


def closing_dialog() -> rx.Component:
    """Return the blind count."""
    errors = ShiftDeskState.errors
    return dialog(
        ShiftDeskState.is_closing,
        rx.el.form(
            CashCount.create(name="counted_cash", error=errors["counted_cash"]),
            rx.cond(
                errors["counted_cash"],
                rx.el.p(
                    errors["counted_cash"],
                    id="counted_cash-error",
                    class_name="error",
                    role="alert",
                ),
            ),
            money_field(
                "Stays in the drawer",
                "float_left",
                errors=errors,
                hint="The float of the next shift; the rest goes to the safe.",
            ),
            rx.cond(
                ShiftDeskState.needs_reason,
                text_field(
                    "Why does the count differ?",
                    "reason",
                    errors=errors,
                    required=True,
                    max_length=120,
                ),
            ),
            rx.cond((ShiftDeskState.problem != ""), notice(ShiftDeskState.problem, tone="red")),
            rx.el.div(
                button("Go on selling", touch=True, on_click=ShiftDeskState.close_dialog),
                submit_button("Close the shift"),
                class_name="form-foot",
            ),
            on_submit=ShiftDeskState.close_shift,
            class_name="form touch",
            no_validate=True,
        ),
        title="Close the shift",
        subtitle="Count everything in the drawer. What it should hold is shown afterwards.",
        on_close=ShiftDeskState.close_dialog,
        width="660px",
    )


def closed_dialog() -> rx.Component:
    """Return what the count came to."""
    closed = ShiftDeskState.closed
    return dialog(
        closed.length() > 0,
        rx.el.div(
            FocusOn.create(field="closed-done"),
            rx.el.div(
                rx.el.span(closed["verdict"]),
                rx.el.b(closed["difference"]),
                class_name="sold-big",
                custom_attrs={"data-tone": closed["tone"]},
            ),
            fact_list([("Expected", closed["expected"]), ("Counted", closed["counted"])]),
            touch_link("Z report", f"/till/shifts/{closed['shift_id']}", icon="receipt-text"),
            touch_button(
                "Done",
                look="solid",
                key="Enter",
                on_click=ShiftDeskState.put_away,
                id="closed-done",
            ),
            class_name="sold",
        ),
        title="Shift closed",
        on_close=ShiftDeskState.put_away,
        width="440px",
    )
