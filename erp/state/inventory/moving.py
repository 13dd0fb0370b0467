"""Adjusting, writing off and moving lots that are here."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import expiry_text, group_count, money_text
from erp.state.catalog.wording import SHELF_TONES
from erp.state.finding import exact_find
from erp.state.inventory.reviewing import ReviewedFormState
from erp.state.inventory.stock import ADJUST, TRANSFER
from erp.state.inventory.wording import STATUSES
from erp.state.lining import Line
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid

ADJUSTMENTS = ("count", "found", "theft", "sample", "own_use")
WRITE_OFFS = ("expired", "damaged", "broken", "recalled")
SAME = "The books say the same. Remove the line."


class LotLinesState(ReviewedFormState, mixin=True):
    """A form whose lines are lots in one place of some kinds.

    Attributes:
        with_parts: Whether lots of places that are part of it are taken, too.
    """

    kinds: ClassVar[frozenset[str]] = frozenset({"storage", "expired_store"})
    with_parts: ClassVar[bool] = False

    places: list[dict[str, str]] = []
    place: str = ""

    @handler(permission=PAGE)
    async def open_movement(self) -> EventSpec | None:
        """Offer an empty form, or one with the lot that the address names."""
        return await self._open()

    async def _open(self) -> EventSpec | None:
        self._restart()
        given = dict(self.router.url.query_parameters)
        principal = await self._principal()
        found = await self._ask("inventory.list_locations", {"branch_id": principal.branch_id})
        self.places = [
            {"value": str(row.id), "label": row.name, "kind": row.kind}
            for row in found.rows
            if row.kind in self.kinds
        ]
        known = [place["value"] for place in self.places]
        storages = [place["value"] for place in self.places if place["kind"] == "storage"]
        named = given.get("location_id", "")
        self.place = named if named in known else (storages or known or [""])[0]
        return await self._add_lot(given["lot_id"]) if given.get("lot_id") else None

    @handler(permission=PAGE)
    async def choose_place(self, location_id: str) -> None:
        """Take the goods from another place; the lines of the first one go."""
        if location_id in {place["value"] for place in self.places}:
            self.place, self.lines = location_id, []

    @handler(permission=PAGE)
    async def add_lot(self, lot_id: str, label: str) -> EventSpec | None:  # noqa: ARG002  what the field sends
        """Add a line for a lot that was found by name."""
        return await self._add_lot(lot_id) if lot_id else None

    @handler(permission=PAGE)
    async def scan(self, code: str) -> EventSpec | None:
        """Add the lot a scan names: by its number, or the product's only one in this place."""
        row = await exact_find(self._ask, f"{code}"[:200])
        if isinstance(row, EventSpec):
            return row
        if row.lot_id is not None:
            return await self._add_lot(str(row.lot_id))
        wanted = {"variant_id": row.variant_id} | self._there(limit=100)
        here = {x.lot_id for x in (await self._ask("inventory.stock_by_lot", wanted)).rows}
        if len(here) == 1:
            return await self._add_lot(str(here.pop()))
        said = "is here in several lots" if here else "is not in this place"
        return rx.toast.warning(f"{row.label} {said}. Find the lot by its number.")

    async def _add_lot(self, lot_id: str) -> EventSpec | None:
        if as_uuid(lot_id) is None or any(line["lot_id"] == lot_id for line in self.lines):
            return None
        wanted = {"lot_id": lot_id} | self._there(limit=100)
        try:
            found = await self._ask("inventory.stock_by_lot", wanted)
        except DomainError as error:
            return rx.toast.error(error.message)
        if not found.rows:
            return rx.toast.warning("Nothing of this lot is in this place.")
        first = found.rows[0]
        whole = {
            name: sum(getattr(x, name) for x in found.rows) for name in ("on_hand", "reserved")
        }
        return self._add_line(self._line_of(first.model_copy(update=whole)))

    def _there(self, limit: int) -> dict[str, Any]:
        return {"location_id": self.place, "with_parts": self.with_parts, "limit": limit}

    def _line_of(self, row: Any) -> Line:
        """Return a new line of a lot; forms may override."""
        return _line(row)

    def _lots_typed(self, form: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [
            {"lot_id": line["lot_id"], **self._typed(form, line, "quantity")} for line in self.lines
        ]

    def _head_typed(self, form: Mapping[str, Any], *fields: str) -> dict[str, Any]:
        return {
            field: form[field] for field in ("idempotency_key", "note", *fields) if form.get(field)
        }

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self._restart()
        return [rx.toast.success(self._words(result)), rx.redirect("/stock/moves")]

    def _words(self, result: Any) -> str:  # noqa: ARG002  forms say more
        """Say what happened; forms override."""
        return "Saved."


class AdjustState(LotLinesState, rx.State):
    """Brings the books in line with the shelf."""

    permission: ClassVar[str] = ADJUST
    command: ClassVar[str] = "inventory.adjust_stock"
    line_field: ClassVar[str] = "change"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        lines = [
            {"lot_id": line["lot_id"], **self._change_typed(form, line)} for line in self.lines
        ]
        head = self._head_typed(form, "reason_code")
        return head | {"location_id": self.place, "lines": lines}

    def _change_typed(self, form: Mapping[str, Any], line: Line) -> dict[str, Any]:
        """Return what a count changes; what is no count is sent in a way that is refused."""
        typed = self._typed(form, line, "change").get("change", "")
        if not typed.isascii() or not typed.isdigit():
            return {"change": f"count {typed}"} if typed else {}
        return {"change": int(typed) - int(line["on_hand"])}

    def _show_refusal(self, error: ValidationError | DomainError) -> None:
        super()._show_refusal(error)
        for field, words in self.field_errors.items():
            if "change is zero" in words:
                self.field_errors[field] = SAME

    def _sign(self, move: Mapping[str, Any]) -> str:
        return "+" if move["to_location_id"] == self.place else "\N{MINUS SIGN}"

    def _words(self, result: Any) -> str:
        return f"Stock adjusted: {money_text(result.gained)} found, {money_text(result.lost)} lost."


class WriteOffState(LotLinesState, rx.State):
    """Gives goods up for good."""

    permission: ClassVar[str] = ADJUST
    command: ClassVar[str] = "inventory.write_off_stock"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = self._head_typed(form, "reason_code")
        return head | {"location_id": self.place, "lines": self._lots_typed(form)}

    def _sign(self, move: Mapping[str, Any]) -> str:  # noqa: ARG002  goods only leave here
        return "\N{MINUS SIGN}"

    def _words(self, result: Any) -> str:
        return f"Written off: {money_text(result.value)}."


class TransferState(LotLinesState, rx.State):
    """Moves lots from one place of the branch to another."""

    permission: ClassVar[str] = TRANSFER
    command: ClassVar[str] = "inventory.transfer_stock"

    targets: list[dict[str, str]] = []

    @handler(permission=PAGE)
    async def open_transfer(self) -> EventSpec | None:
        """Offer an empty form with every place of the branch to move goods to."""
        branch = (await self._principal()).branch_id
        found = await self._ask("inventory.list_locations", {"branch_id": branch})
        self.targets = [
            {"value": "", "label": "Choose a place"},
            *(
                {"value": str(row.id), "label": row.name}
                for row in found.rows
                if row.kind in self.kinds
            ),
        ]
        return await self._open()

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = self._head_typed(form, "to_location_id")
        return head | {"from_location_id": self.place, "lines": self._lots_typed(form)}

    def _words(self, result: Any) -> str:
        return f"Moved: {money_text(result.value)} at cost."


def _line(row: Any) -> Line:
    return {
        "lot_id": str(row.lot_id),
        "label": row.label,
        "lot": row.lot_number,
        "expiry": expiry_text(row.expires_on) if row.expires_on else "",
        "tone": SHELF_TONES[row.shelf_life],
        "status": STATUSES[row.status] if row.status != "available" else "",
        "on_hand": str(row.on_hand),
        "here": group_count(row.on_hand),
        "reserved": group_count(row.reserved) if row.reserved else "",
        "suggested": str(row.on_hand - row.reserved),
    }
