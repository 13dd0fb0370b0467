"""Words and colours of imaging's codes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from erp.core.formatting import instant_text

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
    "on_hold": "On hold",
    "accepted": "Accepted",
    "signed_off": "Signed off",
    "repeat_requested": "Repeat requested",
    "rejected": "Rejected",
}
QA_TONES = {
    "new": "blue",
    "in_review": "amber",
    "on_hold": "gray",
    "accepted": "green",
    "signed_off": "green",
    "repeat_requested": "amber",
    "rejected": "red",
}
URGENCY_LABELS = {"stat": "Stat", "urgent": "Urgent", "routine": "Routine"}
URGENCY_TONES = {"stat": "red", "urgent": "amber", "routine": ""}
DUE_TONES = {"overdue": "red", "soon": "amber", "later": "", "late": "red", "kept": ""}
DUE_WORDS = {"overdue": "overdue", "late": "decided late", "kept": "kept"}
AWAITING_WORDS = {"second": "Second reader", "resolution": "Readers differ"}
DEVICE_LABELS = {"unseen": "Never seen"}
DEVICE_TONES = {
    "online": "green",
    "offline": "gray",
    "maintenance": "amber",
    "unseen": "gray",
    "silent": "red",
}
HELD_LABELS = {
    "open": "Waits",
    "retrying": "Looking again",
    "released": "Released",
    "discarded": "Discarded",
}
HELD_TONES = {"open": "amber", "retrying": "blue", "released": "green", "discarded": "gray"}
STEP_LABELS = {
    "in_progress": "In progress",
    "completed": "Completed",
    "discontinued": "Discontinued",
}
STEP_TONES = {"in_progress": "blue", "completed": "green", "discontinued": "red"}
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


def due_words(due_at: datetime | None, due_is: str, zone: str) -> str:
    """Return when a decision is due and how that stands."""
    if due_at is None:
        return ""
    standing = DUE_WORDS.get(due_is, "")
    return f"{instant_text(due_at, zone)}, {standing}" if standing else instant_text(due_at, zone)


def minutes_words(minutes: int | None) -> str:
    """Return a span as people say it: `45 min`, `3 h 20 min`, `2 d 4 h`."""
    if minutes is None:
        return "\N{EN DASH}"
    days, rest = divmod(minutes, 1440)
    hours, left = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (left, "min")]
    said = [f"{count} {unit}" for count, unit in parts if count][:2]
    return " ".join(said) or "0 min"


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
