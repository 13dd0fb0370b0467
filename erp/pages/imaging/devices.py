"""Devices: how they are, and registering one."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    button,
    confirm_dialog,
    dialog,
    icon_button,
    list_view,
    notice,
    page_header,
    select_field,
    submit_button,
    text_field,
)
from erp.components.issued import issued_secret, known_part
from erp.pages.imaging.hearing import hearing_notice
from erp.pages.imaging.tabs import imaging_tabs
from erp.pages.routing import page
from erp.state.imaging.devices import DeviceListState
from erp.state.imaging.devices import RegisterDeviceState as Register
from erp.state.imaging.hearing import HearingState


@page(
    route="/imaging/devices",
    title="Devices",
    permission="imaging.view",
    parent="/imaging",
    on_load=[DeviceListState.open_list, DeviceListState.listen, HearingState.watch],
)
def devices_page() -> rx.Component:
    """List devices with what they last said."""
    register = button(
        "Register device", look="solid", icon="plus", on_click=Register.open_dialog("", "")
    )
    return rx.fragment(
        page_header(
            "Devices",
            "Cameras and scanners that may deliver images.",
            rx.cond(DeviceListState.may_operate, register),
        ),
        imaging_tabs("/imaging/devices"),
        hearing_notice(),
        list_view(
            DeviceListState,
            label="Devices",
            search="Name, code, serial number",
            row_action=_row_actions,
            empty=Empty("camera", "No device yet", "Register the first one; it gets a password."),
        ),
        dialog(
            Register.is_open,
            rx.cond(
                Register.is_issued, issued_password(Register.user, Register.close_dialog), _form()
            ),
            title=rx.cond(Register.is_issued, "Its broker account", "Register a device"),
            on_close=Register.close_dialog,
        ),
        confirm_dialog(
            DeviceListState.is_asking,
            title=f"Retire {DeviceListState.asked_name}?",
            message="It can deliver nothing any more. What it delivered stays; what is planned on it may"
            " be done on any device of the branch.",
            confirm="Retire device",
            look="danger",
            on_confirm=DeviceListState.retire,
            on_cancel=DeviceListState.keep,
        ),
    )


def _row_actions(row: rx.Var[dict[str, str]]) -> rx.Component:
    changing = rx.el.div(
        rx.cond(
            row["way"] == "mqtt",
            icon_button("key-round", "New password", on_click=Register.renew(row["id"])),
        ),
        rx.cond(
            (row["way"] == "mqtt") | (row["way"] == "dicom"),
            icon_button(
                "archive", "Retire", on_click=DeviceListState.ask_retire(row["id"], row["name"])
            ),
        ),
        class_name="row-actions",
    )
    return rx.cond(DeviceListState.may_operate, changing)


def _form() -> rx.Component:
    errors = Register.field_errors
    return rx.el.form(
        rx.el.input(type="hidden", name="idempotency_key", value=Register.form_key, read_only=True),
        rx.cond(Register.form_error != "", notice(Register.form_error, tone="red")),
        rx.el.div(
            text_field("Name", "name", errors=errors, required=True, placeholder="Iris camera"),
            text_field(
                "Code",
                "code",
                errors=errors,
                required=True,
                hint="Letters, digits, - and _; part of its topics.",
                placeholder="CAM02",
                max_length=64,
            ),
            select_field("Branch", "branch_id", Register.branches, errors=errors),
            text_field("Modality", "modality", errors=errors, placeholder="OP", max_length=16),
            text_field("Model", "model", errors=errors),
            text_field("Serial number", "serial", errors=errors),
            class_name="form-grid",
        ),
        rx.el.div(
            button("Cancel", on_click=Register.close_dialog),
            submit_button("Register", busy=Register.is_busy),
            class_name="form-foot",
        ),
        on_submit=Register.submit,
        class_name="form",
        no_validate=True,
    )


def issued_password(user: rx.Var[str], on_close: Any) -> rx.Component:
    """Return user name and password of a device, the latter written into the page once."""
    return issued_secret(
        "Password",
        "Copy the password now: it is shown this once.",
        known_part("User name", rx.el.code(user, class_name="secret")),
        on_kept=on_close,
    )
