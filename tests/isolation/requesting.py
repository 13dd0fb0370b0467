"""What a shop asks its buyers and suppliers for, and a working input for every action of it."""

from dataclasses import replace
from datetime import date
from typing import Any

from erp.core.ids import new_id
from tests.factories import Shop
from tests.isolation.examples import Example, Ids, only

LATER = date(2099, 1, 1)


def requesting(shop: Shop, ids: Ids) -> Ids:
    """Hand requisitions in, have one approved, and ask a supplier; return the ids."""
    line = {"variant_id": ids["variant_id"], "quantity": 10}
    asker = replace(shop.ctx, user_id=new_id())
    waiting, approved = (
        shop.run("purchasing.submit_requisition", {"lines": [line]}, by=asker).id for _ in range(2)
    )
    decision = {"requisition_id": approved, "outcome": "approved"}
    shop.run("purchasing.decide_requisition", decision)
    request = shop.run("purchasing.ask_suppliers", _asked(ids, shop))
    answer = shop.run("purchasing.record_quotation", _answered({"inquiry_id": request.id} | ids))
    return {
        "waiting_requisition_id": waiting,
        "requisition_id": approved,
        "inquiry_id": request.id,
        "answer_id": answer.id,
    }


def _asked(ids: Ids, _shop: Shop) -> dict[str, Any]:
    line = {"variant_id": ids["variant_id"], "quantity": 5}
    if "requisition_id" in ids:
        line |= {"requested_for": [{"requisition_id": ids["requisition_id"], "line_no": 1}]}
    return {"suppliers": [{"supplier_id": ids["supplier_id"]}], "answer_by": LATER, "lines": [line]}


def _answered(ids: Ids) -> dict[str, Any]:
    line = {"line_no": 1, "unit_price": "5"}
    return {
        "request_id": ids["inquiry_id"],
        "supplier_id": ids["supplier_id"],
        "valid_until": LATER,
        "lines": [line],
    }


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
    "purchasing.ask_suppliers": _asked,
    "purchasing.record_quotation": lambda i, _: _answered(i),
    "purchasing.choose_quotations": lambda i, _: {
        "request_id": i["inquiry_id"],
        "location_id": i["location_id"],
        "lines": [{"line_no": 1, "quotation_id": i["answer_id"]}],
    },
    "purchasing.close_request": lambda i, _: {"request_id": i["inquiry_id"], "reason": "x"},
    "purchasing.get_request": lambda i, _: {"request_id": i["inquiry_id"]},
    "purchasing.compare_quotations": lambda i, _: {"request_id": i["inquiry_id"]},
    "purchasing.list_requests": only("supplier_id"),
    "purchasing.list_offers": only("variant_id"),
    "purchasing.get_requisition": only("requisition_id"),
    "purchasing.list_requested": only("requisition_id", "supplier_id"),
}
"""A working input of every action of asking for goods."""
