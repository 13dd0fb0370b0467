"""Taking in deliveries: the list of them, and the form of a new one."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, expiry_text, money_text, plain_decimal
from erp.core.money import ZERO, round_money
from erp.services import catalog
from erp.state.inventory.reviewing import Line, LinedFormState
from erp.state.inventory.stock import RECEIVE, VIEW
from erp.state.inventory.typing_dates import BAD_MONTH, read_expiry, read_made
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid

COUNTED = frozenset({"quantity", "unit_cost"})
NUMBERS = ("mrp", "ptr", "pts", "quantity", "free_quantity", "unit_cost")
TEXTS = ("lot_number", "maker", "unit")
LARGEST = Decimal(10) ** 12


class ReceiptListState(ListState, rx.State):
    """Deliveries, the last first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_receipts"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("reference", "Document", detail="supplier"),
        Column("received_at", "Received", Kind.INSTANT, detail="user"),
        Column("location", "Into", wide_only=True),
        Column("lots", "Lots", Kind.COUNT, wide_only=True),
        Column("units", "Units", Kind.COUNT, wide_only=True),
        Column("value", "Value", Kind.MONEY),
    )
    row_link: ClassVar[str] = "/stock/moves?origin_id={id}"
    topics: ClassVar[tuple[str, ...]] = ("inventory",)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"reference": row.reference or "Without a number"}


class ReceiveState(LinedFormState, rx.State):
    """A delivery being typed or scanned."""

    permission: ClassVar[str] = RECEIVE
    command: ClassVar[str] = "inventory.receive_goods"

    today: str = ""
    total: str = money_text(ZERO)
    units: str = "0"
    done: dict[str, str] = {}

    _amounts: dict[str, dict[str, str]] = {}

    @handler(permission=PAGE)
    async def open_receiving(self) -> None:
        """Offer an empty delivery of today."""
        self.today = str(await self._call(lambda ctx: ctx.today))
        self._amounts, self.done = {}, {}
        self._restart()

    @handler(permission=PAGE)
    async def add_product(self, variant_id: str, label: str) -> EventSpec | None:  # noqa: ARG002  what the field sends
        """Add a line for a product that was found by name."""
        if as_uuid(variant_id) is None:
            return None
        return await self._add_variant(variant_id)

    @handler(permission=PAGE)
    async def scan(self, code: str) -> EventSpec | None:
        """Add the scanned product with the lot and expiry of the code; a second scan adds one."""
        text = f"{code}"[:200]
        try:
            scan = catalog.read_scan(text)
            found = await self._ask("catalog.search_products", {"search": text, "limit": 1})
        except (DomainError, ValidationError):
            return rx.toast.warning("This code cannot be read. Find the product by name.")
        exact = [row for row in found.rows if row.is_exact]
        if not exact:
            return rx.toast.warning(
                "No product has this code. Find it by name, and add the code on its page."
            )
        lot, expiry = scan.lot_number or "", scan.expires_on
        again = self._line_of(str(exact[0].variant_id), lot)
        if again is not None:
            return self._count_one_more(again)
        typed = {"lot_number": lot, "expires_on": expiry_text(expiry) if expiry else ""}
        return await self._add_variant(str(exact[0].variant_id), typed | {"quantity": "1"})

    @handler(permission=PAGE)
    async def write(self, line_id: str, part: str, value: str) -> None:
        """Keep an amount of a line, to add the delivery up while it is typed."""
        if part in COUNTED and any(line["id"] == line_id for line in self.lines):
            kept = self._amounts.get(line_id, {})
            self._amounts = {**self._amounts, line_id: {**kept, part: f"{value}"[:30]}}
            self._changed()

    @handler(permission=PAGE)
    async def start_again(self) -> None:
        """Close the summary and begin the next delivery."""
        await self.open_receiving()

    async def _add_variant(self, variant_id: str, typed: Line | None = None) -> EventSpec | None:
        about = {"variant_id": variant_id}
        try:
            variant = await self._ask("catalog.get_variant", about)
            terms = await self._ask("inventory.get_last_lot", about)
        except DomainError as error:
            return rx.toast.error(error.message)
        if variant.is_service:
            return rx.toast.warning(f"{variant.label} is a service and has no stock.")
        return self._add_line(_line(variant, terms) | (typed or {}))

    def _line_of(self, variant_id: str, lot_number: str) -> Line | None:
        alike = (variant_id, lot_number)
        found = (x for x in self.lines if (x["variant_id"], x["lot_number"]) == alike)
        return next(found, None) if lot_number else None

    def _count_one_more(self, line: Line) -> EventSpec:
        typed = self._amounts.get(line["id"], {}).get("quantity") or line["quantity"]
        quantity = plain_decimal(_number(typed) + 1)
        self._amounts.get(line["id"], {}).pop("quantity", None)
        changed = {"quantity": quantity, "scans": str(int(line["scans"]) + 1)}
        self.lines = [x | changed if x["id"] == line["id"] else x for x in self.lines]
        self._changed()
        return rx.toast.success(
            f"{quantity} of {line['label']}, lot {line['lot_number']}.", id="scan"
        )

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
        return _number(typed["quantity"]), _number(typed["unit_cost"])

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = ("idempotency_key", "location_id", "supplier_id", "reference", "received_on")
        given = {name: form[name] for name in head if form.get(name)}
        return given | {"lines": [self._line_typed(form, line) for line in self.lines]}

    def _line_typed(self, form: Mapping[str, Any], line: Line) -> dict[str, Any]:
        texts = self._typed(form, line, *TEXTS)
        numbers = self._typed(form, line, *NUMBERS)
        days = self._typed(form, line, "expires_on", "manufactured_on")
        readers = {"expires_on": read_expiry, "manufactured_on": read_made}
        return {
            "variant_id": line["variant_id"],
            **texts,
            **{name: text.replace(",", "") for name, text in numbers.items()},
            **{name: readers[name](text) or text for name, text in days.items()},
        }

    def _show_refusal(self, error: ValidationError | DomainError) -> None:
        super()._show_refusal(error)
        if isinstance(error, ValidationError):
            for field in self.field_errors:
                if field.endswith((".expires_on", ".manufactured_on")):
                    self.field_errors[field] = BAD_MONTH

    def _sign(self, move: Mapping[str, Any]) -> str:  # noqa: ARG002  goods only come in here
        return "+"

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        units = sum(line.quantity for line in result.lines)
        lots = len({line.lot_id for line in result.lines})
        self._restart()
        self._amounts = {}
        self.done = {
            "units": counted(units, "unit"),
            "lots": counted(lots, "lot"),
            "value": money_text(result.value),
            "href": f"/stock/moves?origin_id={result.receipt_id}",
        }
        return [rx.toast.success("Delivery taken in.")]


def _line(variant: Any, terms: Any) -> Line:
    """Return a new line of a variant, begun from its newest lot."""
    units = [variant.unit, *(code for code in variant.units if code != variant.unit)]
    prices = {name: getattr(terms, name) for name in ("mrp", "ptr", "pts", "unit_cost")}
    return {
        "variant_id": str(variant.variant_id),
        "label": variant.label,
        "base_unit": variant.unit,
        "units": ",".join(units),
        "needs_lot": "yes" if variant.is_lot_tracked else "",
        "needs_expiry": "yes" if variant.is_expiry_required else "",
        "lot_number": "",
        "expires_on": "",
        "maker": terms.maker,
        "quantity": "",
        "scans": "0",
        "total": "",
        **{name: "" if price is None else plain_decimal(price) for name, price in prices.items()},
    }


def _number(text: str) -> Decimal:
    """Read a number as typed; what is none counts as nothing until it is sent."""
    try:
        number = Decimal(text.replace(",", "") or "0")
    except InvalidOperation:
        return ZERO
    return number if number.is_finite() and 0 <= number < LARGEST else ZERO
