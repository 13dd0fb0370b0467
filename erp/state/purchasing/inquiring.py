"""The forms of a request for quotation: asking suppliers, and recording an answer."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import group_count
from erp.state.costing import CostedLinesState
from erp.state.lining import MOST_LINES, Line, LinedFormState
from erp.state.purchasing.suggested import suggested_goods
from erp.state.purchasing.wording import ORDER
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid

ANSWER_DAYS = 5
VALID_DAYS = 30
NUMBERS = (
    "unit_price",
    "scheme_paid",
    "scheme_free",
    "mrp",
    "lead_days",
    "minimum_quantity",
    "shelf_life_days",
)


class NewRequestState(CostedLinesState, rx.State):
    """Asks suppliers for prices of goods, of requisitions or any other."""

    permission: ClassVar[str] = ORDER
    command: ClassVar[str] = "purchasing.ask_suppliers"

    suppliers: list[dict[str, str]] = []
    answer_by: str = ""
    picks: int = 0

    @handler(permission=PAGE)
    async def open_new(self) -> None:
        """Offer an empty request; the address may name a requisition, a product or suggestions.

        The suppliers are typed first, so no line takes the focus.
        """
        self._restart()
        self.suppliers, self.picks = [], 0
        day = await self._call(lambda ctx: ctx.today)
        self.answer_by = str(day + timedelta(days=ANSWER_DAYS))
        given = dict(self.router.url.query_parameters)
        named = as_uuid(given.get("requisition_id", ""))
        if named or given.get("requested"):
            await self._add_requested({"requisition_id": named} if named else {})
            return
        for variant_id, quantity in await suggested_goods(self):
            await self._add_variant(variant_id, {"quantity": quantity})

    async def _add_variant(self, variant_id: str, typed: Line | None = None) -> EventSpec | None:
        return await super()._add_variant(variant_id, {"for": "", **(typed or {})})

    async def _add_requested(self, wanted: Mapping[str, Any]) -> None:
        """Fill in what requisitions ask for; lines of one product become one."""
        found = await self._ask("purchasing.list_requested", {"limit": MOST_LINES, **wanted})
        alike: dict[str, list[Any]] = {}
        for row in found.rows:
            alike.setdefault(str(row.variant_id), []).append(row)
        for variant_id, rows in alike.items():
            typed = {
                "quantity": str(sum(row.left for row in rows)),
                "sources": ",".join(f"{row.requisition_id}:{row.line_no}" for row in rows),
                "for": "For " + ", ".join(sorted({row.requisition for row in rows})),
            }
            await self._add_variant(variant_id, typed)

    @handler(permission=PAGE)
    async def add_supplier(self, supplier_id: str, label: str) -> None:
        """Ask one supplier more."""
        known = {row["id"] for row in self.suppliers}
        if as_uuid(supplier_id) and supplier_id not in known:
            row = {"id": f"{supplier_id}", "name": f"{label}"[:200]}
            self.suppliers = [*self.suppliers, row]
        self.picks += 1

    @handler(permission=PAGE)
    async def drop_supplier(self, supplier_id: str) -> None:
        """Ask one supplier less."""
        self.suppliers = [row for row in self.suppliers if row["id"] != supplier_id]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = ("idempotency_key", "answer_by", "needed_by", "note")
        given = {name: form[name] for name in head if form.get(name)}
        return given | {
            "suppliers": [{"supplier_id": row["id"]} for row in self.suppliers],
            "lines": [self._line_typed(form, line) for line in self.lines],
        }

    def _line_typed(self, form: Mapping[str, Any], line: Line) -> dict[str, Any]:
        typed = {k: v.replace(",", "") for k, v in self._typed(form, line, "quantity").items()}
        sources = [part.split(":") for part in line.get("sources", "").split(",") if part]
        wanted = [{"requisition_id": one, "line_no": int(no)} for one, no in sources]
        return {"variant_id": line["variant_id"], "requested_for": wanted} | typed

    def _show_refusal(self, error: ValidationError | DomainError) -> None:
        super()._show_refusal(error)
        named = [x for field, x in self.field_errors.items() if field.startswith("suppliers")]
        if named:
            words = named[0] if self.suppliers else "Choose at least one supplier."
            self.field_errors = {**self.field_errors, "supplier": words}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        words = f"Request {result.number} is ready. Send each supplier their PDF."
        return [rx.toast.success(words), rx.redirect(f"/purchases/quotations/{result.id}")]


class AnswerState(LinedFormState, rx.State):
    """Records what a supplier answered; lines without a price are left out."""

    permission: ClassVar[str] = ORDER
    command: ClassVar[str] = "purchasing.record_quotation"
    line_field: ClassVar[str] = "unit_price"

    is_loading: bool = True
    problem: str = ""
    facts: dict[str, str] = {}
    today: str = ""
    valid_until: str = ""

    @handler(permission=PAGE)
    async def open_answer(self) -> None:
        """Show the lines of the request that the address names, for the supplier it names."""
        self.is_loading, self.problem, self.facts = True, "", {}
        self._restart()
        day = await self._call(lambda ctx: ctx.today)
        self.today, self.valid_until = str(day), str(day + timedelta(days=VALID_DAYS))
        path = self.router.url.path.rstrip("/").removesuffix("/answer")
        found = as_uuid(path.rpartition("/")[2])
        named = dict(self.router.url.query_parameters).get("supplier_id", "")
        try:
            request = (
                await self._ask("purchasing.get_request", {"request_id": found}) if found else None
            )
        except DomainError as error:
            self.problem = error.message
        else:
            self._begin(request, named)
        self.is_loading = False

    def _begin(self, request: Any, named: str) -> None:
        asked = request.suppliers if request else []
        supplier = next((x for x in asked if str(x.supplier_id) == named), None)
        if supplier is None:
            self.problem = "The address names no supplier of a request."
            return
        self.facts = {
            "id": str(request.id),
            "number": request.number,
            "supplier_id": str(supplier.supplier_id),
            "supplier": supplier.supplier,
        }
        self.lines = [_asked(line) for line in request.lines]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        head = ("idempotency_key", "reference", "answered_on", "valid_until", "terms", "note")
        given = {name: form[name] for name in head if form.get(name)}
        lines = []
        for line in self._sent():
            numbers = self._typed(form, line, *NUMBERS)
            plain = {name: text.replace(",", "") for name, text in numbers.items()}
            said = self._typed(form, line, "note")
            lines.append({"line_no": line["line_no"]} | plain | said)
        about = {"request_id": self.facts["id"], "supplier_id": self.facts["supplier_id"]}
        return given | about | {"lines": lines}

    def _sent(self) -> list[Line]:
        return [line for line in self.lines if self._typed(self._held, line, *NUMBERS, "note")]

    def _show_refusal(self, error: ValidationError | DomainError) -> None:
        super()._show_refusal(error)
        if not self._sent():
            self.form_error = "Type the price of at least one line."

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        words = "Answer recorded, after the last day." if result.is_late else "Answer recorded."
        return [rx.toast.success(words), rx.redirect(f"/purchases/quotations/{result.request_id}")]


def _asked(line: Any) -> Line:
    return {
        "id": f"asked-{line.line_no}",
        "line_no": str(line.line_no),
        "label": line.label,
        "total": f"{group_count(line.quantity)} {line.unit}",
        "drift": "",
    }
