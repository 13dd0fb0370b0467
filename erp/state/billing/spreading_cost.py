"""Spreading an expense of a bill, such as a carrier's, over the deliveries it was for."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, money_text, plain_decimal
from erp.services import platform
from erp.state.billing.bill_wording import RECORD
from erp.state.inventory.reviewing import ReviewedFormState
from erp.state.lining import Line
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid

NO_BILL = {"id": "", "words": "", "left": "", "number": ""}
HEAD = ("idempotency_key", "amount", "note")
MOST_OFFERED = 12


class SpreadCostState(ReviewedFormState, rx.State):
    """A cost on its way to the goods that bear it.

    Attributes:
        bill: The bill whose expense it is. offered: the last deliveries that are not chosen yet.
    """

    permission: ClassVar[str] = RECORD
    command: ClassVar[str] = "billing.spread_cost"
    line_field: ClassVar[str] = "receipt"

    bill: dict[str, str] = NO_BILL
    offered: list[dict[str, str]] = []
    problem: str = ""

    _found: list[dict[str, str]] = []

    @handler(permission=PAGE)
    async def open_new(self) -> None:
        """Offer the last deliveries; the address names the bill."""
        self._restart()
        self.bill, self._found, self.offered, self.problem = NO_BILL, [], [], ""
        bill_id = as_uuid(dict(self.router.url.query_parameters).get("bill_id", ""))
        if bill_id is None:
            self.problem = "Open a bill, then spread its expense from there."
            return
        try:
            found = await self._ask("billing.get_bill", {"bill_id": bill_id})
            rows = (await self._ask("billing.list_spreadable", {"limit": MOST_OFFERED})).rows
        except DomainError as error:
            self.problem = error.message
            return
        self.bill = {
            "id": str(found.id),
            "number": found.bill_number,
            "words": f"{found.supplier} · bill {found.bill_number} · {money_text(found.unspread)} to spread",
            "left": plain_decimal(found.unspread),
        }
        self._found = [_offered(row) for row in rows]
        self._changed()

    @handler(permission=PAGE)
    async def take(self, key: str) -> EventSpec | None:
        """Let a delivery bear its part."""
        rows = [line for line in self.offered if line["key"] == key]
        return self._add_line(rows[0]) if rows else None

    @handler(permission=PAGE)
    async def pick(self, receipt_id: str, label: str) -> EventSpec | None:
        """Let a delivery that was looked up bear its part."""
        wanted = as_uuid(receipt_id)
        if wanted is None or any(line["key"] == str(wanted) for line in self.lines):
            return None
        known = [line for line in self._found if line["key"] == str(wanted)]
        other = {"key": str(wanted), "label": f"{label}"[:80], "words": "", "landed": ""}
        return self._add_line(known[0] if known else other)

    def _changed(self) -> None:
        chosen = {line["key"] for line in self.lines}
        self.offered = [line for line in self._found if line["key"] not in chosen]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = {name: f"{form[name]}" for name in HEAD if form.get(name)}
        if "amount" in given:
            given["amount"] = given["amount"].replace(",", "")
        chosen = [line["key"] for line in self.lines]
        return given | {"bill_id": self.bill["id"], "receipt_ids": chosen}

    def _field_at(self, field: str) -> str:
        return super()._field_at(field.replace("receipt_ids", "lines"))

    def _show_effects(self, tried: platform.Preview) -> None:
        """Show what would be booked, and what goods would bear."""
        super()._show_effects(tried)
        answer: Any = tried.result
        self.stock_effects = [
            {
                "id": str(at),
                "label": line.label,
                "quantity": money_text(Decimal(line.to_stock)),
                "value": money_text(Decimal(line.to_gone)),
            }
            for at, line in enumerate(answer.lines)
        ]

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        bill_id = self.bill["id"]
        self._restart()
        said = f"{result.number}: goods bear {money_text(result.amount)}."
        return [rx.toast.success(said), rx.redirect(f"/bills/{bill_id}")]


def _offered(row: Any) -> Line:
    more = f" and {counted(row.lines - 1, 'other')}" if row.lines > 1 else ""
    said = (row.supplier, date_text(row.received_on), f"{row.goods}{more}", money_text(row.value))
    return {
        "key": str(row.id),
        "label": row.label,
        "words": " · ".join(part for part in said if part),
        "landed": f"Bears {money_text(row.landed)} already" if row.landed else "",
    }
