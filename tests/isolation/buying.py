"""What a shop has bought, and a working input for every action of buying."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from erp.core.clock import utc_now
from tests.factories import Shop, receipt_line
from tests.isolation import requesting, returning
from tests.isolation.examples import Example, Ids, only


def buy_twice(shop: Shop, ids: Ids) -> None:
    """Take a product in at one price and then at a higher one."""
    for cost in ("60", "66"):
        line = receipt_line(shop.ctx, ids["variant_id"], 1, unit_cost=cost)
        delivery = {"supplier_id": ids["supplier_id"], "lines": [line]}
        shop.run("inventory.receive_goods", delivery)


def buying(shop: Shop, ids: Ids) -> Ids:
    """Order, take goods in and have them billed; return the ids."""
    papers = _orders(shop, ids) | requesting.requesting(shop, ids)
    papers |= _bills(shop, ids)
    return papers | _landed(shop, ids | papers) | returning.returns(shop, ids)


def _orders(shop: Shop, ids: Ids) -> Ids:
    """Order twice: once within the limit, and once to wait for an approval."""
    given = _order(ids, shop)
    unlimited = shop.run("purchasing.place_order", given)
    waiting = shop.run("purchasing.place_order", given, by=replace(shop.ctx, limits={}))
    return {"order_id": unlimited.id, "waiting_order_id": waiting.id}


def _bills(shop: Shop, ids: Ids) -> Ids:
    """Have goods looked at and to be billed, a bill that is held, and a claim on another."""
    points = [{"question": "Seal is intact", "is_required": False}]
    shop.run("inventory.set_checklist", {"name": "At the door", "points": points})
    found = {"checks": [{"point_no": 1, "answer": "yes"}]}
    receipts = [
        shop.run(
            "inventory.receive_goods",
            {"supplier_id": ids["supplier_id"], "lines": [receipt_line(shop.ctx, v, 10) | found]},
        )
        for v in (ids["variant_id"],) * 3
    ]
    bills = [
        shop.run("billing.record_bill", _bill(ids, receipt.receipt_id, number, 12))
        for number, receipt in enumerate(receipts[1:])
    ]
    claim = {"bill_id": bills[1].id, "outcome": "claimed", "note": "Too much"}
    claimed = shop.run("billing.decide_bill", claim)
    return {
        "receipt_id": receipts[0].receipt_id,
        "checked_lot_id": receipts[0].lines[0].lot_id,
        "bill_id": bills[0].id,
        "claim_id": claimed.claim_id,
    }


def _landed(shop: Shop, ids: Ids) -> Ids:
    """Book freight as an expense, and spread half of it."""
    charge = {"label": "Freight", "amount": "50.00", "gst_rate": 0, "is_cost_of_goods": False}
    facts = {"lines": [], "charges": [charge], "total": "50.00"}
    made = shop.run("billing.record_bill", _bill(ids, ids["receipt_id"], 8, 1) | facts)
    accepted = {"bill_id": made.id, "outcome": "accepted", "note": "As agreed"}
    shop.run("billing.decide_bill", accepted)
    spread = _spread(ids | {"freight_bill_id": made.id}) | {"amount": "25.00"}
    return {
        "freight_bill_id": made.id,
        "landed_cost_id": shop.run("billing.spread_cost", spread).id,
    }


def _spread(ids: Ids) -> dict[str, Any]:
    return {
        "bill_id": ids["freight_bill_id"],
        "receipt_ids": [ids["receipt_id"]],
        "note": "LR 1",
    }


def _bill(ids: Ids, receipt_id: UUID, number: int, units: int) -> dict[str, Any]:
    line = {"receipt_id": receipt_id, "receipt_line_no": 1, "quantity": units}
    return {
        "supplier_id": ids["supplier_id"],
        "bill_number": f"B-{number + 1}",
        "billed_on": utc_now().date(),
        "total": f"{units * 60}.00",
        "lines": [line | {"unit_cost": "60", "gst_rate": 0}],
    }


def _order(ids: Ids, _shop: Shop) -> dict[str, Any]:
    line = {"variant_id": ids["variant_id"], "quantity": 10, "unit_cost": "60"}
    return {
        "supplier_id": ids["supplier_id"],
        "location_id": ids["location_id"],
        "lines": [line],
    }


def _arrive(ids: Ids, shop: Shop) -> dict[str, Any]:
    line = receipt_line(shop.ctx, ids["variant_id"], 1) | {"line_no": 1}
    del line["variant_id"]
    return {"order_id": ids["order_id"], "lines": [line]}


EXAMPLES: dict[str, Example] = (
    returning.EXAMPLES
    | requesting.EXAMPLES
    | {
        "purchasing.list_price_changes": only("supplier_id"),
        "purchasing.list_received": only("supplier_id", "variant_id", "brand_id"),
        "purchasing.price_history": only("variant_id"),
        "purchasing.supplier_scorecard": only("supplier_id"),
        "purchasing.amend_order": lambda i, s: {
            "order_id": i["order_id"],
            "version": 1,
            "reason": "more",
            "lines": _order(i, s)["lines"],
        },
        "purchasing.decide_order": lambda i, _: {
            "order_id": i["waiting_order_id"],
            "version": 1,
            "outcome": "approved",
        },
        "purchasing.finish_order": only("order_id", version=1, reason="x"),
        "purchasing.get_order": only("order_id"),
        "purchasing.list_orders": only("supplier_id"),
        "purchasing.place_order": _order,
        "purchasing.receive_order": _arrive,
        "purchasing.withdraw_order": lambda i, _: {"order_id": i["waiting_order_id"], "version": 1},
        "inventory.find_checklist": only("variant_id"),
        "inventory.list_checks": lambda i, _: {
            "lot_id": i["checked_lot_id"],
            "receipt_id": i["receipt_id"],
        },
        "billing.record_bill": lambda i, _: _bill(i, i["receipt_id"], 7, 10),
        "billing.decide_bill": lambda i, _: {
            "bill_id": i["bill_id"],
            "outcome": "refused",
            "note": "Wrong goods",
        },
        "billing.spread_cost": lambda i, _: _spread(i),
        "billing.take_cost_off": only("landed_cost_id", reason="Other delivery"),
        "billing.get_bill": only("bill_id"),
        "billing.list_bills": only("supplier_id"),
        "billing.list_unbilled": only("supplier_id"),
    }
)
"""A working input of every action of buying, made from what a shop has bought."""
