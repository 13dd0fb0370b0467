"""Recording a payment: who, how much, how, and what it settles."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, money_text
from erp.state.lining import Line, LinedFormState
from erp.state.payments.wording import PAY, RECEIVE
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid

NOBODY = {"id": "", "name": ""}
HEAD = (
    "idempotency_key", "party_id", "amount", "method", "paid_on", "reference", "discount",
    "write_off", "note",
)  # fmt: skip


class _RecordState(LinedFormState, mixin=True):
    """A payment being recorded; lines are what is open on the party's account.

    Attributes:
        method: Chosen way of paying; a cheque asks for its day.
        standing: What is open in all, in words.
    """

    ledger: ClassVar[str] = ""
    debt_side: ClassVar[str] = ""
    line_field: ClassVar[str] = "settles"

    party: dict[str, str] = NOBODY
    method: str = "bank"
    standing: str = ""
    more: bool = False

    @handler(permission=PAGE)
    async def open_payment(self) -> None:
        """Offer an empty form; the address may name the party."""
        self._restart()
        self.party, self.method, self.standing, self.more = NOBODY, "bank", "", False
        await self._choose(dict(self.router.url.query_parameters).get("party_id", ""))

    @handler(permission=PAGE)
    async def choose_party(self, party_id: str, label: str) -> None:  # noqa: ARG002  what the field sends
        """Show what is open on a party's account."""
        self.lines = []
        await self._choose(party_id)

    @handler(permission=PAGE)
    async def choose_method(self, method: str) -> None:
        """Keep how it is paid."""
        self.method = f"{method}"

    @handler(permission=PAGE)
    async def show_more(self) -> None:
        """Offer discount, write-off, day and note."""
        self.more = True

    async def _choose(self, party_id: str) -> None:
        wanted = as_uuid(party_id)
        if wanted is None:
            return
        about = {"party_id": wanted, "ledger": self.ledger}
        try:
            found = await self._ask("payments.list_items", about)
        except DomainError:
            return
        self.party = {"id": str(wanted), "name": found.party}
        debts = [row for row in found.rows if row.side == self.debt_side]
        for row in debts[:100]:
            self._add_line(_open(row))
        late = f", {money_text(found.overdue)} of it late" if found.overdue else ""
        rest = f", {money_text(found.unapplied)} stand against it" if found.unapplied else ""
        self.standing = (
            f"{money_text(found.owed)} open{late}{rest}" if debts else "Nothing is open."
        )

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = {name: form[name] for name in HEAD if form.get(name)}
        given |= {"ledger": self.ledger, "method": self.method}
        if self.method == "cheque" and form.get("cheque_on"):
            given["cheque_on"] = form["cheque_on"]
        settles = [
            {"item_id": line["item_id"], "amount": typed["settles"].replace(",", "")}
            for line in self._sent()
            if (typed := self._typed(form, line, "settles"))
        ]
        if settles:
            return given | {"settles": settles}
        return given | ({"settles": []} if form.get("settle") == "nothing" else {})

    def _sent(self) -> list[Line]:
        return [line for line in self.lines if self._typed(self._held, line, "settles")]

    def _show_refusal(self, error: Any) -> None:
        super()._show_refusal(error)
        if not self.lines:
            self.form_error = (
                error.message
                if isinstance(error, DomainError)
                else "Some fields need another look."
            )

    def _field_at(self, field: str) -> str:
        first, *rest = field.split(".")
        if first != "settles" or not rest:
            return field
        sent, place = self._sent(), int(rest[0])
        return f"{sent[place]['id']}.settles" if place < len(sent) else field

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        rest = f" {money_text(result.unapplied)} stay unapplied." if result.unapplied else ""
        words = f"{result.number} recorded, {money_text(result.settled)} settled.{rest}"
        return [rx.toast.success(words), rx.redirect(f"/payments/{result.id}")]


class ReceivePaymentState(_RecordState, rx.State):
    """Money of a customer."""

    permission: ClassVar[str] = RECEIVE
    command: ClassVar[str] = "payments.receive_payment"
    ledger: ClassVar[str] = "customer"
    debt_side: ClassVar[str] = "debit"


class MakePaymentState(_RecordState, rx.State):
    """Money for a supplier."""

    permission: ClassVar[str] = PAY
    command: ClassVar[str] = "payments.make_payment"
    ledger: ClassVar[str] = "supplier"
    debt_side: ClassVar[str] = "credit"


def _open(row: Any) -> Line:
    late = f", {counted(row.overdue_days, 'day')} late" if row.overdue_days else ""
    return {
        "item_id": str(row.id),
        "label": row.narration,
        "words": f"Due {date_text(row.due_on)}{late}",
        "tone": "amber" if row.overdue_days else "",
        "open": money_text(row.open),
    }
