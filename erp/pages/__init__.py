"""Every page of the product. To add one: write its module, name it here, restart the build.

A page module declares itself with `erp.pages.routing.page`; see the docstring of
`erp.components` for a complete list page and a complete form page.
"""

from importlib import import_module

import reflex as rx

from erp.pages import routing

ROUTES: tuple[str, ...] = (
    "erp.pages.home",
    "erp.pages.identity.members",
    "erp.pages.pos.till",
    "erp.pages.pos.returns",
    "erp.pages.pos.shifts",
    "erp.pages.shell.not_found",
    "erp.pages.shell.no_permission",
)
"""Modules that declare pages, in any order."""


def register(app: rx.App) -> None:
    """Import every page module and add its pages to the app."""
    for module in ROUTES:
        import_module(module)
    routing.add_to(app)
