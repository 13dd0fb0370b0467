"""Dialogs: they keep the focus, close on Escape, and give the focus back."""

from typing import Any

import reflex as rx

from erp.components.buttons import Look, button

Text = str | rx.Var[str]


def dialog(
    is_open: rx.Var[bool],
    *content: rx.Component,
    title: Text,
    on_close: Any,
    subtitle: Text = "",
    width: str = "520px",
) -> rx.Component:
    """Return a modal dialog; `on_close` runs on Escape, the cross and a click outside."""
    has_subtitle = not isinstance(subtitle, str) or bool(subtitle)
    described = rx.dialog.description(subtitle, size="2", color_scheme="gray", margin_bottom="16px")
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title(title, size="4", margin_bottom="4px" if has_subtitle else "16px"),
            described if has_subtitle else rx.fragment(),
            *content,
            rx.dialog.close(
                rx.el.button(
                    rx.icon("x"), type="button", class_name="dialog-close", aria_label="Close"
                )
            ),
            max_width=width,
            aria_describedby=None,
        ),
        open=is_open,
        on_open_change=lambda _: on_close(),
    )


def confirm_dialog(
    is_open: rx.Var[bool],
    *,
    title: Text,
    message: Text,
    on_confirm: Any,
    on_cancel: Any,
    confirm: str = "Confirm",
    look: Look = "solid",
) -> rx.Component:
    """Return a question that must be answered; the safe answer has the focus."""
    return rx.alert_dialog.root(
        rx.alert_dialog.content(
            rx.alert_dialog.title(title, size="4"),
            rx.alert_dialog.description(message, size="2"),
            rx.el.div(
                rx.alert_dialog.cancel(button("Cancel", on_click=on_cancel)),
                rx.alert_dialog.action(button(confirm, look=look, on_click=on_confirm)),
                class_name="form-foot",
                style={"padding_top": "20px"},
            ),
            max_width="440px",
        ),
        open=is_open,
    )
