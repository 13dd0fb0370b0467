"""A device's webhook on its page: how another program says that a study was sent in full."""

import reflex as rx

from erp.components import button, card, confirm_dialog, dialog, notice, submit_button, timeline
from erp.components.issued import issued_secret, known_part
from erp.state.imaging.device import DeviceState
from erp.state.imaging.device_hook import DeviceHookState as Hook
from erp.state.imaging.device_hook import OpenHookState as Opening

device = DeviceState.head
HOW = (
    "POST to the address once a study was sent, with its Study Instance UID in the path.",
    (
        "Headers: webhook-id (new for each study), webhook-timestamp (seconds since 1970, at most five"
        " minutes off), webhook-signature."
    ),
    (
        'Body: {} where all has come that will, or {"manifest": [{"sop_uid": "1.2..."}]}; the answer'
        " says what is missing."
    ),
    (
        "Signed as a Standard Webhook over: POST, a space, the path without its question, a line feed,"
        " the body."
    ),
    "404 means the study has not come yet: call again with the same webhook-id.",
)


def hook_card() -> rx.Component:
    """Return the webhook with its latest calls, for ways in that do not end sessions themselves."""
    is_open = Hook.head["is_open"] != ""
    body = rx.cond(is_open, _open(), _closed())
    return card(body, title="Completion calls", actions=(_actions(is_open),))


def hook_dialogs() -> rx.Component:
    """Return the dialogs of the webhook."""
    return rx.fragment(
        dialog(
            Opening.is_open,
            rx.cond(Opening.is_issued, _issued(), _form()),
            title=rx.cond(Opening.is_issued, "Its signing secret", "Completion calls"),
            on_close=Opening.close_dialog,
            width="640px",
        ),
        confirm_dialog(
            Hook.is_asking,
            title="Close the address?",
            message="Calls are refused from then on. Opened again, it has a new secret.",
            confirm="Close",
            look="danger",
            on_confirm=Hook.close,
            on_cancel=Hook.keep,
        ),
    )


def _actions(is_open: rx.Var[bool]) -> rx.Component:
    opening = Opening.open_dialog(device["id"], device["name"])
    shown = rx.cond(
        is_open,
        rx.fragment(
            button("New secret", icon="key-round", on_click=opening),
            button("Close", icon="ban", on_click=Hook.ask_close),
        ),
        button("Open", icon="webhook", on_click=opening),
    )
    return rx.cond(device["may_operate"] != "", shown)


def _closed() -> rx.Component:
    return rx.el.p(
        "Another program can say, signed, that a study of this device was sent in full. Until it is"
        " opened, a person or a storage commitment ends its sessions.",
        class_name="hint",
    )


def _open() -> rx.Component:
    calls = rx.cond(
        Hook.calls.length() > 0,
        timeline(Hook.calls),
        rx.el.p("Nothing has called yet.", class_name="hint"),
    )
    return rx.el.div(
        known_part("Address", rx.el.code(Hook.head["address"], class_name="secret")),
        known_part("Secret", rx.el.span(Hook.head["secret"], ", shown once when it was made")),
        rx.el.details(rx.el.summary("How to call"), _how()),
        rx.el.h3("Latest calls", class_name="field-label"),
        calls,
        class_name="hook stack",
    )


def _how() -> rx.Component:
    return rx.el.ol(*[rx.el.li(step) for step in HOW], class_name="how")


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.input(type="hidden", name="idempotency_key", value=Opening.form_key, read_only=True),
        rx.cond(Opening.form_error != "", notice(Opening.form_error, tone="red")),
        rx.el.p(
            "The device gets an address and a signing secret. A secret that it had before ends now."
        ),
        _how(),
        rx.el.div(
            button("Cancel", on_click=Opening.close_dialog),
            submit_button("Make a secret", busy=Opening.is_busy),
            class_name="form-foot",
        ),
        on_submit=Opening.submit,
        class_name="form",
        no_validate=True,
    )


def _issued() -> rx.Component:
    return issued_secret(
        "Secret",
        "Copy the secret now: it is shown this once. The caller signs with it.",
        known_part("Address", rx.el.code(Opening.address, class_name="secret")),
        on_kept=Opening.close_dialog,
    )
