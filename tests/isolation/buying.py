"""Goods a shop bought at two prices, and inputs for the reads of what came."""

from tests.factories import Shop, receipt_line
from tests.isolation.pictures import Example, Ids


def buy_twice(shop: Shop, ids: Ids) -> None:
    """Take a product in at one price and then at a higher one."""
    for cost in ("60", "66"):
        line = receipt_line(shop.ctx, ids["variant_id"], 1, unit_cost=cost)
        delivery = {"supplier_id": ids["supplier_id"], "lines": [line]}
        shop.run("inventory.receive_goods", delivery)


def _named(*names: str) -> Example:
    return lambda ids, _: {name: ids[name] for name in names}


EXAMPLES: dict[str, Example] = {
    "purchasing.list_price_changes": _named("supplier_id"),
    "purchasing.list_received": _named("supplier_id", "variant_id", "brand_id"),
    "purchasing.price_history": _named("variant_id"),
    "purchasing.supplier_scorecard": _named("supplier_id"),
}
