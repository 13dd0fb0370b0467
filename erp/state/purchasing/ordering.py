"""The form of an order: a new one, or the next version of one."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import date_text, money_text, plain_decimal
from erp.state.costing import CostedLinesState
from erp.state.lining import Line
from erp.state.purchasing.suggested import suggested_goods
from erp.state.purchasing.wording import ORDER, VIEW
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid

TEXTS = ("unit",)
NUMBERS = ("quantity", "free_quantity", "unit_cost")
NOBODY = {"id": "", "name": ""}


class OrderFormState(CostedLinesState, mixin=True):
    """Goods to order."""

    permission: ClassVar[str] = ORDER

    today: str = ""

    async def _add_variant(self, variant_id: str, typed: Line | None = None) -> EventSpec | None:
        paid = {"paid": await self._last_paid(variant_id)}
        return await super()._add_variant(variant_id, paid | (typed or {}))

    async def _last_paid(self, variant_id: str) -> str:
        """Return what a base unit cost last, when and from whom; nothing where it never came."""
        if not (await self._principal()).may(VIEW):
            return ""
        wanted = {"variant_id": variant_id, "limit": 1}
        found = (await self._ask("purchasing.price_history", wanted)).rows
        if not found:
            return ""
        row = found[0]
        by = f" from {row.supplier}" if row.supplier else ""
        return f"Last {money_text(row.price)} a {row.unit}{by} on {date_text(row.received_on)}"

    def _lines_typed(self, form: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "variant_id": line["variant_id"],
                **self._typed(form, line, *TEXTS),
                **{
                    name: text.replace(",", "")
                    for name, text in self._typed(form, line, *NUMBERS).items()
                },
            }
            for line in self.lines
        ]


class NewOrderState(OrderFormState, rx.State):
    """Makes an order."""

    command: ClassVar[str] = "purchasing.place_order"

    supplier: dict[str, str] = NOBODY

    @handler(permission=PAGE)
    async def open_new(self) -> EventSpec | None:
        """Offer an empty order; the address may name the supplier and a product, or suggestions."""
        self.today = str(await self._call(lambda ctx: ctx.today))
        self._restart()
        given = dict(self.router.url.query_parameters)
        self.supplier = await self._supplier(given.get("supplier_id", ""))
        event = None
        for variant_id, quantity in await suggested_goods(self):
            typed = {"quantity": quantity} if quantity else {}
            event = await self._add_variant(variant_id, typed)
        return event

    async def _supplier(self, party_id: str) -> dict[str, str]:
        wanted = as_uuid(party_id)
        if wanted is None:
            return NOBODY
        try:
            found = await self._ask("party.get_party", {"party_id": wanted})
        except DomainError:
            return NOBODY
        return {"id": str(found.id), "name": found.name}

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = ("idempotency_key", "supplier_id", "location_id", "expected_on", "note")
        given = {name: form[name] for name in head if form.get(name)}
        return given | {"lines": self._lines_typed(form)}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        words = (
            f"Order {result.number} waits for an approval."
            if result.waiting_version
            else f"Order {result.number} is placed."
        )
        return [rx.toast.success(words), rx.redirect(f"/purchases/{result.id}")]


class AmendOrderState(OrderFormState, rx.State):
    """Makes the next version of an order."""

    command: ClassVar[str] = "purchasing.amend_order"

    is_loading: bool = True
    problem: str = ""
    facts: dict[str, str] = {}

    @handler(permission=PAGE)
    async def open_amendment(self) -> None:
        """Show the version in force, ready to be changed."""
        self.is_loading, self.problem, self.facts = True, "", {}
        self.today = str(await self._call(lambda ctx: ctx.today))
        self._restart()
        found = as_uuid(self.router.url.path.rstrip("/").removesuffix("/amend").rpartition("/")[2])
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
            return
        shown = next(x for x in order.versions if x.version == order.shown_version)
        self.facts = {
            "id": str(order.id),
            "number": order.number,
            "supplier": order.supplier,
            "version": str(order.version),
            "expected_on": "" if order.is_late else str(shown.expected_on or ""),
            "note": shown.note,
        }
        for line in order.lines:
            self._add_line(_line(line))

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = ("idempotency_key", "reason", "expected_on", "note")
        given = {name: form[name] for name in head if form.get(name)}
        about = {"order_id": self.facts.get("id", ""), "version": self.facts.get("version", "")}
        return given | about | {"lines": self._lines_typed(form)}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        words = (
            f"Version {result.waiting_version} waits for an approval."
            if result.waiting_version
            else f"Version {result.version} is in force."
        )
        return [rx.toast.success(words), rx.redirect(f"/purchases/{result.id}")]


def _line(line: Any) -> Line:
    """Return a line of the form as the version in force has it."""
    units = [line.unit, *([line.base_unit] if line.base_unit != line.unit else [])]
    return {
        "variant_id": str(line.variant_id),
        "label": line.label,
        "units": ",".join(units),
        "unit": line.unit,
        "quantity": plain_decimal(line.quantity),
        "free_quantity": plain_decimal(line.free_quantity) if line.free_quantity else "",
        "unit_cost": plain_decimal(line.unit_cost),
        "scans": "0",
        "total": "",
        "paid": "",
    }
