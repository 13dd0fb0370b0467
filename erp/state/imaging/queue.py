"""Lists of sessions: those that wait, and all."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.state.imaging.wording import QA_LABELS, QA_TONES, STATE_LABELS, STATE_TONES
from erp.state.listing import ListState

VIEW = "imaging.view"
COLUMNS = (
    Column("patient", "Patient", detail="number"),
    Column("device", "Device", detail="modality", wide_only=True),
    Column("started_at", "Started", Kind.INSTANT, wide_only=True),
    Column("delivered", "Objects", detail="attention", width="96px"),
    Column("state", "Device says", Kind.STATUS, labels=STATE_LABELS, tones=STATE_TONES),
    Column("qa_state", "Review", Kind.STATUS, labels=QA_LABELS, tones=QA_TONES, wide_only=True),
)


class QueueState(ListState, rx.State):
    """Sessions that nobody decided about, as devices deliver them."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "imaging.list_sessions"
    columns: ClassVar[tuple[Column, ...]] = COLUMNS
    row_link: ClassVar[str] = "/imaging/sessions/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("state",)
    topics: ClassVar[tuple[str, ...]] = ("imaging",)

    def _fixed(self) -> dict[str, str]:
        return {"show": "open"}

    def _entry(self, row: Any) -> Any:
        return _with_modality(row)


class SessionListState(ListState, rx.State):
    """Every session, decided or not."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "imaging.list_sessions"
    columns: ClassVar[tuple[Column, ...]] = COLUMNS
    row_link: ClassVar[str] = "/imaging/sessions/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("qa_state", "state")
    topics: ClassVar[tuple[str, ...]] = ("imaging",)

    def _entry(self, row: Any) -> Any:
        return _with_modality(row)


def _with_modality(row: Any) -> dict[str, Any]:
    """Say modality and protocol once, in one line."""
    words = [row.modality, row.protocol if row.protocol != row.modality else ""]
    return row.model_dump() | {"modality": " · ".join(word for word in words if word)}
