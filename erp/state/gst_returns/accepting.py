"""Taking a matter of a return as it is, with a reason, and taking that back."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.state.asking import DialogFormState
from erp.state.gst_returns.one_return import GstReturnState
from erp.state.gst_returns.returns import prepared_words
from erp.state.gst_returns.wording import PREPARE


class _AcceptingState(DialogFormState, mixin=True):
    """Prepares the return again with other accepted matters than its newest version has."""

    permission: ClassVar[str] = PREPARE
    command: ClassVar[str] = "gst_returns.prepare_return"

    _period: dict[str, Any] = {}
    _accepted: list[dict[str, str]] = []

    async def _prepare(self) -> None:
        """Read anew what is accepted: somebody else may have prepared the return since the page was opened."""
        shown = await self.get_state(GstReturnState)
        found = await self._ask("gst_returns.get_return", {"return_id": shown.head["id"]})
        if found.newest_id != found.id:
            found = await self._ask("gst_returns.get_return", {"return_id": found.newest_id})
        months = 3 if found.ends_on.month != found.starts_on.month else 1
        self._period = {
            "gstin": found.gstin,
            "form": found.form,
            "starts_on": found.starts_on,
            "months": months,
        }
        self._accepted = [
            {"matter": one["matter"], "reason": one["reason"]}
            for one in found.figures.get("accepted", ())
        ]

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        others = [one for one in self._accepted if one["matter"] != self.subject["id"]]
        key = {name: form[name] for name in ("idempotency_key",) if form.get(name)}
        return {**self._period, **key, "accepted": [*others, *self._taken(form)]}

    def _taken(self, form: Mapping[str, Any]) -> list[dict[str, str]]:  # noqa: ARG002  for those that take one
        return []

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self.is_open = False
        return [rx.toast.success(prepared_words(result)), rx.redirect(f"/gst/{result.id}")]


class AcceptMatterState(_AcceptingState, rx.State):
    """Why a matter is taken as it is."""

    def _taken(self, form: Mapping[str, Any]) -> list[dict[str, str]]:
        return [{"matter": self.subject["id"], "reason": f"{form.get('reason') or ''}".strip()}]

    def _show_refusal(self, error: ValidationError | DomainError) -> None:
        super()._show_refusal(error)
        told = [words for name, words in self.field_errors.items() if name.endswith(".reason")]
        self.field_errors = {"reason": told[0]} if told else {}


class TakeUpMatterState(_AcceptingState, rx.State):
    """Whether an accepted matter keeps the return in the house again."""
