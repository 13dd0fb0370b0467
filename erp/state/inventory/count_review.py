"""One count as a reviewer sees it: differences in units and rupees, recount, approval."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, group_count, instant_text, money_text
from erp.core.money import ZERO
from erp.state.catalog.wording import SHELF_TONES
from erp.state.history import history_of
from erp.state.inventory.counts import (
    APPROVE,
    COUNT,
    COUNT_STATUSES,
    COUNT_TONES,
    VIEW_COUNTS,
    scope_of,
)
from erp.state.listing import ListState
from erp.state.registry import handler
from erp.state.session import as_uuid, new_form_key

LINE_STATUSES = {
    "waiting": "Not counted",
    "counted": "Counted",
    "recount": "To count again",
    "left": "Left alone",
}
SHOWN_TO_REVIEWERS = (
    ("different", "Differences"),
    ("", "All lots"),
    ("recount", "Counted again"),
    ("uncounted", "Not counted"),
)
SHOWN_TO_COUNTERS = SHOWN_TO_REVIEWERS[1:]
_MOST_CHOSEN = 500


class CountReviewState(ListState, rx.State):
    """A count with its lots and what may be done with it now.

    Attributes:
        chosen: Lots to be counted again.
        asked: Which question is open: `approve`, `cancel`, or none.
    """

    permission: ClassVar[str] = VIEW_COUNTS
    query: ClassVar[str] = "inventory.get_count"
    views_of: ClassVar[str] = "inventory.count_review"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "Product", detail="lot_number"),
        Column(
            "expires_on",
            "Expiry",
            Kind.EXPIRY,
            tone="shelf_life",
            tones=SHELF_TONES,
            wide_only=True,
        ),
        Column("book", "Book", Kind.COUNT, wide_only=True),
        Column("counted", "Counted", Kind.COUNT, detail="counted_before"),
        Column("difference", "Differs", tone="sign", tones={"+": "green", "-": "red", "": ""}),
        Column("value", "Value", Kind.MONEY),
        Column("counted_by", "Counted by", detail="recounts", wide_only=True),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("show",)
    part_keys: ClassVar[tuple[str, ...]] = ("show",)
    topics: ClassVar[tuple[str, ...]] = ("inventory",)

    head: dict[str, str] = {}
    history: list[dict[str, str]] = []
    chosen: list[str] = []
    asked: str = ""
    asked_problem: str = ""
    is_busy: bool = False

    _key: str = ""
    _instants: dict[str, datetime | None] = {}

    @handler(permission=VIEW_COUNTS)
    async def open_review(self) -> None:
        """Show the count; to a reviewer the differences first."""
        self.head, self.chosen, self.asked, self.is_loading = {}, [], "", True
        await self.open_list()
        is_done = self.head.get("status") in {"submitted", "approved"}
        if is_done and self.head["has_differences"] and "show" not in self.filters:
            self.filters = {"show": "different"}
            await self._reload()

    @handler(permission=VIEW_COUNTS)
    async def show(self, part: str) -> EventSpec | None:
        """Show another part of the count."""
        if part not in dict(SHOWN_TO_REVIEWERS):
            return None
        self.filters = {"show": part} if part else {}
        return await self._from_the_top()

    @handler(permission=APPROVE)
    async def choose(self, lot_id: str) -> None:
        """Take a lot up for counting again, or leave it out."""
        if lot_id in self.chosen:
            self.chosen = [chosen for chosen in self.chosen if chosen != lot_id]
        elif as_uuid(lot_id) and len(self.chosen) < _MOST_CHOSEN:
            self.chosen = [*self.chosen, lot_id]

    @handler(permission=APPROVE)
    async def choose_shown(self) -> None:
        """Take up every counted lot of the page."""
        shown = [row["lot_id"] for row in self.rows if row["may_choose"]]
        self.chosen = list(dict.fromkeys([*self.chosen, *shown]))[:_MOST_CHOSEN]

    @handler(permission=APPROVE)
    async def choose_none(self) -> None:
        """Leave every lot out."""
        self.chosen = []

    @handler(permission=APPROVE)
    async def request_recount(self) -> Sequence[EventSpec]:
        """Send the chosen lots back."""
        lots = [{"lot_id": lot_id} for lot_id in self.chosen]
        given = {"count_id": self.head.get("id", ""), "lots": lots}
        try:
            done = await self._run("inventory.request_recount", given)
        except (ValidationError, DomainError) as error:
            return [rx.toast.error(getattr(error, "message", "Choose at least one lot."))]
        self.chosen = []
        await self._reload()
        return [rx.toast.success(f"{counted(done.lots, 'lot')} sent back to be counted again.")]

    @handler(permission=VIEW_COUNTS)
    async def ask(self, what: str) -> None:
        """Ask before the differences are posted, or the count is given up."""
        if what in {"approve", "cancel"}:
            self.asked, self.asked_problem, self._key = what, "", new_form_key()

    @handler(permission=VIEW_COUNTS)
    async def keep(self) -> None:
        """Close the question."""
        self.asked = ""

    @handler(permission=APPROVE)
    async def approve(self) -> AsyncIterator[Any]:
        """Post the differences."""
        self.is_busy, self.asked_problem = True, ""
        yield
        given = {"count_id": self.head.get("id", ""), "idempotency_key": self._key}
        try:
            done = await self._run("inventory.approve_count", given)
        except DomainError as error:
            self.asked_problem = error.message
        else:
            self.asked = ""
            await self._reload()
            told = f"{money_text(done.gained)} gained, {money_text(done.lost)} lost."
            yield rx.toast.success(f"Posted: {told}")
        finally:
            self.is_busy = False

    @handler(permission=COUNT)
    async def cancel(self) -> EventSpec | None:
        """Give the count up."""
        try:
            await self._run("inventory.cancel_count", {"count_id": self.head.get("id", "")})
        except DomainError as error:
            self.asked_problem = error.message
            return None
        self.asked = ""
        await self._reload()
        return rx.toast.success("Count cancelled. Nothing was posted.")

    async def _reload(self) -> None:
        await super()._reload()
        count_id = as_uuid(self.router.url.path.rstrip("/").rpartition("/")[2])
        if count_id is not None and not self.problem:
            self.history = await history_of(self, count_id, await self._principal())
        if self.problem:
            self.head = {}
            return
        principal = await self._principal()
        is_open, waits = self.head["status"] == "open", self.head["status"] == "submitted"
        may_approve, may_count = principal.may(APPROVE), principal.may(COUNT)
        self.head = self.head | {
            **{
                step: instant_text(at, principal.time_zone) if at else ""
                for step, at in self._instants.items()
            },
            "may_count": "yes" if may_count and is_open else "",
            "may_approve": "yes" if may_approve and waits else "",
            "may_recount": "yes" if may_approve and (is_open or waits) else "",
            "may_cancel": "yes" if may_count and (is_open or (waits and may_approve)) else "",
        }

    def _fixed(self) -> dict[str, str]:
        return {"count_id": self.router.url.path.rstrip("/").rpartition("/")[2]}

    def _overlook(self, page: Any) -> None:
        count = page.count
        self._instants = {
            "started": count.started_at,
            "submitted": count.submitted_at,
            "closed": count.closed_at,
        }
        self.head = self.head | {
            "id": str(count.id),
            "title": f"Count {count.number}",
            "status": count.status,
            "status_words": COUNT_STATUSES[count.status],
            "status_tone": COUNT_TONES[count.status],
            "about": f"{count.location} · {scope_of(count)}",
            "blind": "yes" if count.is_blind else "",
            "note": count.note,
            "sees_book": "yes" if count.sees_book else "",
            "progress": f"{group_count(count.done)} of {group_count(count.lots)}",
            "left": f"{counted(page.left, 'lot')} left alone" if page.left else "",
            "recount": f"{counted(page.recount, 'lot')} to count again" if page.recount else "",
            "started_by": count.started_by,
            "submitted_by": count.submitted_by,
            "closed_by": count.closed_by,
            "moves": f"/stock/moves?origin_id={count.id}",
            **_sums(page),
        }

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "lot_number": f"Lot {row.lot_number}",
            "difference": _signed(row.difference),
            "sign": _sign(row.difference),
            "value": row.value or None,
            "counted_by": row.counted_by or LINE_STATUSES[row.status],
            "counted_before": "" if row.counted_before is None else f"before: {row.counted_before}",
            "recounts": ", ".join(_flags(row)),
        }

    def _aside(self, row: Any) -> dict[str, str]:
        is_counted = row.status in {"counted", "left"}
        return {"lot_id": str(row.lot_id), "may_choose": "yes" if is_counted else ""}


def _sums(page: Any) -> dict[str, str]:
    """Return gains, losses and what lies between, for those who may see them."""
    count = page.count
    if not count.sees_book:
        return dict.fromkeys(("gained", "lost", "net", "different", "has_differences"), "")
    gained, lost = count.gained or ZERO, count.lost or ZERO
    return {
        "gained": money_text(gained),
        "lost": money_text(lost),
        "net": _money(gained - lost),
        "has_differences": "yes" if page.different else "",
        "different": f"{counted(page.different or 0, 'lot')} differ"
        if page.different != 1
        else "1 lot differs",
    }


def _flags(row: Any) -> list[str]:
    flags = {
        "not expected": row.is_added,
        "moved while scanned": row.has_moved,
        "same person counted again": row.is_same_counter,
        "counted again": row.recounts and not row.is_same_counter,
    }
    return [words for words, is_set in flags.items() if is_set]


def _sign(difference: int | None) -> str:
    return "" if not difference else "+" if difference > 0 else "-"


def _signed(difference: int | None) -> str:
    if not difference:
        return ""
    sign = "+" if difference > 0 else "\N{MINUS SIGN}"
    return f"{sign}{group_count(abs(difference))}"


def _money(amount: Any) -> str:
    return f"{'+' if amount > 0 else ''}{money_text(amount)}"
