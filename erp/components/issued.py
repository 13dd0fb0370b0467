"""What was issued and is shown this once: a password, a token, a signing secret."""

from typing import Any

import reflex as rx

from erp.components.buttons import button
from erp.components.headers import notice

PLACE = "issued-secret"
"""The element that `erp.state.issuing.show_secret` writes into."""


def issued_secret(
    what: str, advice: str | rx.Var[str], *beside: rx.Component, on_kept: Any
) -> rx.Component:
    """Return the place of a secret with a button that copies it.

    Args:
        what: What it is, in one word: `Password`.
        advice: What to do with it.
        beside: What belongs to it and is no secret, such as the user name.
    """
    copy = f"navigator.clipboard.writeText(document.getElementById('{PLACE}').textContent)"
    copied = [rx.call_script(copy), rx.toast.success(f"{what} copied.")]
    return rx.el.div(
        notice(advice, icon="key-round"),
        *beside,
        known_part(what, rx.el.code(id=PLACE, class_name="secret")),
        rx.el.div(
            button(f"Copy {what.lower()}", look="solid", icon="copy", on_click=copied),
            button("I have kept it", on_click=on_kept),
            class_name="form-foot",
        ),
        class_name="form",
    )


def known_part(label: str, shown: rx.Component) -> rx.Component:
    """Return one part of what was issued under its label."""
    return rx.el.div(rx.el.span(label, class_name="field-label"), shown, class_name="field")
