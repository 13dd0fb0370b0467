"""Lines of goods with quantities and prices, added up while they are typed."""

from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import date_text, money_text, plain_decimal
from erp.core.money import ZERO, round_money
from erp.services import catalog
from erp.state.finding import exact_find
from erp.state.lining import Line
from erp.state.pasting import PastedListState
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid

MAKES = "make:"
NEW_PACK = ("makes", "product_id", "potency", "pack_quantity", "pack_unit")
LARGEST = Decimal(10) ** 12


class CostedLinesState(PastedListState, mixin=True):
    """A form of goods at a price.

    Attributes:
        counted_parts: Fields of a line that its worth depends on.
        total, units: What is typed so far, added up.
    """

    counted_parts: ClassVar[frozenset[str]] = frozenset({"quantity", "unit_cost"})

    total: str = money_text(ZERO)
    units: str = "0"

    _amounts: dict[str, dict[str, str]] = {}

    @handler(permission=PAGE)
    async def add_product(self, variant_id: str, label: str) -> EventSpec | None:  # noqa: ARG002  what the field sends
        """Add a line for a product that was found by name, made first if it was only offered."""
        if f"{variant_id}".startswith(MAKES):
            return await self._make_and_add(f"{variant_id}"[:200])
        if as_uuid(variant_id) is None:
            return None
        return await self._add_variant(variant_id)

    async def _make_and_add(self, offer: str) -> EventSpec | None:
        """Make the variant that a row of `catalog.find_goods` offered, and add it."""
        parts = dict(zip(NEW_PACK, offer.split(":", len(NEW_PACK)), strict=False))
        parts.pop("makes", None)
        try:
            made = await self._run("catalog.create_variant", parts)
        except ValidationError:
            return rx.toast.error("This pack cannot be made. Add it on the product's page.")
        except DomainError as error:
            return rx.toast.error(error.message)
        return await self._add_variant(str(made.id))

    @handler(permission=PAGE)
    async def write(self, line_id: str, part: str, value: str) -> None:
        """Keep an amount of a line, to add the delivery up while it is typed."""
        if part in self.counted_parts and any(line["id"] == line_id for line in self.lines):
            kept = self._amounts.get(line_id, {})
            self._amounts = {**self._amounts, line_id: {**kept, part: f"{value}"[:30]}}
            self._changed()

    @handler(permission=PAGE)
    async def scan(self, code: str) -> EventSpec | None:
        """Add the scanned product, with what else its code says; a second scan counts one more."""
        text = f"{code}"[:200]
        row = await exact_find(self._ask, text)
        if isinstance(row, EventSpec):
            return row
        typed = self._typed_by(catalog.read_scan(text))
        again = self._line_of(str(row.variant_id), typed.get("lot_number", ""))
        if again is not None:
            return self._count_one_more(again)
        return await self._add_variant(str(row.variant_id), typed | {"quantity": "1"})

    def _typed_by(self, scan: catalog.Scan) -> Line:  # noqa: ARG002  for deliveries to use
        """Return what a scan fills in of a line; deliveries override."""
        return {}

    def _line_of(self, variant_id: str, lot_number: str) -> Line | None:
        alike = (variant_id, lot_number)
        found = (x for x in self.lines if (x["variant_id"], x.get("lot_number", "")) == alike)
        return next(found, None)

    def _count_one_more(self, line: Line) -> EventSpec:
        typed = self._amounts.get(line["id"], {}).get("quantity") or line["quantity"]
        quantity = plain_decimal(number_of(typed) + 1)
        self._amounts.get(line["id"], {}).pop("quantity", None)
        changed = {"quantity": quantity, "scans": str(int(line.get("scans") or 0) + 1)}
        self.lines = [x | changed if x["id"] == line["id"] else x for x in self.lines]
        self._changed()
        lot = f", lot {line['lot_number']}" if line.get("lot_number") else ""
        return rx.toast.success(f"{quantity} of {line['label']}{lot}.", id="scan")

    async def _add_variant(self, variant_id: str, typed: Line | None = None) -> EventSpec | None:
        about = {"variant_id": variant_id}
        try:
            variant = await self._ask("catalog.get_variant", about)
            terms = await self._terms_of(variant_id)
        except DomainError as error:
            return rx.toast.error(error.message)
        if variant.is_service:
            return rx.toast.warning(f"{variant.label} is a service and has no stock.")
        return self._add_line(_line(variant) | terms | (typed or {}))

    async def _add_listed(self, variant_id: str, quantity: str, doubt: str) -> None:
        if not any(line["variant_id"] == variant_id for line in self.lines):
            await self._add_variant(variant_id, {"quantity": quantity, "doubt": doubt})

    async def _terms_of(self, variant_id: str) -> Line:
        """Return what a new lot starts from: the maker's list in force, else the newest lot."""
        about = {"variant_id": variant_id}
        last = await self._ask("inventory.get_last_lot", about)
        listed = await self._ask("catalog.get_listed_price", about)
        prices = {name: getattr(last, name) for name in ("mrp", "ptr", "pts", "unit_cost")}
        if listed.mrp is not None:
            prices |= {name: getattr(listed, name) for name in ("mrp", "ptr", "pts")}
        return {
            "maker": last.maker,
            "listed_mrp": "" if listed.mrp is None else plain_decimal(listed.mrp),
            "listed_from": date_text(listed.valid_from) if listed.valid_from else "",
            **{name: "" if p is None else plain_decimal(p) for name, p in prices.items()},
        }

    def _changed(self) -> None:
        """Add the delivery up from what is typed so far."""
        parts = [self._amounts_of(line) for line in self.lines]
        self.lines = [
            line | {"total": money_text(quantity * cost)}
            for line, (quantity, cost) in zip(self.lines, parts, strict=True)
        ]
        self.total = money_text(sum((round_money(q * cost) for q, cost in parts), ZERO))
        self.units = plain_decimal(sum((q for q, _ in parts), Decimal(0)))

    def _amounts_of(self, line: Line) -> tuple[Decimal, Decimal]:
        typed = line | self._amounts.get(line["id"], {})
        return number_of(typed["quantity"]), number_of(typed["unit_cost"])

    def _restart(self) -> None:
        self._amounts = {}
        super()._restart()


def _line(variant: Any) -> Line:
    """Return a new line of a variant."""
    units = [variant.unit, *(code for code in variant.units if code != variant.unit)]
    return {
        "variant_id": str(variant.variant_id),
        "label": variant.label,
        "base_unit": variant.unit,
        "units": ",".join(units),
        "needs_lot": "yes" if variant.is_lot_tracked else "",
        "needs_expiry": "yes" if variant.is_expiry_required else "",
        "lot_number": "",
        "expires_on": "",
        "unit": variant.unit,
        "quantity": "",
        "free_quantity": "",
        "scans": "0",
        "total": "",
        "drift": "",
        "doubt": "",
    }


def number_of(text: str) -> Decimal:
    """Read a number as typed; what is none counts as nothing until it is sent."""
    try:
        number = Decimal(text.replace(",", "") or "0")
    except InvalidOperation:
        return ZERO
    return number if number.is_finite() and 0 <= number < LARGEST else ZERO
