"""The queue of sessions, and the list of all."""

from typing import Any

import reflex as rx

from erp.components import (
    Empty,
    Filter,
    filter_menu,
    list_view,
    page_header,
    row_keys,
    shortcut_hint,
)
from erp.components.viewer import viewer_ahead
from erp.pages.imaging.hearing import hearing_notice
from erp.pages.imaging.tabs import imaging_tabs
from erp.pages.routing import Nav, page
from erp.state.imaging.hearing import HearingState
from erp.state.imaging.queue import QueueState, SessionListState
from erp.state.imaging.wording import AWAITING_WORDS, QA_LABELS, STATE_LABELS, URGENCY_LABELS

_OPEN_STATES = [(code, QA_LABELS[code]) for code in ("new", "in_review", "on_hold")]
_OPEN_DUE = [("overdue", "Overdue"), ("soon", "Within an hour")]


@page(
    route="/imaging",
    title="Imaging",
    permission="imaging.view",
    nav=Nav("Imaging", "scan-eye", group="Clinic", order=10, keys="g m", section="/imaging"),
    on_load=[QueueState.open_list, QueueState.listen, HearingState.watch],
)
def queue_page() -> rx.Component:
    """List sessions that wait for a decision."""
    return rx.fragment(
        page_header("Imaging", "The most urgent and first due stand in front.", _keys()),
        imaging_tabs("/imaging"),
        hearing_notice(),
        list_view(
            QueueState,
            label="Queue",
            search="Patient, number, accession",
            filters=_filters(QueueState, _OPEN_DUE),
            controls=[_more(QueueState, _OPEN_STATES)],
            empty=Empty(
                "scan-eye",
                "Nothing waits",
                "A session appears here as soon as a device announces one.",
            ),
        ),
        row_keys(),
        viewer_ahead(),
    )


@page(
    route="/imaging/sessions",
    title="All sessions",
    permission="imaging.view",
    parent="/imaging",
    on_load=[SessionListState.open_list, SessionListState.listen, HearingState.watch],
)
def sessions_page() -> rx.Component:
    """List every session."""
    due = [*_OPEN_DUE, ("decided_late", "Decided late")]
    return rx.fragment(
        page_header("All sessions", "Open and decided, newest first."),
        imaging_tabs("/imaging/sessions"),
        hearing_notice(),
        list_view(
            SessionListState,
            label="Sessions",
            search="Patient, number, accession",
            filters=_filters(SessionListState, due),
            controls=[_more(SessionListState, list(QA_LABELS.items()))],
            empty=Empty("scan-eye", "No session yet", "Register a device to begin."),
        ),
        row_keys(),
        viewer_ahead(),
    )


def _filters(state: Any, due: list[tuple[str, str]]) -> list[Filter]:
    return [
        Filter("urgency", "Urgency", list(URGENCY_LABELS.items())),
        Filter("due", "Due", due),
        Filter("assignee", "Reviewer", state.assignees),
    ]


def _more(state: Any, states: list[tuple[str, str]]) -> rx.Component:
    return filter_menu(
        state,
        Filter("ready", "Delivery", [("yes", "Complete, to be reviewed")]),
        Filter("qa_state", "Review", states),
        Filter("device_id", "Device", state.devices),
        Filter("modality", "Modality", state.modalities),
        Filter("protocol", "Protocol", state.protocols),
        Filter("state", "Device says", list(STATE_LABELS.items())),
        Filter("awaiting", "Waits for", list(AWAITING_WORDS.items())),
        Filter("from_day", "Completed from"),
        Filter("to_day", "Completed to"),
    )


def _keys() -> rx.Component:
    return rx.el.span(
        shortcut_hint("J K"),
        rx.el.span("walk"),
        shortcut_hint("Enter"),
        rx.el.span("open"),
        class_name="key-hints wide-only",
    )
