"""The frame around every page: navigation, bar, palette, shortcuts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink as Link

from erp.components.browser_parts import (
    NavDrawer,
    NavItem,
    NavToggle,
    Opened,
    Palette,
    PaletteButton,
    Shortcuts,
    SignOut,
)
from erp.components.skeletons import page_skeleton

RECORDS = {
    "product": "Products",
    "party": "Customers and suppliers",
    "invoice": "Invoices",
    "sale": "Sales",
    "purchase_order": "Purchase orders",
    "purchase_requisition": "Requisitions",
    "quotation_request": "Requests for quotation",
    "supplier_bill": "Supplier bills",
    "supplier_return": "Returns to suppliers",
}
"""How the palette calls what it found."""

Screens = Sequence[Any]
"""Screens as data: route, title, nav (label, icon, group, keys)."""


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """What the frame shows about the person and the place; every field is a var."""

    opened: rx.Var[str]
    is_loaded: rx.Var[bool]
    user_name: rx.Var[str]
    user_initials: rx.Var[str]
    role_text: rx.Var[str]
    tenant_name: rx.Var[str]
    branch_name: rx.Var[str]
    may_open: Any
    commands: rx.Var[list[dict[str, str]]]
    unread: Any


def frame(
    content: rx.Component,
    *,
    screens: Screens,
    trail: Screens,
    facts: FrameFacts,
    waits_itself: bool = False,
) -> rx.Component:
    """Return a page inside the frame; its content appears once everything that fills it has run."""
    return rx.el.div(
        rx.el.a("Skip to the content", href="#content", class_name="skip"),
        rx.el.aside(
            _brand(),
            rx.el.nav(*_entries(screens, facts), class_name="side-scroll", aria_label="Main"),
            rx.el.div(NavToggle.create(rx.icon("panel-left")), class_name="side-foot"),
            class_name="side",
        ),
        rx.el.div(
            _bar(screens, trail, facts),
            rx.el.main(
                content if waits_itself else once_opened(content, page_skeleton(), facts),
                id="content",
                class_name="content",
                tab_index=-1,
            ),
            class_name="main",
        ),
        Palette.create(commands=facts.commands, destinations=_destinations(screens)),
        Shortcuts.create(places=_shortcuts(screens)),
        class_name="frame",
    )


def once_opened(content: rx.Component, waiting: rx.Component, facts: FrameFacts) -> rx.Component:
    """Return what waits while a page is filled for this address, then its content.

    Nobody types into a form that is about to be filled, or sees what an earlier visit left.
    """
    return Opened.create(content, waiting, at=facts.opened, is_loaded=facts.is_loaded)


def _brand() -> rx.Component:
    return Link.create(
        rx.el.img(src="/favicon.svg", alt="", class_name="brand-mark"),
        rx.el.span("Vantage", class_name="brand-name"),
        to="/",
        class_name="brand",
        aria_label="Vantage, go to Home",
    )


def _entries(screens: Screens, facts: FrameFacts) -> list[rx.Component]:
    shown = [screen for screen in screens if screen.nav is not None]
    parts: list[rx.Component] = []
    for group, members in groupby(shown, key=lambda screen: screen.nav.group):
        parts.extend(_group(group, list(members), shown, facts))
    return parts


def _group(
    title: str, members: Screens, everywhere: Screens, facts: FrameFacts
) -> list[rx.Component]:
    links = [
        rx.cond(
            facts.may_open[screen.route],
            NavItem.create(
                rx.icon(screen.nav.icon),
                to=screen.route,
                section=screen.nav.section,
                label=screen.nav.label,
                nested=_below(screen, everywhere),
            ),
        )
        for screen in members
    ]
    if not title:
        return links
    any_open = facts.may_open[members[0].route]
    for screen in members[1:]:
        any_open = any_open | facts.may_open[screen.route]
    return [rx.cond(any_open, rx.el.div(title, class_name="nav-group")), *links]


def _below(screen: Any, members: Screens) -> list[str]:
    """Return the routes below a screen's that have entries of their own."""
    return [other.route for other in members if other.route.startswith(f"{screen.route}/")]


def _bar(screens: Screens, trail: Screens, facts: FrameFacts) -> rx.Component:
    drawer = rx.el.nav(*_entries(screens, facts), class_name="side-scroll", aria_label="Main")
    return rx.el.header(
        NavDrawer.create(_brand(), drawer),
        _crumbs(trail),
        rx.el.div(
            rx.icon("store"), rx.el.b(facts.tenant_name), facts.branch_name, class_name="place"
        ),
        PaletteButton.create(rx.icon("search")),
        _bell(facts),
        rx.el.button(
            rx.color_mode_cond(rx.icon("moon"), rx.icon("sun")),
            type="button",
            on_click=rx.toggle_color_mode,
            class_name="bar-button",
            aria_label="Switch between light and dark",
        ),
        _user_menu(facts),
        class_name="bar",
    )


def _crumbs(trail: Screens) -> rx.Component:
    *above, here = trail
    steps = [
        rx.el.li(Link.create(screen.title, to=screen.route), rx.icon("chevron-right"))
        for screen in above
    ]
    last = rx.el.li(rx.el.span(here.title, aria_current="page"))
    return rx.el.nav(rx.el.ol(*steps, last), class_name="crumbs", aria_label="Breadcrumbs")


def _bell(facts: FrameFacts) -> rx.Component:
    shown = rx.cond(facts.unread > 99, "99+", facts.unread.to_string())  # noqa: PLR2004  what fits
    return Link.create(
        rx.icon("bell"),
        rx.cond(facts.unread > 0, rx.el.span(shown, class_name="bar-count")),
        to="/inbox",
        class_name="bar-button",
        aria_label=rx.cond(facts.unread > 0, f"Inbox, {facts.unread} unread", "Inbox"),
    )


def _user_menu(facts: FrameFacts) -> rx.Component:
    return rx.menu.root(
        rx.menu.trigger(
            rx.el.button(
                rx.el.span(facts.user_initials, class_name="avatar"),
                type="button",
                class_name="bar-button",
                aria_label="Your account",
            )
        ),
        rx.menu.content(
            rx.el.div(
                rx.el.div(facts.user_name, style={"font_weight": "600"}),
                rx.el.div(facts.role_text, class_name="soft", style={"font_size": "12.5px"}),
                rx.el.div(
                    facts.tenant_name,
                    " · ",
                    facts.branch_name,
                    class_name="soft",
                    style={"font_size": "12.5px"},
                ),
                style={"padding": "8px 12px 10px", "max_width": "260px"},
            ),
            rx.menu.separator(),
            Link.create(
                rx.icon("user-round-cog"),
                "Your account",
                to="/settings/account",
                class_name="nav-item",
            ),
            SignOut.create(
                rx.el.button(
                    rx.icon("log-out"),
                    "Sign out",
                    type="submit",
                    class_name="nav-item",
                    style={
                        "width": "100%",
                        "border": "0",
                        "background": "none",
                        "cursor": "pointer",
                    },
                ),
            ),
            align="end",
            variant="soft",
        ),
    )


def _destinations(screens: Screens) -> dict[str, dict[str, str]]:
    """Return where the palette opens each kind of record that a screen shows."""
    return {
        screen.record: {
            "group": RECORDS.get(screen.record, screen.record.replace("_", " ").capitalize()),
            "route": re.sub(r"\[[a-z_]+\]", "{id}", screen.route),
        }
        for screen in screens
        if screen.record
    }


def _shortcuts(screens: Screens) -> list[dict[str, str]]:
    return [
        {"keys": screen.nav.keys, "label": screen.nav.label, "href": screen.route}
        for screen in screens
        if screen.nav is not None and screen.nav.keys
    ]
