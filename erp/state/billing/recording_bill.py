"""Recording a supplier's bill from what came and is not billed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import date_text, group_number, money_text, plain_decimal
from erp.core.money import ZERO, round_money
from erp.services import platform
from erp.state.billing.bill_wording import RECORD
from erp.state.costing import CostedLinesState, number_of
from erp.state.inventory.reviewing import ReviewedFormState
from erp.state.lining import Line
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid

NOBODY = {"id": "", "name": ""}
HEAD = (
    "idempotency_key",
    "supplier_id",
    "bill_number",
    "billed_on",
    "booked_on",
    "due_on",
    "total",
    "note",
)
GOODS = ("quantity", "unit_cost", "discount_percent", "gst_rate")
HUNDRED = Decimal(100)


class RecordBillState(CostedLinesState, ReviewedFormState, rx.State):
    """A supplier's bill, being typed from the paper.

    Attributes:
        unbilled: Lines of deliveries of the supplier that are not on this form yet.
        tax: GST on what is typed so far. held_words: why the bill would wait for a decision.
    """

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "billing.record_bill"
    counted_parts: ClassVar[frozenset[str]] = frozenset(GOODS)

    today: str = ""
    supplier: dict[str, str] = NOBODY
    unbilled: list[dict[str, str]] = []
    is_supplier_known: bool = False
    tax: str = money_text(ZERO)
    held_words: str = ""

    @handler(permission=PAGE)
    async def open_new(self) -> None:
        """Offer an empty form; the address may name the supplier."""
        self.today = str(await self._call(lambda ctx: ctx.today))
        self._restart()
        self.supplier, self.unbilled, self.is_supplier_known = NOBODY, [], False
        await self._choose(dict(self.router.url.query_parameters).get("supplier_id", ""))

    @handler(permission=PAGE)
    async def choose_supplier(self, supplier_id: str, label: str) -> None:  # noqa: ARG002  what the field sends
        """Show what came from a supplier and is not billed."""
        self.lines = []
        self._changed()
        await self._choose(supplier_id)

    async def _choose(self, supplier_id: str) -> None:
        wanted = as_uuid(supplier_id)
        if wanted is None:
            return
        try:
            found = await self._ask("party.get_party", {"party_id": wanted})
            about = {"supplier_id": wanted, "limit": 200}
            goods = await self._ask("billing.list_unbilled", about)
        except DomainError:
            return
        self.supplier = {"id": str(found.id), "name": found.name}
        self.unbilled = [_unbilled(row) for row in goods.rows]
        self.is_supplier_known = True

    @handler(permission=PAGE)
    async def take(self, key: str) -> EventSpec | None:
        """Put a delivered line on the bill."""
        found = [row for row in self.unbilled if row["key"] == key]
        return self._put_on(found)

    @handler(permission=PAGE)
    async def take_all(self) -> EventSpec | None:
        """Put everything that is not billed on the bill, as far as it holds it."""
        return self._put_on(self.unbilled)

    def _put_on(self, rows: Sequence[Line]) -> EventSpec | None:
        """Put delivered lines on the bill; what it does not hold stays where it was."""
        event, before = None, self.adds
        for row in rows:
            event = self._add_line(row | {"kind": "goods", "total": ""})
        taken = {row["key"] for row in rows[: self.adds - before]}
        self.unbilled = [row for row in self.unbilled if row["key"] not in taken]
        return event

    @handler(permission=PAGE)
    async def add_charge(self) -> EventSpec | None:
        """Add freight, packing or the like."""
        return self._add_line(
            {
                "kind": "charge",
                "key": "",
                "label": "Charge",
                "words": "",
                "unit": "",
                "quantity": "1",
                "unit_cost": "",
                "discount_percent": "",
                "gst_rate": "",
                "total": "",
            }
        )

    @handler(permission=PAGE)
    async def leave(self, line_id: str) -> None:
        """Take a line off the bill; goods may be put on it again."""
        back = [line for line in self.lines if line["id"] == line_id and line["kind"] == "goods"]
        self.unbilled = [*self.unbilled, *back]
        self.lines = [line for line in self.lines if line["id"] != line_id]
        self._changed()

    def _changed(self) -> None:
        """Add the bill up with its tax from what is typed so far."""
        parts = [self._worth_of(line) for line in self.lines]
        self.lines = [
            line | {"total": money_text(worth)}
            for line, (worth, _) in zip(self.lines, parts, strict=True)
        ]
        tax = sum((one for _, one in parts), ZERO)
        self.tax = money_text(tax)
        self.total = money_text(sum((worth for worth, _ in parts), ZERO) + tax)
        self.units = plain_decimal(Decimal(len(self.lines)))

    def _worth_of(self, line: Line) -> tuple[Decimal, Decimal]:
        typed = line | self._amounts.get(line["id"], {})
        quantity, cost, discount, rate = (number_of(typed[name]) for name in GOODS)
        worth = round_money(quantity * cost)
        worth -= round_money(worth * min(discount, HUNDRED) / HUNDRED)
        return worth, round_money(worth * min(rate, HUNDRED) / HUNDRED)

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = {name: form[name] for name in HEAD if form.get(name)}
        if "total" in given:
            given["total"] = f"{given['total']}".replace(",", "")
        return given | {
            "lines": [self._goods_typed(form, line) for line in self._of("goods")],
            "charges": [self._charge_typed(form, line) for line in self._of("charge")],
        }

    def _of(self, kind: str) -> list[Line]:
        return [line for line in self.lines if line["kind"] == kind]

    def _goods_typed(self, form: Mapping[str, Any], line: Line) -> dict[str, Any]:
        typed = self._typed(form, line, *GOODS)
        plain = {name: text.replace(",", "") for name, text in typed.items()}
        return plain | {
            "receipt_id": line["receipt_id"],
            "receipt_line_no": int(line["line_no"]),
        }

    def _charge_typed(self, form: Mapping[str, Any], line: Line) -> dict[str, Any]:
        typed = self._typed(form, line, "label", "unit_cost", "gst_rate", "bears")
        given: dict[str, Any] = {"is_cost_of_goods": typed.get("bears") != "expense"}
        names = {"label": "label", "unit_cost": "amount", "gst_rate": "gst_rate"}
        return given | {
            names[key]: text.replace(",", "") for key, text in typed.items() if key in names
        }

    def _field_at(self, field: str) -> str:
        """Return the form's name of a field of the command: goods and charges count apart."""
        first, *rest = field.split(".", 2)
        kind = {"lines": "goods", "charges": "charge"}.get(first)
        if kind is None or not rest or not rest[0].isdigit():
            return field
        own = self._of(kind)
        place = int(rest[0])
        if place >= len(own):
            return field
        name = rest[1] if len(rest) > 1 else self.line_field
        shown = {"receipt_line_no": "quantity", "amount": "unit_cost", "is_cost_of_goods": "bears"}
        return f"{own[place]['id']}.{shown.get(name, name)}"

    def _show_effects(self, tried: platform.Preview) -> None:
        """Show what would be booked, where a cost goes, and whether the bill would wait."""
        super()._show_effects(tried)
        goods = {at: line["label"] for at, line in enumerate(self._of("goods"), start=1)}
        costs = [effect for effect in tried.effects if effect["kind"] == "cost"]
        self.stock_effects = [
            {
                "id": str(at),
                "label": goods.get(effect["line_no"], ""),
                "quantity": money_text(Decimal(effect["to_stock"])),
                "value": money_text(Decimal(effect["to_gone"])),
            }
            for at, effect in enumerate(costs)
        ]
        self.held_words = _held(tried.result, goods)

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        words = (
            f"Bill {result.number} is kept and waits for a decision."
            if result.status == "held"
            else f"Bill {result.number} is posted."
        )
        self._restart()
        return [rx.toast.success(words), rx.redirect(f"/bills/{result.id}")]


def _unbilled(row: Any) -> dict[str, str]:
    document = f"{row.order_number} · {row.reference}" if row.order_number else row.reference
    lot = f"lot {row.lot_number}" if row.lot_number else ""
    left = f"{group_number(row.quantity)}\u00a0{row.unit}"
    said = (document, f"came {date_text(row.received_on)}", lot, f"{left} to bill")
    return {
        "key": f"{row.receipt_id}-{row.line_no}",
        "receipt_id": str(row.receipt_id),
        "line_no": str(row.line_no),
        "label": row.label,
        "words": " · ".join(part for part in said if part),
        "unit": row.unit,
        "quantity": plain_decimal(row.quantity),
        "unit_cost": plain_decimal(row.expected_cost),
        "discount_percent": "",
        "gst_rate": "" if row.gst_rate is None else plain_decimal(row.gst_rate),
    }


def _held(result: Any, goods: Mapping[int, str]) -> str:
    """Say which goods do not match; nothing if the bill would be posted."""
    if not result.findings:
        return ""
    words = {
        "price": "price",
        "quantity": "quantity",
        "tax_rate": "GST rate",
        "charge": "more than the goods let expect",
    }
    named = [
        f"{goods.get(at, 'Charges')} ({', '.join(words[one] for one in found)})"
        for at, found in result.findings.items()
    ]
    return (
        "This differs from what was ordered or came: "
        + "; ".join(named)
        + ". The bill is kept and waits for a decision."
    )
