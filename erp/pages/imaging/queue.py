"""The queue of sessions, and the list of all."""

import reflex as rx

from erp.components import Empty, Filter, list_view, page_header
from erp.pages.imaging.tabs import imaging_tabs
from erp.pages.routing import Nav, page
from erp.state.imaging.queue import QueueState, SessionListState
from erp.state.imaging.wording import QA_LABELS, STATE_LABELS

_STATES = Filter("state", "Device says", list(STATE_LABELS.items()))


@page(
    route="/imaging",
    title="Imaging",
    permission="imaging.view",
    nav=Nav("Imaging", "scan-eye", group="Clinic", order=10, keys="g m", section="/imaging"),
    on_load=[QueueState.open_list, QueueState.listen],
)
def queue_page() -> rx.Component:
    """List sessions that wait for a decision."""
    return rx.fragment(
        page_header("Imaging", "Sessions appear here by themselves as devices announce them."),
        imaging_tabs("/imaging"),
        list_view(
            QueueState,
            label="Queue",
            search="Patient, number, accession",
            filters=[_STATES],
            empty=Empty(
                "scan-eye",
                "Nothing waits",
                "A session appears here as soon as a device announces one.",
            ),
        ),
    )


@page(
    route="/imaging/sessions",
    title="All sessions",
    permission="imaging.view",
    parent="/imaging",
    on_load=[SessionListState.open_list, SessionListState.listen],
)
def sessions_page() -> rx.Component:
    """List every session."""
    return rx.fragment(
        page_header("All sessions", "Open and decided, newest first."),
        imaging_tabs("/imaging/sessions"),
        list_view(
            SessionListState,
            label="Sessions",
            search="Patient, number, accession",
            filters=[Filter("qa_state", "Review", list(QA_LABELS.items())), _STATES],
            empty=Empty("scan-eye", "No session yet", "Register a device to begin."),
        ),
    )
