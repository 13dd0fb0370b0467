"""Sending goods back to their supplier from what came and is here."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, expiry_text, group_count, money_text
from erp.state.billing.return_wording import REASON_TONES, REASONS, RETURN
from erp.state.inventory.reviewing import ReviewedFormState
from erp.state.lining import Line
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid

NOBODY = {"id": "", "name": ""}
HEAD = ("idempotency_key", "supplier_id", "transport", "note")
DUE, ALL = "due", "all"
MOST_OFFERED = 200


class ReturnGoodsState(ReviewedFormState, rx.State):
    """Goods on their way back, being put together.

    Attributes:
        offered: Lots of the supplier that are here and not on this form yet.
        show: `due` for those with a reason to go back, `all` for everything that came.
    """

    permission: ClassVar[str] = RETURN
    command: ClassVar[str] = "billing.return_goods"

    supplier: dict[str, str] = NOBODY
    offered: list[dict[str, str]] = []
    show: str = DUE
    hidden: str = ""
    is_supplier_known: bool = False

    _found: list[dict[str, str]] = []

    @handler(permission=PAGE)
    async def open_new(self) -> EventSpec | None:
        """Offer an empty form; the address may name the supplier and a lot."""
        self._restart()
        self.supplier, self._found, self.is_supplier_known = NOBODY, [], False
        self.show, self.offered, self.hidden = DUE, [], ""
        given = dict(self.router.url.query_parameters)
        await self._choose(given.get("supplier_id", ""), given.get("lot_id", ""))
        named = f"{given.get('lot_id', '')}{given.get('location_id', '')}"
        return self._take([line for line in self._found if line["key"] == named])

    @handler(permission=PAGE)
    async def choose_supplier(self, supplier_id: str, label: str) -> None:  # noqa: ARG002  what the field sends
        """Show what came from a supplier and is here."""
        self.lines = []
        await self._choose(supplier_id)

    async def _choose(self, supplier_id: str, lot_id: str = "") -> None:
        wanted = as_uuid(supplier_id)
        if wanted is None:
            return
        about = {"supplier_id": wanted, "limit": MOST_OFFERED}
        try:
            found = await self._ask("party.get_party", {"party_id": wanted})
            rows = (await self._ask("billing.list_returnable", about)).rows
            lot = as_uuid(lot_id)
            if lot is not None and all(row.lot_id != lot for row in rows):
                rows += (await self._ask("billing.list_returnable", about | {"lot_id": lot})).rows
        except DomainError:
            return
        self.supplier = {"id": str(found.id), "name": found.name}
        self._found = [_offered(row) for row in rows]
        self.is_supplier_known = True
        self._offer()

    def _offer(self) -> None:
        """Show what is not on the form yet, of the part that is chosen."""
        taken = {line["key"] for line in self.lines}
        left = [line for line in self._found if line["key"] not in taken]
        due = [line for line in left if line["is_due"]]
        self.offered = due if self.show == DUE else left
        more = len(left) - len(due)
        self.hidden = counted(more, "more lot") if self.show == DUE and more else ""

    @handler(permission=PAGE)
    async def show_all(self) -> None:
        """Show everything of the supplier that is here."""
        self.show = ALL
        self._offer()

    @handler(permission=PAGE)
    async def take(self, key: str) -> EventSpec | None:
        """Put a lot on the form."""
        return self._take([line for line in self._found if line["key"] == key])

    @handler(permission=PAGE)
    async def take_due(self) -> EventSpec | None:
        """Put everything that is shown on the form, as far as it holds it."""
        return self._take([line for line in self.offered if not line["waits"]])

    def _take(self, rows: Sequence[Line]) -> EventSpec | None:
        event = None
        for row in rows:
            event = self._add_line(row)
        return event

    def _changed(self) -> None:
        self._offer()

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = {name: form[name] for name in HEAD if form.get(name)}
        return given | {"lines": [self._leaving(form, line) for line in self.lines]}

    def _leaving(self, form: Mapping[str, Any], line: Line) -> dict[str, Any]:
        typed = self._typed(form, line, "quantity", "reason")
        plain = {name: text.replace(",", "") for name, text in typed.items()}
        return plain | {"lot_id": line["lot_id"], "location_id": line["location_id"]}

    def _field_at(self, field: str) -> str:
        shown = super()._field_at(field)
        for name in ("lot_id", "location_id"):
            shown = shown.replace(f".{name}", ".quantity")
        return shown

    def _sign(self, move: Mapping[str, Any]) -> str:  # noqa: ARG002  goods only leave here
        return "\N{MINUS SIGN}"

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        asked = f" {money_text(result.total)} are asked back." if result.total else ""
        self._restart()
        return [
            rx.toast.success(f"Debit note {result.number} is posted.{asked}"),
            rx.redirect(f"/returns/{result.id}"),
        ]


def _offered(row: Any) -> Line:
    bill = f"bill {row.bills}" if row.bills else "not billed yet"
    waits = f"on bill {row.bill_waiting}, which waits for a decision" if row.bill_waiting else ""
    left = f"{group_count(row.units)} of {group_count(row.came)} that came"
    said = (f"Lot {row.lot_number}", row.location, left, money_text(row.cost), waits or bill)
    return {
        "key": f"{row.lot_id}{row.location_id}",
        "lot_id": str(row.lot_id),
        "location_id": str(row.location_id),
        "label": row.label,
        "words": " · ".join(part for part in said if part),
        "reason": row.reason,
        "reason_words": REASONS[row.reason],
        "tone": REASON_TONES[row.reason],
        "window": _window(row),
        "quantity": str(row.units),
        "is_due": "" if row.reason == "excess" else "yes",
        "waits": "yes" if row.bill_waiting else "",
    }


def _window(row: Any) -> str:
    """Say when the lot expires and when the supplier takes it back for that."""
    if row.expires_on is None or row.claim_until is None:
        return ""
    words = f"from {date_text(row.claim_from)}"
    if row.is_in_window or row.reason == "expired":
        words = f"until {date_text(row.claim_until)}"
    verb = "went" if row.reason == "expired" and not row.is_in_window else "goes"
    return f"Expires {expiry_text(row.expires_on)} · {verb} back {words}"
