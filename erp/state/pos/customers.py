"""Whose bill it is: found by phone or name, added in a moment, known with what they have."""

from typing import Any
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import counted, instant_text, money_text
from erp.services import identity
from erp.state.pos.till import SELL, TOAST_PLACE, WALK_IN, TillState
from erp.state.registry import handler
from erp.state.session import SessionState, as_uuid, errors_by_field, new_form_key


class CustomerState(SessionState, rx.State):
    """The dialog about the customer of the cart.

    Attributes:
        mode: `find`, `add`, `known` with standing and latest bills, `advance` to take one, or
            `refund` to pay it back.
    """

    is_open: bool = False
    mode: str = "find"
    standing: dict[str, str] = {}
    bills: list[dict[str, str]] = []
    voucher: dict[str, str] = {}
    errors: dict[str, str] = {}
    problem: str = ""
    may_add: bool = False

    _key: str = ""

    @handler(permission=SELL)
    async def open_dialog(self) -> EventSpec | None:
        """Show the customer of the cart, or offer to find one; an exchange keeps its bill's own."""
        if (await self.get_state(TillState)).exchanged:
            message = "An exchange is for the customer of its bill."
            return rx.toast.info(message, id="customer", position=TOAST_PLACE)
        principal = await self._principal()
        self.may_add = principal.may("party.edit")
        customer_id = as_uuid((await self.get_state(TillState)).customer["id"])
        self._turn("known" if customer_id else "find")
        if customer_id is not None:
            await self._show(customer_id, principal.time_zone)
        self.is_open = True
        return None

    @handler(permission=SELL)
    async def start_finding(self) -> None:
        """Offer to find another customer."""
        self._turn("find")

    @handler(permission=SELL)
    async def start_advance(self) -> None:
        """Offer to take money for goods to come."""
        self._turn("advance")
        self._key = new_form_key()

    @handler(permission="pos.return")
    async def start_refund(self) -> None:
        """Offer to pay back what the customer paid before."""
        self._turn("refund")
        self._key = new_form_key()

    @handler(permission=SELL)
    async def close_dialog(self) -> None:
        """Leave the customer as they are."""
        self.is_open = False

    @handler(permission=SELL)
    async def start_adding(self) -> None:
        """Offer the short form."""
        self._turn("add")
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

    @handler(permission=SELL)
    async def take_advance(self, form: dict[str, Any]) -> None:
        """Take money for goods to come, and show the voucher."""
        await self._move_advance("pos.take_advance", form, ("method", "amount", "note"))

    @handler(permission="pos.return")
    async def pay_back(self, form: dict[str, Any]) -> None:
        """Pay back what the customer paid before and did not spend, and show the voucher."""
        wanted = ("method", "amount", "reference", "reason")
        await self._move_advance("pos.pay_back_advance", form, wanted)

    async def _move_advance(
        self, command: str, form: dict[str, Any], fields: tuple[str, ...]
    ) -> None:
        till = await self.get_state(TillState)
        typed = {key: f"{form.get(key) or ''}".strip() for key in fields}
        typed["amount"] = typed["amount"].replace(",", "")
        whose = {"party_id": till.customer["id"], "shift_id": till.shift_id}
        self.problem = ""
        try:
            made = await self._run(command, typed | whose | {"idempotency_key": self._key})
        except ValidationError as error:
            self.errors = errors_by_field(error)
        except DomainError as error:
            self.errors, self.problem = errors_by_field(error), error.message
            self._key = new_form_key()
        else:
            await self._show(made.party_id, (await self._principal()).time_zone)
            self._turn("known")
            deed = "Taken" if made.kind == "receipt" else "Paid back"
            self.voucher = {
                "id": str(made.voucher_id),
                "number": made.number,
                "words": f"{deed}: voucher {made.number}.",
            }

    @handler(permission=SELL)
    async def repeat(self, sale_id: str) -> EventSpec | None:
        """Put the goods of an earlier bill into the cart, at the prices of today."""
        if as_uuid(sale_id) is None:
            return None
        till = await self.get_state(TillState)
        try:
            sale = await self._ask("pos.get_sale", {"sale_id": sale_id})
        except DomainError as error:
            return rx.toast.error(error.message, id="repeat", position=TOAST_PLACE)
        cart = till._cart()
        for line in sale.lines:
            cart = cart.adding(line.variant_id, None, line.description, line.quantity)
        self.is_open = False
        await till._adopt(cart)
        return None

    def _turn(self, mode: str) -> None:
        self.mode, self.errors, self.problem, self.voucher = mode, {}, "", {}

    async def _show(self, customer_id: UUID, time_zone: str) -> None:
        try:
            found = await self._ask("pos.get_customer", {"customer_id": customer_id})
        except DomainError as error:
            self._turn("find")
            self.problem = error.message
            return
        self.standing = _standing(found)
        self.bills = [_bill(row, time_zone) for row in found.bills]

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


def _standing(found: Any) -> dict[str, str]:
    points = found.points
    facts = (found.phone, f"GSTIN {found.gstin}" if found.gstin else "", found.city)
    return {
        "id": str(found.customer_id),
        "name": found.name,
        "detail": " · ".join(fact for fact in facts if fact),
        "points": counted(points.balance, "point") if points.is_active or points.balance else "",
        "points_pay": f"pay {money_text(points.value)}",
        "advance": money_text(found.advance),
        "has_advance": "yes" if found.advance else "",
        "owed": money_text(found.owed),
        "credit": f"{money_text(found.credit_left)} left of {money_text(found.credit_limit)}"
        if found.credit_limit
        else "No credit",
        "credit_tone": "red" if found.owed > found.credit_limit else "",
    }


def _bill(row: Any, time_zone: str) -> dict[str, str]:
    more = f" and {row.line_count - 1} more" if row.line_count > 1 else ""
    return {
        "id": str(row.sale_id),
        "number": row.number,
        "goods": f"{row.goods}{more}",
        "detail": f"{row.number} · {instant_text(row.sold_at, time_zone)}",
        "total": money_text(row.total),
    }
