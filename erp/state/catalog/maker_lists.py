"""Makers' price lists: the list of them, and one as a difference to be applied."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import date_text, group_count, money_text
from erp.services import identity
from erp.state.catalog.products import EDIT
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState
from erp.state.showing import NOTHING, display_rows

LIST_COLUMNS = (
    Column("file_name", "File", detail="uploaded_by"),
    Column("uploaded_at", "Uploaded", Kind.INSTANT, wide_only=True),
    Column(
        "status",
        "Status",
        Kind.STATUS,
        labels={"uploaded": "Not applied", "applied": "In force"},
        tones={"uploaded": "amber", "applied": "green"},
    ),
    Column("effective_from", "From", Kind.DATE),
    Column("applied_rows", "Prices", Kind.COUNT, wide_only=True),
    Column("skipped_rows", "Left out", Kind.COUNT, wide_only=True),
)
STANDINGS = (
    ("", "All"),
    ("changed", "Changed"),
    ("new", "New"),
    ("error", "Errors"),
    ("same", "Unchanged"),
)
PARTS = (
    ("sku", "SKU"),
    ("barcode", "Barcode"),
    ("name", "Name"),
    ("potency", "Potency"),
    ("pack", "Pack"),
    ("brand", "Brand"),
    ("mrp", "MRP"),
    ("ptr", "PTR"),
    ("pts", "PTS"),
    ("hsn", "HSN"),
    ("gst", "GST"),
)
PAGE_ROWS = 50


class MakerListsState(SessionState, rx.State):
    """Every uploaded list, the latest first."""

    permission: ClassVar[str] = "catalog.view"

    is_loading: bool = True
    rows: list[dict[str, str]] = []
    may_edit: bool = False

    @handler(permission=PAGE)
    async def open_lists(self) -> None:
        """Show the lists."""
        principal = await self._principal()
        found = await self._ask("catalog.list_maker_lists")
        entries = [row.model_dump() | _effect(row) for row in found.rows]
        self.rows = display_rows(entries, LIST_COLUMNS, principal.time_zone, "/maker-lists/{id}")
        self.may_edit, self.is_loading = principal.may(EDIT), False

    @handler(permission=EDIT)
    async def uploaded(self, list_id: str, known: str) -> list[EventSpec]:
        """Go to the list that came."""
        said = (
            rx.toast.warning("This file was uploaded before. Here it is.")
            if known
            else rx.toast.success("File read. Look at the differences.")
        )
        return [said, rx.redirect(f"/maker-lists/{list_id[:40]}")]


class MakerListState(RecordState, rx.State):
    """One list: which column is what, and what applying it would change."""

    permission: ClassVar[str] = EDIT

    headers: list[dict[str, str]] = []
    parts: dict[str, str] = {}
    day: str = ""
    standing: str = ""
    counts: dict[str, str] = {}
    rows: list[dict[str, str]] = []
    start: int = 0
    has_more: bool = False
    reading_problem: str = ""
    leaves_errors: bool = False
    is_asking: bool = False
    is_busy: bool = False

    @handler(permission=PAGE)
    async def open_list(self) -> None:
        """Show the list that the address names, read as its headers say."""
        self.parts, self.day, self.standing, self.start = {}, "", "", 0
        self.leaves_errors, self.is_asking = False, False
        await self.open_record()

    @handler(permission=EDIT)
    async def read_as(self, part: str, column: str) -> None:
        """Take another column for a part; none takes the part out."""
        chosen = {key: place for key, place in self.parts.items() if key != part}
        self.parts = chosen | ({part: column} if column else {})
        await self._again()

    @handler(permission=EDIT)
    async def hold_from(self, day: str) -> None:
        """Look at the difference of another day."""
        self.day = f"{day}"[:10]
        await self._again()

    @handler(permission=EDIT)
    async def show_standing(self, standing: str) -> None:
        """Show rows of one kind."""
        self.standing = standing if standing in dict(STANDINGS) else ""
        await self._again()

    @handler(permission=EDIT)
    async def turn(self, by: int) -> None:
        """Turn to the next or the previous rows."""
        await self._again(max(0, self.start + PAGE_ROWS * (1 if int(by) > 0 else -1)))

    @handler(permission=EDIT)
    async def leave_errors(self, leaves: bool) -> None:  # noqa: FBT001  an event's value
        """Say whether rows with errors are left out."""
        self.leaves_errors = bool(leaves)

    @handler(permission=EDIT)
    async def ask_apply(self) -> None:
        """Ask once more before prices change."""
        self.is_asking = True

    @handler(permission=EDIT)
    async def keep_looking(self) -> None:
        """Close the question without doing anything."""
        self.is_asking = False

    @handler(permission=EDIT)
    async def apply(self) -> EventSpec:
        """Let the prices hold from the chosen day."""
        self.is_asking = False
        given = self._reading() | {"without_errors": self.leaves_errors}
        try:
            done = await self._run("catalog.apply_maker_list", given)
        except (DomainError, ValidationError) as error:
            return rx.toast.error(getattr(error, "message", "Choose the day they hold from."))
        await self._show()
        changed = group_count(done.new + done.changed)
        return rx.toast.success(
            f"{changed} prices hold from {date_text(date.fromisoformat(self.day))}."
        )

    async def _again(self, start: int = 0) -> None:
        self.start = start
        await self._show()

    def _reading(self) -> dict[str, Any]:
        given: dict[str, Any] = {"maker_list_id": self.head.get("id", "")}
        if self.parts:
            given["columns"] = {part: int(place) for part, place in self.parts.items()}
        if self.day:
            given["effective_from"] = self.day
        return given

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:  # noqa: ARG002  of every record
        asked = self._reading() | {"maker_list_id": record_id, "start": self.start}
        if self.standing:
            asked["standing"] = self.standing
        self.reading_problem = ""
        try:
            seen = await self._ask("catalog.preview_maker_list", asked | {"limit": PAGE_ROWS + 1})
        except (DomainError, ValidationError) as error:
            if not self.head:
                raise
            self.reading_problem = getattr(error, "message", "Choose the columns again.")
            self.rows, self.counts = [], {}
            return
        self.parts = {part.value: str(place) for part, place in seen.columns.items()}
        self.day = str(seen.effective_from)
        self.headers = [
            {"value": str(place), "label": header or f"Column {place + 1}"}
            for place, header in enumerate(seen.headers)
        ]
        self.counts = {kind.value: group_count(count) for kind, count in seen.counts.items()}
        self.counts[""] = group_count(sum(seen.counts.values()))
        self.rows = [_change(row) for row in seen.rows[:PAGE_ROWS]]
        self.has_more = len(seen.rows) > PAGE_ROWS
        self.head = {
            "id": str(record_id),
            "name": seen.file_name,
            "status": seen.status.value,
            "has_errors": "yes" if seen.counts["error"] else "",
            "changes": group_count(seen.counts["new"] + seen.counts["changed"]),
            "file_href": await self._file(record_id),
        }

    async def _file(self, record_id: UUID) -> str:
        asked = {"origin_type": "maker_list", "origin_id": record_id}
        found = await self._ask("documents.find_documents", asked)
        return f"/api/erp/documents/{found.rows[0].id}" if found.rows else ""


def _effect(row: Any) -> dict[str, int | None]:
    """Return how many prices a list brought; nothing before it is applied."""
    is_applied = row.status == "applied"
    return {
        "applied_rows": row.applied_rows if is_applied else None,
        "skipped_rows": row.skipped_rows if is_applied else None,
    }


def _change(row: Any) -> dict[str, str]:
    prices = {part: _price(row.old[part], row.new[part]) for part in row.new}
    return {
        "id": str(row.row),
        "row": str(row.row),
        "label": row.label or row.name or "Nothing to find it by",
        "href": "",
        "standing": row.standing.value,
        "said": " ".join([*row.errors, *row.notes]),
        **{f"{part.value}_old": old for part, (old, _) in prices.items()},
        **{f"{part.value}_new": new for part, (_, new) in prices.items()},
    }


def _price(old: Any, new: Any) -> tuple[str, str]:
    """Return the price before, if it differs, and after."""
    before = money_text(old) if old is not None and old != new else ""
    return before, NOTHING if new is None else money_text(new)
