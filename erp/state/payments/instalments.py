"""Agreeing that a bill is paid in parts, and the terms by which a customer always does."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.core.formatting import counted
from erp.state.asking import DialogFormState
from erp.state.payments.account import CustomerAccountState, SupplierAccountState
from erp.state.payments.wording import PAY, RECEIVE


class _AgreeState(DialogFormState, mixin=True):
    """Splits what is open of a bill of the page."""

    command: ClassVar[str] = "payments.agree_instalments"
    subject_field: ClassVar[str] = "item_id"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        lines = [line.split() for line in f"{given.pop('lines', '') or ''}".splitlines()]
        parts = [
            {"due_on": _day(words[0]), "amount": "".join(words[1:]).replace(",", "")}
            for words in lines
            if words
        ]
        terms = f"{given.pop('terms', '') or ''}".strip()
        return given | ({"terms": terms} if terms else {}) | ({"parts": parts} if parts else {})


def _day(text: str) -> str:
    """Turn a day as people write it round; whatever else it is the command refuses."""
    parts = text.replace("/", "-").split("-")
    return "-".join(reversed(parts)) if len(parts[-1]) == len("2026") else text


class CustomerInstalmentsState(_AgreeState, rx.State):
    """Splits a customer's invoice."""

    permission: ClassVar[str] = RECEIVE

    async def _done(self, result: Any) -> str:
        page = await self.get_state(CustomerAccountState)
        await page._show()  # noqa: SLF001  sister of this state
        return agreed_words(result)


class SupplierInstalmentsState(_AgreeState, rx.State):
    """Splits a supplier's bill."""

    permission: ClassVar[str] = PAY

    async def _done(self, result: Any) -> str:
        page = await self.get_state(SupplierAccountState)
        await page._show()  # noqa: SLF001  sister of this state
        return agreed_words(result)


def agreed_words(result: Any) -> str:
    """Say what was agreed."""
    return f"Due in {counted(len(result.parts), 'part')}. Each ages and is paid by itself."


class InstalmentTermsState(DialogFormState, rx.State):
    """Sets by which days new invoices of the customer of the page are due."""

    permission: ClassVar[str] = RECEIVE
    command: ClassVar[str] = "payments.set_instalment_terms"
    subject_field: ClassVar[str] = "party_id"

    terms: str = ""

    async def _prepare(self) -> None:
        whose = {"party_id": self.subject["id"]}
        self.terms = (await self._ask("payments.get_instalment_terms", whose)).terms

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"terms": f"{given.get('terms') or ''}".strip() or None}

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        return "Kept. Invoices from now on follow it."
