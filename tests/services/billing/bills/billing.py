"""Suppliers' bills as tests record them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.factories import Shop, gstin_in, receipt_line
from tests.services.purchasing.ordering import supplier

RATE = Decimal(5)


def registered(shop: Shop, state: str = "27", **facts: Any) -> UUID:
    """Register a supplier who charges GST and return its id."""
    about = {"gstin": gstin_in(state), "gst_category": "regular", "state_code": state}
    return supplier(shop, **about | facts)


def usual(shop: Shop) -> UUID:
    """Return the shop's first supplier."""
    found = shop.run("party.list_parties", {"search": "SBL"}).rows
    party_id: UUID = found[0].id
    return party_id


def came(
    shop: Shop, *lines: Mapping[str, Any], supplier_id: UUID | None = None, **more: Any
) -> Any:
    """Take in a delivery of the first supplier without an order."""
    confirm = more.pop("confirm", ())
    given = {"supplier_id": supplier_id or usual(shop), "lines": list(lines)}
    return shop.run("inventory.receive_goods", given | more, confirm=confirm)


def goods(shop: Shop, quantity: float | str, *, at: int = 0, **facts: Any) -> dict[str, Any]:
    """Return a line of a delivery of the shop's product number `at`."""
    made = receipt_line(shop.ctx, shop.variant_ids[at], 1, **facts)
    return made | {"quantity": quantity}


def billed(receipt: Any, quantity: float | str, cost: str, **facts: Any) -> dict[str, Any]:
    """Return a line of a bill for a delivery's first line."""
    return {
        "receipt_id": receipt.receipt_id,
        "receipt_line_no": 1,
        "quantity": quantity,
        "unit_cost": cost,
        "gst_rate": RATE,
    } | facts


def bill(shop: Shop, total: str, *lines: Mapping[str, Any], **more: Any) -> Any:
    """Record a bill of the first supplier over a total; `by` whom."""
    by = more.pop("by", None)
    given = {
        "supplier_id": usual(shop),
        "bill_number": "SBL/117",
        "billed_on": shop.ctx.today,
        "total": total,
        "lines": list(lines),
    }
    return shop.run("billing.record_bill", given | more, by=by)


def decide(shop: Shop, made: Any, outcome: str, **more: Any) -> Any:
    """Decide on a held bill; `by` whom."""
    by = more.pop("by", None)
    given = {"bill_id": made.id, "outcome": outcome, "note": "As agreed by phone"}
    return shop.run("billing.decide_bill", given | more, by=by)


def settle(shop: Shop, claim_id: UUID, credited: str, tax: str, **more: Any) -> Any:
    """Record the supplier's credit note for a claim; `by` whom."""
    given = {"claim_id": claim_id, "credit_note": "CN-9", "credited": credited, "credited_tax": tax}
    given["reason"] = "As they wrote"
    by = more.pop("by", None)
    return shop.run("billing.settle_claim", given | more, by=by)


def detail(shop: Shop, made: Any) -> Any:
    """Return a bill with everything about it."""
    return shop.run("billing.get_bill", {"bill_id": made.id})


def unbilled(shop: Shop, **more: Any) -> Any:
    """Return goods that came and are on no bill."""
    return shop.run("billing.list_unbilled", more)
