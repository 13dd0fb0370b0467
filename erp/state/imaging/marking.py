"""Marks on the pictures of a session: kept as they are drawn, undone, shown beside the viewer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import Conflict, DomainError, NotFound
from erp.core.formatting import instant_text
from erp.services import imaging
from erp.state.reading import RecordState
from erp.state.registry import handler
from erp.state.session import as_uuid, new_form_key

VIEW = "imaging.view"
REVIEW = "imaging.review"
MOST_NEWS = 40
MOST_STEPS = 200
THUMBNAIL_EDGE = 160
OVERTAKEN = (Conflict, NotFound)
"""A mark that was superseded or taken back meanwhile."""
LAYOUTS = ("1x1", "1x2", "2x1", "2x2")
LAYOUT_SCREEN = "imaging.viewer"
LAYOUT_NAME = "layout"
TOOL_WORDS = {
    "length": "Length",
    "angle": "Angle",
    "rectangle": "Rectangle",
    "ellipse": "Ellipse",
    "arrow": "Arrow",
    "text": "Text",
    "key": "Key image",
}
SPACING_WORDS = {
    "pixel_spacing": "pixel spacing",
    "pixel_spacing_calibrated": "calibrated",
    "imager_pixel_spacing": "at the detector",
    "nominal_scanned_pixel_spacing": "nominal",
    "pixel_measures": "pixel measures",
    "ultrasound_region": "ultrasound region",
    "invalid": "spacing invalid",
    "none": "no spacing",
}


@dataclass(frozen=True)
class Step:
    """One act on a mark, to be undone and done again.

    Attributes:
        thread: Names the mark through all its rows.
        before: What it was, as `imaging.record_measurement` takes it; nothing if it was not.
        after: What it became; nothing if it was taken back.
    """

    thread: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True)
class History:
    """What this person did in this tab, and the latest row of each mark they touched."""

    done: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = ()
    latest: dict[str, str] = field(default_factory=dict)

    def thread_of(self, mark_id: str) -> str:
        """Return the name of the mark whose latest row this is."""
        known = (thread for thread, latest in self.latest.items() if latest == mark_id)
        return next(known, mark_id)

    def with_act(self, step: Step, latest: str) -> "History":
        """Add a new act; what was undone cannot be done again after it."""
        return History((*self.done, step)[-MOST_STEPS:], (), self._moved(step, latest))

    def turned(self, step: Step, latest: str, *, is_undo: bool) -> "History":
        """Move the last act to the other side."""
        if is_undo:
            return History(self.done[:-1], (*self.undone, step), self._moved(step, latest))
        return History((*self.done, step), self.undone[:-1], self._moved(step, latest))

    def without(self, step: Step) -> "History":
        """Forget what happened to a mark that somebody else changed since."""
        keep = [tuple(s for s in side if s.thread != step.thread) for side in self._sides()]
        return History(keep[0], keep[1], self.latest)

    def _sides(self) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
        return self.done, self.undone

    def _moved(self, step: Step, latest: str) -> dict[str, str]:
        return self.latest | {step.thread: latest}


@dataclass(frozen=True)
class Refused:
    """Why an act on a mark was refused; overtaken where somebody else changed the mark since."""

    words: str
    is_overtaken: bool = False


class MarkingState(RecordState, mixin=True):
    """The marks of the session that the page shows."""

    measurements: list[dict[str, str]] = []
    key_images: list[dict[str, str]] = []
    marks: list[dict[str, Any]] = []
    marks_turn: int = 0
    mark_news: list[dict[str, str]] = []
    can_undo: bool = False
    can_redo: bool = False
    layout: str = "1x1"
    look_at: dict[str, Any] = {}

    _history: History = History()

    def _show_marks(self, found: list[Any], zone: str) -> None:
        sized = [row for row in found if row.tool != "key"]
        self.measurements = [_measurement(row, zone) for row in sized]
        self.key_images = [_key_image(row) for row in found if row.tool == "key"]
        self.marks = [_mark(row, zone) for row in found]

    async def _load_layout(self) -> None:
        """Lay the pictures out as this person did last."""
        kept = await self._ask("platform.list_views", {"screen": LAYOUT_SCREEN})
        for view in kept.rows:
            if view.name == LAYOUT_NAME and view.filters.get("layout") in LAYOUTS:
                self.layout = view.filters["layout"]

    def _forget_acts(self) -> None:
        self._history = History()
        self._show_steps()

    def _show_steps(self) -> None:
        self.can_undo = bool(self._history.done)
        self.can_redo = bool(self._history.undone)

    @handler(permission=VIEW)
    async def keep_layout(self, layout: str) -> None:
        """Remember how this person lays pictures out."""
        if layout not in LAYOUTS or layout == self.layout:
            return
        self.layout = layout
        filters = {"layout": layout}
        given = {"screen": LAYOUT_SCREEN, "name": LAYOUT_NAME, "filters": filters}
        await self._run("platform.save_view", given | {"idempotency_key": new_form_key()})

    @handler(permission=VIEW)
    async def show_mark(self, mark_id: str) -> None:
        """Let the viewer go to the picture of a mark; to a key image as it was seen."""
        found = next((mark for mark in self.marks if mark["id"] == f"{mark_id}"), None)
        if found is not None:
            turn = int(self.look_at.get("turn", 0)) + 1
            self.look_at = {
                "turn": turn,
                "id": found["id"],
                "instance": found["instance"],
                "frame": found["frame"],
                "look": _look(found),
            }

    @handler(permission=REVIEW)
    async def keep_mark(self, mark: dict[str, Any]) -> None:
        """Save a mark that was drawn or changed, under the key that the viewer gave it."""
        key = _key_of(mark)
        replaces = f"{mark.get('replaces') or ''}"
        given = _given(mark)
        before = self._content_of(replaces)

        async def save() -> None:
            wanted = given | {"supersedes": replaces or None, "idempotency_key": key}
            kept = await self._run("imaging.record_measurement", wanted)
            thread = self._history.thread_of(replaces) if replaces else f"{kept.id}"
            self._history = self._history.with_act(Step(thread, before, given), f"{kept.id}")

        await self._tell(key, save, tries=_tries_of(mark))

    @handler(permission=REVIEW)
    async def withdraw_mark(self, mark_id: str, key: str = "") -> EventSpec | None:
        """Take a saved mark back."""
        mark_id = f"{mark_id}"
        before = self._content_of(mark_id)

        async def withdraw() -> None:
            wanted = {"annotation_id": mark_id, "idempotency_key": new_form_key()}
            kept = await self._run("imaging.withdraw_measurement", wanted)
            thread = self._history.thread_of(mark_id)
            self._history = self._history.with_act(Step(thread, before, None), f"{kept.id}")

        refused = await self._tell(_key_of({"key": key}), withdraw)
        return rx.toast.error(refused.words) if refused else None

    @handler(permission=REVIEW)
    async def undo(self) -> EventSpec | None:
        """Take this person's latest act on a mark back, by a row that supersedes it."""
        return await self._turn_back(is_undo=True)

    @handler(permission=REVIEW)
    async def redo(self) -> EventSpec | None:
        """Do again what was undone last."""
        return await self._turn_back(is_undo=False)

    async def _turn_back(self, *, is_undo: bool) -> EventSpec | None:
        acts = self._history.done if is_undo else self._history.undone
        if not acts:
            return None
        step = acts[-1]

        async def act() -> None:
            wanted = step.before if is_undo else step.after
            latest = await self._put(self._history.latest[step.thread], wanted)
            self._history = self._history.turned(step, latest, is_undo=is_undo)

        refused = await self._tell(new_form_key(), act)
        if not refused:
            return None
        if not refused.is_overtaken:
            return rx.toast.error(refused.words)
        self._history = self._history.without(step)
        self._show_steps()
        return rx.toast.error("Somebody changed this mark meanwhile; it stays as it is now.")

    async def _put(self, latest: str, wanted: dict[str, Any] | None) -> str:
        """Let a mark be as wanted, or taken back, by a row that supersedes its latest one."""
        fresh = {"idempotency_key": new_form_key()}
        if wanted is None:
            given = fresh | {"annotation_id": latest}
            return f"{(await self._run('imaging.withdraw_measurement', given)).id}"
        given = wanted | fresh | {"supersedes": latest}
        return f"{(await self._run('imaging.record_measurement', given)).id}"

    async def _tell(
        self, key: str, act: Callable[[], Awaitable[None]], tries: int = 1
    ) -> "Refused | None":
        """Do something with a mark and tell the viewer what came of it; return what went wrong."""
        refused = None
        try:
            await act()
        except ValidationError:
            refused = Refused("This mark is not complete. Draw it again.")
        except DomainError as error:
            refused = Refused(error.message, is_overtaken=isinstance(error, OVERTAKEN))
        await self._show()
        self._show_steps()
        news = {"key": key, "tries": f"{tries}", "problem": refused.words if refused else ""}
        self.mark_news = [*self.mark_news, news][-MOST_NEWS:]
        self.marks_turn += 1
        return refused

    def _content_of(self, mark_id: str) -> dict[str, Any] | None:
        found = next((mark for mark in self.marks if mark["id"] == mark_id), None)
        return _given(found) if found is not None else None


def _tries_of(mark: dict[str, Any]) -> int:
    """Return how often the viewer sent this act, so that an answer is told from an earlier one."""
    tries = f"{mark.get('tries') or 1}"
    return int(tries) if tries.isdecimal() and len(tries) < 4 else 1  # noqa: PLR2004  a sane count


def _key_of(mark: dict[str, Any]) -> str:
    """Return the viewer's own name of an act: repeating it repeats nothing."""
    key = as_uuid(f"{mark.get('key') or ''}")
    return f"{key}" if key is not None else new_form_key()


def _given(mark: dict[str, Any]) -> dict[str, Any]:
    """Return a mark as `imaging.record_measurement` takes it."""
    return {
        "instance_id": mark.get("instance"),
        "frame": mark.get("frame"),
        "tool": mark.get("tool"),
        "points_px": mark.get("points_px") or [],
        "label": mark.get("label") or "",
        "statistics": mark.get("statistics") or None,
        "look": mark.get("look") or None,
    }


def _mark(row: Any, zone: str) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "instance": str(row.instance_id),
        "frame": row.frame,
        "tool": row.tool,
        "points_px": row.points_px,
        "value": row.value,
        "unit": row.unit,
        "spacing_source": row.spacing_source,
        "label": row.label,
        "statistics": row.statistics,
        "look": row.look,
        "counted_by": row.counted_by,
        "author": f"{row.author_name}, {instant_text(row.recorded_at, zone)}",
    }


def _look(mark: dict[str, Any]) -> dict[str, Any]:
    """Return what of the viewer's look a mark kept; nothing where it kept none."""
    seen = mark["look"]
    return (
        {"window": seen.get("window"), "isInverted": bool(seen.get("is_inverted"))} if seen else {}
    )


def _key_image(row: Any) -> dict[str, str]:
    look = row.look or {}
    seen = {"frame": row.frame, "edge": THUMBNAIL_EDGE} | (look.get("window") or {})
    if look.get("is_inverted"):
        seen["invert"] = "true"
    address = f"/api/erp/imaging/instances/{row.instance_id}/rendered?{urlencode(seen)}"
    return {
        "id": str(row.id),
        "source": address,
        "where": _where(row),
        "author": row.author_name,
    }


def _measurement(row: Any, zone: str) -> dict[str, str]:
    size = imaging.size_text(row.value, row.unit) if row.value is not None else ""
    words = [word for word in (size, row.label) if word]
    return {
        "id": str(row.id),
        "tool": row.tool,
        "text": " · ".join(words) or TOOL_WORDS[row.tool],
        "kind": TOOL_WORDS[row.tool],
        "figures": _figures(row),
        "where": _where(row),
        "detail": f"{_source(row)}{row.author_name}, {instant_text(row.recorded_at, zone)}",
    }


def _where(row: Any) -> str:
    return f"Image {row.number or '-'}" + (f", frame {row.frame}" if row.frame > 1 else "")


def _source(row: Any) -> str:
    if row.unit not in {"mm", "mm2", "px", "px2"}:
        return ""
    return f"{SPACING_WORDS.get(row.spacing_source, row.spacing_source)} · "


def _figures(row: Any) -> str:
    found = row.statistics
    if not found:
        return ""
    unit = f" {found['unit']}" if found.get("unit") else ""
    figures = (
        f"mean {found['mean']:.1f}{unit}, SD {found['deviation']:.1f},"
        f" {found['minimum']:.0f} to {found['maximum']:.0f}"
    )
    told = {
        "browser": " · not checked yet",
        "corrected": " · corrected by the server",
        "unchecked": " · the server could not check them",
    }
    return f"{figures}{told.get(row.counted_by, '')}"
