"""Page states whose services are replaced, so that a handler's own decisions show."""

from collections.abc import Callable
from typing import Any, ClassVar

import reflex as rx

from erp.state.submitting import FormState

Outcome = Callable[[dict[str, Any], tuple[str, ...]], Any]


class FormDouble(FormState, rx.State):
    """A form whose command is a function given by the test."""

    permission: ClassVar[str] = "pos.sell"
    command: ClassVar[str] = "pos.post_sale"

    outcome: ClassVar[Outcome]
    runs: ClassVar[list[tuple[dict[str, Any], tuple[str, ...]]]] = []

    async def _run(self, command: str, payload: Any, *, confirm: Any = ()) -> Any:
        assert command == self.command
        given = (dict(payload), tuple(confirm))
        self.runs.append(given)
        return type(self).outcome(*given)


def fresh_form(outcome: Outcome) -> FormDouble:
    FormDouble.outcome = staticmethod(outcome)
    FormDouble.runs.clear()
    form = FormDouble(_reflex_internal_init=True)
    form._renew()
    return form
