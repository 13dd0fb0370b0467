"""Taking goods back of an order's invoice."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, group_count, money_text
from erp.state.billing.invoices import TAKE_BACK
from erp.state.inventory.reviewing import ReviewedFormState
from erp.state.lining import Line
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid

HEAD = ("idempotency_key", "location_id", "reason")


class TakeBackState(ReviewedFormState, rx.State):
    """Goods that come back, being counted."""

    permission: ClassVar[str] = TAKE_BACK
    command: ClassVar[str] = "billing.take_back_goods"

    is_loading: bool = True
    problem: str = ""
    facts: dict[str, str] = {}

    @handler(permission=PAGE)
    async def open_return(self) -> None:
        """Show what may still come back of the invoice that the address names."""
        self.is_loading, self.problem, self.facts = True, "", {}
        self._restart()
        path = self.router.url.path.rstrip("/").removesuffix("/return")
        wanted = as_uuid(path.rpartition("/")[2])
        try:
            found = (
                await self._ask("billing.get_invoice", {"invoice_id": wanted}) if wanted else None
            )
        except DomainError as error:
            self.problem = error.message
        else:
            self._begin(found)
        self.is_loading = False

    def _begin(self, found: Any) -> None:
        if found is None:
            self.problem = "The address names no invoice."
            return
        self.facts = {
            "id": str(found.id),
            "number": found.number,
            "customer": found.recipient.get("name", ""),
            "day": date_text(found.issued_on),
        }
        for line in found.lines:
            if line.quantity > line.returned:
                self._add_line(_line(line))
        if not self.lines:
            self.problem = f"Everything of {found.number} is back already."

    def _sent(self) -> list[Line]:
        return [
            line
            for line in self.lines
            if self._typed(self._held, line, "quantity").get("quantity", "0") != "0"
        ]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = {name: form[name] for name in HEAD if form.get(name)}
        lines = [
            {"line_no": line["line_no"]} | self._typed(form, line, "quantity")
            for line in self._sent()
        ]
        return given | {"invoice_id": self.facts.get("id", ""), "lines": lines}

    def _show_refusal(self, error: Any) -> None:
        super()._show_refusal(error)
        if not self._sent():
            self.form_error = "Say of one line or more how many units come back."

    def _sign(self, move: Mapping[str, Any]) -> str:  # noqa: ARG002  goods only come here
        return "+"

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self._restart()
        words = f"Credit note {result.number} over {money_text(result.total)} is posted."
        return [rx.toast.success(words), rx.redirect(f"/invoices/{result.id}")]


def _line(line: Any) -> Line:
    left = line.quantity - line.returned
    words = [f"Lot {line.lot_number}", f"{counted(line.quantity, 'unit')} sold"]
    if line.returned:
        words.append(f"{group_count(line.returned)} back already")
    return {
        "line_no": str(line.line_no),
        "label": line.description,
        "words": " · ".join(words),
        "left": f"of {group_count(left)}",
        "worth": f"{money_text(line.total / line.quantity)} each",
    }
