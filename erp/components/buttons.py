"""Buttons and links that look like them."""

from typing import Any, Literal

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

Look = Literal["solid", "outline", "ghost", "danger"]


def button(
    label: str | rx.Var[str],
    *,
    look: Look = "outline",
    icon: str = "",
    touch: bool = False,
    busy: rx.Var[bool] | None = None,
    **props: Any,
) -> rx.Component:
    """Return a button.

    Args:
        icon: Name of a lucide icon before the label.
        touch: At least 48 px high, for the till and other touch screens.
        busy: While true the button turns and cannot be pressed.
    """
    props.setdefault("type", "button")
    content: list[Any] = [rx.icon(icon)] if icon else []
    if busy is not None:
        props["disabled"] = busy
        content = [
            rx.cond(
                busy, rx.icon("loader-circle", class_name="spin"), content[0] if content else None
            )
        ]
    return rx.el.button(*content, label, class_name=_classes(look, touch), **props)


def submit_button(
    label: str | rx.Var[str], *, busy: rx.Var[bool] | None = None, **props: Any
) -> rx.Component:
    """Return the button that sends its form."""
    return button(label, look="solid", busy=busy, type="submit", **props)


def link_button(
    label: str, to: str | rx.Var[str], *, look: Look = "solid", icon: str = "", touch: bool = False
) -> rx.Component:
    """Return a link to another page that looks like a button."""
    content = [rx.icon(icon), label] if icon else [label]
    return ReactRouterLink.create(*content, to=to, class_name=_classes(look, touch))


def download_link(label: str, href: str | rx.Var[str], *, icon: str = "download") -> rx.Component:
    """Return a link to a file that a route of the REST interface makes."""
    return file_link(rx.icon(icon), label, href=href, class_name=_classes("outline"))


def new_tab_link(label: str, href: str | rx.Var[str], *, icon: str = "eye") -> rx.Component:
    """Return a link to a file that is looked at in a tab of its own."""
    content = [rx.icon(icon), label]
    return rx.el.a(
        *content, href=href, target="_blank", rel="noopener", class_name=_classes("outline")
    )


def file_link(*children: Any, href: str | rx.Var[str], class_name: str) -> rx.Component:
    """Return a link that the browser follows itself: the pages' router knows no files."""
    return rx.el.a(*children, href=href, download=True, reload_document=True, class_name=class_name)


def icon_button(icon: str, label: str, **props: Any) -> rx.Component:
    """Return a small button of one icon; the label is read aloud and shown on hover."""
    return rx.el.button(
        rx.icon(icon),
        type="button",
        class_name="bar-button",
        aria_label=label,
        title=label,
        **props,
    )


def shortcut_hint(keys: str) -> rx.Component:
    """Return the keys of a shortcut, such as `Ctrl K`, as small key caps."""
    return rx.el.span(*[rx.el.kbd(key) for key in keys.split(" ")], aria_hidden="true")


def _classes(look: Look, touch: bool = False) -> str:
    return f"button button-{look}" + (" button-touch" if touch else "")
