"""The sheet a person counts with: by keyboard or scanner, each lot saved as it is typed."""

from collections.abc import Sequence
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, expiry_text, group_count
from erp.services import inventory
from erp.state.catalog.wording import SHELF_TONES
from erp.state.explaining import errors_by_field
from erp.state.inventory.counts import COUNT, COUNT_STATUSES, progress_of, scope_of
from erp.state.listing import ListState
from erp.state.registry import handler
from erp.state.session import as_uuid

LONGEST_SCAN = 200
_NO_NUMBER = "Type a whole number, 0 if none is there."


class CountSheetState(ListState, rx.State):
    """Lots of one count with a field for each; what the books say is shown only if not blind.

    Attributes:
        extra: Lots the count did not expect, until their units are typed.
        problems: What is wrong with the units of a lot.
        last: What was scanned last.
    """

    permission: ClassVar[str] = COUNT
    query: ClassVar[str] = "inventory.get_count"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "Product"),
        Column("lot_number", "Lot"),
        Column("expires_on", "Expiry", Kind.EXPIRY, tone="shelf_life", tones=SHELF_TONES),
        Column("book", "Book", Kind.COUNT),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("show",)
    topics: ClassVar[tuple[str, ...]] = ("inventory",)

    head: dict[str, str] = {}
    percent: int = 0
    waiting: int = 0
    extra: list[dict[str, str]] = []
    problems: dict[str, str] = {}
    last: dict[str, str] = {}
    scan_problem: str = ""
    is_submitting: bool = False
    is_cancelling: bool = False
    is_busy: bool = False
    rest: str = ""
    submit_problem: str = ""
    adds: int = 0

    @handler(permission=COUNT)
    async def open_sheet(self) -> EventSpec | None:
        """Show the sheet; a count that is not open is looked at elsewhere."""
        self.extra, self.problems, self.last, self.scan_problem = [], {}, {}, ""
        self.head, self.is_submitting, self.is_cancelling = {}, False, False
        self.is_loading = True
        await self.open_list()
        return self._leave()

    @handler(permission=COUNT)
    async def save(self, lot_id: str, typed: str) -> None:
        """Record the units typed for a lot."""
        text = f"{typed}".strip().replace(",", "")
        if as_uuid(lot_id) is None or not text:
            return
        if not (text.isascii() and text.isdigit()):
            self._refuse(lot_id, _NO_NUMBER)
            return
        line = {"lot_id": lot_id, "counted": text}
        try:
            done = await self._record(line)
        except (ValidationError, DomainError) as error:
            self._refuse(lot_id, next(iter(errors_by_field(error).values()), f"{error}"))
            return
        self._refuse(lot_id, "")
        await self._show_recorded(done.recorded[0])

    @handler(permission=COUNT)
    async def scan(self, code: str) -> EventSpec | None:
        """Count one unit more of the lot that a scanner read."""
        self.scan_problem = ""
        try:
            done = await self._record({"scan": f"{code}"[:LONGEST_SCAN], "add": 1})
        except inventory.WhichLot as question:
            self.scan_problem = question.message
            return await self._look_for(question.details["sku"])
        except (ValidationError, DomainError) as error:
            self.scan_problem = getattr(error, "message", "This code cannot be read.")
            return None
        found = done.recorded[0]
        self.last = {
            "lot_id": str(found.lot_id),
            "label": found.label,
            "lot": found.lot_number,
            "counted": group_count(found.counted),
        }
        await self._show_recorded(found)
        return None

    @handler(permission=COUNT)
    async def add_lot(self, lot_id: str, label: str) -> EventSpec | None:  # noqa: ARG002  what the field sends
        """Offer a field for a lot that the sheet does not have."""
        self.adds += 1
        if as_uuid(lot_id) is None:
            return None
        found = await self._ask("inventory.search_lots", {"lot_id": lot_id})
        chosen = found.rows[0] if found.rows else None
        if chosen is None:
            return rx.toast.warning("This lot is not known any more. Look for it again.")
        listed = await self._listed(chosen)
        if listed:
            return await self._look_for(f"{chosen.label} {chosen.lot_number}")
        if all(line["lot_id"] != lot_id for line in self.extra):
            self.extra = [_extra(chosen), *self.extra]
        return _focus(lot_id)

    @handler(permission=COUNT)
    async def drop_extra(self, lot_id: str) -> None:
        """Take a lot away again whose units were never typed."""
        self.extra = [line for line in self.extra if line["lot_id"] != lot_id]

    @handler(permission=COUNT)
    async def ask_submit(self) -> None:
        """Ask what became of the lots nobody counted, and hand the count in."""
        await self._reload()
        self.rest, self.submit_problem, self.is_submitting = "", "", True

    @handler(permission=COUNT)
    async def choose_rest(self, rest: str) -> None:
        """Say what became of the lots nobody counted."""
        if rest in {"zero", "not_counted"}:
            self.rest, self.submit_problem = rest, ""

    @handler(permission=COUNT)
    async def ask_cancel(self) -> None:
        """Ask before the count is given up."""
        self.is_cancelling = True

    @handler(permission=COUNT)
    async def go_on(self) -> None:
        """Close the question and go on counting."""
        self.is_submitting = self.is_cancelling = False

    @handler(permission=COUNT)
    async def submit_count(self) -> Sequence[EventSpec]:
        """Hand the count in."""
        given = {"count_id": self.head.get("id", "")} | ({"rest": self.rest} if self.rest else {})
        try:
            done = await self._run("inventory.submit_count", given)
        except DomainError as error:
            self.submit_problem = error.message
            return []
        self.is_submitting = False
        told = f"Handed in: {counted(done.counted, 'lot')} counted."
        return [rx.toast.success(told), rx.redirect(f"/stock/counts/{done.count_id}")]

    @handler(permission=COUNT)
    async def cancel_count(self) -> EventSpec:
        """Give the count up."""
        self.is_cancelling = False
        try:
            await self._run("inventory.cancel_count", {"count_id": self.head.get("id", "")})
        except DomainError as error:
            return rx.toast.error(error.message)
        return rx.redirect("/stock/counts")

    async def _record(self, line: dict[str, Any]) -> Any:
        given = {"count_id": self.head.get("id", ""), "lines": [line]}
        return await self._run("inventory.record_count", given)

    async def _show_recorded(self, found: Any) -> None:
        """Show the units at their line without moving the others under somebody's hands."""
        lot_id = str(found.lot_id)
        is_here = any(row["lot_id"] == lot_id for row in self.rows)
        if not is_here or any(line["lot_id"] == lot_id for line in self.extra):
            self.extra = [line for line in self.extra if line["lot_id"] != lot_id]
            await self._reload()
            return
        said = {"counted": str(found.counted), "status": "counted", "flag": ""}
        self.rows = [row | said if row["lot_id"] == lot_id else row for row in self.rows]
        await self._count_up()

    async def _count_up(self) -> None:
        """Bring the progress up to date."""
        page = await self._ask(self.query, self._fixed() | {"limit": 1})
        self._overlook(page)

    def _refuse(self, lot_id: str, problem: str) -> None:
        kept = {lot: words for lot, words in self.problems.items() if lot != lot_id}
        self.problems = kept | ({lot_id: problem} if problem else {})

    async def _look_for(self, words: str) -> EventSpec:
        self.search, self.filters = words[:LONGEST_SCAN], {}
        return await self._from_the_top()

    async def _listed(self, lot: Any) -> bool:
        wanted = self._fixed() | {"search": f"{lot.label} {lot.lot_number}"}
        page = await self._ask(self.query, wanted)
        return any(row.lot_id == lot.lot_id for row in page.rows)

    async def _reload(self) -> None:
        await super()._reload()
        if self.problem:
            self.head = {}

    def _leave(self) -> EventSpec | None:
        is_closed = self.head.get("status", "open") != "open"
        return rx.redirect(f"/stock/counts/{self.head['id']}") if is_closed else None

    def _fixed(self) -> dict[str, str]:
        return {"count_id": self.router.url.path.rstrip("/").rpartition("/")[2]}

    def _overlook(self, page: Any) -> None:
        count = page.count
        self.head = {
            "id": str(count.id),
            "number": count.number,
            "status": count.status,
            "status_words": COUNT_STATUSES[count.status],
            "place": count.location,
            "scope": scope_of(count),
            "note": count.note,
            "blind": "yes" if count.is_blind else "",
            "shows_book": "" if count.is_blind or not count.sees_book else "yes",
            "progress": progress_of(count),
            "recount": counted(page.recount, "lot") if page.recount else "",
        }
        self.percent = 100 * count.done // count.lots if count.lots else 0
        self.waiting = count.lots - count.done - page.left

    def _aside(self, row: Any) -> dict[str, str]:
        flags = {"recount": "Count again", "left": "Left alone"}
        flag = flags.get(row.status, "Not expected" if row.is_added else "")
        return {
            "lot_id": str(row.lot_id),
            "maker": row.maker,
            "unit": row.unit,
            "counted": "" if row.counted is None else str(row.counted),
            "status": row.status,
            "by": row.counted_by,
            "flag": flag,
        }


def _extra(lot: Any) -> dict[str, str]:
    return {
        "id": str(lot.lot_id),
        "lot_id": str(lot.lot_id),
        "label": lot.label,
        "lot_number": lot.lot_number,
        "expires_on": expiry_text(lot.expires_on) if lot.expires_on else "",
    }


def _focus(lot_id: str) -> EventSpec:
    script = f"document.querySelector('[data-count-box=\"{lot_id}\"]')?.focus()"
    return rx.call_script(f"setTimeout(() => {script}, 120)")
