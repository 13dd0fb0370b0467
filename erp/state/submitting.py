"""Everything a form does: errors at the field, one effect per key, confirmation, a toast.

    class NewProductState(FormState, rx.State):
        permission: ClassVar[str] = "catalog.edit"
        command: ClassVar[str] = "catalog.create_product"

        async def _succeeded(self, result: Any) -> list[EventSpec]:
            return [rx.toast.success("Product saved."), rx.redirect(f"/products/{result.id}")]

The page renders `form_key` as a hidden input named `idempotency_key` (the `form` component
does), so that a second click repeats the same request and has no second effect.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, ClassVar, Final

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import ConfirmationRequired, DomainError, IdempotencyKeyReused
from erp.state.explaining import FORM, errors_by_field
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState, new_form_key

FOCUS_FIRST_ERROR: Final = "window.focusFirstError()"
"""Run where a form was refused; see assets/form-focus.js."""


def is_ticked(value: object) -> bool:
    """Tell whether a check box was ticked: a form sends its text, or yes and no where it is known by id."""
    return value is True or value == "true"


class FormState(SessionState, mixin=True):
    """One form that runs one command."""

    permission: ClassVar[str] = ""
    command: ClassVar[str] = ""

    field_errors: dict[str, str] = {}
    form_error: str = ""
    is_busy: bool = False
    form_key: str = ""
    must_confirm: bool = False
    confirm_message: str = ""

    _held: dict[str, Any] = {}
    _confirmed: list[str] = []

    @handler(permission=PAGE)
    async def open_form(self) -> None:
        """Offer an empty form with a key of its own."""
        self._renew()

    @handler(permission=PAGE)
    async def submit(self, form: dict[str, Any]) -> AsyncIterator[Any]:
        """Run the command with what was typed."""
        self._held, self._confirmed = (dict(form) if isinstance(form, Mapping) else {}), []
        async for event in self._attempt():
            yield event

    @handler(permission=PAGE)
    async def confirm_anyway(self) -> AsyncIterator[Any]:
        """Repeat the refused command, saying that a person takes responsibility."""
        if self.must_confirm:
            async for event in self._attempt():
                yield event

    @handler(permission=PAGE)
    async def keep_editing(self) -> None:
        """Close the question without doing anything."""
        self.must_confirm = False

    async def _attempt(self) -> AsyncIterator[Any]:
        """Run the held input once and show what came of it."""
        self.is_busy, self.must_confirm = True, False
        self.field_errors, self.form_error = {}, ""
        yield
        try:
            result = await self._run(
                self._action(), self._payload(self._held), confirm=self._confirmed
            )
        except ConfirmationRequired as question:
            self._ask_person(question)
        except (ValidationError, DomainError) as error:
            self._show_refusal(error)
            yield rx.call_script(FOCUS_FIRST_ERROR)
        else:
            self._renew()
            for event in await self._succeeded(result):
                yield event
        finally:
            self.is_busy = False

    def _action(self) -> str:
        """Return the command that runs. Pages whose form makes or changes may override."""
        return self.command

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the command's input; empty fields are left out. Pages may override."""
        return {key: value for key, value in form.items() if value not in ("", None)}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:  # noqa: ARG002  for pages to use
        """Return what happens next. Pages override."""
        return [rx.toast.success("Saved.")]

    def _renew(self) -> None:
        self.form_key = new_form_key()
        self.field_errors, self.form_error, self.must_confirm = {}, "", False
        self._held, self._confirmed = {}, []

    def _ask_person(self, question: ConfirmationRequired) -> None:
        self._confirmed = [*self._confirmed, question.code]
        self.confirm_message, self.must_confirm = question.message, True

    def _show_refusal(self, error: ValidationError | DomainError) -> None:
        self.field_errors = errors_by_field(error)
        if isinstance(error, DomainError):
            self.form_error = error.message
        else:
            self.form_error = self.field_errors.get(FORM, "Some fields need another look.")
        if isinstance(error, IdempotencyKeyReused):
            self.form_key = new_form_key()
