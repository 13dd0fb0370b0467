"""What tests of prices ask of a shop: lists, rules, quotes."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.factories import Shop
from tests.services.trading import add_customer

WHOLESALER = {"kind": "retailer", "name": "Nirmala Stores"}


def make_list(shop: Shop, code: str = "ALL", **facts: Any) -> UUID:
    """Make a list for everyone unless said."""
    given = {"code": code, "name": code.title(), "audience": "everyone"} | facts
    found: UUID = shop.run("sales.create_price_list", given).id
    return found


def set_price(shop: Shop, list_id: UUID, **rule: Any) -> UUID:
    """Add a price for all goods unless goods are named."""
    found: UUID = shop.run("sales.set_price", {"list_id": list_id} | rule).id
    return found


def set_scheme(shop: Shop, list_id: UUID, buy: int, free: int, **rule: Any) -> UUID:
    """Give `free` units with `buy` paid ones."""
    given = {"list_id": list_id, "buy_quantity": buy, "free_quantity": free} | rule
    found: UUID = shop.run("sales.set_scheme", given).id
    return found


def quote(shop: Shop, quantities: dict[UUID, int], **more: Any) -> Any:
    """Price a cart at the till."""
    lines = [{"variant_id": v, "quantity": n} for v, n in quantities.items()]
    return shop.run("pos.quote_cart", {"shift_id": shop.shift_id, "lines": lines} | more)


def price_of(shop: Shop, variant_id: UUID, quantity: int = 1, **more: Any) -> Decimal:
    """Return what a base unit costs at the till, tax included."""
    found: Decimal = quote(shop, {variant_id: quantity}, **more).lines[0].unit_price
    return found


def named(shop: Shop, **facts: Any) -> UUID:
    """Add a customer."""
    return add_customer(shop, **(WHOLESALER | facts))
