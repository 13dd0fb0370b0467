"""Whose bill it is: found by phone or name, or added in a moment."""

from typing import Any

import reflex as rx
from pydantic import ValidationError

from erp.core.errors import DomainError
from erp.services import identity
from erp.state.pos.till import SELL, WALK_IN, TillState
from erp.state.registry import handler
from erp.state.session import SessionState, as_uuid, errors_by_field, new_form_key


class CustomerState(SessionState, rx.State):
    """The dialog that names the customer of the cart."""

    is_open: bool = False
    is_adding: bool = False
    errors: dict[str, str] = {}
    problem: str = ""
    may_add: bool = False

    _key: str = ""

    @handler(permission=SELL)
    async def open_dialog(self) -> None:
        """Offer to find a customer."""
        principal = await self._principal()
        self.may_add = principal.may("party.edit")
        self.is_open, self.is_adding, self.errors, self.problem = True, False, {}, ""

    @handler(permission=SELL)
    async def close_dialog(self) -> None:
        """Leave the customer as they are."""
        self.is_open = False

    @handler(permission=SELL)
    async def start_adding(self) -> None:
        """Offer the short form."""
        self.is_adding, self.errors, self.problem = True, {}, ""
        self._key = new_form_key()

    @handler(permission=SELL)
    async def pick(self, party_id: str, _label: str) -> None:
        """Make someone the customer of the cart; their state decides the tax."""
        chosen = as_uuid(party_id)
        if chosen is not None:
            await self._set(str(chosen))

    @handler(permission=SELL)
    async def pick_walk_in(self) -> None:
        """Sell to nobody named."""
        till = await self.get_state(TillState)
        till.customer = WALK_IN
        self.is_open = False
        await till._adopt(till._cart().model_copy(update={"customer_id": None}))

    @handler(permission=SELL)
    async def add(self, form: dict[str, Any]) -> None:
        """Add a customer with name and phone, and choose them."""
        try:
            made = await self._run("party.create_party", await self._wanted(form))
        except ValidationError as error:
            self.errors = errors_by_field(error)
        except DomainError as error:
            self.errors, self.problem = errors_by_field(error), error.message
            self._key = new_form_key()
        else:
            await self._set(str(made.id))

    async def _set(self, party_id: str) -> None:
        till = await self.get_state(TillState)
        chosen = as_uuid(party_id)
        try:
            await till._choose(chosen)
        except DomainError as error:
            self.problem = error.message
            return
        self.is_open = False
        await till._adopt(till._cart().model_copy(update={"customer_id": chosen}))

    async def _wanted(self, form: dict[str, Any]) -> dict[str, Any]:
        given = {key: f"{form.get(key) or ''}".strip() for key in ("name", "phone", "gstin")}
        state_code = given["gstin"][:2] or await self._home_state()
        return given | {
            "kind": "patient" if not given["gstin"] else "retailer",
            "gst_category": "regular" if given["gstin"] else "unregistered",
            "state_code": state_code,
            "idempotency_key": self._key,
        }

    async def _home_state(self) -> str:
        principal: identity.Principal = await self._principal()
        found = await self._ask("identity.list_branches")
        own = [row.state_code for row in found.rows if row.id == principal.branch_id]
        return own[0] if own else ""
