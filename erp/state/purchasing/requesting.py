"""The forms of asking for goods, and of ordering what was asked for."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.formatting import counted, date_text, group_count, plain_decimal
from erp.state.costing import CostedLinesState
from erp.state.lining import MOST_LINES, Line
from erp.state.purchasing.suggested import suggested_goods
from erp.state.purchasing.wording import ORDER, REQUEST
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid


class NewRequisitionState(CostedLinesState, rx.State):
    """Asks the buyers for goods; the sums are at the last prices paid."""

    permission: ClassVar[str] = REQUEST
    command: ClassVar[str] = "purchasing.submit_requisition"

    @handler(permission=PAGE)
    async def open_new(self) -> EventSpec | None:
        """Offer an empty requisition; the address may name a product or suggestions to buy."""
        self._restart()
        event = None
        for variant_id, quantity in await suggested_goods(self):
            event = await self._add_variant(variant_id, {"quantity": quantity})
        return event

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = {name: form[name] for name in ("idempotency_key", "note") if form.get(name)}
        return given | {"lines": [self._line_typed(form, line) for line in self.lines]}

    def _line_typed(self, form: Mapping[str, Any], line: Line) -> dict[str, str]:
        typed = self._typed(form, line, "quantity", "wanted_by", "reason")
        if "quantity" in typed:
            typed["quantity"] = typed["quantity"].replace(",", "")
        return {"variant_id": line["variant_id"]} | typed

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        words = f"Requisition {result.number} waits for an approval."
        return [rx.toast.success(words), rx.redirect(f"/purchases/requisitions/{result.id}")]


class RequestedState(CostedLinesState, rx.State):
    """Orders approved goods: each line names its supplier; a supplier gets one order."""

    permission: ClassVar[str] = ORDER
    command: ClassVar[str] = "purchasing.order_requisitions"

    is_loading: bool = True

    @handler(permission=PAGE)
    async def open_requested(self) -> None:
        """Show what is approved and not ordered; the address may name one requisition."""
        self.is_loading = True
        self._restart()
        given = dict(self.router.url.query_parameters)
        named = as_uuid(given.get("requisition_id", ""))
        wanted = {"limit": MOST_LINES} | ({"requisition_id": named} if named else {})
        found = await self._ask("purchasing.list_requested", wanted)
        self.lines = [_requested(row) for row in found.rows]
        self._changed()
        self.is_loading = False

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = ("idempotency_key", "location_id", "expected_on")
        given = {name: form[name] for name in head if form.get(name)}
        return given | {"lines": [self._line_typed(form, line) for line in self.lines]}

    def _line_typed(self, form: Mapping[str, Any], line: Line) -> dict[str, Any]:
        typed = self._typed(form, line, "quantity", "unit_cost", "supplier_id")
        numbers = ("quantity", "unit_cost")
        plain = {k: v.replace(",", "") if k in numbers else v for k, v in typed.items()}
        return {"requisition_id": line["requisition_id"], "line_no": int(line["line_no"])} | plain

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        first = result.orders[0]
        waits = sum(1 for order in result.orders if order.waiting_version)
        words = f"{counted(len(result.orders), 'order')} made"
        more = f", {waits} of them waiting for an approval." if waits else "."
        one = len(result.orders) == 1
        there = f"/purchases/{first.id}" if one else "/purchases?standing=live"
        return [rx.toast.success(words + more), rx.redirect(there)]


def _requested(row: Any) -> Line:
    wanted = f", wanted by {date_text(row.wanted_by)}" if row.wanted_by else ""
    asks = counted(row.in_requests, "open request for quotation")
    return {
        "id": f"of-{row.id}",
        "requisition_id": str(row.requisition_id),
        "line_no": str(row.line_no),
        "variant_id": str(row.variant_id),
        "label": row.label,
        "words": f"{group_count(row.left)} {row.unit} left of {row.requisition},"
        f" asked by {row.asked_by}{wanted}",
        "asks": f"In {asks}" if row.in_requests else "",
        "quantity": str(row.left),
        "unit_cost": "" if row.price is None else plain_decimal(row.price),
        "supplier_id": str(row.supplier_id or ""),
        "supplier": row.supplier,
        "scans": "0",
        "total": "",
        "drift": "",
    }
