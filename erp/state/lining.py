"""Forms of lines.

The typed values stay in the browser under names such as `line-3.quantity`; the state holds
which lines there are and what they are about.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.state.registry import PAGE, handler
from erp.state.submitting import FormState

MOST_LINES = 100
_FOCUS_LINE = """setTimeout(() => {
    const at = document.activeElement;
    const line = document.querySelector('[data-line="LINE"]');
    const isTyping = at?.matches("input:not([role=combobox]), textarea");
    if (!isTyping || (at.closest("[data-line]") && !line?.contains(at))) line?.querySelector("input")?.focus();
}, 120)"""
"""Goes to a new line's first field, unless the person types into the head or into the line by then."""

Line = dict[str, str]


class LinedFormState(FormState, mixin=True):
    """A form of lines.

    Attributes:
        line_field: Field of a line that takes what is wrong with the line as a whole.
        adds: How many lines were ever added; a new number empties the field that adds them.
    """

    line_field: ClassVar[str] = "quantity"

    lines: list[dict[str, str]] = []
    adds: int = 0

    @handler(permission=PAGE)
    async def drop_line(self, line_id: str) -> None:
        """Take a line away."""
        self.lines = [line for line in self.lines if line["id"] != line_id]
        self._changed()

    def _add_line(self, line: Line, after: str = "") -> EventSpec | None:
        """Add a line, at the end or after another, and go to its first field."""
        if len(self.lines) >= MOST_LINES:
            return rx.toast.warning(f"One document holds {MOST_LINES} lines. Save these first.")
        self.adds += 1
        line_id = f"line-{self.adds}"
        ids = [known["id"] for known in self.lines]
        place = ids.index(after) + 1 if after in ids else len(ids)
        self.lines = [*self.lines[:place], line | {"id": line_id}, *self.lines[place:]]
        self._changed()
        return rx.call_script(_FOCUS_LINE.replace("LINE", line_id))

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

    def _sent(self) -> list[Line]:
        """Return the lines that the command is given; pages that leave some out override."""
        return self.lines

    def _field_at(self, field: str) -> str:
        """Return the form's name of a field of the command: lines are named by their ids."""
        first, *rest = field.split(".", 2)
        if first != "lines" or not rest or not rest[0].isdigit():
            return field
        place, sent = int(rest[0]), self._sent()
        if place >= len(sent):
            return field
        return f"{sent[place]['id']}.{rest[1] if len(rest) > 1 else self.line_field}"

    def _restart(self) -> None:
        """Empty the form."""
        self._renew()
        self.lines = []
        self._changed()
