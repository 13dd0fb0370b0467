"""Forms of lines that show what they would do before they do it.

Sending tries the command without doing it, and shows its effects on stock and ledger; only then
is it done.
"""

from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from typing import Any

import reflex as rx
from pydantic import ValidationError

from erp.core.errors import ConfirmationRequired, DomainError
from erp.core.formatting import group_count, money_text
from erp.core.money import ZERO
from erp.services import platform
from erp.state.inventory.wording import ACCOUNTS
from erp.state.lining import LinedFormState
from erp.state.registry import PAGE, handler
from erp.state.submitting import FOCUS_FIRST_ERROR, FormState


class ReviewedFormState(LinedFormState, mixin=True):
    """A form of lines with a review."""

    is_reviewing: bool = False
    stock_effects: list[dict[str, str]] = []
    ledger_effects: list[dict[str, str]] = []
    review_value: str = ""

    @handler(permission=PAGE)
    async def keep_typing(self) -> None:
        """Close the review and go back to the form."""
        self.is_reviewing = False

    @handler(permission=PAGE)
    async def post(self) -> AsyncIterator[Any]:
        """Do what was reviewed."""
        if not self.is_reviewing:
            return
        async for event in FormState._attempt(self):
            yield event
        self.is_reviewing = False

    async def _attempt(self) -> AsyncIterator[Any]:
        """Try the held input without doing it, and show what it would do."""
        self.is_busy, self.must_confirm = True, False
        self.field_errors, self.form_error = {}, ""
        yield
        try:
            tried = await self._try()
        except ConfirmationRequired as question:
            self._ask_person(question)
        except (ValidationError, DomainError) as error:
            self._show_refusal(error)
            yield rx.call_script(FOCUS_FIRST_ERROR)
        else:
            self._show_effects(tried)
            self.is_reviewing = True
        finally:
            self.is_busy = False

    async def _try(self) -> platform.Preview:
        command, given, confirm = self.command, self._payload(self._held), list(self._confirmed)
        return await self._call(lambda ctx: platform.preview(command, ctx, given, confirm=confirm))

    def _show_effects(self, tried: platform.Preview) -> None:
        labels = {place: line["label"] for place, line in enumerate(self._sent(), start=1)}
        moves = [effect for effect in tried.effects if effect["kind"] == "stock"]
        entries = [effect for effect in tried.effects if effect["kind"] == "ledger"]
        self.stock_effects = [
            {
                "id": str(at),
                "label": labels.get(move["line_no"], ""),
                "quantity": f"{self._sign(move)}{group_count(move['quantity'])}",
                "value": money_text(Decimal(move["value"])),
            }
            for at, move in enumerate(sorted(moves, key=lambda move: move["line_no"]))
        ]
        self.ledger_effects = [_entry_line(at, entry) for at, entry in enumerate(entries)]
        self.review_value = money_text(sum((Decimal(move["value"]) for move in moves), ZERO))

    def _sign(self, move: Mapping[str, Any]) -> str:  # noqa: ARG002  for pages to use
        """Return `+` or the minus of a move; pages override."""
        return ""

    def _restart(self) -> None:
        """Empty the form."""
        self.is_reviewing = False
        self.stock_effects, self.ledger_effects, self.review_value = [], [], ""
        super()._restart()


def _entry_line(at: int, entry: Mapping[str, Any]) -> dict[str, str]:
    debit, credit = Decimal(entry["debit"]), Decimal(entry["credit"])
    return {
        "id": str(at),
        "account": ACCOUNTS.get(entry["account"], entry["account"].replace("_", " ").capitalize()),
        "debit": money_text(debit) if debit else "",
        "credit": money_text(credit) if credit else "",
    }
