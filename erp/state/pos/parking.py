"""Bills put aside while another customer is served."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import reflex as rx
from pydantic import ValidationError

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError
from erp.core.formatting import instant_text
from erp.services import catalog
from erp.state.pos.cart import Cart, Entry
from erp.state.pos.till import SELL, TOAST_PLACE, TillState
from erp.state.registry import handler
from erp.state.session import SessionState, as_uuid, errors_by_field, new_form_key

CARRIED = ("customer_id", "bill_discount", "coupon", "prescription", "exchange")
"""What a parked bill carries beside its lines."""


class ParkState(SessionState, rx.State):
    """The dialogs that park a bill and take one up again."""

    is_parking: bool = False
    is_recalling: bool = False
    suggested: str = ""
    parked: list[dict[str, str]] = []
    errors: dict[str, str] = {}
    problem: str = ""

    _key: str = ""

    @handler(permission=SELL)
    async def open_park(self) -> Any:
        """Ask for a name to know the bill again by."""
        till = await self.get_state(TillState)
        if not till.lines:
            return rx.toast.info("There is nothing to park yet.", id="park", position=TOAST_PLACE)
        now = (await self._principal()).time_zone
        named = till.customer["name"] if till.customer["id"] else ""
        self.suggested = named or f"Bill at {await self._clock(now)}"
        self.is_parking, self.errors, self.problem = True, {}, ""
        self._key = new_form_key()
        return None

    @handler(permission=SELL)
    async def park(self, form: dict[str, Any]) -> Any:
        """Put the bill aside under a name and begin another."""
        till = await self.get_state(TillState)
        wanted = till._cart().park_input()
        label = f"{form.get('label') or ''}"
        try:
            await self._run(
                "pos.park_cart", wanted | {"label": label, "idempotency_key": self._key}
            )
        except ValidationError as error:
            self.errors = errors_by_field(error)
            return None
        except DomainError as error:
            self.errors, self.problem = errors_by_field(error), error.message
            self._key = new_form_key()
            return None
        self.is_parking = False
        await till._renew()
        return rx.toast.success(f"Parked as {label}.", id="park", position=TOAST_PLACE)

    @handler(permission=SELL)
    async def open_recall(self) -> None:
        """Show the parked bills of the branch."""
        await self._load()

    @handler(permission=SELL)
    async def recall(self, cart_id: str) -> Any:
        """Take a parked bill up; prices and lots are looked up afresh."""
        till = await self.get_state(TillState)
        if till.lines or not as_uuid(cart_id):
            return None
        try:
            taken = await self._run("pos.recall_cart", {"cart_id": cart_id})
        except DomainError as error:
            await self._load()
            self.problem = error.message
            return None
        self.is_recalling = False
        names = await self._call(_names, taken.cart["lines"])
        cart = _as_cart(till._cart(), taken.cart, names)
        await till._take_up(cart)
        return None

    @handler(permission=SELL)
    async def close_dialog(self) -> None:
        """Close either dialog."""
        self.is_parking = self.is_recalling = False

    async def _load(self) -> None:
        till = await self.get_state(TillState)
        found = await self._ask("pos.list_parked_carts")
        zone = (await self._principal()).time_zone
        self.parked = [
            {
                "id": str(row.id),
                "label": row.label,
                "detail": f"{_lines(row.line_count)} · {instant_text(row.created_at, zone)}",
            }
            for row in found.rows
        ]
        self.problem = "Park or clear the bill at hand first." if till.lines else ""
        self.is_recalling = True

    async def _clock(self, time_zone: str) -> str:
        return await self._call(lambda ctx: instant_text(ctx.now, time_zone)[-5:])


def _as_cart(empty: Cart, parked: dict[str, Any], names: Mapping[str, str]) -> Cart:
    """Return a parked cart as a new bill with an identity of its own."""
    entries = tuple(
        Entry(
            uid=place,
            variant_id=line["variant_id"],
            quantity=line["quantity"],
            unit=line.get("unit") or "",
            discount_percent=line["discount_percent"],
            lot_id=line.get("lot_id"),
            label=names.get(line["variant_id"], ""),
        )
        for place, line in enumerate(parked["lines"], start=1)
    )
    given = {key: parked[key] for key in CARRIED if parked.get(key) is not None}
    return Cart.model_validate(
        {"shift_id": empty.shift_id, "entries": [e.model_dump() for e in entries], **given}
    )


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


def _names(ctx: RequestContext, lines: list[dict[str, Any]]) -> dict[str, str]:
    """Return the labels of the goods, so that a line that cannot be priced has a name."""
    ids = [UUID(line["variant_id"]) for line in lines]
    try:
        with db.unit_of_work(ctx) as session:
            goods = catalog.get_lines_for_sale(
                session, ctx, ids, ctx.today, including_inactive=True
            )
    except DomainError:
        return {}
    return {str(variant_id): line.label for variant_id, line in goods.items()}
