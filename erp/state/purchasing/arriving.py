"""Taking in what was ordered."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import group_number, plain_decimal
from erp.state.inventory.receiving import DeliveryFormState
from erp.state.lining import Line
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid


class ArrivalState(DeliveryFormState, rx.State):
    """A delivery against an order."""

    command: ClassVar[str] = "purchasing.receive_order"

    is_loading: bool = True
    problem: str = ""
    facts: dict[str, str] = {}
    expected: list[dict[str, str]] = []

    @handler(permission=PAGE)
    async def open_arrival(self) -> None:
        """Show what is still to come of the order that the address names."""
        self.is_loading, self.problem, self.facts, self.expected = True, "", {}, []
        self.today = str(await self._call(lambda ctx: ctx.today))
        self._restart()
        path = self.router.url.path.rstrip("/").removesuffix("/receive")
        found = as_uuid(path.rpartition("/")[2])
        try:
            order = await self._ask("purchasing.get_order", {"order_id": found}) if found else None
        except DomainError as error:
            self.problem = error.message
        else:
            self._begin(order)
        self.is_loading = False

    def _begin(self, order: Any) -> None:
        if order is None:
            self.problem = "The address names no order."
        elif not order.version:
            self.problem = "This order waits for its approval. Goods may come once it is given."
        else:
            self.facts = {
                "id": str(order.id),
                "number": order.number,
                "supplier": order.supplier,
                "location": order.location,
            }
            self.expected = [_expected(line) for line in order.lines]

    @handler(permission=PAGE)
    async def take(self, line_no: str) -> EventSpec | None:
        """Add a lot of a line of the order."""
        line = self._expected_of("line_no", f"{line_no}")
        return await self._add_lot(line, {"quantity": line["left"]}) if line else None

    @handler(permission=PAGE)
    async def take_all(self) -> EventSpec | None:
        """Add a lot of every line of which something is still to come."""
        event = None
        for line in self.expected:
            if line["left"]:
                event = await self._add_lot(line, {"quantity": line["left"]})
        return event

    async def _add_variant(self, variant_id: str, typed: Line | None = None) -> EventSpec | None:
        line = self._expected_of("variant_id", variant_id)
        if line is None:
            return rx.toast.warning("This product is not on the order. Receive it apart.")
        return await self._add_lot(line, typed or {})

    async def _add_lot(self, line: Line, typed: Line) -> EventSpec | None:
        terms = await self._terms_of(line["variant_id"])
        del terms["unit_cost"]
        free = line["free_left"] if typed.get("quantity") == line["left"] else ""
        lot = {"lot_number": "", "expires_on": "", "free_quantity": free, "drift": ""}
        return self._add_line(line | terms | lot | {"scans": "0", "total": ""} | typed)

    def _expected_of(self, key: str, value: str) -> Line | None:
        return next((line for line in self.expected if line[key] == value), None)

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = ("idempotency_key", "reference", "received_on")
        given = {name: form[name] for name in head if form.get(name)}
        lines = [self._arrived(form, line) for line in self.lines]
        return given | {"order_id": self.facts.get("id", ""), "lines": lines}

    def _arrived(self, form: Mapping[str, Any], line: Line) -> dict[str, Any]:
        typed = self._line_typed(form, line)
        del typed["variant_id"]
        return typed | {"line_no": int(line["line_no"])}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        words = (
            "Everything came; the order is closed." if result.status == "closed" else "Taken in."
        )
        self._restart()
        return [rx.toast.success(words), rx.redirect(f"/purchases/{result.order_id}")]


def _expected(line: Any) -> Line:
    left, free = line.outstanding_quantity, line.outstanding_free
    return {
        "line_no": str(line.line_no),
        "variant_id": str(line.variant_id),
        "label": line.label,
        "unit": line.unit,
        "left": plain_decimal(left) if left else "",
        "free_left": plain_decimal(free) if free else "",
        "unit_cost": plain_decimal(line.unit_cost),
        "words": _still(left, free, line.unit),
    }


def _still(left: Any, free: Any, unit: str) -> str:
    if not left and not free:
        return "All here"
    more = f" + {group_number(free)} free" if free else ""
    return f"{group_number(left)} {unit}{more} to come"
