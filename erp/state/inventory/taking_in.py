"""The receiving sheet of a transfer: what came, typed or scanned, and what was broken."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import counted, expiry_text, group_count
from erp.services import catalog
from erp.state.inventory.reviewing import ReviewedFormState
from erp.state.inventory.stock import TRANSFER
from erp.state.lining import Line
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid

_PARTS = ("arrived", "damaged")


class TakeInState(ReviewedFormState, rx.State):
    """Takes in goods that another warehouse sent."""

    permission: ClassVar[str] = TRANSFER
    command: ClassVar[str] = "inventory.receive_transfer"
    line_field: ClassVar[str] = "arrived"

    is_loading: bool = True
    problem: str = ""
    facts: dict[str, str] = {}
    scanned: str = ""

    _typed_units: dict[str, str] = {}

    @handler(permission=PAGE)
    async def open_sheet(self) -> None:
        """Show what is still on its way of the transfer that the address names."""
        self.is_loading, self.problem, self.facts, self.scanned = True, "", {}, ""
        self._restart()
        path = self.router.url.path.rstrip("/").removesuffix("/receive")
        found = as_uuid(path.rpartition("/")[2])
        try:
            if found:
                self._begin(await self._ask("inventory.get_transfer", {"transfer_id": found}))
            else:
                self.problem = "The address names no transfer."
        except DomainError as error:
            self.problem = error.message
        self.is_loading = False

    def _begin(self, detail: Any) -> None:
        head = detail.transfer
        if head.status != "on_its_way":
            self.problem = "Nothing of this transfer is on its way."
            return
        self.facts = {
            "id": str(head.id),
            "number": head.challan,
            "from": f"{head.from_branch}, {head.from_location}",
            "into": head.to_location,
            "left": counted(head.under_way, "unit"),
        }
        for line in detail.lines:
            if line.under_way:
                self._add_line(_line(line))

    @handler(permission=PAGE)
    async def all_came(self) -> None:
        """Fill in that everything came."""
        for line in self.lines:
            self._put(line, line["left"])

    @handler(permission=PAGE)
    async def write(self, line_id: str, value: str) -> None:
        """Keep what was typed, for a scan to count on from it."""
        if any(line["id"] == line_id for line in self.lines):
            self._typed_units = {**self._typed_units, line_id: f"{value}"[:9]}

    @handler(permission=PAGE)
    async def scan(self, code: str) -> EventSpec | None:
        """Count one more unit of the lot that a scanner read."""
        try:
            scan = catalog.read_scan(f"{code}"[:200])
            found = await self._ask(
                "catalog.search_products", {"search": f"{code}"[:200], "limit": 1}
            )
        except (DomainError, ValidationError):
            return rx.toast.warning("This code cannot be read. Type the units instead.")
        known = {str(row.variant_id) for row in found.rows if row.is_exact}
        fitting = [
            line
            for line in self.lines
            if line["variant_id"] in known
            and (not scan.lot_number or line["lot"].upper() == scan.lot_number.upper())
        ]
        if len(fitting) != 1:
            words = "is not on this transfer" if not fitting else "came in several lots"
            return rx.toast.warning(f"What you scanned {words}. Type the units at its line.")
        line = fitting[0]
        units = self._typed_units.get(line["id"]) or line["arrived"]
        more = int(units) + 1 if units.isdigit() else 1
        self._put(line, str(more))
        self.scanned = f"{line['label']}, lot {line['lot']}: {group_count(more)} of {line['left']}"
        return None

    def _put(self, line: Line, units: str) -> None:
        changed = {"arrived": units, "scans": str(int(line["scans"]) + 1)}
        self._typed_units = {**self._typed_units, line["id"]: units}
        self.lines = [x | changed if x["id"] == line["id"] else x for x in self.lines]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        typed = [self._typed(form, line, *_PARTS, "reason") for line in self.lines]
        lines = [
            {"line_no": int(line["line_no"])} | {k: v.replace(",", "") for k, v in said.items()}
            for line, said in zip(self.lines, typed, strict=True)
            if any(said.get(part, "0").strip("0") for part in _PARTS)
        ]
        key = {"idempotency_key": form["idempotency_key"]} if form.get("idempotency_key") else {}
        return key | {"transfer_id": self.facts.get("id", ""), "lines": lines}

    def _show_refusal(self, error: ValidationError | DomainError) -> None:
        counted_in = [line for line in self.lines if self._is_counted(line)]
        every, self.lines = self.lines, counted_in or self.lines
        super()._show_refusal(error)
        self.lines = every
        if not counted_in:
            self.form_error = "Say how many came of at least one line."

    def _is_counted(self, line: Line) -> bool:
        said = self._typed(self._held, line, *_PARTS)
        return any(said.get(part, "0").strip("0") for part in _PARTS)

    def _show_effects(self, tried: Any) -> None:
        labels = {line["line_no"]: f"{line['label']}, lot {line['lot']}" for line in self.lines}
        super()._show_effects(tried)
        moves = [effect for effect in tried.effects if effect["kind"] == "stock"]
        ordered = sorted(moves, key=lambda move: move["line_no"])
        self.stock_effects = [
            row | {"label": labels.get(str(move["line_no"]), row["label"])}
            for row, move in zip(self.stock_effects, ordered, strict=True)
        ]

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        words = (
            "Everything is accounted for."
            if result.status == "settled"
            else "Taken in; more is due."
        )
        self._restart()
        return [rx.toast.success(words), rx.redirect(f"/stock/transfers/{result.transfer_id}")]

    def _restart(self) -> None:
        self._typed_units = {}
        super()._restart()


def _line(line: Any) -> Line:
    return {
        "line_no": str(line.line_no),
        "variant_id": str(line.variant_id),
        "label": line.label,
        "lot": line.lot_number,
        "expiry": expiry_text(line.expires_on) if line.expires_on else "",
        "left": str(line.under_way),
        "arrived": "",
        "scans": "0",
    }
