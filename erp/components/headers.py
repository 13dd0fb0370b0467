"""Headings of pages and cards."""

import reflex as rx

Text = str | rx.Var[str]


def page_header(title: Text, subtitle: Text = "", *actions: rx.Component) -> rx.Component:
    """Return a page's heading with what it is about and what can be done."""
    lead = rx.el.p(subtitle) if not isinstance(subtitle, str) or subtitle else rx.fragment()
    return rx.el.div(
        rx.el.div(rx.el.h1(title), lead),
        rx.el.div(*actions, class_name="actions"),
        class_name="page-head",
    )


def card(
    *content: rx.Component,
    title: Text = "",
    subtitle: Text = "",
    actions: tuple[rx.Component, ...] = (),
    span: int = 12,
) -> rx.Component:
    """Return a bordered surface; inside `grid` it spans so many of twelve columns (3, 4, 6, 8, 12)."""
    head = rx.fragment()
    if not isinstance(title, str) or title or actions:
        has_lead = not isinstance(subtitle, str) or bool(subtitle)
        lead = rx.el.p(subtitle) if has_lead else rx.fragment()
        head = rx.el.div(
            rx.el.div(rx.el.h2(title), lead),
            rx.el.div(*actions, class_name="actions"),
            class_name="card-head",
        )
    return rx.el.section(
        head, rx.el.div(*content, class_name="card-body"), class_name=f"card span-{span}"
    )


def grid(*cells: rx.Component) -> rx.Component:
    """Return a twelve-column grid that folds on narrow screens."""
    return rx.el.div(*cells, class_name="grid")


def notice(text: Text, *, tone: str = "amber", icon: str = "triangle-alert") -> rx.Component:
    """Return a strip that tells something worth reading; `tone` is `amber`, `red`, `green` or `gray`."""
    return rx.el.div(
        rx.icon(icon),
        rx.el.div(text),
        class_name="notice",
        custom_attrs={"data-tone": tone},
        role="status",
    )
