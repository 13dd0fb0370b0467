"""Handing over goods of an order."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import expiry_text, group_count, money_text
from erp.state.lining import Line, LinedFormState
from erp.state.registry import PAGE, handler
from erp.state.sales.order_wording import DELIVER
from erp.state.session import as_uuid


class DeliverState(LinedFormState, rx.State):
    """A delivery of an order, with its invoice.

    Attributes:
        lots: Lots to choose from for the lines that name one, by line.
    """

    permission: ClassVar[str] = DELIVER
    command: ClassVar[str] = "billing.deliver_order"

    is_loading: bool = True
    problem: str = ""
    facts: dict[str, str] = {}
    lots: dict[str, list[dict[str, str]]] = {}

    @handler(permission=PAGE)
    async def open_delivery(self) -> None:
        """Show what is still to be delivered of the order that the address names; all that is kept is filled in."""
        self.is_loading, self.problem, self.facts = True, "", {}
        self._restart()
        self.lots = {}
        path = self.router.url.path.rstrip("/").removesuffix("/deliver")
        found = as_uuid(path.rpartition("/")[2])
        try:
            order = await self._ask("sales.get_order", {"order_id": found}) if found else None
        except DomainError as error:
            self.problem = error.message
        else:
            await self._begin(order)
        self.is_loading = False

    @handler(permission=PAGE)
    async def name_lot(self, line_id: str) -> EventSpec | None:
        """Let a person choose the lot of a line; a line that has one is parted for another lot.

        The lot that goes first is proposed, of those that no line of the goods was given yet.
        """
        chosen = next((line for line in self.lines if line["id"] == line_id), None)
        if chosen is None:
            return None
        event = None
        if line_id in self.lots:
            another = chosen | {
                "quantity": "",
                "lot_id": "",
                "words": "Another lot of the same goods",
                "tone": "",
            }
            event = self._add_line(another, after=line_id)
            chosen = next(x for x in self.lines if x["id"] == f"line-{self.adds}")
        try:
            lots = await self._lots_of(chosen["variant_id"])
        except DomainError as error:
            return rx.toast.error(error.message)
        proposed = self._next_lot(chosen["variant_id"], lots)
        self.lines = [
            line | {"lot_id": proposed} if line["id"] == chosen["id"] else line
            for line in self.lines
        ]
        self.lots = {**self.lots, chosen["id"]: lots}
        return event

    def _next_lot(self, variant_id: str, lots: Sequence[dict[str, str]]) -> str:
        given = {line["lot_id"] for line in self.lines if line["variant_id"] == variant_id}
        return next((lot["value"] for lot in lots if lot["value"] not in given | {""}), "")

    async def _lots_of(self, variant_id: str) -> list[dict[str, str]]:
        wanted = {"variant_id": variant_id, "location_id": self.facts["location_id"]}
        found = await self._ask("inventory.stock_by_lot", wanted | {"status": "available"})
        today = await self._call(lambda ctx: ctx.today)
        here = [
            _choice(row)
            for row in found.rows
            if row.on_hand and (row.expires_on is None or row.expires_on >= today)
        ]
        return [{"value": "", "label": "Choose a lot"}, *here]

    async def _begin(self, order: Any) -> None:
        if order is None:
            self.problem = "The address names no order."
        elif order.status != "confirmed":
            self.problem = f"{order.name} is not an open order, so nothing of it is delivered."
        else:
            self.facts = {
                "id": str(order.id),
                "name": order.name,
                "customer": order.customer,
                "location": order.location,
                "location_id": str(order.location_id),
                "total": money_text(order.total),
            }
            for line in order.lines:
                if line.quantity + line.free_quantity > line.delivered + line.free_delivered:
                    self._add_line(_due(line))
            for line in self.lines if order.names_lots else ():
                self.lots[line["id"]] = await self._lots_of(line["variant_id"])

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = ("idempotency_key", "carrier", "carrier_reference")
        given = {name: form[name] for name in head if form.get(name)}
        lines = [
            {"order_line_no": line["line_no"], "quantity": "0"}
            | self._typed(form, line, "quantity", "free_quantity", "lot_id", "reason")
            for line in self.lines
        ]
        return given | {"order_id": self.facts.get("id", ""), "lines": lines}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        rest = " Everything is delivered." if result.is_complete else ""
        words = f"Invoice {result.number} over {money_text(result.total)}.{rest}"
        return [rx.toast.success(words), rx.redirect(f"/orders/{result.order_id}")]


def _choice(row: Any) -> dict[str, str]:
    expiry = f" · {expiry_text(row.expires_on)}" if row.expires_on else ""
    here = f"{group_count(row.on_hand)} here"
    return {"value": str(row.lot_id), "label": f"{row.lot_number}{expiry} · {here}"}


def _due(line: Any) -> Line:
    left = line.quantity - line.delivered
    free_left = line.free_quantity - line.free_delivered
    there = max(left - line.short, 0)
    words = [f"{group_count(left)} {line.unit} to deliver"]
    if free_left:
        words.append(f"{group_count(free_left)} free with them")
    if line.short:
        words.append(f"{group_count(line.short)} not there yet")
    return {
        "line_no": str(line.line_no),
        "variant_id": str(line.variant_id),
        "label": line.label,
        "quantity": str(there),
        "free_quantity": "",
        "lot_id": "",
        "has_free": "yes" if free_left else "",
        "words": " · ".join(words),
        "tone": "amber" if line.short else "",
    }
