"""Forms of lines that show what they would do before they do it.

The typed values stay in the browser under names such as `line-3.quantity`; the state holds
which lines there are and what they are about. Sending tries the command without doing it, and
shows its effects on stock and ledger; only then is it done.
"""

from collections.abc import AsyncIterator, Mapping
from decimal import Decimal
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import ConfirmationRequired, DomainError
from erp.core.formatting import group_count, money_text
from erp.core.money import ZERO
from erp.services import platform
from erp.state.inventory.wording import ACCOUNTS
from erp.state.registry import PAGE, handler
from erp.state.submitting import FormState

MOST_LINES = 100
FOCUS_FIRST_ERROR = (
    "setTimeout(() => document.querySelector('form [aria-invalid=\"true\"]')?.focus(), 80)"
)
Line = dict[str, str]


class LinedFormState(FormState, mixin=True):
    """A form of lines with a review.

    Attributes:
        line_field: Field of a line that takes what is wrong with the line as a whole.
        adds: How many lines were ever added; a new number empties the field that adds them.
    """

    line_field: ClassVar[str] = "quantity"

    lines: list[dict[str, str]] = []
    adds: int = 0
    is_reviewing: bool = False
    stock_effects: list[dict[str, str]] = []
    ledger_effects: list[dict[str, str]] = []
    review_value: str = ""

    @handler(permission=PAGE)
    async def drop_line(self, line_id: str) -> None:
        """Take a line away."""
        self.lines = [line for line in self.lines if line["id"] != line_id]
        self._changed()

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

    def _add_line(self, line: Line) -> EventSpec | None:
        """Add a line and go to its first field."""
        if len(self.lines) >= MOST_LINES:
            return rx.toast.warning(f"One document holds {MOST_LINES} lines. Post these first.")
        self.adds += 1
        line_id = f"line-{self.adds}"
        self.lines = [*self.lines, line | {"id": line_id}]
        self._changed()
        return rx.call_script(
            f"setTimeout(() => document.querySelector('[data-line=\"{line_id}\"] input')?.focus(), 120)"
        )

    def _changed(self) -> None:
        """Bring sums up to date after lines came or went; pages override."""

    def _typed(self, form: Mapping[str, Any], line: Line, *fields: str) -> dict[str, str]:
        """Return what was typed into fields of a line; empty ones are left out."""
        given = {field: f"{form.get(line['id'] + '.' + field) or ''}".strip() for field in fields}
        return {field: text for field, text in given.items() if text}

    def _show_refusal(self, error: ValidationError | DomainError) -> None:
        super()._show_refusal(error)
        if not self.lines:
            self.form_error = "Add a line first."
        self.field_errors = {
            self._field_at(field): words
            for field, words in self.field_errors.items()
            if field != "lines"
        }

    def _field_at(self, field: str) -> str:
        """Return the form's name of a field of the command: lines are named by their ids."""
        first, *rest = field.split(".", 2)
        if first != "lines" or not rest or not rest[0].isdigit():
            return field
        place = int(rest[0])
        if place >= len(self.lines):
            return field
        return f"{self.lines[place]['id']}.{rest[1] if len(rest) > 1 else self.line_field}"

    def _show_effects(self, tried: platform.Preview) -> None:
        labels = {place: line["label"] for place, line in enumerate(self.lines, start=1)}
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
        self._renew()
        self.lines, self.is_reviewing = [], False
        self.stock_effects, self.ledger_effects, self.review_value = [], [], ""
        self._changed()


def _entry_line(at: int, entry: Mapping[str, Any]) -> dict[str, str]:
    debit, credit = Decimal(entry["debit"]), Decimal(entry["credit"])
    return {
        "id": str(at),
        "account": ACCOUNTS.get(entry["account"], entry["account"].replace("_", " ").capitalize()),
        "debit": money_text(debit) if debit else "",
        "credit": money_text(credit) if credit else "",
    }
