"""Tabs: parts of one page, or links between sister pages."""

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from erp.components.browser_parts import LinkTabs


def tabs(current: rx.Var[str], parts: Sequence[tuple[str, str]], on_choose: Any) -> rx.Component:
    """Return a row of tabs; parts are pairs of key and label, `on_choose` takes the key."""
    return rx.el.div(
        *[
            rx.el.button(
                label,
                type="button",
                role="tab",
                on_click=on_choose(key),
                aria_selected=rx.cond(current == key, "true", "false"),
            )
            for key, label in parts
        ],
        role="tablist",
        class_name="tabs",
    )


def link_tabs(
    here: str, parts: Sequence[tuple[str, str]], label: str = "Sister pages"
) -> rx.Component:
    """Return tabs that are pages of their own; parts are pairs of route and label.

    Args:
        label: Read aloud; a second strip on a page needs one of its own.
    """
    return LinkTabs.create(
        *[
            ReactRouterLink.create(
                name, to=route, custom_attrs={"aria-current": "page"} if route == here else {}
            )
            for route, name in parts
        ],
        label=label,
    )
