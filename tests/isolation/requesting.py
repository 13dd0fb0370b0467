"""What a shop asks its buyers and suppliers for, and a working input for every action of it."""

from dataclasses import replace

from erp.core.ids import new_id
from tests.factories import Shop
from tests.isolation.examples import Example, Ids, only


def requesting(shop: Shop, ids: Ids) -> Ids:
    """Hand requisitions in, and have one approved; return the ids."""
    line = {"variant_id": ids["variant_id"], "quantity": 10}
    asker = replace(shop.ctx, user_id=new_id())
    waiting, approved = (
        shop.run("purchasing.submit_requisition", {"lines": [line]}, by=asker).id for _ in range(2)
    )
    decision = {"requisition_id": approved, "outcome": "approved"}
    shop.run("purchasing.decide_requisition", decision)
    return {"waiting_requisition_id": waiting, "requisition_id": approved}


EXAMPLES: dict[str, Example] = {
    "purchasing.submit_requisition": lambda i, _: {
        "lines": [{"variant_id": i["variant_id"], "quantity": 1}]
    },
    "purchasing.decide_requisition": lambda i, _: {
        "requisition_id": i["waiting_requisition_id"],
        "outcome": "approved",
    },
    "purchasing.close_requisition": only("requisition_id", reason="x"),
    "purchasing.order_requisitions": lambda i, _: {
        "location_id": i["location_id"],
        "lines": [
            {
                "requisition_id": i["requisition_id"],
                "line_no": 1,
                "quantity": 1,
                "supplier_id": i["supplier_id"],
                "unit_cost": "60",
            }
        ],
    },
    "purchasing.get_requisition": only("requisition_id"),
    "purchasing.list_requested": only("requisition_id", "supplier_id"),
}
"""A working input of every action of asking for goods."""
