"""What tests of orders ask of a shop."""

from typing import Any
from uuid import UUID

from tests.factories import Shop
from tests.services.sales.pricing import named


def buyer(shop: Shop, **facts: Any) -> UUID:
    """Add a registered retailer of the shop's state with credit for a lakh."""
    known = {"credit_limit": "100000.00", "gst_category": "regular", "gstin": "27AAPFU0939F1ZV"}
    return named(shop, **(known | facts))


def goods(shop: Shop, quantity: int, at: int = 0, **more: Any) -> dict[str, Any]:
    """Return a line of an order."""
    return {"variant_id": shop.variant_ids[at], "quantity": quantity} | more


def order(shop: Shop, customer_id: UUID, *lines: dict[str, Any], **more: Any) -> Any:
    """Take an order."""
    return shop.run("sales.take_order", {"customer_id": customer_id, "lines": lines} | more)


def quotation(shop: Shop, customer_id: UUID, *lines: dict[str, Any], **more: Any) -> Any:
    """Make a quotation."""
    return shop.run("sales.make_quotation", {"customer_id": customer_id, "lines": lines} | more)


def deliver(shop: Shop, made: Any, *quantities: int, **more: Any) -> Any:
    """Deliver these units of the order's lines, in their order."""
    lines = [{"order_line_no": no, "quantity": n} for no, n in enumerate(quantities, start=1)]
    return shop.run("billing.deliver_order", {"order_id": made.id, "lines": lines} | more)


def detail(shop: Shop, made: Any, **more: Any) -> Any:
    """Read an order."""
    return shop.run("sales.get_order", {"order_id": made.id} | more)


def reserved(shop: Shop, variant_id: UUID) -> int:
    """Return the base units of a variant that are promised to someone."""
    found = shop.run("inventory.stock_by_lot", {"variant_id": variant_id})
    units: int = sum(row.reserved for row in found.rows)
    return units
