"""What a cart costs now, as far as it can be sold: refused lines are named, the rest is priced."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from erp.core.context import RequestContext
from erp.core.errors import DomainError
from erp.core.formatting import date_text, money_text
from erp.services import platform
from erp.services.sales import CouponRefused
from erp.state.explaining import errors_by_field
from erp.state.pos.cart import Cart, Entry, troubles

ROUNDS = 4
"""How often refused lines, or the coupon, are left out; one refusal names all lines of its kind."""


@dataclass(slots=True)
class Priced:
    """A cart's prices, and what stands in the way of selling it.

    Attributes:
        parts: The lots of each line by the line's name.
        problems: Message per refused line; it says what to do.
        coupon_problem: Why the coupon was taken off; empty where it was not.
        blocked: Why the whole cart cannot be sold now; empty where nothing does.
        code: The refusal's code behind `blocked`.
        last_paid: What the customer paid last, in words, by variant.
    """

    quote: Any = None
    parts: Mapping[int, list[Any]] = field(default_factory=dict)
    problems: dict[int, str] = field(default_factory=dict)
    coupon_problem: str = ""
    blocked: str = ""
    code: str = ""
    last_paid: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def is_sellable(self) -> bool:
        """Tell whether every line is priced and nothing stands in the way."""
        return self.quote is not None and not self.problems and not self.blocked


def price(ctx: RequestContext, cart: Cart) -> Priced:
    """Ask for the price of a cart; lines that are refused are left out of a second question."""
    priced = Priced()
    for _ in range(ROUNDS):
        asked = [entry for entry in cart.entries if entry.uid not in priced.problems]
        if not asked:
            break
        try:
            wanted = cart.quote_input(priced.problems)
            priced.quote = platform.run("pos.quote_cart", ctx, wanted).result
        except CouponRefused as error:
            priced.coupon_problem = error.message
            cart = cart.model_copy(update={"coupon": ""})
        except (DomainError, ValidationError) as error:
            if not _note(priced, error, asked):
                break
        else:
            priced.parts = parts_by_line(priced.quote.lines, asked)
            break
    return priced


def price_of_day(ctx: RequestContext, cart: Cart) -> tuple[Priced, date]:
    """Return the price of a cart, what its customer paid last, and the day they are of."""
    priced = price(ctx, cart)
    priced.last_paid = last_paid(ctx, cart)
    return priced, ctx.today


def add_scanned(
    ctx: RequestContext, cart: Cart, code: str, place: UUID | None
) -> tuple[Cart, int, tuple[Priced, date]] | None:
    """Add what a code stands for and price the cart, in one crossing; nothing where it is unknown.

    Returns:
        The cart, the name of the line that grew, and the price.
    """
    wanted = {"search": code, "location_id": place, "limit": 2}
    found: Any = platform.run("catalog.search_products", ctx, wanted).result
    exact = [row for row in found.rows if row.is_exact]
    if not exact:
        return None
    row = exact[0]
    cart = cart.adding(row.variant_id, row.lot_id, row.label)
    return cart, cart.last_touched(row.variant_id, row.lot_id), price_of_day(ctx, cart)


def last_paid(ctx: RequestContext, cart: Cart) -> dict[UUID, str]:
    """Return what the cart's customer paid last for its goods; nothing where nobody is named."""
    if cart.customer_id is None:
        return {}
    goods = [{"variant_id": each} for each in {entry.variant_id for entry in cart.entries}]
    wanted = {"customer_id": cart.customer_id, "goods": goods}
    found: Any = platform.run("pos.list_last_prices", ctx, wanted).result
    return {
        row.variant_id: f"Last paid {money_text(row.unit_price)} on {date_text(row.sold_on)}"
        for row in found.rows
    }


def _note(priced: Priced, error: DomainError | ValidationError, asked: list[Entry]) -> bool:
    """Write down a refusal; tell whether it is about lines, so that the rest can be asked for."""
    found = {uid: message for uid, _, message in troubles(errors_by_field(error), asked)}
    if found:
        priced.problems.update(found)
        return True
    if isinstance(error, DomainError):
        priced.blocked, priced.code = error.message, error.code
    else:
        priced.blocked, priced.code = "; ".join(errors_by_field(error).values()), "invalid_input"
    return False


def with_prices(cart: Cart, priced: Priced) -> Cart:
    """Return the cart with the prices and names the customer is shown now, its coupon if it holds."""
    if priced.coupon_problem:
        cart = cart.model_copy(update={"coupon": ""})
    return cart.showing({uid: _told(parts) for uid, parts in priced.parts.items()})


def _told(parts: list[Any]) -> dict[str, Any]:
    """Return price and name of a line as the customer is shown them."""
    prices = {part.unit_price for part in parts if not part.is_free}
    return {"price": prices.pop() if len(prices) == 1 else None, "label": parts[0].label}


def parts_by_line(quoted: Iterable[Any], entries: Iterable[Entry]) -> dict[int, list[Any]]:
    """Return the quote's parts by the name of their line; `entries` are those that were asked."""
    names = [entry.uid for entry in entries]
    parts: dict[int, list[Any]] = defaultdict(list)
    for part in quoted:
        parts[names[part.line]].append(part)
    return dict(parts)
