"""The forms of quotations and orders: priced by the server while they are typed."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import counted, group_count, money_text, plain_decimal
from erp.core.money import ZERO
from erp.state.explaining import errors_by_field
from erp.state.lining import Line
from erp.state.pasting import PastedListState
from erp.state.pricing import price_words
from erp.state.registry import PAGE, handler
from erp.state.sales.order_wording import ORDER
from erp.state.session import as_uuid

PARTS = ("quantity", "unit", "discount_percent", "unit_price")
NOBODY = {"id": "", "name": ""}
NO_SUMS = {"total": money_text(ZERO), "tax": "", "discount": "", "mode": "", "gifts": ""}


class SalesFormState(PastedListState, mixin=True):
    """Goods a customer wants, with the prices of their lists.

    Attributes:
        sums: What everything comes to, as an invoice of today would.
    """

    permission: ClassVar[str] = ORDER

    customer: dict[str, str] = NOBODY
    sums: dict[str, str] = NO_SUMS
    today: str = ""

    _typed_parts: dict[str, dict[str, str]] = {}

    @handler(permission=PAGE)
    async def choose_customer(self, party_id: str, label: str) -> None:
        """Price everything for another customer."""
        found = as_uuid(party_id)
        self.customer = {"id": str(found), "name": f"{label}"[:200]} if found else NOBODY
        await self._reprice()

    @handler(permission=PAGE)
    async def add_product(self, variant_id: str, label: str) -> EventSpec | None:  # noqa: ARG002  what the field sends
        """Add a line for a product that was found by name."""
        if as_uuid(variant_id) is None:
            return None
        event = await self._add_goods(variant_id, {})
        await self._reprice()
        return event

    @handler(permission=PAGE)
    async def write(self, line_id: str, part: str, value: str) -> None:
        """Keep what was typed into a line, and price everything anew."""
        if part in PARTS and any(line["id"] == line_id for line in self.lines):
            kept = self._typed_parts.get(line_id, {})
            self._typed_parts = {**self._typed_parts, line_id: {**kept, part: f"{value}"[:30]}}
            await self._reprice()

    @handler(permission=PAGE)
    async def drop(self, line_id: str) -> None:
        """Take a line away and price the rest anew."""
        await self.drop_line(line_id)
        await self._reprice()

    async def _add_listed(self, variant_id: str, quantity: str, doubt: str) -> None:
        if not any(line["variant_id"] == variant_id for line in self.lines):
            await self._add_goods(variant_id, {"quantity": quantity, "doubt": doubt})

    async def _list_read(self) -> None:
        await self._reprice()

    async def _add_goods(self, variant_id: str, typed: Line) -> EventSpec | None:
        try:
            variant = await self._ask("catalog.get_variant", {"variant_id": variant_id})
        except DomainError as error:
            return rx.toast.error(error.message)
        if any(line["variant_id"] == str(variant.variant_id) for line in self.lines):
            return rx.toast.warning(f"{variant.label} is on the order already.")
        known = {
            "variant_id": str(variant.variant_id),
            "label": variant.label,
            "base_unit": variant.unit,
            "unit": variant.unit,
            "units": ",".join(dict.fromkeys((variant.unit, *variant.units))),
        }
        return self._add_line(_EMPTY | known | typed)

    async def _reprice(self) -> None:
        """Show what the typed lines cost; lines that cannot be priced say why."""
        asked = [line for line in self.lines if self._part(line, "quantity")]
        self.field_errors = {}
        if not asked:
            self.sums = NO_SUMS
            self.lines = [line | _UNPRICED for line in self.lines]
            return
        wanted: dict[str, Any] = {"lines": [self._asked(line) for line in asked]}
        if self.customer["id"]:
            wanted["customer_id"] = self.customer["id"]
        try:
            priced = await self._ask("sales.price_order", wanted)
        except (DomainError, ValidationError) as error:
            self._show_line_faults(error, asked)
            return
        by_variant = {str(line.variant_id): line for line in priced.lines}
        self.lines = [_shown(line, by_variant.get(line["variant_id"])) for line in self.lines]
        self.sums = _sums(priced, {line["variant_id"] for line in asked})

    def _show_line_faults(
        self, error: ValidationError | DomainError, asked: Sequence[Line]
    ) -> None:
        faults: dict[str, str] = {}
        for field, words in errors_by_field(error).items():
            _, place, name = (*field.split(".", 2), "", "")[:3]
            if place.isdigit() and int(place) < len(asked):
                faults[f"{asked[int(place)]['id']}.{name or 'quantity'}"] = words
        self.field_errors = faults

    def _part(self, line: Line, part: str) -> str:
        typed = self._typed_parts.get(line["id"], {})
        return typed.get(part, line[part]).replace(",", "").strip()

    def _asked(self, line: Line) -> dict[str, Any]:
        given = {part: self._part(line, part) for part in PARTS}
        return {"variant_id": line["variant_id"]} | {k: v for k, v in given.items() if v}

    def _lines_typed(self, form: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "variant_id": line["variant_id"],
                **{k: v.replace(",", "") for k, v in self._typed(form, line, *PARTS).items()},
            }
            for line in self.lines
        ]

    def _restart(self) -> None:
        self._typed_parts, self.sums = {}, NO_SUMS
        super()._restart()


_UNPRICED = dict.fromkeys(("price", "why", "total", "free", "there", "there_is", "loss"), "")
_EMPTY = {"quantity": "", "discount_percent": "", "unit_price": "", "doubt": ""} | _UNPRICED


def _shown(line: Line, priced: Any) -> Line:
    if priced is None:
        return line | _UNPRICED
    missing = priced.quantity + priced.free_quantity - priced.available
    is_packed = priced.quantity != priced.ordered
    counts = f"{group_count(priced.quantity)} {line['base_unit']} at " if is_packed else ""
    return line | {
        "price": counts + money_text(priced.list_price),
        "why": price_words(dict(priced.trace)),
        "total": money_text(priced.taxable + priced.tax),
        "free": f"+ {priced.free_quantity} free" if priced.free_quantity else "",
        "there": f"{missing} of them to come" if missing > 0 else f"{priced.available} here",
        "there_is": "amber" if missing > 0 else "",
        "loss": "yes" if priced.is_below_cost else "",
    }


def _sums(priced: Any, asked: set[str]) -> dict[str, str]:
    gifts = [line for line in priced.lines if str(line.variant_id) not in asked]
    return {
        "total": money_text(priced.total),
        "tax": money_text(priced.tax),
        "discount": money_text(priced.discount) if priced.discount else "",
        "mode": "Prices without GST" if priced.price_mode == "exclusive" else "Prices with GST",
        "gifts": ", ".join(f"{line.free_quantity} {line.label} free" for line in gifts),
    }


class NewFormState(SalesFormState, mixin=True):
    """The first version of a quotation or order."""

    @handler(permission=PAGE)
    async def open_new(self) -> None:
        """Offer an empty form; the address may name the customer."""
        self.today = str(await self._call(lambda ctx: ctx.today))
        self._restart()
        given = dict(self.router.url.query_parameters)
        self.customer = await self._named(given.get("customer_id", ""))

    async def _named(self, party_id: str) -> dict[str, str]:
        wanted = as_uuid(party_id)
        if wanted is None:
            return NOBODY
        try:
            found = await self._ask("party.get_party", {"party_id": wanted})
        except DomainError:
            return NOBODY
        return {"id": str(found.id), "name": found.name}

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = (
            "idempotency_key", "customer_id", "location_id", "deliver_by", "valid_until",
            "reference", "note",
        )  # fmt: skip
        given = {name: form[name] for name in head if form.get(name)}
        return given | {"lines": self._lines_typed(form)}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        missing = f" {counted(result.short, 'unit')} to come." if result.short else ""
        words = f"{result.number} is made: {money_text(result.total)}.{missing}"
        return [rx.toast.success(words), rx.redirect(f"/orders/{result.id}")]


class NewSalesOrderState(NewFormState, rx.State):
    """Takes an order."""

    command: ClassVar[str] = "sales.take_order"


class NewQuotationState(NewFormState, rx.State):
    """Makes a quotation."""

    command: ClassVar[str] = "sales.make_quotation"


class AmendSalesOrderState(SalesFormState, rx.State):
    """Makes the next version of a quotation or order."""

    command: ClassVar[str] = "sales.amend_order"

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
            order = await self._ask("sales.get_order", {"order_id": found}) if found else None
        except DomainError as error:
            self.problem = error.message
        else:
            await self._begin(order)
        self.is_loading = False

    async def _begin(self, order: Any) -> None:
        if order is None:
            self.problem = "The address names no order."
            return
        shown = order.versions[0]
        self.customer = {"id": str(order.customer_id), "name": order.customer}
        self.facts = {
            "id": str(order.id),
            "name": order.name,
            "version": str(order.version),
            "deliver_by": _still(shown.deliver_by, self.today),
            "valid_until": _still(shown.valid_until, self.today),
            "reference": shown.reference,
            "note": shown.note,
        }
        for line in order.lines:
            if line.quantity:
                variant = await self._ask("catalog.get_variant", {"variant_id": line.variant_id})
                self._add_line(_EMPTY | _kept(line, tuple(variant.units)))
        await self._reprice()

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = ("idempotency_key", "reason", "deliver_by", "valid_until", "reference", "note")
        given = {name: form[name] for name in head if form.get(name)}
        about = {"order_id": self.facts.get("id", ""), "version": self.facts.get("version", "")}
        return given | about | {"lines": self._lines_typed(form)}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        words = f"Version {result.version} of {result.number} is in force."
        return [rx.toast.success(words), rx.redirect(f"/orders/{result.id}")]


def _still(day: Any, today: str) -> str:
    """Return a day that has not gone by."""
    return str(day) if day and str(day) >= today else ""


def _kept(line: Any, units: Sequence[str]) -> Line:
    """Return a line of the form as the version in force has it; an agreed price stays."""
    agreed = line.unit_price != line.list_price
    return {
        "variant_id": str(line.variant_id),
        "label": line.label,
        "base_unit": line.unit,
        "unit": line.ordered_unit or line.unit,
        "units": ",".join(dict.fromkeys((line.unit, *units))),
        "quantity": str(line.ordered_quantity or line.quantity),
        "discount_percent": plain_decimal(line.discount_percent) if line.discount_percent else "",
        "unit_price": plain_decimal(line.unit_price) if agreed else "",
    }
