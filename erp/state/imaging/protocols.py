"""Protocols: how their sessions are judged, and the checklist, made in versions."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import counted, instant_text
from erp.state.asking import DialogFormState
from erp.state.explaining import errors_by_field
from erp.state.imaging.wording import minutes_words
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState, new_form_key
from erp.state.submitting import is_ticked

VIEW = "imaging.view"
MANAGE = "imaging.manage"
SECOND_LABELS = {
    "none": "No second reader",
    "always": "Always a second reader",
    "sample": "A second reader for a sample",
    "on_reject": "A second reader before a repeat or rejection",
}
KIND_LABELS = {"yes_no": "Yes or no", "number": "Number", "choice": "Choice"}


class ProtocolsState(SessionState, rx.State):
    """Every protocol, and the one that is being looked at."""

    permission: ClassVar[str] = VIEW

    is_loading: bool = True
    rows: list[dict[str, str]] = []
    chosen: dict[str, str] = {}
    items: list[dict[str, str]] = []
    is_changed: bool = False
    may_manage: bool = False
    problem: str = ""

    _all: dict[str, Any] = {}
    _items: list[dict[str, Any]] = []

    @handler(permission=PAGE)
    async def open_protocols(self) -> None:
        """Show the protocols, and the first of them."""
        self.may_manage = (await self._principal()).may(MANAGE)
        await self._reload()
        self._choose(self.chosen.get("code", ""))
        self.is_loading = False

    @handler(permission=VIEW)
    async def choose(self, code: str) -> None:
        """Look at another protocol; what was not published is dropped."""
        self._choose(f"{code}")

    @handler(permission=MANAGE)
    async def remove(self, place: int) -> None:
        """Take an item out of the next version."""
        if isinstance(place, int) and 0 <= place < len(self._items):
            self._show_items([*self._items[:place], *self._items[place + 1 :]], is_changed=True)

    @handler(permission=MANAGE)
    async def raise_item(self, place: int) -> None:
        """Move an item one up."""
        if isinstance(place, int) and 0 < place < len(self._items):
            items = list(self._items)
            items[place - 1], items[place] = items[place], items[place - 1]
            self._show_items(items, is_changed=True)

    @handler(permission=MANAGE)
    async def publish(self) -> EventSpec:
        """Make what is shown the next version."""
        given = {"code": self.chosen.get("code", ""), "items": self._items}
        try:
            saved = await self._run(
                "imaging.save_checklist", given | {"idempotency_key": new_form_key()}
            )
        except (ValidationError, DomainError) as error:
            self.problem = next(iter(errors_by_field(error).values()), "This is not possible.")
            return rx.toast.error(self.problem)
        await self._reload()
        self._choose(self.chosen.get("code", ""))
        return rx.toast.success(f"Version {saved.version} holds from now on.")

    async def _reload(self) -> None:
        zone = (await self._principal()).time_zone
        found = (await self._ask("imaging.list_protocols")).rows
        self._all = {row.code: row.model_dump(mode="json") for row in found}
        self.rows = [_shown(row, zone) for row in found]

    def _choose(self, code: str) -> None:
        self.problem = ""
        known = code if code in self._all else ""
        self.chosen = next((row for row in self.rows if row["code"] == known), {})
        self._show_items(list(self._all.get(known, {}).get("items", [])), is_changed=False)

    def _show_items(self, items: list[dict[str, Any]], *, is_changed: bool) -> None:
        self._items, self.is_changed = items, is_changed
        self.items = [_item(place, item) for place, item in enumerate(items)]


class ProtocolFormState(DialogFormState, rx.State):
    """Says how sessions of a protocol are judged."""

    permission: ClassVar[str] = MANAGE
    command: ClassVar[str] = "imaging.save_protocol"

    given: dict[str, str] = {}

    _code: str = ""

    async def _prepare(self) -> None:
        page = await self.get_state(ProtocolsState)
        is_new = self.subject.get("id") == "new"
        self.given = dict(page.rows[0] if is_new and page.rows else page.chosen)
        if is_new:
            self.given |= {"code": "", "name": "", "is_new": "yes"}

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        self._code = f"{given.get('code', self.given.get('code', ''))}".strip()
        return given | {"code": self._code}

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        page = await self.get_state(ProtocolsState)
        await page._reload()  # noqa: SLF001  sister of this state
        page._choose(self._code.lower())  # noqa: SLF001  sister of this state
        return "Saved. It holds for sessions from now on."


class ItemFormState(SessionState, rx.State):
    """Adds an item to the next version of the checklist."""

    permission: ClassVar[str] = MANAGE

    is_open: bool = False
    kind: str = "yes_no"
    field_errors: dict[str, str] = {}

    @handler(permission=PAGE)
    async def open_dialog(self) -> None:
        """Offer an empty item."""
        self.is_open, self.kind, self.field_errors = True, "yes_no", {}

    @handler(permission=PAGE)
    async def close_dialog(self) -> None:
        """Close without adding."""
        self.is_open = False

    @handler(permission=PAGE)
    async def choose_kind(self, kind: str) -> None:
        """Show the fields of another kind."""
        self.kind = kind if kind in KIND_LABELS else "yes_no"

    @handler(permission=MANAGE)
    async def add(self, form: dict[str, Any]) -> Sequence[EventSpec]:
        """Put the item below the others."""
        page = await self.get_state(ProtocolsState)
        typed = dict(form) if isinstance(form, Mapping) else {}
        item, self.field_errors = _read_item(typed, self.kind, page._items)  # noqa: SLF001  sister
        if self.field_errors:
            return []
        page._show_items([*page._items, item], is_changed=True)  # noqa: SLF001  sister
        self.is_open = False
        return [rx.toast.info("Added to the next version. Publish it when it is complete.")]


def _read_item(
    form: Mapping[str, Any], kind: str, others: list[dict[str, Any]]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return an item as it was typed, or what is wrong with it."""
    typed = {name: f"{value}".strip() for name, value in form.items() if value is not None}
    label = typed.get("label", "")
    key = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:40]
    choices = [part.strip() for part in typed.get("choices", "").split(",") if part.strip()]
    errors = {}
    if not key:
        errors["label"] = "Say what is looked at."
    elif key in {item["key"] for item in others}:
        errors["label"] = "Another item is worded like this."
    if kind == "choice" and len(set(choices)) < 2:  # noqa: PLR2004  one is no choice
        errors["choices"] = "Give two at least, with commas between."
    bounds: dict[str, str | None] = {}
    for name in ("low", "high"):
        bounds[name] = typed.get(name) or None
        if bounds[name] and not re.fullmatch(r"-?\d{1,6}(\.\d{1,4})?", bounds[name] or ""):
            errors[name] = "Type a number, such as 2.5."
    item = {
        "key": key,
        "label": label[:120],
        "kind": kind,
        "is_required": is_ticked(form.get("is_required")),
        "allows_na": kind == "yes_no" and is_ticked(form.get("allows_na")),
        "choices": choices if kind == "choice" else [],
        "unit": typed.get("unit", "")[:16] if kind == "number" else "",
        **(bounds if kind == "number" else {"low": None, "high": None}),
    }
    return item, errors


def _shown(row: Any, zone: str) -> dict[str, str]:
    sample = f" of {row.sample_percent}%" if row.second_reader == "sample" else ""
    made = f"{instant_text(row.made_at, zone)}, {row.made_by_name}" if row.made_at else ""
    return {
        "code": row.code,
        "name": row.name,
        "routine_minutes": f"{row.routine_minutes}",
        "urgent_minutes": f"{row.urgent_minutes}",
        "stat_minutes": f"{row.stat_minutes}",
        "times": f"{minutes_words(row.routine_minutes)}, urgent {minutes_words(row.urgent_minutes)},"
        f" stat {minutes_words(row.stat_minutes)}",
        "second_reader": row.second_reader,
        "sample_percent": f"{row.sample_percent}",
        "second": SECOND_LABELS[row.second_reader] + sample,
        "is_own": "yes" if row.id or not row.code else "",
        "sessions": counted(row.sessions, "session") if row.sessions else "",
        "checklist": f"Version {row.checklist_version}" if row.checklist_version else "None yet",
        "made": made,
        "is_new": "",
    }


def _item(place: int, item: Mapping[str, Any]) -> dict[str, str]:
    bounds = [f"{item[name]}" for name in ("low", "high") if item[name] not in (None, "")]
    what = {
        "yes_no": "Yes, no or N/A" if item["allows_na"] else "Yes or no",
        "number": " to ".join(bounds) or "A number",
        "choice": ", ".join(item["choices"]),
    }[item["kind"]]
    must = "must be right to accept" if item["is_required"] else "may stay empty"
    return {
        "place": f"{place}",
        "key": item["key"],
        "label": item["label"],
        "detail": " · ".join(word for word in (f"{what} {item['unit']}".strip(), must)),
    }
