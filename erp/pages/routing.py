"""The one way to declare a page: route, title, permission, place in the navigation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

import reflex as rx

from erp.components.frame import FrameFacts, frame, once_opened
from erp.state.screens import Nav, Screen, list_screens, register_screen, trail_of
from erp.state.shell import ShellState

PRODUCT = "Vantage"
NOT_FOUND = "404"
Body = Callable[[], rx.Component]

__all__ = ["Nav", "add_to", "once_filled", "page"]


@dataclass(frozen=True, slots=True)
class _Declared:
    screen: Screen
    body: Body
    on_load: tuple[Any, ...]
    is_bare: bool
    is_alone: bool
    waits_itself: bool


_DECLARED: list[_Declared] = []


def page(
    *,
    route: str,
    title: str,
    permission: str,
    nav: Nav | None = None,
    parent: str = "/",
    command: str = "",
    record: str = "",
    on_load: Sequence[Any] = (),
    is_bare: bool = False,
    is_alone: bool = False,
    waits_itself: bool = False,
) -> Callable[[Body], Body]:
    """Declare the decorated function as a page inside the shell.

    Args:
        route: Such as `/products` or `/products/[product_id]`; the names in brackets become
            state-wide vars, so make them speak (`product_id`, never `id`).
        title: Shown in the browser tab and in the breadcrumbs.
        permission: What a reader needs; `erp.state.registry.SIGNED_IN` for everybody.
        nav: Entry in the side navigation; nothing for pages reached from others.
        parent: Route of the page above in the breadcrumbs; empty for none.
        command: Name of the command that the page's form runs; the palette offers it.
        record: Kind of record (`product`, `party`, `invoice`, `sale` ...) that a route with one
            parameter shows; the palette opens what its search finds there.
        on_load: Handlers that fill the page, run each time it opens, after the guard. A
            background handler started here ends when the person leaves the page.
        is_bare: Without navigation and bar, for a screen of its own; guarded as every page is.
        is_alone: Bare, and shown before the server has said anything: it must hold no data of its own.
        waits_itself: The page is shown at once; what needs its data it puts into `once_filled`.
    """
    above = "" if route in {"/", NOT_FOUND} else parent
    screen = register_screen(Screen(route, title, permission, nav, above, command, record))

    def decorate(body: Body) -> Body:
        _DECLARED.append(_Declared(screen, body, tuple(on_load), is_bare, is_alone, waits_itself))
        return body

    return decorate


def add_to(app: rx.App) -> None:
    """Add every declared page to the app."""
    for declared in _DECLARED:
        screen = declared.screen
        app.add_page(
            _framed(declared),
            route=screen.route,
            title=f"{screen.title} · {PRODUCT}",
            on_load=[ShellState.open_page(screen.route), *declared.on_load, ShellState.listen],
        )


def _framed(declared: _Declared) -> Body:
    """Return the page function: Reflex names files after its module and name."""

    @wraps(declared.body)
    def framed() -> rx.Component:
        if declared.is_alone:
            return declared.body()
        if declared.is_bare:
            return once_opened(declared.body(), rx.el.div(), _facts())
        return frame(
            declared.body(),
            screens=list_screens(),
            trail=trail_of(declared.screen),
            facts=_facts(),
            waits_itself=declared.waits_itself,
        )

    return framed


def once_filled(content: rx.Component, waiting: rx.Component) -> rx.Component:
    """Return part of a page that waits itself: what waits until the page is filled, then its content."""
    return once_opened(content, waiting, _facts())


def _facts() -> FrameFacts:
    return FrameFacts(
        opened=ShellState.opened,
        is_loaded=rx.State.is_hydrated,
        user_name=ShellState.user_name,
        user_initials=ShellState.user_initials,
        role_text=ShellState.role_text,
        tenant_name=ShellState.tenant_name,
        branch_name=ShellState.branch_name,
        may_open=ShellState.may_open,
        commands=ShellState.commands,
        unread=ShellState.unread,
    )
