"""What stands where there is nothing yet."""

import reflex as rx


def empty_state(
    icon: str, title: str | rx.Var[str], what_to_do: str | rx.Var[str], *actions: rx.Component
) -> rx.Component:
    """Return a calm message with the next step; never just "no data"."""
    return rx.el.div(
        rx.el.div(rx.icon(icon), class_name="empty-icon"),
        rx.el.h2(title),
        rx.el.p(what_to_do),
        rx.el.div(*actions, class_name="actions"),
        class_name="empty",
    )
