"""Appointments of a day, device by device."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    confirm_dialog,
    date_field,
    day_filter,
    empty_state,
    form_dialog,
    icon_button,
    link_button,
    lookup_field,
    notice,
    page_header,
    page_skeleton,
    select_field,
    text_area,
    text_field,
)
from erp.pages.imaging.tabs import imaging_tabs
from erp.pages.routing import page
from erp.state.imaging.appointments import LENGTHS, BookState, MoveState
from erp.state.imaging.appointments import AppointmentsState as State


@page(
    route="/imaging/appointments",
    title="Appointments",
    permission="imaging.view",
    parent="/imaging",
    on_load=[State.open_day, State.listen],
)
def appointments_page() -> rx.Component:
    """Show who comes when, on which device."""
    book = button("Book", look="solid", icon="plus", on_click=BookState.open_dialog("", ""))
    none = empty_state(
        "scan-eye",
        "No device to book",
        "Register a device of this branch, or add a DICOM peer.",
        link_button("Devices", "/imaging/devices", icon="arrow-right"),
    )
    shown = rx.cond(
        State.devices.length() > 0,
        rx.el.div(rx.foreach(State.devices, _device), class_name="stack"),
        card(none),
    )
    return rx.fragment(
        page_header(
            "Appointments",
            State.day_words,
            icon_button("chevron-left", "The day before", on_click=State.turn(-1)),
            day_filter("Day", State.day, State.go_to),
            icon_button("chevron-right", "The day after", on_click=State.turn(1)),
            button("Today", on_click=State.go_to("")),
            rx.cond(State.may_operate & (State.devices.length() > 0), book),
        ),
        imaging_tabs("/imaging/appointments"),
        rx.cond(State.problem != "", notice(State.problem, tone="red")),
        rx.cond(State.is_loading, page_skeleton(), shown),
        _booking(),
        _moving(),
        confirm_dialog(
            State.is_asking,
            title=State.asked["title"],
            message=State.asked["message"],
            confirm=State.asked["confirm"],
            look="danger",
            on_confirm=State.give_up,
            on_cancel=State.keep,
        ),
    )


def _device(device: Any) -> rx.Component:
    nothing = rx.el.p("Free all day.", class_name="soft")
    rows = rx.el.table(
        rx.el.tbody(
            rx.foreach(State.rows, lambda row: rx.cond(row["device"] == device["id"], _row(row)))
        ),
        class_name="table appointments",
        aria_label=device["name"],
    )
    return rx.el.div(
        card(
            rx.cond(device["is_empty"] != "", nothing, rx.el.div(rows, class_name="scroll-x")),
            title=device["name"],
            subtitle=device["about"],
        ),
        key=device["id"],
    )


def _about(row: Any) -> tuple[Any, Any, Any]:
    return row["id"], row["patient"], row["time"]


def _row(row: Any) -> rx.Component:
    time = rx.cond(row["is_gone"] != "", rx.el.s(row["time"]), rx.el.strong(row["time"]))
    actions = rx.el.div(
        rx.cond(
            row["is_expected"] != "",
            rx.fragment(
                button("Arrived", look="outline", on_click=State.arrived(row["id"])),
                icon_button("user-x", "Did not come", on_click=State.ask("missed", *_about(row))),
            ),
        ),
        rx.cond(
            row["is_here"] != "",
            icon_button("undo-2", "Not here after all", on_click=State.expected(row["id"])),
        ),
        rx.cond(
            row["may_undo"] != "",
            button("Take back", look="outline", icon="undo-2", on_click=State.take_back(row["id"])),
        ),
        rx.cond(
            row["may_change"] != "",
            rx.fragment(
                icon_button(
                    "calendar-clock",
                    "Another time",
                    on_click=MoveState.open_dialog(row["id"], row["patient"]),
                ),
                icon_button("calendar-x", "Cancel", on_click=State.ask("cancel", *_about(row))),
            ),
        ),
        class_name="row-actions",
    )
    return rx.el.tr(
        rx.el.td(time, class_name="nowrap numeric"),
        rx.el.td(row["patient"], rx.el.span(row["code"], class_name="detail")),
        rx.el.td(row["procedure"], rx.el.span(row["note"], class_name="detail")),
        rx.el.td(
            badge(row["standing"], row["tone"]),
            rx.el.span(row["accession"], class_name="detail nowrap wide-only"),
        ),
        rx.el.td(actions, class_name="right"),
        key=row["id"],
    )


def _booking() -> rx.Component:
    errors = BookState.field_errors
    return form_dialog(
        BookState,
        lookup_field(
            "Patient",
            "patient_id",
            "/api/erp/parties",
            errors=errors,
            required=True,
            label_key="name",
            detail_key="code",
            placeholder="Name, phone or code",
        ),
        text_field(
            "Examination",
            "procedure",
            errors=errors,
            required=True,
            max_length=64,
            placeholder="Fundus both eyes",
        ),
        select_field("Device", "device_id", BookState.devices, errors=errors, required=True),
        date_field("Day", "day", errors=errors, required=True, default_value=BookState.day),
        text_field("Time", "time", errors=errors, type="time", required=True, step="300"),
        select_field("Takes", "minutes", LENGTHS, errors=errors, required=True, default_value="30"),
        text_field("Protocol of the device", "protocol", errors=errors, max_length=64),
        text_field("Referring physician", "referring_physician", errors=errors, max_length=64),
        text_area("Note for the technician", "note", errors=errors),
        title="Book an appointment",
        submit="Book",
        width="640px",
    )


def _moving() -> rx.Component:
    errors, kept = MoveState.field_errors, MoveState.kept
    return form_dialog(
        MoveState,
        select_field(
            "Device",
            "device_id",
            MoveState.devices,
            errors=errors,
            required=True,
            default_value=kept["device_id"],
            key=kept["device_id"],
        ),
        date_field("Day", "day", errors=errors, required=True, default_value=MoveState.day),
        text_field(
            "Time",
            "time",
            errors=errors,
            type="time",
            required=True,
            step="300",
            default_value=kept["clock"],
        ),
        select_field(
            "Takes",
            "minutes",
            LENGTHS,
            errors=errors,
            required=True,
            default_value=kept["minutes"],
            key=kept["minutes"],
        ),
        title="Another time",
        subtitle=MoveState.subject["label"],
        submit="Move",
    )
