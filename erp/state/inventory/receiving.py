"""Taking in deliveries: the list of them, and the form of a new one."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, expiry_text, money_text
from erp.core.pack_dates import BAD_MONTH, read_expiry, read_made
from erp.services import catalog
from erp.state.costing import CostedLinesState, number_of
from erp.state.inventory.quality import point_rows
from erp.state.inventory.reviewing import ReviewedFormState
from erp.state.inventory.stock import RECEIVE, VIEW
from erp.state.lining import Line
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler

NUMBERS = ("mrp", "ptr", "pts", "quantity", "free_quantity", "unit_cost")
TEXTS = ("lot_number", "maker", "unit")


class ReceiptListState(ListState, rx.State):
    """Deliveries, the last first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_receipts"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("reference", "Document", sort="reference", detail="supplier"),
        Column("received_on", "Received", Kind.DATE, sort="received_on", detail="user"),
        Column("location", "Into", sort="location", wide_only=True),
        Column("lots", "Lots", Kind.COUNT, sort="lots", wide_only=True),
        Column("units", "Units", Kind.COUNT, sort="units", wide_only=True),
        Column("value", "Value", Kind.MONEY, sort="value"),
    )
    row_link: ClassVar[str] = "/stock/moves?origin_id={id}"
    topics: ClassVar[tuple[str, ...]] = ("inventory",)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"reference": row.reference or "Without a number"}


class DeliveryFormState(CostedLinesState, ReviewedFormState, mixin=True):
    """Goods that came, being typed or scanned."""

    permission: ClassVar[str] = RECEIVE
    counted_parts: ClassVar[frozenset[str]] = CostedLinesState.counted_parts | {"mrp"}

    today: str = ""
    points: dict[str, list[dict[str, str]]] = {}

    async def _terms_of(self, variant_id: str) -> Line:
        """Return what a new lot starts from, and keep what is to be looked at in it."""
        found = await self._ask("inventory.find_checklist", {"variant_id": variant_id})
        self.points = {**self.points, variant_id: point_rows(found.points)}
        return await super()._terms_of(variant_id)

    def _checks_typed(self, form: Mapping[str, Any], line: Line) -> list[dict[str, Any]]:
        numbers = [point["no"] for point in self.points.get(line["variant_id"], [])]
        typed = self._typed(form, line, *(f"checks.{number}" for number in numbers))
        return [
            {"point_no": int(name.removeprefix("checks.")), "answer": answer}
            for name, answer in typed.items()
        ]

    def _typed_by(self, scan: catalog.Scan) -> Line:
        expiry = expiry_text(scan.expires_on) if scan.expires_on else ""
        return {"lot_number": scan.lot_number or "", "expires_on": expiry}

    def _line_of(self, variant_id: str, lot_number: str) -> Line | None:
        return super()._line_of(variant_id, lot_number) if lot_number else None

    def _changed(self) -> None:
        """Add the delivery up, and tell where a typed MRP is not the maker's list's."""
        super()._changed()
        self.lines = [line | {"drift": self._drift(line)} for line in self.lines]

    def _drift(self, line: Line) -> str:
        typed = self._amounts.get(line["id"], {}).get("mrp", line["mrp"])
        listed = line["listed_mrp"]
        if not listed or not typed or number_of(typed) == number_of(listed):
            return ""
        said = money_text(number_of(listed))
        return f"The maker's list says {said} from {line['listed_from']}. Look at the pack."

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
            "checks": self._checks_typed(form, line),
        }

    def _show_refusal(self, error: ValidationError | DomainError) -> None:
        super()._show_refusal(error)
        if isinstance(error, ValidationError):
            for field in self.field_errors:
                if field.endswith((".expires_on", ".manufactured_on")):
                    self.field_errors[field] = BAD_MONTH

    def _sign(self, move: Mapping[str, Any]) -> str:  # noqa: ARG002  goods only come in here
        return "+"


class ReceiveState(DeliveryFormState, rx.State):
    """A delivery without an order."""

    command: ClassVar[str] = "inventory.receive_goods"

    done: dict[str, str] = {}

    @handler(permission=PAGE)
    async def open_receiving(self) -> None:
        """Offer an empty delivery of today."""
        self.today = str(await self._call(lambda ctx: ctx.today))
        self.done = {}
        self._restart()

    @handler(permission=PAGE)
    async def start_again(self) -> None:
        """Close the summary and begin the next delivery."""
        await self.open_receiving()

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = ("idempotency_key", "location_id", "supplier_id", "reference", "received_on")
        given = {name: form[name] for name in head if form.get(name)}
        return given | {"lines": [self._line_typed(form, line) for line in self.lines]}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        units = sum(line.quantity for line in result.lines)
        lots = len({line.lot_id for line in result.lines})
        self._restart()
        apart = sum(line.quantity for line in result.lines if line.is_apart)
        self.done = {
            "apart": counted(apart, "unit") if apart else "",
            "units": counted(units, "unit"),
            "lots": counted(lots, "lot"),
            "value": money_text(result.value),
            "href": f"/stock/moves?origin_id={result.receipt_id}",
        }
        return [rx.toast.success("Delivery taken in.")]
