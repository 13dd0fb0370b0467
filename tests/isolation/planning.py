"""What a shop plans, and a working input for every action of planning that names an id."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tests.factories import Shop, receipt_line

Ids = dict[str, UUID]


def suggestion(shop: Shop, supplier_id: UUID) -> Ids:
    """Suggest to buy a product again that came from a supplier."""
    variant_id = shop.variant_ids[2]
    line = receipt_line(shop.ctx, variant_id, 1)
    shop.run("inventory.receive_goods", {"supplier_id": supplier_id, "lines": [line]})
    rule = {"variant_id": variant_id, "reorder_point": 10_000}
    shop.run("inventory.set_reorder_rule", rule)
    shop.run("inventory.suggest_reorders")
    found = shop.run("inventory.list_suggestions").rows[0]
    sold = {"supplier_id": supplier_id, "variant_id": variant_id, "least": 2}
    shop.run("inventory.set_order_quantity", sold)
    _count(shop, shop.variant_ids[0])
    return {"suggestion_id": found.id, "planned_variant_id": variant_id}


def _count(shop: Shop, variant_id: UUID) -> None:
    """Post a count that found more of a product than the books had."""
    product = {"product_id": shop.run("catalog.get_variant", {"variant_id": variant_id}).product_id}
    count = {"count_id": shop.run("inventory.start_count", {"products": [product]}).count_id}
    lot_id = shop.lot_ids[variant_id][0]
    line = {"lot_id": lot_id, "counted": 1_000}
    shop.run("inventory.record_count", count | {"lines": [line]})
    shop.run("inventory.submit_count", count | {"rest": "not_counted"})
    shop.run("inventory.approve_count", count)


EXAMPLES: dict[str, Callable[[Ids, Shop], dict[str, Any]]] = {
    "inventory.dismiss_suggestion": lambda i, _: {
        "suggestion_id": i["suggestion_id"],
        "reason": "x",
    },
    "inventory.get_reorder_plan": lambda i, _: {"variant_id": i["variant_id"]},
    "inventory.list_ageing": lambda i, _: {
        "location_id": i["location_id"],
        "variant_id": i["variant_id"],
    },
    "inventory.judge_counts": lambda i, _: {"location_id": i["location_id"]},
    "inventory.list_count_differences": lambda i, _: {"location_id": i["location_id"]},
    "inventory.list_due_lots": lambda i, _: {"location_id": i["location_id"]},
    "inventory.list_idle": lambda i, _: {"location_id": i["location_id"]},
    "inventory.list_suggestions": lambda i, _: {
        "supplier_id": i["supplier_id"],
        "variant_id": i["planned_variant_id"],
    },
    "inventory.set_claim_terms": lambda i, _: {
        "supplier_id": i["supplier_id"],
        "opens_days": 90,
        "closes_days": 30,
    },
    "inventory.list_order_quantities": lambda i, _: {
        "supplier_id": i["supplier_id"],
        "variant_id": i["planned_variant_id"],
    },
    "inventory.set_order_quantity": lambda i, _: {
        "supplier_id": i["supplier_id"],
        "variant_id": i["planned_variant_id"],
        "least": 12,
    },
    "inventory.set_shelf_life": lambda i, _: {"supplier_id": i["supplier_id"], "days": 120},
    "inventory.set_reorder_rule": lambda i, _: {"variant_id": i["variant_id"], "reorder_point": 5},
}
