"""The selling screen: one cart, priced anew after each change in one question to the server."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.money import LARGEST_AMOUNT
from erp.state.pos import lines as shown
from erp.state.pos.cart import (
    WHOLE_PERCENT,
    Cart,
    Exchanged,
    read_amount,
    read_count,
)
from erp.state.pos.holdings import customer_shown
from erp.state.pos.open_carts import LONGEST_CART, OpenCarts
from erp.state.pos.pricing import Priced, add_scanned, price_of_day, with_prices
from erp.state.registry import handler
from erp.state.session import SessionState, as_uuid

SELL = "pos.sell"
TOAST_PLACE = "top-center"
"""Where a toast hides neither the total nor the button that is pressed next."""
WALK_IN = {"id": "", "name": "Walk-in customer", "detail": "", "credit": ""}


class TillState(SessionState, rx.State):
    """A cart on an open shift.

    Attributes:
        stage: `loading`, `opening` while there is no shift, or `selling`.
        kept: The cart at hand as JSON; aside: the others. The browser keeps a copy of both.
        tabs: The open carts as they are shown; empty while there is one.
        exchanged: Number of the bill whose goods come back for these; empty for a plain sale.
        notice: Why the cart cannot be sold now; empty where nothing stands in the way.
    """

    stage: str = "loading"
    shift_id: str = ""
    register_id: str = ""
    register_name: str = ""
    location_id: str = ""
    opened: str = ""
    may_move_cash: bool = False
    may_return: bool = False
    may_arrange: bool = False

    kept: str = ""
    aside: str = ""
    tabs: list[dict[str, str]] = []
    lines: list[dict[str, Any]] = []
    totals: dict[str, str] = {}
    units: str = ""
    bill_discount: str = ""
    coupon: str = ""
    coupon_problem: str = ""
    coupons_refused: int = 0
    customer: dict[str, str] = WALK_IN
    selected: str = ""
    notice: str = ""
    notice_code: str = ""
    is_sellable: bool = False
    needs_approval: bool = False
    prescription: str = ""
    needs_prescription: bool = False
    discount_note: str = ""
    exchanged: str = ""

    _level: str = "0"
    _total: str = "0"

    @handler(permission=SELL)
    async def add(self, variant_id: str, lot_id: str, label: str) -> None:
        """Add one unit of a variant, or of the lot whose pack was scanned."""
        await self._add(as_uuid(variant_id), as_uuid(lot_id), f"{label}")

    @handler(permission=SELL)
    async def scan(self, code: str) -> Sequence[EventSpec] | None:
        """Add what a scanned code stands for; say so where nothing does."""
        if not self.shift_id:
            return None
        place = as_uuid(self.location_id)
        try:
            found = await self._call(add_scanned, self._cart(), f"{code}"[:200], place)
        except (DomainError, ValidationError) as error:
            text = error.message if isinstance(error, DomainError) else "This code cannot be read."
            return [rx.toast.error(text, id="scan", position=TOAST_PLACE)]
        if found is None:
            message = f"No product has the code {f'{code}'[:40]}. Search for it by name."
            return [rx.toast.error(message, id="scan", position=TOAST_PLACE)]
        cart, name, priced = found
        self.selected = str(name)
        self._hold(cart, priced)
        return None

    @handler(permission=SELL)
    async def change_quantity(self, uid: str, text: str) -> None:
        """Set a line's quantity as typed; zero takes the line off."""
        count = read_count(f"{text}")
        cart, name = self._cart(), _name(uid)
        self.selected = str(name)
        if count is None:
            self._say(name, "Type a whole number of units.")
        elif count == 0:
            await self._adopt(cart.removing(name))
        else:
            await self._adopt(cart.changing(name, quantity=count))

    @handler(permission=SELL)
    async def change_unit(self, uid: str, unit: str) -> None:
        """Count a line in another unit its goods are traded in; the base unit goes unnamed."""
        self.selected = str(_name(uid))
        line = next((line for line in self.lines if line["uid"] == self.selected), None)
        is_base = line is not None and f"{unit}" in line["units"][:1]
        named = "" if is_base else f"{unit}"[:20]
        await self._adopt(self._cart().changing(_name(uid), unit=named, price=None))

    @handler(permission=SELL)
    async def step(self, uid: str, by: int) -> None:
        """Take some units more or less; the last one does not go by itself."""
        await self._step(_name(uid), by)

    @handler(permission=SELL)
    async def remove(self, uid: str) -> None:
        """Take a line off the bill."""
        await self._remove(_name(uid))

    @handler(permission=SELL)
    async def change_discount(self, uid: str, text: str) -> None:
        """Give a line a discount in percent."""
        name = _name(uid)
        self.selected = str(name)
        percent = read_amount(f"{text}", WHOLE_PERCENT)
        if percent is None:
            self._say(name, "A discount is between 0 and 100 percent, with two decimals at most.")
        else:
            await self._adopt(self._cart().changing(name, discount_percent=percent))

    @handler(permission=SELL)
    async def change_bill_discount(self, text: str) -> EventSpec | None:
        """Take rupees off the whole bill."""
        amount = read_amount(f"{text}", LARGEST_AMOUNT)
        if amount is None:
            return rx.toast.error(
                "A discount is an amount such as 25.50.", id="bill-discount", position=TOAST_PLACE
            )
        await self._adopt(self._cart().model_copy(update={"bill_discount": amount}))
        return None

    @handler(permission=SELL)
    async def change_coupon(self, text: str) -> None:
        """Take off what a coupon gives; one that does not hold says why and is left out again."""
        code = f"{text}".strip().upper()[:20]
        await self._adopt(self._cart().model_copy(update={"coupon": code}))

    @handler(permission=SELL)
    async def select(self, uid: str) -> None:
        """Make a line the one that the keys change."""
        self.selected = str(_name(uid))

    @handler(permission=SELL)
    async def press(self, key: str) -> None:
        """Do what a key stands for on the chosen line."""
        uids = [entry.uid for entry in self._cart().entries]
        if not uids:
            return
        here = _name(self.selected) if _name(self.selected) in uids else uids[-1]
        at = uids.index(here)
        if key in {"more", "less"}:
            await self._step(here, 1 if key == "more" else -1)
        elif key == "remove":
            await self._remove(here)
        elif key == "unit":
            await self._next_unit(here)
        elif key in {"up", "down"}:
            moved = at + (1 if key == "down" else -1)
            self.selected = str(uids[max(0, min(moved, len(uids) - 1))])

    @handler(permission=SELL)
    async def open_tab(self) -> EventSpec | None:
        """Begin a bill for another customer beside this one."""
        return await self._turn_to(len(self._open_carts().carts))

    @handler(permission=SELL)
    async def next_tab(self) -> EventSpec | None:
        """Take up the next open bill; where there is one only, begin another."""
        carts = self._open_carts()
        only = len(carts.carts) == 1
        return await self._turn_to(1 if only else (carts.at + 1) % len(carts.carts))

    @handler(permission=SELL)
    async def choose_tab(self, place: str) -> EventSpec | None:
        """Take up one of the open bills."""
        return await self._turn_to(_name(place))

    @handler(permission=SELL)
    async def go_to_returns(self) -> EventSpec | None:
        """Find a bill whose goods come back."""
        return rx.redirect("/till/return") if self.may_return else None

    @handler(permission=SELL)
    async def clear(self) -> None:
        """Begin the bill anew; nothing of it was posted."""
        await self._renew()

    @handler(permission=SELL)
    async def refresh(self) -> None:
        """Price the cart again."""
        if self.shift_id:
            await self._adopt(self._cart())

    @handler(permission=SELL)
    async def restore(self, kept: str, aside: str = "") -> None:
        """Take up the carts that the browser kept, after a reload or a restart of the server."""
        if not isinstance(kept, str) or len(kept) > LONGEST_CART or self._cart().is_begun:
            return
        try:
            cart = Cart.model_validate_json(kept)
        except ValidationError:
            return
        if self.shift_id and len(self._open_carts().carts) == 1:
            self.aside = OpenCarts.read(aside).model_dump_json()
        if self.shift_id:
            await self._take_up(cart.model_copy(update={"shift_id": UUID(self.shift_id)}))

    async def _begin(self, exchanged: Exchanged, customer_id: UUID | None) -> EventSpec | None:
        """Begin the bill of an exchange; goods that were chosen before stay on a bill of their own."""
        if self._cart().is_begun:
            refused = await self._turn_to(len(self._open_carts().carts))
            if refused is not None:
                return refused
        await self._choose(customer_id)
        given = {"exchange": exchanged, "customer_id": customer_id}
        await self._adopt(self._cart().model_copy(update=given))
        return None

    async def _turn_to(self, to: int) -> EventSpec | None:
        carts = self._open_carts()
        if not self.shift_id or to == carts.at or not 0 <= to <= len(carts.carts):
            return None
        if to == len(carts.carts) and not carts.has_room:
            message = f"{len(carts.carts)} bills are open. Finish or park one first."
            return rx.toast.info(message, id="tabs", position=TOAST_PLACE)
        text = carts.carts[to].text if to < len(carts.carts) else ""
        self.aside = carts.putting_aside(self.kept, self._label(), to).model_dump_json()
        await self._take_up(self._read_cart(text))
        return None

    def _open_carts(self) -> OpenCarts:
        return OpenCarts.read(self.aside)

    def _label(self) -> str:
        if self.customer["id"]:
            return self.customer["name"]
        return str(self.lines[0]["label"]) if self.lines else ""

    def _read_cart(self, text: str) -> Cart:
        """Return a cart that was put aside, on the shift of now; a new one where it is none."""
        shift_id = UUID(self.shift_id)
        try:
            cart = Cart.model_validate_json(text)
        except ValidationError:
            return Cart(shift_id=shift_id)
        return cart.model_copy(update={"shift_id": shift_id})

    def _show_tabs(self) -> None:
        carts = self._open_carts()
        self.tabs = [
            {
                "place": str(place),
                "label": (self._label() if place == carts.at else cart.label)
                or f"Bill {place + 1}",
                "is_at_hand": "true" if place == carts.at else "false",
            }
            for place, cart in enumerate(carts.carts)
            if len(carts.carts) > 1
        ]

    async def _take_up(self, cart: Cart) -> None:
        """Go on with a cart that was put aside; a customer who is gone is left out."""
        self.selected = ""
        try:
            await self._choose(cart.customer_id)
        except DomainError:
            cart = cart.model_copy(update={"customer_id": None})
        await self._adopt(cart)

    def _cart(self) -> Cart:
        if self.kept:
            return Cart.model_validate_json(self.kept)
        return Cart(shift_id=UUID(self.shift_id) if self.shift_id else UUID(int=0))

    async def _renew(self) -> None:
        """Go on with the next open bill, or begin a new one with an identity of its own."""
        carts, text = self._open_carts().without_the_one_at_hand()
        self.aside = carts.model_dump_json()
        await self._take_up(self._read_cart(text))

    async def _add(self, variant_id: UUID | None, lot_id: UUID | None, label: str) -> None:
        if variant_id is not None and self.shift_id:
            cart = self._cart().adding(variant_id, lot_id, label)
            self.selected = str(cart.last_touched(variant_id, lot_id))
            await self._adopt(cart)

    async def _step(self, name: int, by: int) -> None:
        cart = self._cart()
        entry = cart.entry(name)
        if entry is not None and by in (-1, 1) and entry.quantity + by >= 1:
            self.selected = str(name)
            await self._adopt(cart.changing(name, quantity=entry.quantity + by))

    async def _next_unit(self, name: int) -> None:
        line = next((line for line in self.lines if line["uid"] == str(name)), None)
        if line is not None and line["units"]:
            at = line["units"].index(line["unit"])
            await self.change_unit(str(name), line["units"][(at + 1) % len(line["units"])])

    async def _remove(self, name: int) -> None:
        cart = self._cart()
        uids = [entry.uid for entry in cart.entries]
        if name in uids:
            at = uids.index(name)
            rest = uids[:at] + uids[at + 1 :]
            self.selected = str(rest[min(at, len(rest) - 1)]) if rest else ""
            await self._adopt(cart.removing(name))

    async def _adopt(self, cart: Cart) -> None:
        """Hold a changed cart and show what it costs; the cart is held even if nobody can say."""
        self.kept = cart.model_dump_json()
        self._hold(cart, await self._call(price_of_day, cart) if cart.entries else None)

    def _hold(self, cart: Cart, priced: tuple[Priced, date] | None) -> None:
        self._show(cart, *priced) if priced else self._show_nothing(cart)
        self._show_tabs()

    def _show(self, cart: Cart, priced: Priced, today: date) -> None:
        cart = with_prices(cart, priced)
        self.kept = cart.model_dump_json()
        self.lines = shown.shown_lines(cart, priced, today)
        self._show_sums(cart, priced)
        self.is_sellable = priced.is_sellable
        self.notice, self.notice_code = priced.blocked, priced.code
        quote = priced.quote
        worth = cart.exchange.worth if cart.exchange else 0
        self._total = str(quote.total - worth) if quote else "0"
        self._level = str(quote.discount_level) if quote else "0"
        self.needs_approval = bool(
            quote and quote.needs_approval and quote.discount_level > cart.approved
        )
        self.discount_note = shown.discount_note(quote, cart)
        self.needs_prescription = bool(quote and quote.on_prescription and not cart.prescription)
        missing = "Sold on a prescription only: name doctor, patient and date"
        self.prescription = missing if self.needs_prescription else shown.prescribed(cart)

    def _show_nothing(self, cart: Cart) -> None:
        self.lines, self.notice, self.notice_code = [], "", ""
        self.is_sellable = self.needs_approval = self.needs_prescription = False
        self.prescription = shown.prescribed(cart)
        self.discount_note, self._level, self._total = "", "0", "0"
        self._show_sums(cart, Priced())

    def _show_sums(self, cart: Cart, priced: Priced) -> None:
        units = sum(entry.quantity for entry in cart.entries)
        self.units = f"{units} {'unit' if units == 1 else 'units'}" if units else ""
        self.totals = shown.shown_totals(priced.quote, cart)
        self.exchanged = cart.exchange.number if cart.exchange else ""
        self.bill_discount = f"{cart.bill_discount:f}" if cart.bill_discount else ""
        self.coupon, self.coupon_problem = cart.coupon, priced.coupon_problem
        self.coupons_refused += bool(priced.coupon_problem)

    def _say(self, name: int, message: str) -> None:
        """Show a message at a line."""
        self.lines = [
            line | {"problem": message} if line["uid"] == str(name) else line for line in self.lines
        ]

    async def _choose(self, customer_id: UUID | None) -> None:
        """Show a customer; the nameless one where none is given."""
        self.customer = await self._call(customer_shown, customer_id) if customer_id else WALK_IN


def _name(uid: Any) -> int:
    """Read a line's name from an event; 0 names no line."""
    text = f"{uid}"
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0  # noqa: PLR2004
