"""Badges, tiles and lists of facts."""

from collections.abc import Sequence

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

Text = str | rx.Var[str]


def badge(label: Text, tone: Text = "gray") -> rx.Component:
    """Return a status with its colour: `green`, `amber`, `red`, `blue` or `gray`."""
    return rx.el.span(label, class_name="badge", custom_attrs={"data-tone": tone})


def stat_tile(
    label: str,
    value: Text,
    *,
    note: Text = "",
    to: Text = "",
    icon: str = "",
    tone: Text = "",
    span: int = 3,
) -> rx.Component:
    """Return one figure; with `to` the whole tile opens the documents behind it."""
    content = (
        rx.el.div(*([rx.icon(icon)] if icon else []), label, class_name="tile-label"),
        rx.el.div(value, class_name="tile-value"),
        rx.el.div(note, class_name="tile-note"),
    )
    classes = f"card tile span-{span}"
    if isinstance(to, str) and not to:
        return rx.el.div(*content, class_name=classes, custom_attrs={"data-tone": tone})
    return ReactRouterLink.create(
        *content, to=to, class_name=classes, custom_attrs={"data-tone": tone}
    )


def fact_list(facts: Sequence[tuple[str, Text | rx.Component]]) -> rx.Component:
    """Return labels with their values, for the head of a document."""
    cells = [cell for label, value in facts for cell in (rx.el.dt(label), rx.el.dd(value))]
    return rx.el.dl(*cells, class_name="facts")


def timeline(entries: rx.Var[list[dict[str, str]]]) -> rx.Component:
    """Return what happened, newest first; entries have `id`, `when`, `what` and `who`."""
    return rx.el.ol(
        rx.foreach(
            entries,
            lambda entry: rx.el.li(
                rx.el.div(entry["what"]),
                rx.el.time(entry["when"], " · ", entry["who"]),
                key=entry["id"],
            ),
        ),
        class_name="timeline",
    )


def progress_bar(percent: rx.Var[int], label: str) -> rx.Component:
    """Return how far a job is, in whole percent."""
    return rx.el.div(
        rx.el.div(style={"width": f"{percent}%"}),
        class_name="bar-progress",
        role="progressbar",
        aria_label=label,
        aria_valuenow=percent,
        aria_valuemin=0,
        aria_valuemax=100,
    )
