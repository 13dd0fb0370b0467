"""The form that receives an advance for a service."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import money_text
from erp.state.payments.wording import RECEIVE
from erp.state.registry import PAGE, handler
from erp.state.session import as_uuid
from erp.state.submitting import FormState

NOBODY = {"id": "", "name": ""}


class ReceiveAdvanceState(FormState, rx.State):
    """Receives money for a service to come.

    Attributes:
        method: Chosen way of paying; a cheque asks for its day.
        is_settled: The service is known; else its description is asked for.
    """

    permission: ClassVar[str] = RECEIVE
    command: ClassVar[str] = "service_advances.receive_advance"

    party: dict[str, str] = NOBODY
    method: str = "bank"
    is_settled: bool = True

    @handler(permission=PAGE)
    async def open_advance(self) -> None:
        """Offer an empty form; the address may name the customer."""
        self._renew()
        self.party, self.method, self.is_settled = NOBODY, "bank", True
        wanted = as_uuid(dict(self.router.url.query_parameters).get("party_id", ""))
        if wanted is None:
            return
        try:
            found = await self._ask(
                "payments.list_items", {"party_id": wanted, "ledger": "customer"}
            )
        except DomainError:
            return
        self.party = {"id": str(wanted), "name": found.party}

    @handler(permission=PAGE)
    async def choose_method(self, method: str) -> None:
        """Keep how it is paid."""
        self.method = f"{method}"[:20]

    @handler(permission=PAGE)
    async def choose_settled(self, settled: str) -> None:
        """Keep whether the service is settled."""
        self.is_settled = settled != "no"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        given.pop("settled", None)
        if "amount" in given:
            given["amount"] = f"{given['amount']}".replace(",", "")
        return given

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        words = f"{result.number} received, {money_text(result.tax)} tax of it due now."
        return [rx.toast.success(words), rx.redirect(f"/service-advances/{result.id}")]
