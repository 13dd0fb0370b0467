"""A carrier's bills, and their spreading over the goods they brought."""

from typing import Any
from uuid import UUID

from tests.factories import Shop, gstin_in
from tests.services.billing.bills.billing import came, goods
from tests.services.purchasing.ordering import supplier


def carrier(shop: Shop, **facts: Any) -> UUID:
    """Register a carrier who charges GST and return its id."""
    about = {"gstin": gstin_in("27"), "gst_category": "regular", "state_code": "27"}
    return supplier(shop, **{"name": "VRL Logistics"} | about | facts)


def freight(shop: Shop, carrier_id: UUID, amount: str, total: str, **more: Any) -> Any:
    """Book a carrier's bill as the expense it is until it is spread; 18 % GST is charged."""
    charge = {"label": "Freight", "amount": amount, "gst_rate": 18, "is_cost_of_goods": False}
    given = {
        "supplier_id": carrier_id,
        "bill_number": "VRL/9",
        "billed_on": shop.ctx.today,
        "total": total,
        "charges": [charge],
    }
    made = shop.run("billing.record_bill", given | more)
    accepted = {"bill_id": made.id, "outcome": "accepted", "note": "As agreed"}
    shop.run("billing.decide_bill", accepted)
    return made


def spread(shop: Shop, made: Any, *receipts: Any, **more: Any) -> Any:
    """Spread a bill's expense over deliveries; `by` whom."""
    by = more.pop("by", None)
    over = [receipt.receipt_id for receipt in receipts]
    given = {"bill_id": made.id, "receipt_ids": over, "note": "LR 4711"}
    return shop.run("billing.spread_cost", given | more, by=by)


def take_off(shop: Shop, made: Any, **more: Any) -> Any:
    """Take a landed cost off its goods again; `by` whom."""
    given = {"landed_cost_id": made.id, "reason": "Of another delivery"}
    return shop.run("billing.take_cost_off", given, **more)


def spread_freight(shop: Shop) -> None:
    """Spread a carrier's bill over a delivery twice, and take one off again."""
    made = freight(shop, carrier(shop), "50.00", "59.00")
    receipt = came(shop, goods(shop, 10))
    for amount in ("20.00", "30.00"):
        last = spread(shop, made, receipt, amount=amount)
    take_off(shop, last)
