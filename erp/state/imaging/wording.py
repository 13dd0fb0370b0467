"""Words and colours of imaging's codes."""

from collections.abc import Sequence
from typing import Any

STATE_LABELS = {
    "announced": "Announced",
    "in_progress": "In progress",
    "paused": "Paused",
    "complete": "Complete",
    "aborted": "Broken off",
}
STATE_TONES = {
    "announced": "gray",
    "in_progress": "blue",
    "paused": "amber",
    "complete": "green",
    "aborted": "red",
}
QA_LABELS = {
    "new": "New",
    "in_review": "In review",
    "accepted": "Accepted",
    "repeat_requested": "Repeat requested",
    "rejected": "Rejected",
}
QA_TONES = {
    "new": "blue",
    "in_review": "amber",
    "accepted": "green",
    "repeat_requested": "amber",
    "rejected": "red",
}
HELD_LABELS = {
    "open": "Waits",
    "retrying": "Looking again",
    "released": "Released",
    "discarded": "Discarded",
}
HELD_TONES = {"open": "amber", "retrying": "blue", "released": "green", "discarded": "gray"}
KEEPING_LABELS = {
    "kept": "Kept",
    "held": "Held",
    "due": "May be removed",
    "asked": "Removal asked for",
    "approved": "Being removed",
    "removed": "Removed",
}
KEEPING_TONES = {
    "kept": "green",
    "held": "blue",
    "due": "amber",
    "asked": "amber",
    "approved": "red",
    "removed": "gray",
}
EVENT_WORDS = {
    "session.scheduled": "Scheduled",
    "session.started": "Started",
    "session.progress": "Progress",
    "object.acquired": "Object acquired",
    "session.paused": "Paused",
    "session.resumed": "Resumed",
    "session.complete": "Complete",
    "session.aborted": "Broken off",
    "session.note": "Note",
    "device.fault": "Fault of the device",
}
REPEATED = {"object.acquired", "session.progress"}


def told_once(events: Sequence[Any]) -> list[tuple[Any, int]]:
    """Return events, newest first, with runs of the same small news as one and its count."""
    runs: list[tuple[Any, int]] = []
    for event in events:
        if runs and event.type in REPEATED and runs[-1][0].type == event.type:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((event, 1))
    return runs


def event_words(kind: str, count: int) -> str:
    """Return what a run of events says."""
    words = EVENT_WORDS.get(kind, kind)
    if kind == "object.acquired" and count > 1:
        return f"{count} objects acquired"
    return f"{words} ({count} times)" if count > 1 else words
