"""Handing over goods of an order."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import group_count, money_text
from erp.state.lining import Line, LinedFormState
from erp.state.registry import PAGE, handler
from erp.state.sales.order_wording import DELIVER
from erp.state.session import as_uuid


class DeliverState(LinedFormState, rx.State):
    """A delivery of an order, with its invoice."""

    permission: ClassVar[str] = DELIVER
    command: ClassVar[str] = "billing.deliver_order"

    is_loading: bool = True
    problem: str = ""
    facts: dict[str, str] = {}

    @handler(permission=PAGE)
    async def open_delivery(self) -> None:
        """Show what is still to be delivered of the order that the address names; all that is kept is filled in."""
        self.is_loading, self.problem, self.facts = True, "", {}
        self._restart()
        path = self.router.url.path.rstrip("/").removesuffix("/deliver")
        found = as_uuid(path.rpartition("/")[2])
        try:
            order = await self._ask("sales.get_order", {"order_id": found}) if found else None
        except DomainError as error:
            self.problem = error.message
        else:
            self._begin(order)
        self.is_loading = False

    def _begin(self, order: Any) -> None:
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
                "total": money_text(order.total),
            }
            for line in order.lines:
                if line.quantity + line.free_quantity > line.delivered + line.free_delivered:
                    self._add_line(_due(line))

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = ("idempotency_key", "carrier", "carrier_reference")
        given = {name: form[name] for name in head if form.get(name)}
        lines = [
            {"order_line_no": line["line_no"], "quantity": "0"}
            | self._typed(form, line, "quantity", "free_quantity")
            for line in self.lines
        ]
        return given | {"order_id": self.facts.get("id", ""), "lines": lines}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        rest = " Everything is delivered." if result.is_complete else ""
        words = f"Invoice {result.number} over {money_text(result.total)}.{rest}"
        return [rx.toast.success(words), rx.redirect(f"/orders/{result.order_id}")]


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
        "label": line.label,
        "quantity": str(there),
        "free_quantity": "",
        "has_free": "yes" if free_left else "",
        "words": " · ".join(words),
        "tone": "amber" if line.short else "",
    }
