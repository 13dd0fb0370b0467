"""Roles, to read."""

import reflex as rx

from erp.components import bone, card, grid, notice, page_header
from erp.pages.identity.tabs import access_tabs
from erp.pages.routing import page
from erp.state.identity.roles import RoleListState as Roles

Entry = rx.Var[dict[str, str]]


@page(
    route="/settings/roles",
    title="Roles",
    permission="identity.view",
    on_load=[Roles.open_roles],
)
def roles_page() -> rx.Component:
    """Show what each role allows."""
    waiting = grid(*[card(bone("60%"), bone("80%"), bone("40%"), span=4) for _ in range(6)])
    shown = rx.el.div(rx.foreach(Roles.roles, _role), class_name="grid")
    return rx.fragment(
        page_header("Roles", "What each role allows, and up to which amounts without asking."),
        access_tabs("/settings/roles"),
        rx.cond(Roles.problem != "", notice(Roles.problem, tone="red")),
        rx.cond(Roles.is_loading, waiting, shown),
    )


def _role(role: Entry) -> rx.Component:
    def grant(item: Entry) -> rx.Component:
        return rx.cond(
            item["role"] == role["name"],
            rx.fragment(rx.el.dt(item["domain"]), rx.el.dd(item["verbs"])),
        )

    def limit(item: Entry) -> rx.Component:
        return rx.cond(item["role"] == role["name"], rx.el.p(item["words"], class_name="hint"))

    return rx.el.section(
        rx.el.div(rx.el.h2(role["title"]), class_name="card-head"),
        rx.el.div(
            rx.el.dl(rx.foreach(Roles.grants, grant), class_name="facts"),
            rx.el.div(rx.foreach(Roles.limits, limit), class_name="limits"),
            class_name="card-body",
        ),
        class_name="card span-4",
        key=role["id"],
    )
