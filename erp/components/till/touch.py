"""Buttons for fingers: 48 px high, with the key that does the same."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

Text = str | rx.Var[str]


def touch_button(
    label: Text, *, icon: str = "", key: str = "", look: str = "outline", **props: Any
) -> rx.Component:
    """Return a button; `key` is shown as a hint."""
    hint = [rx.el.kbd(key, aria_hidden="true")] if key else []
    classes = f"button button-{look} button-touch {props.pop('class_name', '')}"
    content = [*([rx.icon(icon)] if icon else []), rx.el.span(label), *hint]
    return rx.el.button(*content, type=props.pop("type", "button"), class_name=classes, **props)


def touch_link(label: Text, to: Text, *, icon: str = "", look: str = "outline") -> rx.Component:
    """Return a link to another page that looks like a button."""
    content = [*([rx.icon(icon)] if icon else []), rx.el.span(label)]
    return ReactRouterLink.create(*content, to=to, class_name=f"button button-{look} button-touch")
