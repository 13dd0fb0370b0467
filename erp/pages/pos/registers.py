"""Tills: which there are, what each sells from, and which series its bills are numbered in."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    check_field,
    empty_state,
    form_dialog,
    page_header,
    page_skeleton,
    select_field,
    text_field,
)
from erp.pages.routing import Nav, page
from erp.state.pos.registers import MANAGE, ChangeRegisterState, NewRegisterState, RegistersState


@page(
    route="/till/registers",
    title="Tills",
    permission=MANAGE,
    nav=Nav("Tills", "monitor", group="Setup", order=46),
    parent="/till",
    on_load=[RegistersState.open_registers],
)
def registers_page() -> rx.Component:
    """List the tills of every branch."""
    state = RegistersState
    add = button(
        "New till", icon="plus", look="solid", on_click=NewRegisterState.open_dialog("", "")
    )
    head = rx.el.tr(
        rx.el.th("Till"),
        rx.el.th("Sells from", class_name="wide-only"),
        rx.el.th("Now"),
        rx.el.th(rx.el.span("Actions", class_name="sr-only")),
    )
    table = rx.el.div(
        rx.el.table(
            rx.el.thead(head),
            rx.el.tbody(rx.foreach(state.registers, _row)),
            class_name="table",
            aria_label="Tills",
        ),
        class_name="scroll-x",
    )
    shown = rx.cond(
        state.registers.length() > 0,
        card(table),
        empty_state(
            "monitor", "No till yet", "A till sells from one place, under its own numbers."
        ),
    )
    return rx.fragment(
        page_header("Tills", "Each has its own series of bill numbers, begun by its code.", add),
        rx.cond(state.is_loading, page_skeleton(), shown),
        _new(),
        _change(),
    )


def _row(row: Any) -> rx.Component:
    change = button(
        "Change", icon="pencil", on_click=ChangeRegisterState.open_dialog(row["id"], row["name"])
    )
    open_shift = rx.link(row["shift"], href=f"/till/shifts/{row['shift_id']}")
    now = rx.cond(
        row["shift"] != "",
        open_shift,
        rx.cond(row["is_active"] != "", "No shift is open", badge("Out of use", "gray")),
    )
    return rx.el.tr(
        rx.el.td(rx.el.b(row["name"]), rx.el.span(row["code"], class_name="detail")),
        rx.el.td(
            row["place"], rx.el.span(row["branch"], class_name="detail"), class_name="wide-only"
        ),
        rx.el.td(now),
        rx.el.td(change, class_name="right"),
        key=row["id"],
    )


def _new() -> rx.Component:
    state = NewRegisterState
    errors = state.field_errors
    return form_dialog(
        state,
        text_field(
            "Name", "name", errors=errors, required=True, placeholder="Front desk", max_length=120
        ),
        text_field(
            "Code",
            "code",
            errors=errors,
            required=True,
            placeholder="P2",
            hint="Up to four letters and digits, a letter first. It begins every bill number and stays.",
            max_length=4,
        ),
        select_field("Sells from", "location_id", state.places, errors=errors, required=True),
        title="New till",
        submit="Set up the till",
    )


def _change() -> rx.Component:
    state = ChangeRegisterState
    errors, now = state.field_errors, state.now
    return form_dialog(
        state,
        text_field(
            "Name", "name", errors=errors, required=True, default_value=now["name"], max_length=120
        ),
        check_field("In use", "is_active", default_checked=now["is_active"] != ""),
        title="Change this till",
        subtitle=now["code"],
    )
