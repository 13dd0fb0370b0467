"""Requisitions as tests make them."""

from typing import Any

from tests.factories import UNIT_COST, Shop
from tests.services.purchasing.ordering import known_supplier


def submit(shop: Shop, *goods: tuple[int, int], **more: Any) -> Any:
    """Hand in a requisition of pairs of the shop's product and units; `by` whom."""
    by = more.pop("by", None)
    lines = [{"variant_id": shop.variant_ids[at], "quantity": n} | more for at, n in goods]
    return shop.run("purchasing.submit_requisition", {"lines": lines}, by=by)


def decide_requisition(shop: Shop, made: Any, outcome: str = "approved", **more: Any) -> Any:
    by = more.pop("by", None)
    given = {"requisition_id": made.id, "outcome": outcome}
    return shop.run("purchasing.decide_requisition", given | more, by=by)


def approved(shop: Shop, *goods: tuple[int, int], by: Any) -> Any:
    """Hand in a requisition as somebody and have the owner approve it."""
    return decide_requisition(shop, submit(shop, *goods, by=by))


def taken(shop: Shop, made: Any, line_no: int, quantity: int, **more: Any) -> dict[str, Any]:
    """Return goods of a line to order, from the first supplier unless another is named."""
    facts = {"supplier_id": more.pop("supplier_id", None) or known_supplier(shop)}
    facts |= {"unit_cost": UNIT_COST} | more
    return {"requisition_id": made.id, "line_no": line_no, "quantity": quantity} | facts


def order_requisitions(shop: Shop, *lines: dict[str, Any], **more: Any) -> Any:
    by = more.pop("by", None)
    return shop.run("purchasing.order_requisitions", {"lines": list(lines)} | more, by=by)


def requisition(shop: Shop, made: Any) -> Any:
    return shop.run("purchasing.get_requisition", {"requisition_id": made.id})


def requested(shop: Shop, **more: Any) -> Any:
    return shop.run("purchasing.list_requested", more).rows
