"""One device: how it is, what it delivers, its account, its care."""

from typing import Any

import reflex as rx

from erp.components import (
    badge,
    button,
    card,
    chart_card,
    date_field,
    dialog,
    fact_list,
    form_dialog,
    grid,
    link_button,
    notice,
    page_header,
    quantity_field,
    reason_field,
    stat_tile,
    submit_button,
    text_field,
    timeline,
)
from erp.components.records import or_dash, record_view
from erp.components.small_parts import tiles
from erp.pages.imaging.device_days import numbers_card, sessions_card, standing_cards
from erp.pages.imaging.device_hook import hook_card, hook_dialogs
from erp.pages.imaging.devices import issued_password
from erp.pages.routing import page
from erp.state.imaging.device import (
    CareState,
    ChangeDeviceState,
    DeviceState,
    MaintenanceState,
    NewPasswordState,
)
from erp.state.imaging.device_hook import DeviceHookState

head = DeviceState.head


@page(
    route="/imaging/devices/[imaging_device_id]",
    title="Device",
    permission="imaging.view",
    parent="/imaging/devices",
    on_load=[
        DeviceState.open_record,
        DeviceHookState.open_record,
        DeviceState.listen,
        DeviceHookState.listen,
    ],
)
def device_page() -> rx.Component:
    """Show one device and take care of it."""
    speaks = head["kind"] == "mqtt"
    return rx.fragment(
        record_view(
            DeviceState,
            page_header(
                rx.el.span(
                    head["name"],
                    " ",
                    rx.cond(head["standing"] != "", badge(head["standing"], head["tone"])),
                ),
                rx.cond(
                    speaks, rx.el.span(head["topic"], class_name="code"), rx.el.span(head["topic"])
                ),
                rx.cond(head["may_operate"] != "", _actions()),
            ),
            rx.cond(
                head["is_silent"] != "",
                notice(
                    f"It said that it is online and was last heard {head['last_seen']}."
                    " Look at it and at its network.",
                    tone="red",
                ),
            ),
            rx.cond(
                head["takeovers"] != "",
                notice(
                    f"Its session at the broker was taken over while it stood: {head['takeovers']}."
                    " If it neither restarted nor lost its network, another device uses its"
                    " account; give it a new password.",
                ),
            ),
            tiles(
                stat_tile("Sessions", head["sessions"], note=head["open_sessions"], to=_sessions()),
                stat_tile("Objects, 30 days", head["objects"], note="that came"),
                stat_tile(
                    "Errors, 30 days",
                    head["errors"],
                    note=head["error_rate"],
                    tone=head["error_tone"],
                    to="/imaging/quarantine",
                ),
                stat_tile(
                    "Maintenance",
                    head["due"],
                    note=f"last: {head['maintained']}",
                    tone=head["due_tone"],
                ),
            ),
            _cards(speaks),
            list_route="/imaging/devices",
            list_label="All devices",
        ),
        _maintenance_dialog(),
        _care_dialog(),
        _change_dialog(),
        _password_dialog(),
        hook_dialogs(),
    )


def _cards(speaks: rx.Var[bool]) -> rx.Component:
    return grid(
        chart_card(
            "Objects by day",
            DeviceState.chart,
            loading=DeviceState.is_loading,
            is_empty=~DeviceState.has_objects,
            empty_text="Nothing came in the last 30 days.",
            span=8,
        ),
        card(_facts(speaks), title="Now", span=4),
        rx.cond(speaks, standing_cards()),
        sessions_card(),
        numbers_card(speaks),
        rx.el.div(
            rx.cond(
                speaks,
                card(_account(), title="Account and topics", actions=(_renew(),)),
                hook_card(),
            ),
            _history("Maintenance", DeviceState.maintenances, "None was recorded yet."),
            class_name="stack span-8",
        ),
        rx.el.div(
            rx.cond(head["kind"] == "dicom", card(_titles(), title="AE titles")),
            rx.cond(
                speaks,
                rx.fragment(
                    _history("Orders to it", DeviceState.told, "Nothing was asked of it."),
                    _history("Changes", DeviceState.spans, "It has not said anything."),
                    _history("Firmware", DeviceState.firmwares, "It has not said what it runs."),
                ),
            ),
            class_name="stack span-4",
        ),
    )


def _sessions() -> rx.Var[str]:
    return rx.Var.create("/imaging/sessions?device_id=") + head["id"]


def _actions() -> rx.Component:
    about = (head["id"], head["name"])
    change = button("Change", icon="pencil", on_click=ChangeDeviceState.open_dialog(*about))
    return rx.fragment(
        rx.cond(head["kind"] == "mqtt", change),
        button("What is watched", icon="bell-ring", on_click=CareState.open_dialog(*about)),
        button(
            "Record maintenance",
            icon="wrench",
            look="solid",
            on_click=MaintenanceState.open_dialog(*about),
        ),
    )


def _renew() -> rx.Component:
    opening = NewPasswordState.open_dialog(head["id"], head["name"])
    return rx.cond(
        head["may_operate"] != "", button("New password", icon="key-round", on_click=opening)
    )


def _titles() -> rx.Component:
    return rx.fragment(
        fact_list(
            [
                ("It is called", rx.el.span(head["ae_title"], class_name="code")),
                ("It calls us", rx.el.span(or_dash(head["called"]), class_name="code")),
                ("From", rx.el.span(head["address"], class_name="code")),
                ("It may", or_dash(head["services"])),
            ]
        ),
        link_button("DICOM peers", "/imaging/peers", look="ghost", icon="arrow-right"),
    )


def _facts(speaks: rx.Var[bool]) -> rx.Component:
    clock = rx.cond(
        head["clock_tone"] != "", badge(head["clock"], head["clock_tone"]), head["clock"]
    )
    said: list[tuple[str, Any]] = [
        ("Last heard", head["last_seen"]),
        ("Still to send", head["backlog"]),
        ("Clock", clock),
        ("Firmware", or_dash(head["firmware"])),
        ("Free space", or_dash(head["free"])),
    ]
    facts: list[tuple[str, Any]] = [
        ("Last object", head["last_object"]),
        ("Modality", or_dash(head["modality"])),
        ("Model", or_dash(head["model"])),
        ("Serial number", or_dash(head["serial"])),
    ]
    return rx.el.div(rx.cond(speaks, fact_list(said)), fact_list(facts), class_name="device-facts")


def _account() -> rx.Component:
    def topic(name: rx.Var[str]) -> rx.Component:
        return rx.el.li(rx.el.span(name, class_name="code"), key=name)

    return rx.fragment(
        fact_list(
            [
                ("User name", rx.el.span(head["user"], class_name="code")),
                ("Password", rx.el.span(head["credential"], ", shown once when it was made")),
            ]
        ),
        rx.el.div(
            rx.el.div(rx.el.h3("It may say"), rx.el.ul(rx.foreach(DeviceState.writes, topic))),
            rx.el.div(rx.el.h3("It may hear"), rx.el.ul(rx.foreach(DeviceState.reads, topic))),
            class_name="topics",
        ),
    )


def _history(title: str, entries: Any, nothing: str) -> rx.Component:
    shown = rx.cond(entries.length() > 0, timeline(entries), rx.el.p(nothing, class_name="hint"))
    return card(shown, title=title)


def _maintenance_dialog() -> rx.Component:
    errors = MaintenanceState.field_errors
    return form_dialog(
        MaintenanceState,
        date_field("Done on", "done_on", errors=errors, required=True),
        reason_field(errors, "Lens cleaned, calibrated", label="What was done", name="note"),
        title="Record a maintenance",
        subtitle="The next one is due from this day on.",
        submit="Record",
    )


def _care_dialog() -> rx.Component:
    errors = CareState.field_errors
    return form_dialog(
        CareState,
        quantity_field(
            "Clock off by, seconds",
            "clock_warn_seconds",
            errors=errors,
            default_value=head["clock_warn_seconds"],
            hint="People are warned beyond that.",
        ),
        quantity_field(
            "Silent after, minutes",
            "silent_after_minutes",
            errors=errors,
            default_value=head["silent_after_minutes"],
            hint="Online and not heard for so long; 0 for never.",
        ),
        quantity_field(
            "Maintenance every, days",
            "maintenance_days",
            errors=errors,
            default_value=head["maintenance_days"],
            hint="Empty for none.",
        ),
        title="What is watched",
        subtitle="Operators find it in their inbox.",
    )


def _change_dialog() -> rx.Component:
    errors = ChangeDeviceState.field_errors
    return form_dialog(
        ChangeDeviceState,
        text_field("Name", "name", errors=errors, required=True, default_value=head["name"]),
        text_field(
            "Modality", "modality", errors=errors, default_value=head["modality"], max_length=16
        ),
        text_field("Model", "model", errors=errors, default_value=head["model"]),
        text_field("Serial number", "serial", errors=errors, default_value=head["serial"]),
        title="Change the device",
        subtitle="Its branch and code stay: they are its name at the broker.",
    )


def _password_dialog() -> rx.Component:
    form = rx.el.form(
        rx.el.input(
            type="hidden",
            name="idempotency_key",
            value=NewPasswordState.form_key,
            read_only=True,
        ),
        rx.cond(NewPasswordState.form_error != "", notice(NewPasswordState.form_error, tone="red")),
        rx.el.p("The present password ends within seconds. The device needs the new one."),
        rx.el.div(
            button("Cancel", on_click=NewPasswordState.close_dialog),
            submit_button("New password", busy=NewPasswordState.is_busy),
            class_name="form-foot",
        ),
        on_submit=NewPasswordState.submit,
        class_name="form",
        no_validate=True,
    )
    return dialog(
        NewPasswordState.is_open,
        rx.cond(
            NewPasswordState.is_issued,
            issued_password(head["user"], NewPasswordState.close_dialog),
            form,
        ),
        title="New password",
        on_close=NewPasswordState.close_dialog,
    )
