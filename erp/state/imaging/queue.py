"""Lists of sessions: those that wait, and all."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.state.imaging.wording import (
    DUE_TONES,
    QA_LABELS,
    QA_TONES,
    STATE_LABELS,
    STATE_TONES,
    URGENCY_LABELS,
    URGENCY_TONES,
)
from erp.state.listing import ListState
from erp.state.showing import NOTHING

VIEW = "imaging.view"
DAYS = ("from_day", "to_day")
DRILLED = ("patient_id", "operator", "untold", "outcome", "decided_from", "decided_to")
"""Filters of the address alone, such as those of a figure that leads here."""
_QUIET = URGENCY_LABELS | {"routine": NOTHING}
COLUMNS = (
    Column("patient", "Patient", detail="number"),
    Column("urgency", "Urgency", tone="urgency", labels=_QUIET, tones=URGENCY_TONES),
    Column("due", "Due", detail="due_note", tone="due_is", tones=DUE_TONES),
    Column("device", "Device", detail="modality", wide_only=True),
    Column(
        "state",
        "Device says",
        Kind.STATUS,
        labels=STATE_LABELS,
        tones=STATE_TONES,
        detail="delivered",
        wide_only=True,
    ),
    Column("qa_state", "Review", Kind.STATUS, labels=QA_LABELS, tones=QA_TONES, detail="reviewer"),
)


def _line(*words: str) -> str:
    return " · ".join(word for word in words if word)


class _SessionsState(ListState, mixin=True):
    """What both lists of sessions share: their choices and how a row reads."""

    devices: list[dict[str, str]] = []
    protocols: list[dict[str, str]] = []
    modalities: list[dict[str, str]] = []
    assignees: list[dict[str, str]] = []

    async def _load_views(self) -> None:
        await super()._load_views()
        devices = (await self._ask("imaging.list_devices", {"limit": 200})).rows
        self.devices = [{"value": str(row.id), "label": row.name} for row in devices]
        kinds = sorted({row.modality for row in devices if row.modality})
        self.modalities = [{"value": kind, "label": kind} for kind in kinds]
        spoken = (await self._ask("imaging.list_protocols")).rows
        self.protocols = [{"value": row.code, "label": row.name} for row in spoken if row.code]
        people = (await self._ask("imaging.list_reviewers")).rows
        self.assignees = [
            {"value": "me", "label": "Me"},
            {"value": "nobody", "label": "Nobody yet"},
            *({"value": str(row.id), "label": row.name} for row in people),
        ]

    def _entry(self, row: Any) -> Any:
        """Say in one line what was done, what came of it, and who is at it."""
        modality = [row.modality, row.protocol if row.protocol != row.modality else ""]
        return row.model_dump() | {
            "modality": _line(*modality),
            "delivered": _line(row.delivered, row.attention),
            "reviewer": _line(row.waits_for, row.reviewer, row.holding),
        }


class QueueState(_SessionsState, rx.State):
    """Sessions that nobody decided about, the most urgent and first due in front."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "imaging.list_sessions"
    columns: ClassVar[tuple[Column, ...]] = COLUMNS
    row_link: ClassVar[str] = "/imaging/sessions/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = (
        *("urgency", "due", "assignee", "ready", "qa_state", "state", "awaiting"),
        *("device_id", "modality", "protocol", *DAYS, "patient_id"),
    )
    topics: ClassVar[tuple[str, ...]] = ("imaging",)

    def _fixed(self) -> dict[str, str]:
        return {"show": "open"}


class SessionListState(_SessionsState, rx.State):
    """Every session, decided or not."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "imaging.list_sessions"
    views_of: ClassVar[str] = "imaging.all_sessions"
    columns: ClassVar[tuple[Column, ...]] = COLUMNS
    row_link: ClassVar[str] = "/imaging/sessions/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = (
        *("urgency", "due", "assignee", "ready", "qa_state", "state", "awaiting"),
        *("device_id", "modality", "protocol", *DAYS, *DRILLED),
    )
    topics: ClassVar[tuple[str, ...]] = ("imaging",)
