"""A page of one record: its skeleton, its absence, its content."""

from typing import Any

import reflex as rx

from erp.components.buttons import link_button
from erp.components.empty import empty_state
from erp.components.headers import card
from erp.components.skeletons import page_skeleton

NOTHING = "\u2013"


def or_dash(value: rx.Var[str]) -> rx.Component:
    """Return a text, or a dash where there is none."""
    return rx.cond(value != "", value, NOTHING)


def record_view(
    state: Any,
    *content: rx.Component,
    list_route: str,
    list_label: str,
    waiting: rx.Component | None = None,
    tells_history: bool = True,
) -> rx.Component:
    """Return the content of a `RecordState` class once it is there, or where to go instead.

    What happened to the record ends the page of every `RecordState`: who, when, from where, before and
    after. A report over a record, such as a bank's reconciliation, has none.

    Args:
        waiting: Stands there while it loads; the shape of a page for nothing.
        tells_history: False where the content is the head of a page that goes on below it, and
            places `history_card` itself.
    """
    told = [history_card(state)] if tells_history and hasattr(state, "history") else []
    missing = empty_state(
        "file-question",
        "This is not here",
        state.problem,
        link_button(list_label, list_route, look="outline", icon="arrow-left"),
    )
    return rx.cond(
        state.is_loading,
        waiting or page_skeleton(),
        rx.cond(state.problem != "", missing, rx.fragment(*content, *told)),
    )


def history_card(state: Any) -> rx.Component:
    """Return what happened to the record of a `RecordState`; nothing for who may not oversee."""
    told = rx.el.ol(rx.foreach(state.history, _told), class_name="timeline")
    return rx.cond(state.history.length() > 0, card(told, title="History"))


def _told(entry: Any) -> rx.Component:
    changes = rx.el.div(entry["changes"], class_name="changes")
    return rx.el.li(
        rx.el.div(entry["what"]),
        rx.el.time(entry["when"], " · ", entry["who"], entry["where"]),
        rx.cond(entry["changes"] != "", changes),
        key=entry["id"],
    )
